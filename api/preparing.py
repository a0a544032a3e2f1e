"""Households of a long file, decided and sealed by processes of their own while this one appends.

Deciding, sealing and encoding are two thirds of an import, and need nothing of the ledger but its keys.
"""

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context, parent_process
from threading import Thread
from types import TracebackType
from typing import Self

import msgspec

from adapters.clock import SystemClock
from adapters.ledger.ledger import Ledger
from adapters.people.ndjson import RawLine, decode
from api.acts.collecting import COLLECT_AFTER
from api.acts.desk import Desk
from api.acts.importing import BATCH, Batch, Ready, again, parts, prepare, prepared_here
from api.opening import open_desk
from api.settings import Settings
from domain.kernel.errors import StoreUnavailable
from domain.kernel.events import Actor

CHUNK = 100
"""Lines that are prepared at once, a twentieth of a second."""
MORE = 4
"""Chunks that are asked for beyond a batch: those who prepare are busy while one is appended."""

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[Ready]).decode


def processors() -> int:
    """Those that this process may use; one alone has nothing to share."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return usable if usable > 1 else 0


Prepared = Callable[[Iterable[RawLine]], Iterator[Batch]]
"""From lines to what goes into one commit each, in order."""


@contextmanager
def preparing(
    settings: Settings,
    desk: Desk,
    ledger: Ledger,
    source: str,
    by: Actor,
    processes: int,
    *,
    chunk: int = CHUNK,
    batch: int = BATCH,
) -> Iterator[Prepared]:
    """Lines are prepared by so many processes; with none of them here, one batch after the other."""
    if not processes:
        yield lambda lines: prepared_here(desk, ledger, map(decode, lines), source, by)
        return
    with Preparers(settings, desk, source, by, processes, chunk=chunk, batch=batch) as elsewhere:
        yield elsewhere.batches


class Preparers:
    """So many processes, started when the first chunk is there, ended with the block.

    ``chunk`` lines are prepared at once, ``batch`` of them go into one commit.
    """

    def __init__(
        self,
        settings: Settings,
        desk: Desk,
        source: str,
        by: Actor,
        processes: int,
        *,
        chunk: int,
        batch: int,
    ) -> None:
        self._desk, self._source, self._by = desk, source, by
        self._chunk, self._batch = min(chunk, batch), max(batch // chunk, 1)
        self._pool = ProcessPoolExecutor(
            processes,
            mp_context=get_context("spawn"),  # a fork would share open databases
            initializer=_begin,
            initargs=(settings,),
        )

    def batches(self, lines: Iterable[RawLine]) -> Iterator[Batch]:
        """The lines in order, prepared, as many as go into one commit.

        Refused: ``preparing-ended`` when one of the processes was killed; a second run goes on from there.
        """
        try:
            yield from self._batches(lines)
        except BrokenProcessPool as broken:
            raise StoreUnavailable("preparing-ended") from broken

    def _batches(self, lines: Iterable[RawLine]) -> Iterator[Batch]:
        for part in parts(self._prepared(lines), self._batch):
            raw = {line.number: line for chunk, _ in part for line in chunk}
            ready = [line for _, found in part for line in found]
            yield Batch(ready, again(self._desk, lambda n, raw=raw: decode(raw[n]), self._source, self._by))  # type: ignore[misc]

    def _prepared(self, lines: Iterable[RawLine]) -> Iterator[tuple[list[RawLine], list[Ready]]]:
        chunks = parts(lines, self._chunk)
        asked: deque[tuple[list[RawLine], Future[bytes]]] = deque()
        while True:
            for chunk in islice(chunks, self._batch + MORE - len(asked)):
                asked.append((chunk, self._pool.submit(_prepare, chunk, self._source, self._by)))
            if not asked:
                return
            chunk, future = asked.popleft()
            yield chunk, _unpack(future.result())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)


# -- in a process of its own

_open: list[tuple[Desk, Ledger]] = []


def _begin(settings: Settings) -> None:
    """Open the ledger to look things up; what is prepared here is appended elsewhere."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that appends
    Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
    _open.append(open_desk(settings, SystemClock()))


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)  # it was killed: nobody asks any more


def _prepare(chunk: Sequence[RawLine], source: str, by: Actor) -> bytes:
    desk, ledger = _open[0]
    return _pack(prepare(desk, ledger, [*map(decode, chunk)], source, by))
