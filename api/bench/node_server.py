"""A hub for a measure: all that ``simpul serve`` starts, on a free port."""

import sys
from pathlib import Path

from api import logs
from api.bench.stores import SQLITE
from api.cli.serve import address, listen, server
from api.wiring import open_hub


def main(data: Path) -> None:
    """Serve until terminated; the address is the first line of standard output."""
    settings = SQLITE.settings(data)
    logs.configure(settings.log)
    with listen("127.0.0.1", 0) as listening, open_hub(settings) as hub:
        hub.start()
        sys.stdout.write(address(listening) + "\n")
        sys.stdout.flush()
        server(hub).run(sockets=[listening])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
