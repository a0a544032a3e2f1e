"""The town whose every civil event can happen: random plays reach each row of the catalogue, and break nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from adapters.reference import reference
from api.acts.civil import asked
from api.acts.population import NextStep, serve
from domain.population.case import case_decider
from domain.population.entry import CivilEventRecorded
from domain.population.household import HEAD
from domain.population.resident import Resident, Standing
from domain.population.resident.person import CardLoss
from tests.acts.people import BUDI, REGISTRAR
from tests.acts.test_civil_machine import INDEX, TODAY, Town

CATALOGUE = reference().civil_events
PLAYS = settings(
    max_examples=160,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
)
"""A fixed number of plays, the same ones each time."""

STEPS = tuple(
    NextStep(step, "1" if step == "call" else "")
    for step in ("call", "complete-file", "record-biometrics", "print-card", "hand-over")
)


class WholeTown(Town):
    """The town, with the events that touch one person or her cards alone, and its counter."""

    reached: ClassVar[Counter[str]] = Counter()

    @rule(place=INDEX, child=st.booleans())
    def biodata(self, place: int, child: bool) -> None:
        person = replace(BUDI, relation="4" if child else "9")
        self.record("BIODATA", asked.Biodata(self.somewhere(place), person))

    @rule(who=INDEX, element=st.sampled_from(["education", "occupation"]), value=st.sampled_from("5789"))
    def card_change(self, who: int, element: str, value: str) -> None:
        change = asked.CardChange(self.someone(who), (asked.ElementValue(element, value),))
        self.record("KK_CHANGE", change)

    @rule(who=INDEX)
    def ticket_for_a_ktp(self, who: int) -> None:
        self.record("KTP_NEW", asked.OfOne(self.someone(who)))

    @rule(who=INDEX)
    def ktp_in_hand(self, who: int) -> None:
        """A whole case, if she may have a card."""
        id_ = self.someone(who)
        self.record("KTP_NEW", asked.OfOne(id_))
        if case := self.resident(id_).open_case:
            for step in STEPS:
                serve(self.desk, case, step, by=REGISTRAR, command_id=self.next())

    def one_of(self, which: int, fits: Callable[[Resident], object]) -> str:
        """Somebody whom it can concern, or anybody."""
        people = [id_ for id_ in self.streams("resident") if fits(self.resident(id_))]
        return people[which % len(people)] if people else self.someone(which)

    @rule(which=INDEX, why=st.sampled_from(CardLoss))
    def replace_ktp(self, which: int, why: CardLoss) -> None:
        id_ = self.one_of(which, lambda person: person.ktp_issued_on)
        self.record("KTP_REPLACE", asked.KtpReplacement(id_, why.value))

    @rule(which=INDEX)
    def found_again(self, which: int) -> None:
        id_ = self.one_of(which, lambda person: person.standing is Standing.MISSING)
        self.record("FOUND", asked.Whereabouts(id_))

    @rule(which=INDEX)
    def stays_for_good(self, which: int) -> None:
        id_ = self.one_of(which, lambda person: person.stay and not person.nik)
        stay = asked.PermanentStay(id_, "P-1", TODAY + timedelta(365), self.home(which, new=True), HEAD)
        self.record("FOREIGN_PERMANENT", stay)

    @rule(which=INDEX, again=st.booleans())
    def parts(self, which: int, again: bool) -> None:
        """Who lives with a spouse leaves her; or the court takes it back."""
        if again:
            id_ = self.one_of(which, lambda person: person.ended and person.counted)
            self.record("DIVORCE_ANNUL", asked.DivorceAnnulled("13/2026", id_))
            return
        id_ = self.one_of(which, lambda person: person.marriages and person.counted)
        over = asked.MarriageOver(
            "12/2026",
            id_,
            "",
            (asked.Related(id_, HEAD),),
            self.home(which, new=True),
            self.heirs({id_}, wise=True),
        )
        self.record("DIVORCE", over)

    @rule(who=INDEX)
    def child_card(self, who: int) -> None:
        self.record("KIA", asked.OfOne(self.someone(who)))

    @rule(mother=INDEX)
    def stillbirth(self, mother: int) -> None:
        self.record("STILLBIRTH", asked.Stillbirth(self.someone(mother)))

    @rule(child=INDEX, father=INDEX)
    def acknowledgement(self, child: int, father: int) -> None:
        self.record("ACKNOWLEDGE", asked.Acknowledgement(self.someone(child), self.someone(father)))

    @rule(who=INDEX, to=st.sampled_from("12"))
    def citizenship(self, who: int, to: str) -> None:
        self.record("CITIZENSHIP", asked.CitizenshipChange(self.someone(who), to, "16/2026"))

    @rule(who=INDEX, place=INDEX, new=st.booleans())
    def abroad_return(self, who: int, place: int, new: bool) -> None:
        members = (asked.Related(self.someone(who), HEAD if new else "11"),)
        self.record("ABROAD_RETURN", asked.AbroadReturn(members, self.home(place, new), "Malaysia"))

    def teardown(self) -> None:
        super().teardown()
        for id_ in self.streams("resident"):
            state = self.resident(id_)
            assert not state.open_case or (
                state.counted and not self.ledger.load(case_decider, state.open_case).state.ended
            ), "a case is open for who lives here"
        facts = (fact.event for fact in self.ledger.facts)
        self.reached.update(event.code for event in facts if isinstance(event, CivilEventRecorded))


def unreached(reached: Mapping[str, int], codes: Iterable[str]) -> list[str]:
    return sorted(code for code in codes if not reached.get(code))


def test_every_event_of_the_catalogue_is_reached_and_none_breaks_a_household() -> None:
    WholeTown.reached.clear()
    run_state_machine_as_test(WholeTown, settings=PLAYS)
    assert unreached(WholeTown.reached, CATALOGUE.rows) == []
    assert sum(WholeTown.reached.values()) > 300, "most of what is played is recorded, not refused"


def test_an_event_that_no_play_reaches_is_found() -> None:
    """Control."""
    assert unreached({"BIRTH": 3, "DEATH": 0}, ("BIRTH", "DEATH", "ECLIPSE")) == ["DEATH", "ECLIPSE"]
