"""A rehearsal: what would be refused is refused now, and nothing is appended."""

from collections.abc import Collection, Sequence
from typing import Any

from domain.kernel.decider import Act, Claim
from domain.kernel.errors import AlreadyClaimed, Conflict, Refused
from domain.kernel.ports import Ledger, Loaded


def rehearse(ledger: Ledger, acts: Sequence[Act], stand_ins: Collection[str] = ()) -> None:
    """Decide every act in order, as ``execute`` would. Claims of ``stand_ins`` are not looked at. Raises ``Refused``."""
    states: dict[str, Loaded[Any]] = {}
    claims: set[Claim] = set()
    for index, act in enumerate(acts):
        try:
            loaded = states.get(act.stream) or ledger.load(act.decider, act.stream)
            if act.expected is not None and act.expected != loaded.version:
                raise _conflict(ledger, act.stream, act.expected)
            events = act.decider.decide(loaded.state, act.command)
            for claim in (claim for event in events for claim in act.decider.claims(event)):
                if claim.key not in stand_ins:
                    _claim(ledger, claims, claim, act.stream)
        except Refused as refused:
            refused.act = index
            raise
        states[act.stream] = Loaded(act.decider.fold(events, loaded.state), loaded.version + len(events))


def _claim(ledger: Ledger, claims: set[Claim], claim: Claim, stream: str) -> None:
    holder = stream if claim in claims else ledger.holder(claim.kind, claim.key)
    if holder is not None:
        raise AlreadyClaimed(claim.kind, holder=holder)
    claims.add(claim)


def _conflict(ledger: Ledger, stream: str, expected: int) -> Conflict:
    since = ledger.stream(stream, after=expected)
    first = since[0].header if since else None
    return Conflict(
        stream,
        expected=expected,
        actual=since[-1].header.version if since else expected,
        event=first.event if first else "",
        by=first.office if first else "",
    )
