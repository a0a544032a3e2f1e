"""The scripted week of the demo: every civil event of the catalogue, on families of real villages."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from adapters.reference import reference
from api import alike
from api.acts import watching
from api.cli.registry_week import RegistryWeek
from api.cli.working_day import Stopped
from api.settings import Settings
from api.wiring import Hub, open_hub
from domain.access.reading import PersonRead, Seen
from domain.population.entry import CivilEventRecorded
from domain.population.household import HouseholdRegistered
from domain.population.pair import PairFoundDifferent, PairFoundSame
from tests.acts.people import StandingClock

ROWS = reference().civil_events.rows


@dataclass
class Told:
    """A week that has been played, and what it told."""

    hub: Hub
    lines: list[str] = field(default_factory=list)

    def play(self) -> RegistryWeek:
        week = RegistryWeek(self.hub, self.lines.append)
        week.run()
        return week

    def recorded(self) -> list[CivilEventRecorded]:
        facts = self.hub.ledger.after(0, self.hub.ledger.head())
        return [fact.event for fact in facts if isinstance(fact.event, CivilEventRecorded)]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    settings = Settings(data=tmp_path_factory.mktemp("week"), synthetic=True)
    with open_hub(settings, StandingClock()) as hub:
        hub.start()
        told = Told(hub)
        told.play()
        yield told


def test_a_week_holds_every_row_of_the_catalogue(told: Told) -> None:
    assert {event.code for event in told.recorded()} == set(ROWS)


def test_every_event_of_the_week_is_told(told: Told) -> None:
    for event in told.recorded():
        assert any(line.split()[0] == event.code and ROWS[event.code].english in line for line in told.lines)
    days = [line.split(",")[0] for line in told.lines if not line.startswith(" ") and "," in line]
    assert days == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


def test_the_week_is_over_when_it_is_played(told: Told) -> None:
    today = told.hub.desk.today
    assert all(
        (today - event.reported_on).days > 0 for event in told.recorded() if event.code != "CORRECTION"
    )


def test_most_of_a_week_is_in_order_and_some_of_it_is_odd(told: Told) -> None:
    flagged = {event.code: event.flags for event in told.recorded() if event.flags}
    assert flagged["MARRIAGE"] == ("late-report",) or flagged["DEATH"] == ("papers-missing",)
    assert len(flagged) < len(ROWS) / 3


def test_officers_look_for_a_reason_and_each_look_is_recorded(told: Told) -> None:
    readings = told.hub.readings.ledger
    facts = readings.after(0, readings.head())
    seen = {fact.event.seen: fact.header.purpose for fact in facts if isinstance(fact.event, PersonRead)}
    assert (seen[Seen.SEARCH], seen[Seen.PROTECTED]) == ("service", "service")
    assert any("Johanes" in line and "Yohanes Eko Prasetyo" in line for line in told.lines), "misspelt, found"
    (alarm,) = [row for row in watching.raised(told.hub.watching) if row.raised.alarm == "prominent"]
    assert (alarm.raised.officer, alarm.by, alarm.finding) == ("bagus", "dewi", "explained")
    assert any("semester figures: " in line for line in told.lines)


def test_of_three_pairs_one_is_one_person_one_is_two_and_one_waits(told: Told) -> None:
    facts = told.hub.ledger.after(0, told.hub.ledger.head())
    found = [type(fact.event) for fact in facts if isinstance(fact.event, PairFoundSame | PairFoundDifferent)]
    assert sorted(found, key=repr) == [PairFoundDifferent, PairFoundSame]
    told.hub.views.wait(told.hub.ledger.head(), timeout=10.0)
    with told.hub.views.now() as view:
        (pair,) = alike.waiting(view)
    assert {pair.one.name, pair.other.name} == {"Sugeng Riyadi", "Soegeng Rijadi"}


def test_families_live_in_villages_of_the_table(told: Told) -> None:
    facts = told.hub.ledger.after(0, told.hub.ledger.head())
    villages = [fact.event.village for fact in facts if isinstance(fact.event, HouseholdRegistered)]
    assert set(villages) <= set(reference().regions.villages)
    assert len({village.rpartition(".")[0] for village in villages}) > 10, "of many kecamatan"


def test_a_second_week_of_the_same_store_has_people_of_its_own(told: Told) -> None:
    first = told.play()
    second = told.play()
    assert {*first.who.values()} & {*second.who.values()} == set()


def test_a_week_that_is_stopped_ends_between_two_acts(told: Told) -> None:
    week = RegistryWeek(told.hub, lambda _: week.stop.set())
    with pytest.raises(Stopped):
        week.run()
    assert set(week.entries) == set()
