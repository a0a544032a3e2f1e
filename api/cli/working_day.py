"""A working day for the demo: people come to the counter, shops ask for permits. Same acts as everywhere."""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from threading import Event
from uuid import UUID, uuid5

from adapters.ids import new_id
from api.acts import blank_stock, licensing, population
from api.acts.blank_stock import NewMovement
from api.acts.licensing import NewApplication
from api.acts.population import NewHousehold, NewMember, NewTicket, NextStep
from api.identity import Officer
from api.wiring import Hub
from domain.kernel.errors import Rejected
from domain.licensing.application import Status
from domain.population.blank_stock import CENTRE
from projections import residents

GROWN = 17
VISITORS = 40
"""People of one working day: each third is a shop, each tenth a new household."""
BLANKS, SENT_ON = 100, 40
"""More than a day needs: the blanks of the demo do not run out by themselves."""
KTP_STEPS = ("complete-file", "record-biometrics", "print-card", "hand-over")
TRADES = (("Toko", "47112"), ("Kios", "47221"), ("Bengkel", "45201"), ("Warung", "56102"), ("Batik", "47711"))


class Stopped(Exception):
    """Somebody asked the demo to end."""


def unless(stop: Event) -> None:
    """Go on, unless ``stop`` is set: then ``Stopped``, between two acts and never within one."""
    if stop.is_set():
        raise Stopped


@dataclass
class WorkingDay:
    """One day for one hub; ``stop`` ends it early."""

    hub: Hub
    seed: int
    stop: Event = field(default_factory=Event)
    day: UUID = field(default_factory=new_id)

    def __post_init__(self) -> None:
        self._random = Random(f"{self.seed} {self.day}")  # noqa: S311 - a demo, no secret
        self._officers = {o.id: o for o in self.hub.officers.on(self.hub.desk.today)}
        self._made = 0

    def run(self, pause: float) -> None:
        """Serve the visitors, ``pause`` seconds from one act to the next. Refusals are part of a day.

        Raises ``Stopped``.
        """
        self._blanks()
        for visitor in range(VISITORS):
            try:
                if visitor % 10 == 9:
                    self._household(pause)
                elif visitor % 3 == 2:
                    self._permit(pause)
                else:
                    self._ktp(pause)
            except Rejected:
                continue  # e.g. somebody who has a card already: the counter calls the next

    def _blanks(self) -> None:
        """The centre sends blanks, the population office sends some of them on."""
        letter = f"470/{self._random.randint(100, 999)}/{self.hub.desk.today.year}"
        for officer, line in (
            ("dewi", NewMovement("receive", BLANKS, source=CENTRE, letter=letter)),
            ("dewi", NewMovement("send", SENT_ON, to="KEC-10", letter=letter)),
            ("ratna", NewMovement("receive", SENT_ON, source="DISDUKCAPIL", letter=letter)),
        ):
            by = self._officer(officer).acting("demo")
            blank_stock.move(self.hub.desk, line, by=by, command_id=self._id())

    def _id(self) -> UUID:
        self._made += 1
        return uuid5(self.day, str(self._made))

    def _pause(self, seconds: float) -> None:
        if seconds:
            self.hub.clock.wait(seconds, self.stop)
        unless(self.stop)

    def _officer(self, *ids: str) -> Officer:
        return self._officers[self._random.choice(ids)]

    def _someone(self) -> residents.ResidentRow:
        """A resident who is old enough, anywhere in the regency."""
        villages = tuple(self.hub.desk.reference.regions.villages)
        for village in self._random.sample(villages, len(villages)):
            with self.hub.views.now() as view:
                rows = residents.page(view, village=village, limit=50)
            grown = [row for row in rows if row.person_age(self.hub.desk.today) >= GROWN]
            if grown:
                return self._random.choice(grown)
        raise Rejected("unknown-resident")

    def _ktp(self, pause: float) -> None:
        desk, by = self.hub.desk, self._officer("dewi", "bagus", "ratna", "joko").acting("demo")
        ticket = NewTicket("KTP", self._someone().resident)
        case = population.take_ticket(desk, ticket, by=by, command_id=self._id()).case
        self._pause(pause)
        call = NextStep("call", counter=str(self._random.randint(1, 4)))
        population.serve(desk, case, call, by=by, command_id=self._id())
        for step in KTP_STEPS:
            self._pause(pause * self._random.uniform(0.5, 2))
            if step == "record-biometrics" and self._random.random() < 0.2:
                self._wait(case, pause)
            population.serve(desk, case, NextStep(step), by=by, command_id=self._id())

    def _wait(self, case: str, pause: float) -> None:
        cause = self._random.choice(("central-system", "applicant"))
        by = self._officer("dewi", "bagus").acting("demo")
        desk = self.hub.desk
        population.serve(desk, case, NextStep("start-wait", cause=cause), by=by, command_id=self._id())
        self._pause(pause * 3)
        population.serve(desk, case, NextStep("end-wait"), by=by, command_id=self._id())

    def _permit(self, pause: float) -> None:
        desk, clerk = self.hub.desk, self._officer("yuni").acting("demo")
        applicant = self._someone()
        application = licensing.apply_for_permit(
            desk, self._application(applicant), by=clerk, command_id=self._id()
        ).application
        permit = licensing.load(desk, application).state.permit
        self._pause(pause)
        needed = desk.reference.catalogue.rows[permit].requirements
        licensing.verify(desk, application, needed, by=clerk, command_id=self._id())
        self._pause(pause)
        head = self._officer("hendra").acting("demo")
        licensing.approve(desk, application, by=head, command_id=self._id())
        if licensing.load(desk, application).state.status is Status.APPROVED:
            self._pause(pause)
            licensing.issue(desk, application, by=head, command_id=self._id())

    def _application(self, applicant: residents.ResidentRow) -> NewApplication:
        trade, kbli = self._random.choice(TRADES)
        worth = self._random.choice((25, 80, 300, 900, 12_000)) * 1_000_000
        permit = licensing.propose_class(self.hub.desk, worth)
        if self._random.random() < 0.3:
            permit = self._random.choice(("TDP-PO", "TDG", "SITU-KECIL", "HO-UMUM"))
        return NewApplication(
            permit=permit,
            applicant=applicant.resident,
            company=f"{trade} {(applicant.name or '').partition(' ')[0]}",
            legal_form="PO",
            npwp="",
            kbli=kbli,
            address="Jl. Raya Sukowati",
            village=applicant.village,
            net_worth=worth,
        )

    def _household(self, pause: float) -> None:
        """Two people move into one house: the regency gives KK number and NIK."""
        by = self._officer("dewi", "ratna").acting("demo")
        village = self._random.choice(tuple(self.hub.desk.reference.regions.villages))
        year = self._random.randint(1970, 1998)
        pair = (self._person(year, "1", "1"), self._person(year + 2, "2", "3"))
        new = NewHousehold(village, "Dusun Krajan", "001", "002", pair)
        population.register_household(self.hub.desk, new, by=by, command_id=self._id())
        self._pause(pause)

    def _person(self, year: int, sex: str, relation: str) -> NewMember:
        born = date(year, self._random.randint(1, 12), self._random.randint(1, 28))
        names = ("Slamet Widodo", "Agus Riyanto") if sex == "1" else ("Sri Wahyuni", "Siti Rahayu")
        return NewMember(
            nik=None,
            name=self._random.choice(names),
            sex=sex,
            birth_place="Sragen",
            birth_date=born,
            religion="1",
            marital="2",
            blood="13",
            education="5",
            occupation="1",
            relation=relation,
            citizenship="1",
            mother="Sumini",
            father="Suparman",
        )
