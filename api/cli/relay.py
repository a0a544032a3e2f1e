"""``simpul relay``: publish the ledger into Kafka, beside a hub or alone."""

import signal
from pathlib import Path
from threading import Event

from adapters.clock import SystemClock
from api import logs
from api.cli.store import existing
from api.opening import open_desk
from api.publishing import relay
from api.supervisor import Supervisor


def run(data: Path) -> None:
    """Publish until SIGINT or SIGTERM. While a hub on the same folder publishes, this one waits."""
    settings, clock, stop = existing(data), SystemClock(), Event()
    logs.configure(settings.log)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _, ledger = open_desk(settings, clock)
    try:
        supervisor = Supervisor([relay(settings, ledger, clock)], clock)
        supervisor.start()
        stop.wait()
        supervisor.stop()
    finally:
        ledger.close()
