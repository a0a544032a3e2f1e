"""``simpul work``: fill read models from Kafka."""

import signal
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from adapters.clock import SystemClock
from api import logs
from api.cli.console import console
from api.settings import Settings
from api.supervisor import Supervisor
from api.working import Worker, open_worker

GLANCE = 0.2


def run(data: Path, names: Sequence[str], *, to_end: bool, rebuild: bool) -> None:
    """Work until SIGINT or SIGTERM; with ``to_end`` until everything that is published now is taken in."""
    settings, clock, stop = Settings(data=data), SystemClock(), Event()
    logs.configure(settings.log)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_worker(settings, names, clock) as worker:
        if rebuild:
            worker.views.rebuild(stop=stop)
        supervisor = Supervisor([worker.projector], clock)
        supervisor.start()
        try:
            upto = worker.views.ledger.head() if to_end else None
            while not stop.is_set():
                if upto is not None and worker.views.wait(upto, GLANCE):
                    break
                if upto is None:
                    stop.wait()
        finally:
            supervisor.stop()
        _tell(worker)


def _tell(worker: Worker) -> None:
    for model in worker.views.status():
        waiting = f", {model.parked} facts parked" if model.parked else ""
        console.print(f"{model.name}: complete up to {model.position}{waiting}", highlight=False)
