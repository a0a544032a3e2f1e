"""Whoever edits the store, the evidence or a bundle is found, and the place is named.

``python -m tests.trust.tamper --edits 100000``. The edits are those of ``tests/adapters/evidence``, drawn at
random: rows changed, swapped, dropped, inserted and cut off, tiles and checkpoints changed, ledger and evidence
set back together, bundles changed, cut or added to at any byte, and bundles made anew by a forger who holds the
log's own key. The store is checked as ``simpul verify`` does, a bundle by ``simpul_verify.py`` and, where Node
is installed, by ``simpul_verify.mjs``. The controls are verifiers that lack a check: they must accept.
"""

import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from random import Random

from adapters.evidence.note import LogKey
from adapters.evidence.signer import KEPT, KEY, NEWEST, STATE, VKEY
from adapters.evidence.simpul_verify import Failure, check
from adapters.evidence.verify import verify_store
from tests.adapters.evidence.boxes import TOPICS, edited, node
from tests.adapters.evidence.bundles import (
    FORGERIES,
    NODE,
    exported,
    lines,
    packed,
    parts,
    places,
    second,
    with_facts,
)
from tests.adapters.evidence.tampering import CHANGES, flipped, record_and_leaf, set_back
from tests.trust.promise import Answer, answered, command

TILE = "tile/0/000"
BATCH = 100
"""Bundles that the second verifier gets at once."""


class Tampering:
    """A clean node and its bundle; each edit is made on a copy."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._chance = Random(seed)
        self.clean = node(folder / "clean")
        self.bundle = folder / "clean.tar"
        exported(self.clean, self.bundle)
        self._key = LogKey.parse((self.clean / "keys" / KEY).read_text())
        self._parts = parts(self.bundle)
        self._regions = list(places(self.bundle))
        self.bad: list[Path] = []
        self.edits: Counter[str] = Counter()
        self.missed: list[str] = []
        self.unplaced: list[str] = []

    def copy(self) -> Path:
        target = self._folder / "copy"
        shutil.rmtree(target, ignore_errors=True)
        return Path(shutil.copytree(self.clean, target))

    def edit(self) -> None:
        kinds: tuple[Callable[[], None], ...] = (self._store, self._evidence, self._spoiled, self._forged)
        self._chance.choice(kinds)()

    def _judge(self, what: str, failures: Sequence[Failure], where: str) -> None:
        """``where`` must be named; when it is empty, any place."""
        self.edits[what.partition(" ")[0]] += 1
        if not failures:
            self.missed.append(what)
        elif where not in {"", *(failure.where for failure in failures)}:
            self.unplaced.append(f"{what}: {where}")
        elif not any(failure.where for failure in failures):
            self.unplaced.append(what)

    def _store(self) -> None:
        folder, change, where = self.copy(), self._chance.choice(CHANGES), [""]

        def change_it(c: sqlite3.Connection) -> None:
            c.execute("BEGIN")
            where[0] = change(c, self._chance) or ""
            c.execute("COMMIT")

        edited(folder, change_it)
        self._judge(f"store {change.__name__}", verify_store(folder, TOPICS).failures, where[0])

    def _evidence(self) -> None:
        folder = self.copy()
        name = self._chance.choice([NEWEST, KEPT, VKEY, TILE, "both"])
        if name == "both":
            set_back(folder)
        else:
            path = folder / "evidence" / name
            path.write_bytes(flipped(path.read_bytes(), self._chance))
        where = {TILE: "0/000", "both": "after position 100"}.get(name, "")
        self._judge(f"evidence {name}", verify_store(folder, TOPICS).failures, where)

    def _spoiled(self) -> None:
        """A byte changed, some cut out, or some added, in a region of the bundle."""
        whole = self.bundle.read_bytes()
        name, begin, end = self._chance.choice(self._regions)
        at, length = self._chance.randrange(begin, end), self._chance.randint(1, 600)
        match self._chance.randrange(3):
            case 0:
                bad = whole[:at] + flipped(whole[at : at + 1], self._chance) + whole[at + 1 :]
            case 1:
                bad = whole[:at] + whole[min(end, at + length) :]
            case _:
                bad = whole[:at] + self._chance.randbytes(length) + whole[at:]
        path = self._next()
        path.write_bytes(bad)
        self._judge(f"bundle {name} at {at - begin}", check(path).failures, "")

    def _forged(self) -> None:
        forge, _, where = self._chance.choice(FORGERIES)
        facts = lines(self._parts)
        forge(facts)
        path = packed(with_facts(self._parts, facts), self._next(), self._key)
        self._judge(f"forgery {forge.__name__}", check(path).failures, where)

    def _next(self) -> Path:
        self.bad.append(self._folder / f"bad-{len(self.bad)}.tar")
        return self.bad[-1]

    def second(self) -> list[Path]:
        """Bundles that the second verifier accepts; what it has judged is removed."""
        accepted = [
            path
            for path, said in zip(self.bad, second(self.bad, self._folder), strict=True)
            if not said["failures"]
        ]
        for path in self.bad:
            path.unlink()
        self.bad.clear()
        return accepted


def main(arguments: Sequence[str]) -> int:
    given = command("tamper", __doc__, edits=1000, clean=30).parse_args(arguments)

    def trial(answer: Answer, folder: Path) -> None:
        trial = Tampering(folder, given.seed)
        judged, accepted = 0, 0
        for n in range(1, given.edits + 1):
            trial.edit()
            if NODE and trial.bad and (len(trial.bad) == BATCH or n == given.edits):
                judged += len(trial.bad)
                accepted += len(trial.second())
        missed, unplaced = len(trial.missed), len(trial.unplaced)
        told = "".join(f" {kind}:{count}" for kind, count in sorted(trial.edits.items()))
        answer.tell("every-edit-is-found", f"{missed}/{given.edits}{told}", not missed)
        answer.tell("its-place-is-named", f"{unplaced}/{given.edits}", not unplaced)
        for what in (*trial.missed, *trial.unplaced):
            print(what, file=sys.stderr)
        if NODE:
            answer.tell("the-second-verifier-refuses-them-too", f"{accepted}/{judged}", not accepted)
        else:
            answer.tell("the-second-verifier-needs-node", "not-installed", kept=True)
        alarms = sum(bool(verify_store(trial.copy(), TOPICS).failures) for _ in range(given.clean))
        alarms += sum(bool(check(trial.bundle).failures) for _ in range(given.clean))
        answer.tell("nothing-clean-raises-an-alarm", f"{alarms}/{2 * given.clean}", not alarms)
        _controls(answer, trial, folder, Random(given.seed))

    return answered(trial)


def _controls(answer: Answer, trial: Tampering, folder: Path, chance: Random) -> None:
    copy = trial.copy()
    edited(copy, lambda c: record_and_leaf(c, chance))
    with closing(sqlite3.connect(copy / "ledger.db")) as connection:
        said = connection.execute("PRAGMA integrity_check").fetchone()[0]
    answer.tell("control-the-database-itself-accepts", said, said == "ok" and _refused(copy))
    shutil.rmtree(copy / "evidence")
    (copy / "keys" / STATE).unlink()
    answer.tell("control-without-what-was-signed-it-is-accepted", "forged-fact", not _refused(copy))
    copy = trial.copy()
    set_back(copy)
    refused = _refused(copy)
    (copy / "keys" / STATE).unlink()
    shutil.rmtree(copy / "evidence" / "tile")
    answer.tell(
        "control-without-the-signers-memory-it-is-accepted", "set-back", refused and not _refused(copy)
    )
    exported(node(folder / "other", (5,)), folder / "other.tar")
    mine = (trial.clean / "evidence" / VKEY).read_text()
    without, with_it = check(folder / "other.tar").failures, check(folder / "other.tar", vkey=mine).failures
    answer.tell(
        "control-without-a-key-of-ones-own-it-is-accepted", "other-log", not without and bool(with_it)
    )


def _refused(folder: Path) -> bool:
    return bool(verify_store(folder, TOPICS).failures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
