"""Clock, chance and environment are reached through their one adapter: the style check says so, and bites."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import ROOT

CALLS = (
    "import datetime\nNOW = datetime.datetime.now(datetime.UTC)\n",
    "from datetime import date\n\nTODAY = date.today()\n",
    "import time\n\nNOW = time.time()\n",
    "from time import sleep\n\nsleep(1)\n",
    "from uuid import uuid4\n\nID = uuid4()\n",
    "import os\n\nHOME = os.environ['HOME']\n",
    "from os import getenv\n\nHOME = getenv('HOME')\n",
    "import random\n\nN = random.randint(1, 6)\n",
    "from random import shuffle\n\nshuffle([])\n",
)


def banned(source: str, name: str) -> bool:
    """Whether the style check of this project refuses a source standing at that place for what it reaches."""
    tool = Path(sys.executable).with_name("ruff")
    command = [str(tool), "check", "--no-cache", "--output-format=concise", f"--stdin-filename={name}", "-"]
    answer = subprocess.run(command, cwd=ROOT, input=source, capture_output=True, text=True, check=False)
    assert answer.returncode in {0, 1}, answer.stderr
    return "TID251" in answer.stdout


@pytest.mark.parametrize("source", CALLS)
def test_the_clock_chance_and_the_environment_have_one_adapter(source: str) -> None:
    assert banned(source, "domain/kernel/planted.py")
    assert banned(source, "api/rest/planted.py")


def test_the_clock_itself_may_look_at_the_clock() -> None:
    assert not banned(CALLS[0], "adapters/clock.py")


def test_seeded_chance_is_no_chance() -> None:
    """Control: the check does not refuse everything."""
    assert not banned("from random import Random\n\nN = Random(7).randint(1, 6)\n", "domain/planted.py")
