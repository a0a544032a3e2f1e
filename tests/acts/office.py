"""A registry office on a ledger in memory, with the family of Joko and Sri, for the tests of civil events."""

from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

from adapters.reference import reference
from api.acts import civil
from api.acts.civil import asked
from api.acts.desk import Desk
from api.acts.population import NewMember, register_household
from domain.population.household import Household, household_decider
from domain.population.resident import CivilEventNoted, KtpIssued, KtpRequested, Resident, resident_decider
from tests.acts.memory import MemoryLedger
from tests.acts.people import BUDI, REGISTRAR, SRAGEN_TENGAH, SRI, StandingClock, command, household

FRIDAY = date(2026, 11, 20)
KEDEN = "33.14.01.2001"
ANOTHER = replace(REGISTRAR, id="bagus")
JOKO = replace(SRI, nik=None, name="Joko", sex="1", birth_date=date(1988, 1, 1), marital="2")
WIFE = replace(SRI, nik=None, marital="2", relation="3")
STRANGER = replace(SRI, nik="3372025708901234", name="Dewi")
GUEST = replace(SRI, nik=None, name="John Smith", citizenship="2", relation="11")
BAYU = asked.Newborn("Bayu", "1", "Sragen", "1", "13", "4", "1")
ELSEWHERE = asked.Home(village=SRAGEN_TENGAH, address="Jl. Veteran 3", rt="003", rw="001")
IN_KEDEN = asked.Home(village=KEDEN, address="Dukuh 1", rt="001", rw="001")


class Office:
    """Joko is the head, Sri his wife, Budi their child of eleven; Tono lives alone."""

    FAMILY = (JOKO, WIFE, BUDI)
    SINGLE = replace(JOKO, name="Tono", marital="1")

    ledger: MemoryLedger
    desk: Desk

    def __init__(self) -> None:
        self.clock = StandingClock()
        ledger = MemoryLedger(self.clock)
        self._begin(ledger, Desk(ledger, self.clock, reference(), synthetic=True))

    def _begin(self, ledger: Any, desk: Desk) -> None:
        self.ledger, self.desk = ledger, desk
        self._numbers = count()
        self.home, (self.joko, self.sri, self.budi) = self.family(*self.FAMILY)
        self.alone, (self.tono,) = self.family(self.SINGLE)

    def family(self, *members: NewMember) -> tuple[str, tuple[str, ...]]:
        done = register_household(self.desk, household(*members), by=REGISTRAR, command_id=self.next())
        return done.household, done.residents

    def next(self) -> Any:
        return command(f"office {next(self._numbers)}")

    def record(self, code: str, what: object, on: date = FRIDAY, **more: Any) -> civil.Recorded:
        report = civil.Report(code, what, on, **more)
        return civil.record(self.desk, report, by=REGISTRAR, command_id=self.next())

    def resident(self, id_: str) -> Resident:
        return self.ledger.load(resident_decider, id_).state

    def household(self, id_: str) -> Household:
        return self.ledger.load(household_decider, id_).state

    def relations(self, household: str) -> dict[str, str]:
        return {m.resident: m.relation for m in self.household(household).members}

    def marital(self, *ids: str) -> list[str]:
        people = [self.resident(id_).person for id_ in ids]
        return [person.marital for person in people if person]

    def told(self, entry: str) -> list[str]:
        """Whose record this entry has closed: of whom the ministry is told."""
        return [
            fact.header.stream
            for fact in self.ledger.facts
            if isinstance(fact.event, CivilEventNoted) and fact.event.entry == entry
        ]

    def give_ktp(self, *ids: str) -> None:
        """As the counter does, without its clock."""
        for id_ in ids:
            for event in (KtpRequested("case-1"), KtpIssued("case-1", FRIDAY)):
                self.ledger.append(id_, event, REGISTRAR, self.next())
