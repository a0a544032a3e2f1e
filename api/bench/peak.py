"""A process that imports or rebuilds and says how much memory it needed at most.

``python -m api.bench.peak import|rebuild FOLDER RESIDENTS``, the address of the ledger's database, or nothing,
on standard input: it may hold a password.
"""

import json
import resource
import sys
from pathlib import Path

from pydantic import SecretStr

from api.acts.importing import import_households
from api.bench.material import lines, refused
from api.identity import IMPORTER
from api.settings import Settings
from api.wiring import open_hub


def main(what: str, folder: Path, residents: int) -> None:
    """Do it, and tell the most that was resident, in megabytes."""
    address = SecretStr(sys.stdin.read().strip())
    with open_hub(Settings(data=folder, ledger_url=address, synthetic=True)) as hub:
        if what == "import":
            people = lines(hub.desk, residents)
            import_households(hub.desk, hub.ledger, people, "bench", by=IMPORTER, refused=refused)
        else:
            hub.views.rebuild()
    sys.stdout.write(json.dumps({"megabytes": round(peak() / 1024, 1)}))


def peak() -> float:
    """Kilobytes, at most, in the memory of this process."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not of getrusage: on Linux it also counts the process that we were forked from.
        return next(float(row.split()[1]) for row in status.read_text().splitlines() if row[:5] == "VmHWM")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1024 if sys.platform == "darwin" else most


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
