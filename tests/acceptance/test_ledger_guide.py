"""The ledger's guide works as written, on a store of its own."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.acceptance.test_guides import DOCS, says, typed

GUIDE = (DOCS / "ledger.md").read_text("utf-8")


@pytest.mark.skipif(
    not shutil.which("bash"), reason="bash is not installed, and the guide's commands are for it"
)
def test_the_ledgers_guide_works_as_written(tmp_path: Path) -> None:
    python = f"PYTHONPATH='{DOCS.parent}' {sys.executable}"
    here = {".venv/bin/python": python, ".venv/bin/simpul": f"{python} -m api.cli.main"}
    printed = typed(GUIDE, here, tmp_path)
    says(
        printed,
        [
            [],
            [
                "population.resident-registered by simpul for import",
                '"person":{"subject":"resident-',
                '"value":null',
                'resident [[0,"',
                '],[1,{"name":',
                'household [[2,{"',
            ],
            ["everything holds"],
            ["refused: a fact is never changed", "a fact is never removed", "a fact is never replaced"],
            ["every-reader-sees-all-in-order", "acknowledged-is-never-lost", "every-fact-ever-written-loads"],
            ["sqlite-visible-p50"],
        ],
    )
    assert " pass=no" not in printed[-2]
