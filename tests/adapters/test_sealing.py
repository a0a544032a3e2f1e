"""Personal data are sealed per subject: nothing of a person stands in clear, and a destroyed key opens nothing."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from adapters.ledger.ledger import Ledger
from adapters.ledger.mapper import LENGTH, Mapper, Pending
from adapters.ledger.sealing import blocks, is_sealed
from adapters.ledger.subject_keys import SubjectKeys
from adapters.reference import reference
from api.acts.desk import Desk
from api.acts.population import Registered, register_household
from api.facts import EVENTS
from domain.kernel.errors import Rejected, StoreUnavailable
from domain.kernel.events import Personal
from domain.population.resident import Person, Residence, ResidentRegistered, resident_decider
from tests.acts.people import BUDI, REGISTRAR, SRI, SRI_NIK, StandingClock, command, household

CANARIES = [SRI_NIK, "3314100101209001", SRI.name, "Jl. Raya Sukowati 12", SRI.mother]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(opened(tmp_path)) as ledger:
        yield ledger


@pytest.fixture
def registered(desk: Desk) -> Registered:
    new = household(SRI, BUDI, kk="3314100101209001")
    return register_household(desk, new, by=REGISTRAR, command_id=command("household"))


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger, StandingClock(), reference(), synthetic=True)


def opened(folder: Path) -> Ledger:
    return Ledger.open(folder / "ledger.db", keys=folder / "keys", events=EVENTS, clock=StandingClock())


def everything(folder: Path) -> bytes:
    """The bytes of all files of a node."""
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def key_of(ledger: Ledger, subject: str) -> int:
    found: dict[str, int] = ledger.recorder.subject_keys([subject])
    return found[subject]


def test_nothing_of_a_person_stands_in_clear_in_any_file(tmp_path: Path, registered: Registered) -> None:
    assert registered.residents
    found = everything(tmp_path)
    assert [canary for canary in CANARIES if canary.encode() in found] == []
    assert registered.residents[0].encode() in found, "the control: opaque ids are found this way"


def test_what_was_sealed_is_read_as_it_was(ledger: Ledger, registered: Registered) -> None:
    person = ledger.load(resident_decider, registered.residents[0]).state
    assert person.person is not None
    assert (person.nik, person.person.name, person.person.birth_date) == (SRI_NIK, SRI.name, SRI.birth_date)
    assert person.residence is not None
    assert person.residence.address == "Jl. Raya Sukowati 12"


def test_it_is_read_after_a_restart(tmp_path: Path, ledger: Ledger, registered: Registered) -> None:
    ledger.close()
    with closing(opened(tmp_path)) as again:
        assert again.load(resident_decider, registered.residents[0]).state.nik == SRI_NIK


def test_a_destroyed_key_opens_nothing_and_changes_no_hash(
    tmp_path: Path, ledger: Ledger, registered: Registered
) -> None:
    sri, budi = registered.residents
    before = [row.record for row in ledger.recorder.after(0, 100)]
    ledger.close()
    with closing(opened(tmp_path)) as again:
        with closing(SubjectKeys.open(tmp_path / "keys")) as keys:
            keys.destroy([key_of(again, sri)])
        forgotten = again.load(resident_decider, sri).state
        assert (forgotten.registered, forgotten.nik, forgotten.person) == (True, None, None)
        assert forgotten.residence is not None, "the address is the household's"
        assert again.load(resident_decider, budi).state.person is not None
        assert [row.record for row in again.recorder.after(0, 100)] == before


def test_a_forgotten_subject_gets_no_new_key(tmp_path: Path, ledger: Ledger, registered: Registered) -> None:
    sri = registered.residents[0]
    id_ = key_of(ledger, sri)
    ledger.close()
    with closing(SubjectKeys.open(tmp_path / "keys")) as keys:
        keys.destroy([id_])
    with closing(opened(tmp_path)) as again:
        with pytest.raises(Rejected) as refused:
            again._keyring.of_subjects([sri])
        assert refused.value.code == "subject-forgotten"


def test_one_block_is_sealed_for_each_subject(ledger: Ledger, registered: Registered) -> None:
    row = ledger.recorder.stream(registered.residents[0])[0]
    (length,) = LENGTH.unpack_from(row.record)
    body = row.record[LENGTH.size + length :]
    assert is_sealed(body)
    assert {block.key for block in blocks(body)} == {
        key_of(ledger, registered.residents[0]),
        key_of(ledger, registered.household),
    }


def test_a_block_fits_only_its_own_header(tmp_path: Path, ledger: Ledger, registered: Registered) -> None:
    """A sealed body that was moved under another header is not opened."""
    first, second = (ledger.recorder.stream(resident)[0] for resident in registered.residents)
    (at,) = LENGTH.unpack_from(second.record)
    (end,) = LENGTH.unpack_from(first.record)
    swapped = second.record[: LENGTH.size + at] + first.record[LENGTH.size + end :]
    ledger._facts.read(first.topic, first.record)
    with pytest.raises(StoreUnavailable) as refused:
        ledger._facts.read(second.topic, swapped)
    assert refused.value.code == "record-damaged"


def test_with_another_key_encryption_key_nothing_is_opened(
    tmp_path: Path, ledger: Ledger, registered: Registered
) -> None:
    ledger.close()
    (tmp_path / "keys" / "kek.key").write_bytes(sha256(b"another").digest())
    with pytest.raises(StoreUnavailable) as refused:
        opened(tmp_path)
    assert refused.value.code == "wrong-key"


def test_a_lost_key_encryption_key_is_told(tmp_path: Path, ledger: Ledger, registered: Registered) -> None:
    ledger.close()
    (tmp_path / "keys" / "kek.key").unlink()
    with pytest.raises(StoreUnavailable) as refused:
        opened(tmp_path)
    assert refused.value.code == "key-missing"


def test_facts_of_the_first_release_stand_in_clear_and_are_read(ledger: Ledger) -> None:
    person = Person("Sri", "2", "Sragen", date(1990, 8, 17), "1", "1", "13", "5", "1", "1", "1", "m", "f")
    event = ResidentRegistered(
        "household-1",
        "33.14.10.1003",
        date(2026, 11, 24),
        "external",
        True,
        (),
        Personal("resident-1", SRI_NIK),
        Personal("resident-1", person),
        Personal("household-1", Residence("3314100101209001", "Jl.", "001", "002")),
    )
    clear = Mapper(EVENTS)
    envelope = clear.envelope(REGISTRAR, StandingClock().now(), UUID(int=1), None)
    stored = clear.to_stored_event(Pending("resident-1", 1, event, envelope))
    assert SRI_NIK.encode() in stored.state
    assert ledger._facts.read(stored.topic, stored.state)[1] == event


@pytest.mark.parametrize("hostile", ['"value":null}', '\\"value\\":null}', "}{", '"value":"x"}', "\u2028 é"])
def test_no_text_of_a_person_confuses_the_seal(desk: Desk, ledger: Ledger, hostile: str) -> None:
    members = (replace(SRI, name=hostile, mother=hostile), replace(BUDI, name=hostile))
    done = register_household(desk, household(*members), by=REGISTRAR, command_id=command("h"))
    for resident in done.residents:
        person = ledger.load(resident_decider, resident).state.person
        assert person is not None
        assert person.name == hostile
