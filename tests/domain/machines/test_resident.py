"""A resident beside a model of four variables: registered, birthday, open case, day of the card."""

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from domain.population.resident import (
    IssueKtp,
    KtpState,
    RequestKtp,
    WithdrawKtpRequest,
    resident_decider,
)
from tests.domain.examples import MONDAY, register, someone
from tests.domain.machines.machine import LIMITED, DeciderMachine
from tests.domain.spec import forgotten

CASES = st.sampled_from(["case-1", "case-2"])
DAYS = st.integers(-20 * 366, 2 * 366).map(lambda days: MONDAY + timedelta(days))


def seventeen(born: date) -> date:
    """The 17th birthday; who was born on 29 February has it on 1 March."""
    leap = (born.month, born.day) == (2, 29)
    return date(born.year + 17, 3, 1) if leap else born.replace(year=born.year + 17)


class ResidentMachine(DeciderMachine):
    decider = resident_decider

    def __init__(self) -> None:
        super().__init__()
        self.due: date | None = None
        self.registered = self.remembered = False
        self.open: str | None = None
        self.card: date | None = None

    @rule(
        born=DAYS,
        on=DAYS,
        marital=st.sampled_from("1112"),
        name=st.sampled_from(["Sri", "Budi Santoso", " "]),
    )
    def register(self, born: date, on: date, marital: str, name: str) -> None:
        person = someone(birth_date=born, marital=marital, name=name)
        refused = self.give(register(person=person, on=on))
        possible = name.strip() and born <= on <= MONDAY
        assert (refused is None) == (bool(possible) and not self.registered)
        if refused is None:
            self.registered = self.remembered = True
            self.due = seventeen(born) if marital == "1" else date.min

    @rule(case=CASES, on=DAYS)
    def request(self, case: str, on: date) -> None:
        refused = self.give(RequestKtp(case, on))
        may = self.remembered and self.due is not None and on >= self.due
        assert (refused is None) == (may and self.open is None and self.card is None)
        if refused is None:
            self.open = case

    @rule(case=CASES)
    def withdraw(self, case: str) -> None:
        refused = self.give(WithdrawKtpRequest(case))
        assert refused == (None if self.open == case else "ktp-not-requested")
        if refused is None:
            self.open = None

    @rule(case=CASES, on=DAYS)
    def issue(self, case: str, on: date) -> None:
        refused = self.give(IssueKtp(case, on))
        assert refused == (None if self.open == case else "ktp-not-requested")
        if refused is None:
            self.open, self.card = None, on

    @rule(case=CASES, steps=st.integers(1, 3))
    def go_on(self, case: str, steps: int) -> None:
        """The next steps, each in its turn: so that residents also get their card."""
        for _ in range(steps):
            if not self.registered:
                self.register(date(1970, 1, 1), MONDAY, "1", "Sri")
            elif self.open is None:
                self.request(case, MONDAY)
            else:
                self.issue(self.open, MONDAY)

    @rule(sure=st.integers(0, 9))
    def forget(self, sure: int) -> None:
        """Now and then the resident is forgotten: the stream goes on without her values."""
        if sure == 0:
            self.events = [forgotten(event) for event in self.events]
            self.state = self.decider.fold(self.events)
            self.remembered = False

    @invariant()
    def the_resident_is_as_the_model(self) -> None:
        assert (self.state.registered, self.state.open_case, self.state.ktp_issued_on) == (
            self.registered,
            self.open,
            self.card,
        )
        assert (self.state.person is not None) == self.remembered
        assert (self.state.ktp(MONDAY) is KtpState.ISSUED) == (self.card is not None)


TestResident = ResidentMachine.TestCase
TestResident.settings = LIMITED
