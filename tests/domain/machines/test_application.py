"""An application beside a table of moves: from which status, with which command, to which status."""

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from domain.kernel.values import Rupiah
from domain.licensing.application import (
    Approve,
    Business,
    IssuePermit,
    Refuse,
    SubmitApplication,
    VerifyFile,
    application_decider,
)
from tests.domain.examples import KECAMATAN_OFFICE, MONDAY, ONE_STOP, SRAGEN_TENGAH, TABLES
from tests.domain.machines.machine import LIMITED, DeciderMachine
from tests.domain.spec import forgotten

KNOWN = {"SIUP-KECIL": "free", "HULLER": "free", "TDP-BU": "free", "IMB-RUMAH": "fee", "IMB-UMUM": "fee"}
DELEGATED = {"SIUP-KECIL", "HULLER", "IMB-RUMAH"}
SHOP = Business("Sri", "Toko Sri", "PO", "", "", "", "", None)
DAYS = st.integers(0, 30).map(lambda days: MONDAY + timedelta(days))
WORTH = st.sampled_from([None, 1, 60_000_000, 400_000_000, 600_000_000])


class ApplicationMachine(DeciderMachine):
    decider = application_decider(TABLES.catalogue, TABLES.siup, TABLES.calendar)

    def __init__(self) -> None:
        super().__init__()
        self.status, self.permit, self.last = "none", "", date.min

    def move(self, on: date, command: object, now: str, then: str, wrong: str | None = None) -> None:
        """``command`` leads from status ``now`` to ``then``, unless it is out of turn or ``wrong``."""
        refused = self.give(command)
        if self.status == "approved-awaiting-tariff" and isinstance(command, IssuePermit):
            assert refused == "permit-awaits-tariff"
        elif self.status != now:
            assert refused == "wrong-order-of-steps"
        elif on < self.last:
            assert refused == "earlier-than-last-step"
        else:
            assert refused == wrong
            if wrong is None:
                self.status, self.last = then, on

    @rule(
        permit=st.sampled_from([*KNOWN, "NOTHING"]),
        worth=WORTH,
        at_kecamatan=st.booleans(),
        company=st.sampled_from(["Toko Sri", "Huller Tani", " "]),
        on=DAYS,
    )
    def submit(self, permit: str, worth: int | None, at_kecamatan: bool, company: str, on: date) -> None:
        office = KECAMATAN_OFFICE if at_kecamatan else ONE_STOP
        net_worth = None if worth is None else Rupiah(worth)
        shop = Business("Sri", company, "PO", "", "", "", "", worth)
        command = SubmitApplication(permit, "7KQ2", "sri", shop, net_worth, office, SRAGEN_TENGAH, on)
        before = self.status
        self.move(on, command, "none", "submitted", self.wrong(permit, worth, at_kecamatan, company))
        if before != self.status:
            self.permit = permit

    def wrong(self, permit: str, worth: int | None, at_kecamatan: bool, company: str) -> str | None:
        if permit not in KNOWN:
            return "unknown-permit"
        if at_kecamatan and permit not in DELEGATED:
            return "permit-not-delegated"
        if company == " ":
            return "company-missing"
        if permit == "SIUP-KECIL" and worth is None:
            return "net-worth-missing"
        fits = permit != "SIUP-KECIL" or worth in {60_000_000, 400_000_000}
        return None if fits else "net-worth-does-not-fit-class"

    @rule(leave_out=st.booleans(), on=DAYS)
    def verify(self, leave_out: bool, on: date) -> None:
        row = TABLES.catalogue.rows.get(self.permit)
        needed = row.requirements if row else ()
        seen = frozenset(needed[1:] if leave_out else needed)
        self.move(
            on, VerifyFile(seen, on), "submitted", "complete", "requirement-missing" if leave_out else None
        )

    @rule(on=DAYS)
    def approve(self, on: date) -> None:
        free = KNOWN.get(self.permit) == "free"
        self.move(on, Approve(on), "complete", "approved" if free else "approved-awaiting-tariff")

    @rule(on=DAYS, reason=st.sampled_from(["", " ", "Lokasi"]))
    def refuse(self, on: date, reason: str) -> None:
        self.move(on, Refuse(on, reason), "complete", "refused", None if reason.strip() else "reason-missing")

    @rule(on=DAYS)
    def issue(self, on: date) -> None:
        self.move(on, IssuePermit("0001/X/BPT/2010", on), "approved", "issued")

    @rule(permit=st.sampled_from(tuple(KNOWN)), steps=st.integers(1, 4), after=st.integers(0, 1))
    def go_on(self, permit: str, steps: int, after: int) -> None:
        """The next steps, each in its turn: so that applications also come to their end."""
        for _ in range(steps):
            on = max(self.last, MONDAY) + timedelta(after)
            if self.status == "none":
                self.submit(permit, 60_000_000, at_kecamatan=False, company="Toko Sri", on=on)
            elif self.status == "submitted":
                self.verify(leave_out=False, on=on)
            elif self.status == "complete":
                self.approve(on)
            else:
                self.issue(on)

    @rule(sure=st.integers(0, 9))
    def forget(self, sure: int) -> None:
        """Now and then the applicant is forgotten: her application goes on."""
        if sure == 0:
            self.events = [forgotten(event) for event in self.events]
            self.state = self.decider.fold(self.events)

    @invariant()
    def the_application_is_as_the_model(self) -> None:
        assert (self.state.status.value, self.state.permit) == (self.status, self.permit)
        assert (self.state.last_on or date.min) == self.last
        assert (self.state.number is not None) == (self.status == "issued")
        assert (self.state.deadline is not None) == (self.status not in {"none", "submitted"})


TestApplication = ApplicationMachine.TestCase
TestApplication.settings = LIMITED
