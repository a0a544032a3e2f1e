"""A week of a registry office for the demo: families of real villages, and every civil event of the catalogue.

The cast stands in ``registry_week.csv``; each method below that is named after a day is that day's work. A
new row of the catalogue gets its line in one of them: a test names whatever is missing.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from importlib import resources
from itertools import groupby
from threading import Event
from uuid import UUID, uuid5

from adapters.ids import new_id
from api.acts import alike, blank_stock, civil, licensing, papers, population
from api.acts.blank_stock import NewMovement
from api.acts.civil import asked, corrections
from api.acts.licensing import NewApplication
from api.acts.papers import NewPaper
from api.acts.population import NewHousehold, NewMember, NewTicket, NextStep
from api.acts.protected import NewDisability
from api.cli import registry_looks as looks
from api.cli.working_day import KTP_STEPS, unless
from api.identity import Officer
from api.wiring import Hub
from domain.kernel.errors import Rejected
from domain.kernel.values import Nik, Sex
from domain.papers.paper import PaperKind, ReprintReason
from domain.population.blank_stock import CENTRE
from domain.population.resident import resident_decider
from projections.views import Views

HEAD, HUSBAND, CHILD, OTHER = "1", "2", "4", "9"
SURAKARTA = "33.72.05"
"""Banjarsari, Surakarta: the NIK of somebody who was registered there first."""
FOLLOW = 0.2
"""Seconds between two looks at how far a read model is."""
REGISTERED = timedelta(days=1000)
"""How long the families have been on the books when the week begins."""


@dataclass
class RegistryWeek:
    """The last whole week, Monday to Friday, for one hub; ``tell`` takes each line of progress.

    ``who`` and ``home`` are the streams of the cast by the names of the CSV; ``entries`` those of the
    register by code, the latest of each. A second week of the same store has a cast of its own.
    """

    hub: Hub
    tell: Callable[[str], None]
    stop: Event = field(default_factory=Event)
    pause: float = 0.0
    week: UUID = field(default_factory=new_id)
    who: dict[str, str] = field(default_factory=dict)
    home: dict[str, str] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        today = self.hub.desk.today
        self.monday = today - timedelta(days=today.weekday() + 7)
        self.day = self.monday
        self.officer = self._officer("dewi")
        self._made = 0

    def run(self) -> None:
        """Raises ``Stopped`` when ``stop`` is set."""
        self._families()
        days = (self._on_monday, self._on_tuesday, self._on_wednesday, self._on_thursday, self._on_friday)
        for number, work in enumerate(days):
            self.day = self.monday + timedelta(days=number)
            self.tell(f"{self.day:%A}, {self.day:%d %B %Y}".replace(" 0", " "))
            work()

    # -- the days

    def _on_monday(self) -> None:
        """Blanks arrive; a wedding of last winter is reported late; people leave and one is missing."""
        who, home = self.who, self.home
        letter = f"470/{self.day:%d%m}/{self.day.year}"
        stock = NewMovement("receive", 50, source=CENTRE, letter=letter)
        blank_stock.move(self.hub.desk, stock, by=self.officer.acting("demo"), command_id=self._id())
        self._note("50 blanks received from the centre")
        self._ktp("sutrisno")
        wedding = self.monday - timedelta(days=300)
        book = f"{self._number()}/{wedding:%m/%Y}"
        married = asked.Marriage("KUA", who["wahyu"], who["rahma"], place="Plupuh")
        self._record("MARRIAGE", married, on=wedding, deed=book)
        self._record("MISSING", asked.Whereabouts(who["karto"], "Pasar Gemolong"))
        gone = asked.MoveOut((who["teguh"],), "between-provinces", "Bekasi", "pekerjaan")
        self._paper(PaperKind.MOVE, self._record("MOVE_OUT", gone))
        self._record("ABROAD_OUT", asked.AbroadOut((who["yanti"],), "Hong Kong"))
        parted = asked.MarriageOver(
            f"{self._number()}/Pdt.G/{self.day.year}",
            who["hartono"],
            who["ratmi"],
            (asked.Related(who["ratmi"], HEAD), asked.Related(who["lintang"], CHILD)),
            asked.Home(village="33.14.03.2001", address="Dusun Sidodadi", rt="001", rw="001"),
        )
        self._paper(PaperKind.DIVORCE, self._record("DIVORCE", parted))
        guest = self._member("Kenji Tanaka", "1", -39, "04-12", citizenship="2", relation="11")
        stay = asked.LimitedStay(
            guest,
            asked.Home(village="33.14.10.1003", address="Jl. Raya Sukowati 88", rt="002", rw="003"),
            "2C21-ITAS-77",
            self.day + timedelta(days=360),
        )
        self.who["kenji"] = self._record("FOREIGN_LIMITED", stay).state.residents[0]
        self._record("BIODATA", asked.Biodata(home["geneng"], self._member("Mbah Sinem", "2", -81, "02-02")))

    def _on_tuesday(self) -> None:
        """The couple has a card of its own; a father acknowledges; cards of the young."""
        who = self.who
        pair = (asked.Related(who["wahyu"], HEAD), asked.Related(who["rahma"], "3"))
        new_home = asked.Home(village="33.14.02.2001", address="Dusun Karangwaru", rt="002", rw="001")
        card = self._record("KK_NEW", asked.NewCard(pair, new_home))
        self.home["karangwaru"] = card.state.households[-1]
        self._record("ACKNOWLEDGE", asked.Acknowledgement(who["dimas"], who["eko"]))
        self._record("KTP_NEW", asked.OfOne(who["rizky"]))
        self._record("KIA", asked.OfOne(who["bima"]))
        self._record("KK_HEAD", asked.NewHead(who["endang"], (asked.Related(who["agus"], HUSBAND),)))
        lost = asked.Stillbirth(who["lilis"], "RSUD Sragen", "dr. Ningrum")
        self._record("STILLBIRTH", lost, on=self.day - timedelta(days=3))
        self._search("Johanes Eko Prasetio", "eko")

    def _on_wednesday(self) -> None:
        """A child is born to the couple; a wedding at our office; an adoption by order of the court."""
        who = self.who
        child = asked.Newborn("Kirana Ayu Nugroho", "2", "Sragen", "1", "13", CHILD, "1")
        born = asked.Birth(child, who["rahma"], who["wahyu"], helper="Bidan Yatmi")
        birth = self._record("BIRTH", born, on=self.day - timedelta(days=20))
        self.who["kirana"] = birth.state.residents[0]
        self._paper(PaperKind.BIRTH, birth)
        self._paper(PaperKind.FAMILY_CARD, self.home["karangwaru"])
        wedding = asked.Marriage("DISDUKCAPIL", who["eko"], who["tumini"], place="Sragen")
        deed = self._paper(PaperKind.MARRIAGE, self._record("MARRIAGE", wedding))
        self._reprint(deed)
        order = f"{self._number()}/Pdt.P/{self.day.year}"
        taken = asked.Adoption(who["putra"], order, who["wati"], who["budiman"])
        self._record("ADOPTION", taken, on=self.day - timedelta(days=9))
        settled = asked.PermanentStay(
            who["kenji"],
            "2C22-ITAP-12",
            self.day + timedelta(days=1800),
            asked.Home(village="33.14.10.1003", address="Jl. Raya Sukowati 88", rt="002", rw="003"),
            HEAD,
        )
        self._record("FOREIGN_PERMANENT", settled)
        change = (asked.ElementValue("occupation", "88"),)
        self._record("KK_CHANGE", asked.CardChange(who["wahyu"], change))
        self._shop("wahyu")
        deaf = NewDisability(who["sumini"], "3")
        purpose = looks.disability(self.hub, deaf, self.officer, self._id())
        self._note(f"protected data opened, for {purpose}: {self._name(deaf.resident)}")

    def _on_thursday(self) -> None:
        """An old farmer has died; courts undo a divorce and a marriage; one who was missing is found."""
        who = self.who
        died = asked.Death(who["slamet"], "Bentak", "sakit tua", (asked.Successor(who["painem"]),))
        death = self._record("DEATH", died, on=self.day - timedelta(days=2), papers=("SURAT-KEMATIAN",))
        self._paper(PaperKind.DEATH, death)
        again = asked.DivorceAnnulled(f"{self._number()}/PK/{self.day.year}", who["hartono"], who["ratmi"])
        self._record("DIVORCE_ANNUL", again)
        void = asked.MarriageOver(
            f"{self._number()}/Pdt.G/{self.day.year}",
            who["yudi"],
            who["lilis"],
            (asked.Related(who["lilis"], HEAD),),
            asked.Home(village="33.14.12.2002", address="Dusun Slogo", rt="001", rw="002"),
        )
        self._record("MARRIAGE_ANNUL", void)
        self._record("LEGITIMISE", asked.Legitimation(who["dimas"], who["tumini"], who["eko"]))
        self._record("FOUND", asked.Whereabouts(who["karto"], "Surakarta"))
        order = f"{self._number()}/Pdt.P/{self.day.year}"
        self._record("NAME_CHANGE", asked.NameChange(who["suparman"], "Suparman Hadi", order))
        moved = asked.Home(village="33.14.03.2002", address="Dusun Karangmalang", rt="003", rw="002")
        self._record("ADDRESS", asked.NewAddress(self.home["kedungwaduk"], moved))
        self._alarm("budiman")

    def _on_friday(self) -> None:
        """Who left comes back; a card is lost; one officer asks for a correction and another decides."""
        who = self.who
        bride = self._member("Maya Puspita", "2", -27, "08-30", relation=OTHER)
        bride = self._from_elsewhere(bride)
        back = asked.MoveIn(
            asked.Home(village="33.14.15.2002", address="Dusun Hadiluwih", rt="002", rw="002"),
            "Bekasi",
            f"SKPWNI/3275/{self._number()}",
            (asked.Related(who["teguh"], HEAD),),
            (bride,),
        )
        self._record("MOVE_IN", back)
        home = asked.Home(village="33.14.15.2003", address="Dusun Jati", rt="003", rw="003")
        returned = asked.AbroadReturn((asked.Related(who["yanti"], HEAD),), home, "Hong Kong")
        self._record("ABROAD_RETURN", returned)
        self._record("KTP_REPLACE", asked.KtpReplacement(who["sutrisno"], "lost"))
        self._ktp("sutrisno")
        decree = f"AHU-{self._number()}/{self.day.year}"
        self._record("CITIZENSHIP", asked.CitizenshipChange(who["kenji"], "1", decree))
        twice = asked.Duplicate(who["ngatiyem"], who["ngatiyem-again"], "orang yang sama, terdaftar dua kali")
        self._record("DUPLICATE", twice)
        self._twins("hasan", "husen")
        self._correction("wati", "birth_place", "Karanganyar", "salah tulis pada KK lama")
        self._follow(self.hub.views)
        people, villages = looks.aggregate(self.hub)
        self._note(f"semester figures: {people} residents in {villages} villages")

    # -- how things are done

    def _record(
        self,
        code: str,
        what: object,
        *,
        on: date | None = None,
        papers: tuple[str, ...] | None = None,
        deed: str = "",
    ) -> civil.Recorded:
        """Report an event on this day; every paper is shown unless it is said which were."""
        row = self.hub.desk.reference.civil_events.event(code)
        shown = tuple(paper.code for paper in row.papers) if papers is None else papers
        report = civil.Report(code, what, on or self.day, self.day, shown, deed)
        done = civil.record(self.hub.desk, report, by=self.officer.acting("demo"), command_id=self._id())
        self._recorded(code, done)
        return done

    def _recorded(self, code: str, done: civil.Recorded) -> None:
        self.entries[code] = done.entry
        row = self.hub.desk.reference.civil_events.event(code)
        names = ", ".join(self._name(resident) for resident in done.state.residents)
        flags = f"  ({', '.join(done.state.flags)})" if done.state.flags else ""
        self._note(f"{code:<17} {row.english}: {names}  {done.state.deed or ''}{flags}".rstrip())

    def _correction(self, who: str, element: str, value: str, reason: str) -> None:
        """Asked for here, decided by the registrar of a kecamatan."""
        resident, desk = self.who[who], self.hub.desk
        wanted = asked.CorrectionWanted(resident, reason, (asked.ElementValue(element, value),))
        by = self.officer.acting("demo")
        request = corrections.request(desk, wanted, by=by, command_id=self._id()).correction
        self._note(f"correction asked for: {self._name(resident)}")
        other = self._officer("ratna").acting("demo")
        done = civil.approve(desk, request, corrections.Approval(), by=other, command_id=self._id())
        self._recorded(civil.CORRECTION, done)

    def _search(self, name: str, who: str) -> None:
        """A name as it was heard, and the birth date that she tells."""
        person = self.hub.ledger.load(resident_decider, self.who[who]).state.person
        born = person.birth_date if person else None
        self._follow(self.hub.views)
        rows = looks.search(self.hub, name, born, self.officer)
        self._note(f"search for {name}: {', '.join(row.name or '-' for row in rows)}")

    def _alarm(self, who: str) -> None:
        """His data are watched, a clerk opens them, and the registrar asks her why."""
        hub, resident, clerk = self.hub, self.who[who], self._officer("bagus")
        self._follow(hub.views)
        looks.watch(hub, resident, self.officer, self._id())
        looks.open_record(hub, resident, clerk)
        self._follow(hub.readings.views)
        about = self._officer(looks.explain(hub, resident, self.officer, self._id()))
        self._note(f"alarm explained: {about.name} opened the data of {self._name(resident)}")

    def _twins(self, one: str, other: str) -> None:
        pair = self.who[one], self.who[other]
        alike.tell_apart(self.hub.desk, *pair, by=self.officer.acting("demo"), command_id=self._id())
        self._note(f"two people, not one: {' and '.join(map(self._name, pair))}")

    def _follow(self, views: Views) -> None:
        """Until these read models show all that was done."""
        while not views.wait(views.ledger.head(), timeout=FOLLOW):
            unless(self.stop)

    def _ktp(self, who: str) -> None:
        """Her card, at the counter, from ticket to hand."""
        desk, by = self.hub.desk, self.officer.acting("demo")
        ticket = NewTicket("KTP", self.who[who])
        case = population.take_ticket(desk, ticket, by=by, command_id=self._id()).case
        for step in (NextStep("call", counter="1"), *map(NextStep, KTP_STEPS)):
            population.serve(desk, case, step, by=by, command_id=self._id())
        self._note(f"KTP handed over: {self._name(self.who[who])}")

    def _paper(self, kind: PaperKind, about: civil.Recorded | str) -> str:
        """Print the paper of an entry or a record."""
        stream = about if isinstance(about, str) else about.entry
        by, signer = self.officer.acting("demo"), self.officer.name
        new = NewPaper(kind.value, stream)
        done = papers.issue(self.hub.desk, self.hub.press, new, signer=signer, by=by, command_id=self._id())
        self._note(f"printed {kind.value}")
        return done.paper

    def _reprint(self, paper: str) -> None:
        by, reason = self.officer.acting("demo"), ReprintReason.MISPRINT.value
        papers.reprint(self.hub.desk, paper, reason, by=by, command_id=self._id())
        self._note("printed once more: the first sheet was spoilt")

    def _shop(self, who: str) -> None:
        """A licence for his shop, from wish to issue: the ministry of trade is told of it."""
        desk = self.hub.desk
        clerk, head = (self._officer(id_).acting("demo") for id_ in ("yuni", "hendra"))
        worth = 75_000_000
        new = NewApplication(
            permit=licensing.propose_class(desk, worth),
            applicant=self.who[who],
            company="Toko Kirana",
            legal_form="PO",
            npwp="",
            kbli="47112",
            address="Dusun Karangwaru",
            village="33.14.02.2001",
            net_worth=worth,
        )
        file = licensing.apply_for_permit(desk, new, by=clerk, command_id=self._id()).application
        needed = desk.reference.catalogue.rows[new.permit].requirements
        licensing.verify(desk, file, needed, by=clerk, command_id=self._id())
        licensing.approve(desk, file, by=head, command_id=self._id())
        licensing.issue(desk, file, by=head, command_id=self._id())
        self._note(f"{new.permit} issued: {new.company}")

    def _families(self) -> None:
        """Register the cast, as it lived before the week."""
        for household, rows in groupby(_cast(), key=lambda row: row["household"]):
            people = list(rows)
            at = people[0]
            new = NewHousehold(
                at["village"],
                at["address"],
                at["rt"],
                at["rw"],
                tuple(self._member_of(row) for row in people),
                registered=self.monday - REGISTERED,
            )
            by = self.officer.acting("demo")
            done = population.register_household(self.hub.desk, new, by=by, command_id=self._id())
            self.home[household] = done.household
            self.who |= dict(zip((row["who"] for row in people), done.residents, strict=True))
        self.tell(f"{len(self.home)} families are on the books")

    def _member_of(self, row: dict[str, str]) -> NewMember:
        told = ("religion", "marital", "education", "occupation", "relation", "mother", "father")
        return self._member(
            row["name"], row["sex"], int(row["year"]), row["birthday"], **{name: row[name] for name in told}
        )

    def _member(self, name: str, sex: str, year: int, birthday: str, **told: str) -> NewMember:
        """Somebody born so many years before this one; what is not told is what most people are."""
        born = date.fromisoformat(f"{self.monday.year + year}-{birthday}")
        return NewMember(**(USUAL | told), nik=None, name=name, sex=sex, birth_date=born)

    def _from_elsewhere(self, member: NewMember) -> NewMember:
        """With the NIK of where she was registered first."""
        for serial in range(9000, 10_000):
            nik = Nik.of(SURAKARTA, member.birth_date, Sex(member.sex), serial).number
            if self.hub.ledger.holder("nik", nik) is None:
                return replace(member, nik=nik)
        raise Rejected("nik-series-full")

    def _name(self, resident: str) -> str:
        person = self.hub.ledger.load(resident_decider, resident).state.person
        return person.name if person else "-"

    def _officer(self, officer: str) -> Officer:
        return self.hub.officers.get(officer, self.hub.desk.today)

    def _number(self) -> int:
        """The number of another office's letter: another in each week."""
        return self.week.int % 90_000 + 10_000 + self._made

    def _id(self) -> UUID:
        self._made += 1
        return uuid5(self.week, str(self._made))

    def _note(self, line: str) -> None:
        """Tell what was done, then rest until the next act."""
        self.tell(f"  {line}")
        if self.pause:
            self.hub.clock.wait(self.pause, self.stop)
        unless(self.stop)


USUAL = {
    "birth_place": "Sragen",
    "religion": "1",
    "marital": "1",
    "blood": "13",
    "education": "5",
    "occupation": "15",
    "relation": OTHER,
    "citizenship": "1",
    "mother": "",
    "father": "",
}


def _cast() -> Iterator[dict[str, str]]:
    with resources.files("api.cli").joinpath("registry_week.csv").open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)
