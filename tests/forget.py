"""The promise of forgetting, proven on the bytes of a disk: ``python -m tests.forget --subjects 100``.

People with unmistakable data go through everything a node does: import, counter, permits, feeds, couriers,
papers, past views, rebuild, checkpoint, bundle, logs. Some are forgotten; then no file of the node may hold a word
of them, and every proof that was given away before must still hold.
"""

import argparse
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid5

import msgspec

from adapters.evidence.simpul_verify import Bundle, check
from adapters.people import ndjson
from tests.acceptance.node import Node, running, until

KTP = ("call", "complete-file", "record-biometrics", "print-card", "hand-over")
VILLAGE = "33.14.10.1003"


@dataclass(frozen=True)
class Canary:
    """A resident of a household of her own; no word of her occurs anywhere else."""

    number: int

    @property
    def words(self) -> dict[str, str]:
        n = f"{self.number:05d}"
        return {
            "nik": f"33141057089{self.number // 1000:01d}9{self.number % 1000:03d}",
            "kk": f"33141001011{self.number // 1000:01d}9{self.number % 1000:03d}",
            "name": f"Kenari{n} Wagiyem",
            "heard": f"kenari{n}",
            "birth_place": f"Kota{n}Lahir",
            "mother": f"Ibu{n}Kandung",
            "father": f"Ayah{n}Kandung",
            "address": f"Gang Melati {n} Timur",
            "company": f"Toko{n}Sejahtera",
            "letter": f"470/{n}/LUPA",
            "reason": f"Berkas {n} Wagiyem tidak lengkap",
        }

    @property
    def household(self) -> ndjson.Household:
        w = self.words
        person = ndjson.Member(
            nik=w["nik"],
            name=w["name"],
            sex="2",
            birth_place=w["birth_place"],
            birth_date=date(1989, 8, 17),
            religion="1",
            marital="1",
            blood="13",
            education="5",
            occupation="1",
            relation="1",
            citizenship="1",
            mother=w["mother"],
            father=w["father"],
        )
        return ndjson.Household(
            ref=f"canary-{self.number}",
            kk=w["kk"],
            registered=date(2010, 3, 1),
            village=VILLAGE,
            address=w["address"],
            rt="001",
            rw="002",
            synthetic=True,
            members=(person,),
        )


@dataclass
class Trial:
    """One node, its canaries, and those of them who are forgotten."""

    node: Node
    canaries: Sequence[Canary]
    forgotten: Sequence[Canary]
    logs: list[bytes] = field(default_factory=list)
    papers: dict[Canary, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ids = (uuid5(UUID(int=7), str(n)) for n in count())

    def simpul(self, *arguments: object) -> str:
        command = [sys.executable, "-m", "api.cli.main", *map(str, arguments), "--data", str(self.node.data)]
        ran = subprocess.run(command, capture_output=True, check=False)
        self.logs += [ran.stdout, ran.stderr]
        assert ran.returncode == 0, ran.stderr.decode()
        return ran.stdout.decode()

    def post(self, path: str, body: object, officer: str = "dewi") -> dict[str, Any]:
        answer = self.node.post(path, body, next(self._ids), officer)
        assert answer.status_code in {200, 201}, answer.text
        return dict(answer.json())

    def resident(self, canary: Canary) -> str:
        found = self.post("/residents/search", {"nik": canary.words["nik"]})["items"]
        return str(found[0]["resident"])

    def live(self, canary: Canary) -> str:
        """Her card, her shop, another that she may not have, and every paper about them."""
        resident = self.resident(canary)
        case = self.post("/cases", {"document": "KTP", "resident": resident})["case"]
        for step in KTP:
            self.post(f"/cases/{case}/steps", {"step": step, **({"counter": "1"} if step == "call" else {})})
        shop = {"permit": "SIUP-KECIL", "applicant": resident, "company": canary.words["company"]}
        rest = {"legal_form": "PO", "kbli": "47112", "address": canary.words["address"]}
        worth = {"village": VILLAGE, "net_worth": 300_000_000}
        needed = self.node.get("/catalogue/SIUP-KECIL").json()["requirements"]
        for decision in ({"decision": "approve"}, {"decision": "refuse", "reason": canary.words["reason"]}):
            filed = self.post("/applications", shop | rest | worth, "yuni")["application"]
            self.post(f"/applications/{filed}/verification", {"documents": needed}, "yuni")
            self.post(f"/applications/{filed}/decision", decision, "hendra")
            if decision["decision"] == "approve":
                self.post(f"/applications/{filed}/issue", {}, "hendra")
                issued = filed
        home = self.node.get(f"/residents/{resident}").json()["household"]
        printed = (
            ("KK", home, "dewi"),
            ("KTP", case, "dewi"),
            ("RESI", case, "dewi"),
            ("IZIN", issued, "hendra"),
        )
        for kind, about, officer in printed:
            paper = self.post("/papers", {"kind": kind, "about": about}, officer)["paper"]
            self.papers.setdefault(canary, []).append(paper)
        return resident

    def opened(self, canary: Canary) -> set[int]:
        """How the node answers whoever wants to read her papers."""
        return {self.node.get(f"/papers/{paper}/pdf").status_code for paper in self.papers[canary]}

    def delivered(self) -> bool:
        deliveries = self.node.get("/deliveries").json()
        return all(each["lag"] == 0 and each["head"] for each in deliveries.values())

    def forget(self, canary: Canary, resident: str) -> None:
        asked = {"resident": resident, "basis": "subject-request", "letter": canary.words["letter"]}
        erasure = self.post("/erasures", asked)["erasure"]
        self.post(f"/erasures/{erasure}/decision", {"decision": "approve"}, "bagus")

    def stop(self) -> None:
        """SIGTERM; what it said is kept."""
        process, self.node.process = self.node.process, None
        assert process
        assert process.stdout
        process.send_signal(signal.SIGTERM)
        self.logs.append(process.stdout.read())
        process.stdout.close()
        assert process.wait() == 0

    def hits(self, canaries: Sequence[Canary], but: str = "") -> dict[str, set[str]]:
        """Which words of these people stand in which files and logs."""
        words = {word.encode(): word for canary in canaries for word in canary.words.values()}
        pattern = re.compile(b"|".join(map(re.escape, words)))
        found = {name: {words[hit] for hit in pattern.findall(text)} for name, text in self._texts()}
        return {name: hit for name, hit in found.items() if hit and name != but}

    def _texts(self) -> Iterator[tuple[str, bytes]]:
        for file in sorted(self.node.data.rglob("*")):
            if file.is_file():
                yield file.relative_to(self.node.data).as_posix(), file.read_bytes()
                if file.suffix == ".tar":
                    yield f"{file.name}, unpacked", unpacked(file)
        yield "logs", b"\n".join(self.logs)


def unpacked(bundle: Path) -> bytes:
    """Every zipped part of a bundle, its records as bytes."""
    rows = (row for row in Bundle(bundle).rows("facts.ndjson.gz"))
    return b"\n".join(b64decode(row["record"]) for row in rows)


def prove(folder: Path, subjects: int) -> int:
    """Run the trial in ``folder``; the number of words that were looked for. Fails by assertion."""
    canaries = [Canary(n) for n in range(1, subjects + 2)]
    lines = folder / "households.ndjson"
    lines.write_bytes(b"\n".join(msgspec.json.encode(c.household) for c in canaries))
    with running(folder) as node:
        trial = Trial(node, canaries, canaries[:subjects])
        _everything(trial, lines)
        _controls(trial)
        kept = trial.simpul("checkpoint").encode()
        backup = shutil.copytree(node.data / "keys", folder / "keys-of-yesterday")
        residents = {canary: trial.live(canary) for canary in canaries}
        until(trial.delivered, "both ministries have everything")
        trial.simpul("export", node.data / "before.tar")
        assert [trial.opened(canary) for canary in canaries] == [{200}] * len(canaries)
        for canary in trial.forgotten:
            trial.forget(canary, residents[canary])
        until(lambda: not trial.hits(trial.forgotten), "nothing is left on the disk", 60.0)
        _still_forgotten(trial, residents)
        _proofs(trial, kept)
        _restored_keys(trial, backup, residents)
    return sum(len(canary.words) for canary in trial.forgotten)


def _everything(trial: Trial, lines: Path) -> None:
    trial.simpul("import", lines)
    until(lambda: trial.node.get("/residents?limit=500").json()["items"], "the registry shows them")
    trial.node.get("/residents?position=2")
    trial.simpul("projections", "rebuild")


def _controls(trial: Trial) -> None:
    """The look that finds nothing later does find: read models in clear, and never the ledger."""
    found = trial.hits(trial.canaries)
    assert any(name.startswith("views.db") for name in found), found
    closed = ("ledger.db", "keys/", "evidence/", "papers/", "logs")
    assert not any(name.startswith(closed) for name in found), found


def _still_forgotten(trial: Trial, residents: dict[Canary, str]) -> None:
    """After a rebuild, after a restart, without views, and in a new bundle."""
    trial.simpul("projections", "rebuild")
    trial.simpul("export", trial.node.data / "after.tar")
    assert trial.hits(trial.forgotten) == {}
    trial.stop()
    for file in trial.node.data.glob("views.db*"):
        file.unlink()
    trial.node.start()
    alive = trial.canaries[-1]
    until(
        lambda: trial.node.get(f"/residents/{residents[alive]}").json().get("name") == alive.words["name"],
        "the one who was not forgotten is shown",
    )
    assert trial.opened(alive) == {200}
    assert [trial.opened(canary) for canary in trial.forgotten] == [{410}] * len(trial.forgotten)
    gone = trial.node.get(f"/residents/{residents[trial.forgotten[0]]}").json()
    assert {gone[name] for name in ("nik", "name", "mother")} == {None}
    assert trial.hits(trial.forgotten) == {}


def _proofs(trial: Trial, kept: bytes) -> None:
    """The checkpoint of before is a beginning of what is signed now."""
    after = trial.node.data / "after.tar"
    vkey = (trial.node.data / "evidence" / "log.vkey").read_text()
    for bundle in (trial.node.data / "before.tar", after):
        assert check(bundle, vkey=vkey.strip(), since=kept).failures == []
    trial.simpul("verify")


def _restored_keys(trial: Trial, backup: Path, residents: dict[Canary, str]) -> None:
    """A key store of yesterday holds the keys again, until the node starts."""
    trial.stop()
    shutil.rmtree(trial.node.data / "keys")
    shutil.copytree(backup, trial.node.data / "keys")
    for file in trial.node.data.glob("views.db*"):
        file.unlink()
    trial.node.start()
    alive = residents[trial.canaries[-1]]
    until(lambda: trial.node.get(f"/residents/{alive}").json().get("name"), "read models are there")
    assert trial.hits(trial.forgotten) == {}
    revived = _keys(backup) - _keys(trial.node.data / "keys")
    assert len(revived) == 2 * len(trial.forgotten), "hers and her household's: destroyed once more"


def _keys(folder: Path) -> set[int]:
    with closing(sqlite3.connect(folder / "subjects.db")) as store:
        return {id_ for (id_,) in store.execute("SELECT id FROM subject_key")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=100, help="how many are forgotten, at most 9000")
    subjects = parser.parse_args().subjects
    with TemporaryDirectory() as folder:
        words = prove(Path(folder), subjects)
    print(f"promise=forgotten-leaves-nothing figure={words} words of {subjects} people: 0 found pass=true")


if __name__ == "__main__":
    main()
