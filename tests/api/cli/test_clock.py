"""simpul clock recompute: the figures of a receipt from a bundle alone, and from no bundle that was changed."""

import gzip
import json
from base64 import b64decode, b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from adapters.evidence.note import LogKey
from api.app import create_app
from api.settings import Settings
from api.wiring import open_hub
from tests.acts.people import StandingClock
from tests.adapters.evidence.bundles import lines, packed, parts, with_facts
from tests.api.cli.conftest import Simpul
from tests.api.program import PREFIX, Program


@pytest.fixture
def exported(simpul: Simpul, data: Path, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """A bundle of a day with one case, and its clock as REST told it. The store is gone."""
    clock = StandingClock()
    with open_hub(Settings(data=data, synthetic=True, wait=10.0), clock) as hub:
        hub.start()
        with TestClient(create_app(hub), base_url="http://127.0.0.1:8000") as client:
            told = served(Program(client), clock)
    bundle = tmp_path / "day.tar"
    assert simpul("export", bundle, "--data", data).code == 0
    data.rename(tmp_path / "elsewhere")
    return bundle, told


def served(program: Program, clock: StandingClock) -> dict[str, Any]:
    case = program.ticket(program.resident())
    for step in ("call", "complete-file", "start-wait", "end-wait", "record-biometrics", "print-card"):
        clock.time += timedelta(seconds=70)
        body = {"step": step, "counter": "2", "cause": "central-system"}
        assert program.post(f"/cases/{case}/steps", body).status_code == 200
    clock.time += timedelta(hours=20, seconds=0.5)
    assert program.step(case, "hand-over").status_code == 200
    code = program.get(f"/cases/{case}").json()["code"]
    return dict(program.client.get(f"{PREFIX}/receipts/{code}").json())


def test_the_figures_are_those_of_the_receipt(simpul: Simpul, exported: tuple[Path, dict[str, Any]]) -> None:
    bundle, told = exported
    ran = simpul("clock", "recompute", bundle, told["code"], "--json")
    assert ran.code == 0
    assert ran.json()["clock"] == told
    seconds = told["figures"]["seconds"]
    assert seconds["central-system"] == 70
    assert set(seconds) == {"office", "central-system", "closed-hours"}, "it lay there over night"
    assert len(ran.json()["positions"]) == 8


def test_a_person_reads_them_in_words(simpul: Simpul, exported: tuple[Path, dict[str, Any]]) -> None:
    bundle, told = exported
    said = simpul("clock", "recompute", bundle, told["code"].lower().replace("-", " ")).out
    assert f"office          {told['office_seconds']:>8} s" in said
    assert "KTP, ticket 1 of DISDUKCAPIL, 2026-11-24" in said
    assert "from the bundle itself" in said


def test_the_key_of_the_log_may_be_brought(simpul: Simpul, exported: tuple[Path, dict[str, Any]]) -> None:
    bundle, told = exported
    vkey = simpul("clock", "recompute", bundle, told["code"], "--json").json()["vkey"]
    assert "as given" in simpul("clock", "recompute", bundle, told["code"], "--vkey", vkey).out
    other = "simpul.local/other" + vkey[vkey.index("+") :]
    ran = simpul("clock", "recompute", bundle, told["code"], "--vkey", other)
    assert (ran.code, "bundle-does-not-hold" in ran.err) == (1, True)


def test_a_code_that_no_case_has_is_told(simpul: Simpul, exported: tuple[Path, dict[str, Any]]) -> None:
    ran = simpul("clock", "recompute", exported[0], "AAAA-BBBB-CCCC")
    assert (ran.code, "unknown-receipt" in ran.err) == (1, True)


def test_a_bundle_with_one_changed_byte_is_refused(
    simpul: Simpul, exported: tuple[Path, dict[str, Any]]
) -> None:
    bundle, told = exported
    whole = bytearray(bundle.read_bytes())
    whole[len(whole) // 2] ^= 1
    bundle.write_bytes(whole)
    ran = simpul("clock", "recompute", bundle, told["code"], "--json")
    assert (ran.code, ran.out) == (1, "")
    assert "bundle-does-not-hold" in ran.err


def earlier(fact: dict[str, Any]) -> dict[str, Any]:
    """The hand-over as if it had been a day before."""
    record = b64decode(fact["record"]).replace(b'"recorded_at":"2026-11-25', b'"recorded_at":"2026-11-24')
    return {**fact, "record": b64encode(record).decode()}


def test_a_bundle_made_anew_with_a_kinder_time_is_refused(
    simpul: Simpul, exported: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    """By somebody who hashes all anew, and even signs the manifest with a key of her own."""
    bundle, told = exported
    given = parts(bundle)
    facts = [earlier(fact) for fact in lines(given)]
    assert facts != lines(given)
    kinder = with_facts(given, facts)
    key = LogKey.open(tmp_path / "own.key", "simpul.local/ledger", create=True)
    for number, made in enumerate(
        (packed(kinder, tmp_path / "a.tar"), packed(kinder, tmp_path / "b.tar", key))
    ):
        ran = simpul("clock", "recompute", made, told["code"])
        assert (ran.code, "bundle-does-not-hold" in ran.err) == (1, True), number


def test_the_same_bundle_unchanged_is_taken(
    simpul: Simpul, exported: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    """Control: packing anew is not what was refused."""
    bundle, told = exported
    again = packed(parts(bundle), tmp_path / "again.tar")
    assert json.loads(gzip.decompress(parts(again)["facts.ndjson.gz"]).splitlines()[0])["position"] == 1
    assert simpul("clock", "recompute", again, told["code"]).code == 0
