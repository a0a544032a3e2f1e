"""Read models built anew beside the serving ones, then swapped. What is stopped on the way goes on later."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from threading import Event
from typing import Any

from sqlalchemy import Executable, Select, Table, bindparam, select

from domain.kernel.errors import Rejected
from domain.kernel.ports import Reader
from projections import parking, positions
from projections.building import BATCH, Progress, begin, contiguous, fill
from projections.parking import apply
from projections.readmodel import ReadModel, Store, View, Writer, schema

Hashes = list[tuple[str, int]]
"""Of numbered rows: (hash, number)."""
OWN = (positions.positions, parking.parked)
"""What a scratch store holds besides the tables of its models."""


class Rebuild:
    """One pass over the ledger for some read models."""

    def __init__(self, store: Store, models: Sequence[ReadModel], ledger: Reader) -> None:
        self._store = store
        self._models = models
        self._ledger = ledger

    def run(self, progress: Progress, stop: Event | None, begun: Progress, *, from_start: bool) -> bool:
        """Build and swap; False when ``stop`` was set first."""
        if from_start:
            self._store.drop_unfinished()
        with self._scratch() as scratch:
            at = self._begun(scratch)
            begun(at)
            reached = self._ledger.head()
            fill(scratch, self._models, self._ledger, at, reached, progress, stop)
            if stop is not None and stop.is_set():
                return False
            self._swap(scratch, reached, self._must_repeat(scratch, reached))
            scratch.remove()
        return True

    @contextmanager
    def _scratch(self) -> Iterator[Store]:
        """Kept when it is stopped from outside; removed when it fails, because it might for ever."""
        # While another rebuild is under way, this one is not kept.
        scratch = self._store.unfinished(self._mark()) or self._store.scratch()
        try:
            yield scratch
        except Exception:  # it goes on upwards; an interrupt is none of these, and what was built is kept
            scratch.remove()
            raise
        finally:
            scratch.close()

    def _mark(self) -> str:
        """What the code makes of which models: only the same goes on."""
        kinds = [f"{model.name} {positions.digest(model)}" for model in self._models]
        own = schema(OWN)
        return sha256("\n".join([*kinds, own]).encode()).hexdigest()[:16]

    def _begun(self, scratch: Store) -> int:
        """How far ``scratch`` has come; it begins anew when the ledger does not reach so far."""
        scratch.create([positions.positions])
        with scratch.writing() as write:
            known = positions.of(write)
        places = {known[model.name].position if model.name in known else 0 for model in self._models}
        at = places.pop() if len(places) == 1 else 0
        if not 0 < at <= self._ledger.head():
            scratch.drop([*OWN, *(table for model in self._models for table in model.tables)])
            begin(scratch, self._models, indexes=False)
            return 0
        return at

    def _swap(self, scratch: Store, reached: int, hashes: Mapping[Table, Hashes]) -> None:
        """Take the scratch tables, and bring them to where the old ones are, in one transaction."""
        numbered = [table for model in self._models for table in model.numbers]
        with self._store.taking(scratch) as write, scratch.reading() as built:
            parking.move(self._models, View(built, reached), write)
            known = positions.of(write)
            later = {table: _numbers_after(write, table, reached) for table in numbered}
            for model in self._models:
                for table in model.tables:
                    write.take(table)
                positions.put(write, model, reached)
                self._catch_up(model, reached, known[model.name].position, write)
            for table in numbered:
                since = _differs(table, later[table], _numbers_after(write, table, reached))
                write.many(_rehash(table), [*hashes[table], *since])

    def _catch_up(self, model: ReadModel, at: int, upto: int, write: Writer) -> None:
        # Few facts: no more than were appended while the scratch was built.
        upto = min(upto, self._ledger.head())
        while at < upto:
            batch = contiguous(self._ledger.after(at, min(BATCH, upto - at)), at)
            apply(model, batch, write)
            at = batch[-1].position

    def _must_repeat(self, scratch: Store, reached: int) -> dict[Table, Hashes]:
        with self._store.reading() as old, scratch.reading() as new:
            return {
                table: _differs(table, old.execute(numbers), new.execute(numbers))
                for model in self._models
                for table in model.numbers
                for numbers in [_numbers(table).where(table.c.position <= reached)]
            }


def _numbers(table: Table) -> Select[tuple[int, int, str, int | None]]:
    columns = (table.c.feed_seq, table.c.position, table.c.sha256, table.c.forgotten)
    return select(*columns).order_by(table.c.feed_seq)


def _numbers_after(write: Writer, table: Table, position: int) -> list[tuple[Any, ...]]:
    return write.rows(_numbers(table).where(table.c.position > bindparam("reached")), (position,))


def _differs(table: Table, old: Iterable[Sequence[Any]], new: Iterable[Sequence[Any]]) -> Hashes:
    """Refuse when a number that the world has seen would belong to another fact or other bytes.

    Of somebody who is forgotten nothing can be told again: the hashes of her entries, to be kept.
    """
    hashes: Hashes = []
    rebuilt = iter(new)
    for seq, position, mark, _ in old:
        *again, told, forgotten = tuple(next(rebuilt, ())) or (None, None)
        if again != [seq, position] or (told != mark and forgotten is None):
            raise Rejected("feed-rebuild-differs", feed=table.name, feed_seq=seq)
        if told != mark:
            hashes.append((mark, seq))
    return hashes


def _rehash(table: Table) -> Executable:
    kept = table.update().where(table.c.feed_seq == bindparam("seq"))
    return kept.values(sha256=bindparam("mark"))
