"""A hub for a measure: ``simpul serve`` on a free port."""

import sys
from pathlib import Path

from api.bench.stores import SQLITE
from api.cli.serve import serve


def main(data: Path) -> None:
    """Serve until terminated; the address is the first line of standard output."""
    serve(SQLITE.settings(data).model_copy(update={"port": 0}), _say)


def _say(address: str) -> None:
    sys.stdout.write(address + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
