"""``simpul kafka``: a broker for a trial, the topics, how far they are, and publishing anew."""

import signal
from pathlib import Path
from threading import Event

from adapters.kafka.broker import jars, running
from api.cli.console import console


def broker(folder: Path, port: int) -> None:
    """Run one until SIGINT or SIGTERM."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    console.print("fetching Kafka, once, and starting it ...", highlight=False)
    jars()
    with running(folder, port) as one:
        console.print(f"Kafka: {one.address}", highlight=False)
        stop.wait()
