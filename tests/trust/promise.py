"""How a trust command answers: a line for each promise, and exit code 0 only when every one is kept."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.trust.stores import STORES, Store


class Answer:
    """The promises of one command."""

    def __init__(self) -> None:
        self.kept = True

    def tell(self, promise: str, figure: object, kept: bool) -> None:
        """``figure`` is what was counted; a control is kept when it failed."""
        print(f"promise={promise} figure={figure} pass={'yes' if kept else 'no'}", flush=True)
        self.kept &= kept


def command(name: str, about: str | None, **counts: int) -> ArgumentParser:
    """A command with its counts as options, whose defaults are the short form."""
    parser = ArgumentParser(prog=f"python -m tests.trust.{name}", description=about)
    for count, short in counts.items():
        parser.add_argument(f"--{count}", type=int, default=short, help=f"{short} by default")
    parser.add_argument("--seed", type=int, default=1945, help="another seed, other chances")
    return parser


def on_a_store(parser: ArgumentParser) -> ArgumentParser:
    parser.add_argument("--store", choices=sorted(STORES), default="sqlite")
    return parser


def answered(trial: Callable[[Answer, Path], None]) -> int:
    """The exit code of a trial in a folder of its own."""
    answer = Answer()
    with TemporaryDirectory(prefix="simpul-trust-") as folder:
        trial(answer, Path(folder))
    return 0 if answer.kept else 1


__all__ = ["STORES", "Answer", "Store", "answered", "command", "on_a_store"]
