"""The command line as a person at a terminal has it: words in, exit code and two streams out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.cli.main import main


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return msgspec.json.decode(self.out)


OF_READINGS = frozenset({"readings", "alarms"})
"""Read models of the second ledger: they follow who looked at whom, and not the registry."""

Simpul = Callable[..., Ran]


@pytest.fixture
def simpul(capfd: pytest.CaptureFixture[str]) -> Simpul:
    """Run a command in this process. Paths and numbers may be given as they are."""

    def run(*arguments: object) -> Ran:
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        code = end.value.code
        return Ran(code if isinstance(code, int) else int(bool(code)), *capfd.readouterr())

    return run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of a store that is not there yet."""
    return tmp_path / "store"
