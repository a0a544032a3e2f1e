"""Many commands in one commit, made for bulk import; a bad one fails alone.

``prepare_many`` and ``append_many`` are its halves: other processes may prepare what this one appends.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import IntegrityError

from adapters.ledger.deciding import Deciding, Prepared, Submission, claimed, insert, repeated
from adapters.ledger.store import ClaimTaken, store_errors
from domain.kernel.decider import Act
from domain.kernel.errors import Refused, StoreUnavailable
from domain.kernel.events import Actor, Receipt

Outcome = Receipt | Refused
"""What became of a command."""


class Together(Deciding):
    """What a ledger does with many commands at once."""

    def execute(
        self,
        acts: Sequence[Act],
        *,
        by: Actor,
        command_id: UUID,
        cause: int | None = None,
        request: object = None,
    ) -> Receipt:
        raise NotImplementedError  # of the ledger

    def execute_many(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Many commands in one commit. Those that touch a stream which an earlier one touches, or that
        somebody came before, are executed one by one afterwards, in order.
        """
        ready = self.prepare_many(submissions)
        outcomes = iter(self.append_many([one for one in ready if isinstance(one, Prepared)]))
        found = [next(outcomes) if isinstance(one, Prepared) else one for one in ready]
        return [
            self.attempt(one) if outcome is None else outcome
            for one, outcome in zip(submissions, found, strict=True)
        ]

    def prepare_many(self, submissions: Sequence[Submission]) -> list[Prepared | Outcome | None]:
        """Each prepared, or its answer where nothing is to be appended: the receipt of its first run, a
        refusal. None: to be executed by itself, after the others.
        """
        marks = [self._fingerprint(submission) for submission in submissions]
        ready: list[Prepared | Outcome | None] = [None] * len(submissions)
        touched: set[object] = set()
        with store_errors():
            accepted = self.recorder.commands([s.command_id.bytes for s in submissions])
            for i, (submission, mark) in enumerate(zip(submissions, marks, strict=True)):
                if (command := accepted.get(submission.command_id.bytes)) is not None:
                    ready[i] = repeated(command, mark)
                elif _first(touched, {submission.command_id, *(act.stream for act in submission.acts)}):
                    try:
                        ready[i] = self._prepare(submission, mark)
                    except Refused as refused:
                        ready[i] = _unless_unavailable(refused)
            ids = [s.command_id.bytes for s in submissions]
            return self._without_the_done(ids, ready)

    def append_many(self, prepared: Sequence[Prepared]) -> list[Outcome | None]:
        """The outcome of each, in one commit. None: somebody came between, to be executed by itself."""
        with store_errors():
            try:
                # Who holds a claim is looked for only when one is taken: files seldom bring known numbers.
                outcomes = self._append_the_free(prepared, {})
            except ClaimTaken:
                keys = [(claim.kind, claim.key) for one in prepared for claim, _ in one.claims]
                outcomes = self._append_the_free(prepared, self.recorder.holders(keys), last=True)
            return self._without_the_done([one.id for one in prepared], outcomes)

    def _append_the_free(
        self, prepared: Sequence[Prepared], held: dict[tuple[str, bytes], str], *, last: bool = False
    ) -> list[Outcome | None]:
        """Append those whose claims nobody holds. Raises ``ClaimTaken`` unless it is the ``last`` try."""
        free, outcomes = _unclaimed(prepared, held)
        try:
            receipts = insert(self.recorder, [prepared[i] for i in free]) if free else []
        except IntegrityError as violation:
            if isinstance(violation, ClaimTaken) and not last:
                raise
            # Another process came between: each for itself tells whose, also who was refused for the
            # sake of one that loses now.
            return [None] * len(prepared)
        for i, receipt in zip(free, receipts, strict=True):
            outcomes[i] = receipt
        return outcomes

    def _without_the_done(self, ids: Sequence[bytes], found: list[Any]) -> list[Any]:
        """None for those refused by what their own first run, in another process, has just made true."""
        refused = {i for i, outcome in enumerate(found) if isinstance(outcome, Refused)}
        done = self.recorder.commands([ids[i] for i in refused])
        return [None if i in refused and ids[i] in done else outcome for i, outcome in enumerate(found)]

    def attempt(self, submission: Submission) -> Outcome:
        """Execute one by itself; its refusal is an answer too. Raises ``StoreUnavailable``."""
        try:
            return self.execute(
                submission.acts,
                by=submission.by,
                command_id=submission.command_id,
                cause=submission.cause,
                request=submission.request,
            )
        except Refused as refused:
            return _unless_unavailable(refused)


def _unclaimed(
    prepared: Sequence[Prepared], held: dict[tuple[str, bytes], str]
) -> tuple[list[int], list[Outcome | None]]:
    """Those on streams of their own whose claims nobody holds, before or earlier in the batch; and the
    refusals of the others.
    """
    outcomes: list[Outcome | None] = [None] * len(prepared)
    touched: set[object] = set()
    free: list[int] = []
    for i, one in enumerate(prepared):
        if not _first(touched, {one.id, *(record[0] for record in one.records)}):
            continue
        mine: dict[tuple[str, bytes], str] = {}
        for claim, index in one.claims:
            key = (claim.kind, claim.key)
            if holder := held.get(key) or mine.get(key):
                outcomes[i] = claimed(claim, holder, index)
                break
            mine[key] = claim.stream
        else:
            free.append(i)
            held |= mine
    return free, outcomes


def _first(touched: set[object], touches: set[object]) -> bool:
    """Whether nobody has touched any of these before; they are touched now."""
    first = touched.isdisjoint(touches)
    touched |= touches
    return first


def _unless_unavailable(refused: Refused) -> Refused:
    if isinstance(refused, StoreUnavailable):
        raise refused
    return refused
