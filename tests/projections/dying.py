"""A process that projects thirty facts in batches of ten, and is killed within the second."""

import os
import signal
import sys
from pathlib import Path

from projections.parking import apply
from projections.readmodel import Batch
from tests.projections.book import Book, resident
from tests.projections.node import Node, counting


def die(batch: Batch) -> None:
    if batch[0].position == 15:
        os.kill(os.getpid(), signal.SIGKILL)


book = Book()
for n in range(30):
    book.write("resident-1", resident(n))
node = Node(Path(sys.argv[1]), book, [counting(die)])
for after in (0, 10, 20):
    with node.views.store.writing() as write:
        apply(node.models[0], book.after(after, 10), write)
