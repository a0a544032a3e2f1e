"""kill -9 while somebody is forgotten: the next start completes it, and nothing of her is left in any file.

``python -m tests.trust.erase --kills 500``. A hub destroys her keys, records that they are gone, empties its read
models and copies their file clean; it is killed after any write of that, in turn in each of the four, and every other
time once more while the next start is at it. Then every file is searched for her words and for her wrapped keys. The
controls are the same searches between the kill and the start: they must find both. What else is on a node (logs,
bundles, tiles) is searched by ``tests.forget``.
"""

import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import NamedTuple

from api.acts import privacy
from api.acts.importing import submission
from api.acts.privacy import NewErasure
from api.identity import IMPORTER
from domain.kernel.events import Receipt
from domain.population.resident import resident_decider
from domain.privacy.erasure import Stage
from tests.acts.people import REGISTRAR, command
from tests.forget import Canary
from tests.trust.eraser import PARTS, Fuse, follow, hub, work
from tests.trust.processes import PROCESSES, running
from tests.trust.promise import Answer, answered
from tests.trust.promise import command as command_of

PROCESSES.set_forkserver_preload(["tests.trust.eraser"])
OTHERS = 30
"""People who stay: the files have more than one page."""


class Left(NamedTuple):
    """How many of her words and of her keys stand in the files of a node."""

    words: int
    keys: int


class Erasures:
    """One node, copied for every kill."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._made = folder / "made"
        self._chance = Random(seed)
        self._kills = 0
        self.at: Counter[str] = Counter()
        self.completed = self.words = self.keys = self.words_before = self.keys_before = 0
        self._begin(Canary(1))
        self._parts = self._whole_run()

    def _begin(self, canary: Canary) -> None:
        """A node with her in it, and what she asks for."""
        self._words = [word.encode() for word in canary.words.values()]
        people = [canary, *map(Canary, range(2, OTHERS + 2))]
        with hub(self._made) as node:
            lines = [submission(node.desk, one.household, "canaries", IMPORTER) for one in people]
            outcomes = node.ledger.execute_many(lines)
            assert all(isinstance(outcome, Receipt) for outcome in outcomes)
            held = [node.ledger.holder("nik", one.words["nik"]) for one in people]
            self._resident, self._other = str(held[0]), str(held[-1])
            new = NewErasure(self._resident, "subject-request", canary.words["letter"])
            asked = privacy.request_erasure(node.desk, new, by=REGISTRAR, command_id=command("ask"))
            self._erasure = asked.erasure
            follow(node, Fuse(self._made, None))
            home = node.desk.ledger.load(resident_decider, self._resident).state.household
            ids = node.ledger.recorder.subject_keys([self._resident, home])
        with closing(sqlite3.connect(self._made / "keys" / "subjects.db")) as store:
            rows = store.execute("SELECT id, wrapped FROM subject_key")
            self._wrapped = [wrapped for id_, wrapped in rows if id_ in ids.values()]
        assert len(self._wrapped) == 2, "hers, and that of her household"

    def _whole_run(self) -> list[str]:
        """What is written by a hub that nobody kills."""
        node = self._copy()
        with running(work, node, self._erasure, None, True) as process:
            parts: list[str] = process.hear()
        self._look(node)
        return parts

    def _copy(self) -> Path:
        node = self._folder / "node"
        shutil.rmtree(node, ignore_errors=True)
        return Path(shutil.copytree(self._made, node))

    def kill(self) -> None:
        node = self._copy()
        part = PARTS[self._kills % len(PARTS)]
        points = [n for n, written in enumerate(self._parts, 1) if written == part]
        if self._killed(node, self._chance.choice(points)):
            self.at[part] += 1
        left = self._left(node)
        self.words_before += left.words > 0
        self.keys_before += left.keys > 0
        if self._kills % 2:
            self._killed(node, self._chance.randint(1, len(self._parts)))
        with running(work, node, self._erasure, None, False) as process:
            assert process.hear() == [], "a start that nobody kills comes to its end"
        self._look(node)
        self._kills += 1

    def _killed(self, node: Path, at: int) -> bool:
        """Whether the hub came as far as that write."""
        with running(work, node, self._erasure, at, True) as process:
            return process.hear() is None

    def _left(self, node: Path) -> Left:
        texts = [file.read_bytes() for file in node.rglob("*") if file.is_file()]
        words = sum(word in text for text in texts for word in self._words)
        return Left(words, sum(key in text for text in texts for key in self._wrapped))

    def _look(self, node: Path) -> None:
        """Nothing is left, it is told so, and the others are there."""
        left = self._left(node)
        self.words += left.words
        self.keys += left.keys
        with hub(node) as again:
            state = privacy.load(again.desk, self._erasure).state
            gone = again.desk.ledger.load(resident_decider, self._resident).state
            stays = again.desk.ledger.load(resident_decider, self._other).state
            self.completed += state.stage is Stage.FORGOTTEN and not gone.person and bool(stays.person)


def main(arguments: Sequence[str]) -> int:
    given = command_of("erase", __doc__, kills=16).parse_args(arguments)

    def trial(answer: Answer, folder: Path) -> None:
        erasures = Erasures(folder, given.seed)
        for _ in range(given.kills):
            erasures.kill()
        ended = given.kills + 1  # with the one that nobody killed
        done = f"{erasures.completed}/{ended}"
        answer.tell("every-erasure-is-completed", done, erasures.completed == ended)
        answer.tell("no-word-of-her-is-left", erasures.words, not erasures.words)
        answer.tell("no-key-of-hers-is-left", erasures.keys, not erasures.keys)
        fell = ",".join(f"{part}:{erasures.at[part]}" for part in PARTS)
        answer.tell("the-kills-fell-into-each-part", fell, all(erasures.at[part] for part in PARTS))
        words, keys = (f"{n}/{given.kills}" for n in (erasures.words_before, erasures.keys_before))
        answer.tell("control-a-kill-leaves-words", words, erasures.words_before > 0)
        answer.tell("control-a-kill-leaves-keys", keys, erasures.keys_before > 0)

    return answered(trial)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
