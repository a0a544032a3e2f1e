"""Acts of privacy on a real store: what is destroyed, by whom, and what a crash or a backup cannot undo."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.ledger.ledger import Ledger
from adapters.reference import reference
from api.acts import civil, population, privacy
from api.acts.civil import asked as asked_for
from api.acts.desk import Desk
from api.acts.privacy import NewErasure
from api.facts import EVENTS
from domain.kernel.decider import act
from domain.kernel.errors import Refused, Rejected
from domain.kernel.ports import Loaded
from domain.population.household import household_decider
from domain.population.resident import resident_decider
from domain.privacy.erasure import ApproveErasure, Stage, SubjectForgotten, erasure_decider
from tests.acts.people import BUDI, REGISTRAR, SRAGEN_TENGAH, SRI, SRI_NIK, StandingClock, command, household
from tests.adapters.ledger.shelf import key_file

SECOND = replace(REGISTRAR, id="bagus")


@pytest.fixture
def registered(desk: Desk) -> population.Registered:
    return population.register_household(
        desk, household(SRI, BUDI), by=REGISTRAR, command_id=command("household")
    )


def asked(desk: Desk, resident: str, **changes: str) -> str:
    new = NewErasure(**({"resident": resident, "basis": "subject-request", "letter": "470/1"} | changes))
    return privacy.request_erasure(
        desk, new, by=REGISTRAR, command_id=command(f"ask {resident} {changes}")
    ).erasure


def approved(desk: Desk, ledger: Ledger, resident: str) -> privacy.Asked:
    erasure = asked(desk, resident)
    return privacy.approve(desk, ledger, erasure, by=SECOND, command_id=command(f"approve {resident}"))


def person(desk: Desk, resident: str) -> object:
    return desk.ledger.load(resident_decider, resident).state.person


def test_an_approval_destroys_the_key_at_once(
    desk: Desk, ledger: Ledger, registered: population.Registered
) -> None:
    sri, budi = registered.residents
    assert person(desk, sri)
    done = approved(desk, ledger, sri)
    assert (person(desk, sri), person(desk, budi) is not None) == (None, True)
    assert privacy.load(desk, done.erasure).state.stage is Stage.FORGOTTEN
    last = ledger.after(done.receipt.last - 1, 1)[0]
    assert (last.event, last.header.actor) == (SubjectForgotten((sri,)), "simpul")


def test_the_household_is_forgotten_with_its_last_member(
    desk: Desk, ledger: Ledger, registered: population.Registered
) -> None:
    sri, budi = registered.residents
    approved(desk, ledger, sri)
    home = registered.household
    assert desk.ledger.load(household_decider, home).state.residence, "her child lives there"
    done = approved(desk, ledger, budi)
    assert privacy.load(desk, done.erasure).state.subjects == (budi, home)
    assert desk.ledger.load(household_decider, home).state.residence is None


def test_every_address_she_lived_at_alone_is_forgotten_with_her(desk: Desk, ledger: Ledger) -> None:
    alone = population.register_household(desk, household(SRI), by=REGISTRAR, command_id=command("alone"))
    (sri,), first = alone.residents, alone.household
    home = asked_for.Home(village=SRAGEN_TENGAH, address="Jl. Veteran 3", rt="1", rw="1")
    split = asked_for.NewCard((asked_for.Related(sri, "1"),), home)
    report = civil.Report("KK_NEW", split, desk.today)
    new = civil.record(desk, report, by=REGISTRAR, command_id=command("split")).state.households
    done = approved(desk, ledger, sri)
    assert {*privacy.load(desk, done.erasure).state.subjects} == {sri, first, *new}
    for id_ in (first, *new):
        assert desk.ledger.load(household_decider, id_).state.residence is None


def test_who_died_in_a_family_is_forgotten_and_its_address_is_not(
    desk: Desk, ledger: Ledger, registered: population.Registered
) -> None:
    sri, budi = registered.residents
    death = asked_for.Death(sri, successors=(asked_for.Successor(budi),))
    civil.record(desk, civil.Report("DEATH", death, desk.today), by=REGISTRAR, command_id=command("death"))
    done = approved(desk, ledger, sri)
    assert privacy.load(desk, done.erasure).state.subjects == (sri,)
    assert desk.ledger.load(household_decider, registered.household).state.residence


def test_a_rejection_destroys_nothing(desk: Desk, ledger: Ledger, registered: population.Registered) -> None:
    sri = registered.residents[0]
    erasure = asked(desk, sri)
    privacy.reject(desk, erasure, "statutory-duty", by=SECOND, command_id=command("no"))
    assert person(desk, sri)
    assert privacy.load(desk, erasure).state.reason == "statutory-duty"


def test_the_letter_is_forgotten_with_the_subject(
    desk: Desk, ledger: Ledger, registered: population.Registered
) -> None:
    erasure = asked(desk, registered.residents[0])
    assert privacy.load(desk, erasure).state.letter == "470/1"
    privacy.approve(desk, ledger, erasure, by=SECOND, command_id=command("yes"))
    assert ledger.stream(erasure)[0].event.letter.value is None


def test_a_repeat_is_the_same_act(desk: Desk, ledger: Ledger, registered: population.Registered) -> None:
    sri = registered.residents[0]
    first, head = approved(desk, ledger, sri), ledger.head()
    again = approved(desk, ledger, sri)
    assert (again.erasure, again.receipt.last, ledger.head()) == (first.erasure, first.receipt.last, head)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"resident": "resident-nobody"}, "unknown-resident"),
        ({"basis": "because"}, "unknown-basis"),
        ({"letter": " "}, "letter-missing-or-too-long"),
    ],
)
def test_a_bad_request_is_refused(
    desk: Desk, registered: population.Registered, changes: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        asked(desk, changes.pop("resident", registered.residents[0]), **changes)
    assert refused.value.code == code


def test_a_bad_decision_is_refused(desk: Desk, ledger: Ledger, registered: population.Registered) -> None:
    erasure = asked(desk, registered.residents[0])
    for id_, by, code in (
        (erasure, REGISTRAR, "second-officer-needed"),
        ("erasure-x", SECOND, "unknown-erasure"),
    ):
        with pytest.raises(Refused) as refused:
            privacy.approve(desk, ledger, id_, by=by, command_id=command(code))
        assert refused.value.code == code
    with pytest.raises(Refused, match="unknown-reason"):
        privacy.reject(desk, erasure, "no", by=SECOND, command_id=command("c"))
    assert person(desk, registered.residents[0])


def test_nothing_new_is_recorded_about_somebody_forgotten(
    desk: Desk, ledger: Ledger, registered: population.Registered
) -> None:
    sri = registered.residents[0]
    approved(desk, ledger, sri)
    with pytest.raises(Rejected) as refused:
        asked(desk, sri, letter="470/2")
    assert refused.value.code == "already-forgotten"
    with pytest.raises(Refused):
        population.resident_with_nik(desk, SRI_NIK)
    with pytest.raises(Refused) as taken:
        population.register_household(desk, household(SRI), by=REGISTRAR, command_id=command("again"))
    assert taken.value.code == "nik-already-registered", "a NIK is given once"


@pytest.fixture
def other(tmp_path: Path, ledger: Ledger, clock: StandingClock) -> Iterator[Desk]:
    """Another process on the same store."""
    with closing(
        Ledger.open(tmp_path / "ledger.db", keys=tmp_path / "keys", events=EVENTS, clock=clock)
    ) as second:
        yield Desk(second, clock, reference(), synthetic=True)


def test_no_other_process_goes_on_reading_from_memory(
    desk: Desk, ledger: Ledger, other: Desk, registered: population.Registered
) -> None:
    sri = registered.residents[0]
    assert person(other, sri), "its keyring knows her key now"
    approved(desk, ledger, sri)
    assert person(other, sri) is None


def test_what_a_crash_interrupted_is_finished(
    desk: Desk, ledger: Ledger, registered: population.Registered
) -> None:
    sri = registered.residents[0]
    erasure = asked(desk, sri)
    approve = act(erasure_decider, erasure, ApproveErasure("bagus", desk.today))
    ledger.execute([approve], by=SECOND, command_id=command("killed"))
    assert person(desk, sri), "the control: the process died before the key did"
    privacy.finish(desk, ledger)
    assert (person(desk, sri), privacy.load(desk, erasure).state.stage) == (None, Stage.FORGOTTEN)
    head = ledger.head()
    privacy.finish(desk, ledger)
    assert ledger.head() == head


class Watched:
    """A ledger that tells which erasures were folded."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.folded: list[str] = []
        self.execute = ledger.execute

    def load(self, decider: Any, stream: str, version: int | None = None) -> Loaded[Any]:
        if decider is erasure_decider:
            self.folded.append(stream)
        return self._ledger.load(decider, stream, version)


def finished(desk: Desk, ledger: Ledger) -> set[str]:
    """Finish what is open; the erasures that were looked at."""
    watched: Any = Watched(ledger)
    privacy.finish(replace(desk, ledger=watched), ledger)
    return set(watched.folded)


def test_a_start_looks_only_at_erasures_of_since_the_last(
    desk: Desk, ledger: Ledger, registered: population.Registered
) -> None:
    sri, budi = registered.residents
    done = approved(desk, ledger, sri).erasure
    assert finished(desk, ledger) == {done}
    erasure = asked(desk, budi)
    approve = act(erasure_decider, erasure, ApproveErasure("bagus", desk.today))
    assert finished(desk, ledger) == {erasure}, "it is asked for, and was looked at"
    ledger.execute([approve], by=SECOND, command_id=command("killed"))
    assert finished(desk, ledger) == {erasure}, "and is looked at again when it was decided"
    assert person(desk, budi) is None
    assert finished(desk, ledger) == {erasure}, "that it is done was recorded after the look"
    assert finished(desk, ledger) == set()
    ledger.settle(0)
    assert finished(desk, ledger) == {done, erasure}, "the control: a key store that knows nothing"


def test_a_key_store_that_is_ahead_of_an_older_ledger_looks_at_everything(
    desk: Desk, ledger: Ledger, registered: population.Registered
) -> None:
    done = approved(desk, ledger, registered.residents[0]).erasure
    ledger.settle(ledger.head() + 5)
    assert finished(desk, ledger) == {done}
    assert ledger.settled() == ledger.head()


def test_what_cannot_be_noted_beside_the_keys_hinders_no_start(
    desk: Desk, ledger: Ledger, registered: population.Registered
) -> None:
    done = approved(desk, ledger, registered.residents[0]).erasure
    key_file(ledger._subjects).execute("PRAGMA query_only = ON")
    assert finished(desk, ledger) == {done}
    assert finished(desk, ledger) == {done}, "the next start looks at it again"
    key_file(ledger._subjects).execute("PRAGMA query_only = OFF")
    assert finished(desk, ledger) == {done}
    assert finished(desk, ledger) == set()


def test_a_restored_key_is_destroyed_again(
    tmp_path: Path, desk: Desk, ledger: Ledger, registered: population.Registered, clock: StandingClock
) -> None:
    sri = registered.residents[0]
    key_file(ledger._subjects).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    backup = shutil.copytree(tmp_path / "keys", tmp_path / "yesterday")
    approved(desk, ledger, sri)
    ledger.close()
    shutil.rmtree(tmp_path / "keys")
    shutil.copytree(backup, tmp_path / "keys")
    with closing(
        Ledger.open(tmp_path / "ledger.db", keys=tmp_path / "keys", events=EVENTS, clock=clock)
    ) as again:
        late = Desk(again, clock, reference(), synthetic=True)
        assert person(late, sri), "the control: the backup does revive her"
        privacy.finish(late, again)
        assert person(late, sri) is None
