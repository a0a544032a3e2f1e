"""A process that rebuilds 2,500 facts and is killed within the second thousand."""

import os
import signal
import sys
from pathlib import Path

from domain.population.resident import KtpRequested
from projections.readmodel import Batch
from tests.projections.book import Book
from tests.projections.node import Node, counting

HANDED = KtpRequested("case-1")


def book() -> Book:
    """Two streams that are written in turn."""
    told = Book()
    for n in range(2500):
        told.write(f"resident-{n % 2}", HANDED)
    return told


def die(batch: Batch) -> None:
    if batch[0].position == 1500:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    Node(Path(sys.argv[1]), book(), [counting(die)]).views.rebuild()
