"""The small town in companion mode: files wait, are answered in any order or refused, and break no household."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from api.acts import civil
from api.acts.civil import corrections, filings
from domain.kernel.errors import Refused
from domain.population.filing import FilingStage, filing_decider
from tests.acts.centre import Centre, companion
from tests.acts.people import REGISTRAR
from tests.acts.test_civil_machine import ANOTHER, INDEX, TODAY, TOWN, Town

STAND_IN = "9999"
LINE = 2
"""Files that wait before the centre answers one of them by itself."""


class CompanionTown(Town):
    """What the town asks is filed; the centre answers when it comes to it."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[str] = []
        self.settled: dict[str, FilingStage] = {}

    @initialize()
    def people(self) -> None:
        super().people()
        self.desk = companion(self.desk)
        self.centre = Centre(self.desk)

    def record(self, code: str, what: object, days: int = 0, deed: str = "") -> str | None:
        report = civil.Report(code, what, TODAY - timedelta(days), deed=deed)
        head = self.ledger.head()
        try:
            done = filings.report(self.desk, report, by=REGISTRAR, command_id=self.next())
        except Refused as refused:
            assert self.ledger.head() == head, "all or nothing"
            return refused.code
        self._took(done)
        return None

    def approve(self, correction: str, approval: corrections.Approval) -> None:
        command_id = self.next()
        self._took(filings.approve(self.desk, correction, approval, by=ANOTHER, command_id=command_id))

    def _took(self, done: civil.Recorded | filings.Filed) -> None:
        if isinstance(done, filings.Filed):
            self.waiting.append(done.filing)
        else:
            self.entries.append(done.entry)
        if len(self.waiting) > LINE:
            self._answer(self.ledger.head(), self.ledger.head() % 7)

    @rule(which=INDEX, willing=st.integers(0, 5))
    def answer(self, which: int, willing: int) -> None:
        if self.waiting:
            self._answer(which, willing)

    def _answer(self, which: int, willing: int) -> None:
        """Mostly yes, in any order; what cannot be any more the centre takes back."""
        filing = self.waiting.pop(which % len(self.waiting))
        head = self.ledger.head()
        said = self.centre.grants(filing) if willing else self.centre.refuses(filing)
        try:
            self.centre.answers(said)
        except Refused as refused:
            assert self.ledger.head() == head, "all or nothing"
            self.refused[refused.code] += 1
            said = self.centre.refuses(filing)
            self.centre.answers(said)
        if said.granted:
            self.entries.append(self.centre.filed(filing).entry)
        self.settled[filing] = FilingStage.GRANTED if said.granted else FilingStage.REFUSED
        head = self.ledger.head()
        self.centre.answers(said)
        assert self.ledger.head() == head, "a repeated message changes nothing"

    @invariant()
    def a_file_waits_until_it_is_answered_and_is_answered_once(self) -> None:
        for filing in self.waiting:
            assert self.ledger.load(filing_decider, filing).state.stage is FilingStage.WAITING
        for filing, stage in self.settled.items():
            assert self.ledger.load(filing_decider, filing).state.stage is stage

    @invariant()
    def no_number_that_only_stood_in_is_anybodys(self) -> None:
        for id_ in self.streams("resident"):
            assert not (self.resident(id_).nik or "").endswith(STAND_IN)
        for id_ in self.streams("household"):
            home = self.household(id_).residence
            assert not (home and home.kk.endswith(STAND_IN))


TestCompanionTown = CompanionTown.TestCase
TestCompanionTown.settings = settings(TOWN, max_examples=60)
