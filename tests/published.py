"""What was published once holds for ever: its schemas stand in ``tests/fixtures/published``.

A new type, or a new version of one, has none and fails: ``python -m tests.published --append`` writes it, and
never over one.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from api.contract import schema
from domain.exchange.announcement import PUBLIC

FIXTURES = Path(__file__).parent / "fixtures" / "published"


def kept() -> dict[str, Any]:
    """Every schema that was published, by type and version."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FIXTURES.glob("*.json"))}


def breaks(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """What a reader of ``old`` would no longer find as it was told, in what ``new`` describes."""
    for name, of in old["properties"].items():
        if name not in new["properties"]:
            yield f"{name} is gone"
        elif _shape(new["properties"][name]) != _shape(of):
            yield f"{name} is of another type"
        elif name in old["required"] and name not in new["required"]:
            yield f"{name} may be missing"


def _shape(of: Mapping[str, Any]) -> dict[str, Any]:
    """A description may become better; what a value can be may not change."""
    return {key: value for key, value in of.items() if key != "description"}


def main(arguments: Sequence[str]) -> int:
    if "--append" not in arguments:
        return 2
    FIXTURES.mkdir(parents=True, exist_ok=True)
    for kind in PUBLIC:
        path = FIXTURES / f"{kind.type}.json"
        if not path.exists():
            path.write_text(json.dumps(schema(kind), indent=1) + "\n", "utf-8")
            print(path.name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
