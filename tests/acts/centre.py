"""A centre for the tests: it numbers whoever it is asked to, and answers in messages of its own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from api.acts.civil import filings
from api.acts.desk import Desk
from api.identity import CENTRE
from domain.kernel.values import Kk, Nik, Sex
from domain.population.filing import EventFiled, filing_decider

BORN = date(2001, 5, 3)
SENT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def companion(desk: Desk) -> Desk:
    """The same desk, in companion mode."""
    return replace(desk, companion=True)


class Centre:
    """The national system. Its serials are its own: whatever it numbers, nobody else has numbered."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._serials = count(9001)
        self._messages = count(1)

    def filed(self, filing: str) -> EventFiled:
        filed = self.desk.ledger.load(filing_decider, filing).state.filed
        assert filed
        return filed

    def numbers(self, filing: str) -> Mapping[str, str]:
        """A number for each that the file asks."""
        found = {}
        for asked in self.filed(filing).asked:
            serial = next(self._serials)
            born = Nik.of(asked.kecamatan, BORN, Sex.FEMALE, serial).number
            found[asked.stream] = born if asked.kind == "nik" else Kk.of(asked.kecamatan, BORN, serial).number
        return found

    def grants(self, filing: str, **more: Any) -> filings.CentralAnswer:
        """Yes, with the numbers that are asked for."""
        given = {"message": self.message(), "numbers": self.numbers(filing), **more}
        return filings.CentralAnswer(receipt="PUSAT/1", sent=SENT, filing=filing, granted=True, **given)

    def refuses(self, filing: str, reason: str = "Data tidak sesuai") -> filings.CentralAnswer:
        return filings.CentralAnswer(self.message(), "PUSAT/1", SENT, filing, granted=False, reason=reason)

    def message(self) -> str:
        return f"PUSAT-{next(self._messages)}"

    def answers(self, answer: filings.CentralAnswer) -> filings.Filed:
        return filings.answer(self.desk, answer, by=CENTRE)
