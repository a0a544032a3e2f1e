"""Threads, one supervisor: every task runs until stopped, and is started again when it falls."""

from collections.abc import Sequence
from threading import Event, Thread

import structlog

from domain.kernel.ports import Clock, Task

RESTART = 1.0
"""Seconds before a fallen task is started again."""

log = structlog.get_logger()


class Supervisor:
    """Starts the tasks of a process, watches them and joins them."""

    def __init__(self, tasks: Sequence[Task], clock: Clock) -> None:
        self._clock = clock
        self._stop = Event()
        self._threads = [Thread(target=self._run, args=(task,), name=task.name) for task in tasks]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask all to end, and wait until they have."""
        self._stop.set()
        for thread in self._threads:
            if thread.ident:
                thread.join()

    def _run(self, task: Task) -> None:
        while not self._stop.is_set():
            try:
                task.run(self._stop)
            except Exception as fall:  # noqa: BLE001 - a task must not die unseen, whatever it died of
                # The text of an exception may hold personal data: its type and place are enough.
                log.error("task-fell", task=task.name, error=type(fall).__name__, at=_place(fall))
                self._clock.wait(RESTART, self._stop)


def _place(fall: BaseException) -> str:
    trace = fall.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
