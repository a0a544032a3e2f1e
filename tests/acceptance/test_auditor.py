"""The auditor's guide works as written, on a store of her own."""

import shutil
import sys
from pathlib import Path

import pytest

from api.cli.main import main
from tests.acceptance.test_guides import DOCS, says, typed

ROOT = DOCS.parent
GUIDE = (DOCS / "auditor.md").read_text("utf-8")
TOOLS = ("bash", "node", "tar", "zcat", "dd")


@pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)),
    reason=f"the guide's commands need {', '.join(TOOLS)}, and one of them is not installed",
)
def test_the_auditors_guide_works_as_written(tmp_path: Path) -> None:
    data = tmp_path / "audit"
    for command in (
        ["generate", "--residents", "60", "-o", str(tmp_path / "in.ndjson")],
        ["import", str(tmp_path / "in.ndjson"), "--data", str(data)],
        ["checkpoint", "--data", str(data)],
    ):
        with pytest.raises(SystemExit) as end:
            main(command)
        assert not end.value.code
    here = {
        "data/audit": str(data),
        ".venv/bin/simpul": f"{sys.executable} -m api.cli.main",
        "python3 adapters/evidence": f"{sys.executable} {ROOT}/adapters/evidence",
        "node adapters/evidence": f"node --no-warnings {ROOT}/adapters/evidence",
    }
    holds = "everything holds"
    says(
        typed(GUIDE, here, tmp_path),
        [
            ["simpul.local/ledger+", "simpul.local/ledger\n", "\N{EM DASH} simpul.local/ledger "],
            [],
            ["as given", holds, "as given", holds],
            ["FAILED       manifest: facts.ndjson.gz", "DOES NOT HOLD", "exit code 1"],
            ["not signed yet: 0", holds],
            ["60 SIMPUL population.resident-registered"],
            [holds],
        ],
    )
