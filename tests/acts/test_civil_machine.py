"""A small town: several households through random civil events, of which none may ever break one.

Whatever is asked, in whatever order, is recorded whole or refused with a code; after each event every household
has one head, everybody who lives here is in one household, and every stream still folds.
"""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from adapters.reference import reference
from api.acts import civil
from api.acts.civil import asked, corrections
from api.acts.desk import Desk
from api.acts.population import register_household
from api.facts import deciders
from domain.kernel.errors import Refused
from domain.population.household import HEAD, Household, household_decider
from domain.population.resident import CivilEventNoted, Resident, Standing, resident_decider
from domain.population.resident.person import MoveLevel
from tests.acts.memory import MemoryLedger
from tests.acts.people import BUDI, REGISTRAR, SRAGEN_TENGAH, SRI, StandingClock, command, household
from tests.domain.spec import forgotten

TOWN = settings(max_examples=150, stateful_step_count=30, deadline=None, phases=[Phase.generate])
DECIDERS = deciders(reference())
KEDEN = "33.14.01.2001"
ANOTHER = replace(REGISTRAR, id="bagus")
TODAY = date(2026, 11, 24)
INDEX = st.integers(0, 30)
DAYS = st.sampled_from([0, 1, 30, 400, 4000, 15000])
JOKO = replace(SRI, nik=None, name="Joko", sex="1", birth_date=date(1988, 1, 1), marital="2")
WIFE = replace(SRI, nik=None, marital="2", relation="3")
LIMITED = "limited"


class Town(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.ledger = MemoryLedger(StandingClock())
        self.desk = Desk(self.ledger, StandingClock(), reference(), synthetic=True)
        self.numbers = count()
        self.refused: Counter[str] = Counter()
        self.entries: list[str] = []

    @initialize()
    def people(self) -> None:
        for home in ((JOKO, WIFE, BUDI), (JOKO, WIFE), (replace(BUDI, relation="1"),)):
            register_household(self.desk, household(*home), by=REGISTRAR, command_id=self.next())

    def next(self) -> Any:
        return command(str(next(self.numbers)))

    def streams(self, category: str) -> list[str]:
        return [stream for stream in self.ledger.streams if stream.startswith(f"{category}-")]

    def someone(self, index: int) -> str:
        people = self.streams("resident")
        return people[index % len(people)]

    def somewhere(self, index: int) -> str:
        homes = self.streams("household")
        return homes[index % len(homes)]

    def resident(self, id_: str) -> Resident:
        return self.ledger.load(resident_decider, id_).state

    def household(self, id_: str) -> Household:
        return self.ledger.load(household_decider, id_).state

    def record(self, code: str, what: object, days: int = 0, deed: str = "") -> str | None:
        report = civil.Report(code, what, TODAY - timedelta(days), deed=deed)
        head = self.ledger.head()
        try:
            done = civil.record(self.desk, report, by=REGISTRAR, command_id=self.next())
        except Refused as refused:
            assert self.ledger.head() == head, "all or nothing"
            return refused.code
        self.entries.append(done.entry)
        return None

    def approve(self, correction: str, approval: corrections.Approval) -> None:
        civil.approve(self.desk, correction, approval, by=ANOTHER, command_id=self.next())

    def heirs(self, leaving: set[str], wise: bool) -> tuple[asked.Successor, ...]:
        """For each household whose head leaves somebody behind, the first who stays; or carelessly none."""
        if not wise:
            return ()
        homes = {self.resident(id_).household for id_ in leaving} - {""}
        found = []
        for home in homes:
            state = self.household(home)
            staying = [m.resident for m in state.members if m.resident not in leaving]
            if staying and state.head in leaving:
                found.append(asked.Successor(staying[0]))
        return tuple(found)

    def home(self, index: int, new: bool) -> asked.Home:
        if new:
            return asked.Home(
                village=SRAGEN_TENGAH if index % 2 else KEDEN, address=f"Jl. {index}", rt="1", rw="2"
            )
        return asked.Home(self.somewhere(index))

    @rule(who=INDEX, days=DAYS, wise=st.booleans())
    def death(self, who: int, days: int, wise: bool) -> None:
        id_ = self.someone(who)
        self.record("DEATH", asked.Death(id_, successors=self.heirs({id_}, wise)), days)

    @rule(mother=INDEX, father=INDEX, sex=st.sampled_from("12"), days=DAYS, relation=st.sampled_from("1469"))
    def birth(self, mother: int, father: int, sex: str, days: int, relation: str) -> None:
        child = asked.Newborn("Bayu", sex, "Sragen", "1", "13", relation, "1")
        parents = {"mother": self.someone(mother), "father": self.someone(father)}
        self.record("BIRTH", asked.Birth(child, **parents), days)

    @rule(husband=INDEX, wife=INDEX, days=DAYS)
    def marriage(self, husband: int, wife: int, days: int) -> None:
        pair = asked.Marriage("DISDUKCAPIL", self.someone(husband), self.someone(wife))
        self.record("MARRIAGE", pair, days)

    @rule(
        code=st.sampled_from(["DIVORCE", "MARRIAGE_ANNUL"]),
        who=INDEX,
        other=INDEX,
        place=INDEX,
        wise=st.booleans(),
        new=st.booleans(),
        named=st.sampled_from([1, 2]),
    )
    def marriage_over(
        self, code: str, who: int, other: int, place: int, wise: bool, new: bool, named: int
    ) -> None:
        id_ = self.someone(who)
        married = self.resident(id_).marriages
        spouse = married[0].spouse if married else self.someone(other)
        spouse = spouse if named == 2 else ""
        leaves = (asked.Related(id_, HEAD if new else "11"),)
        over = asked.MarriageOver(
            "12/2026", id_, spouse, leaves, self.home(place, new), self.heirs({id_}, wise)
        )
        self.record(code, over)

    @rule(who=INDEX, other=INDEX)
    def divorce_annulled(self, who: int, other: int) -> None:
        id_ = self.someone(who)
        ended = self.resident(id_).ended
        spouse = ended[0].spouse if ended else self.someone(other)
        self.record("DIVORCE_ANNUL", asked.DivorceAnnulled("13/2026", id_, spouse))

    @rule(who=st.lists(INDEX, max_size=3), place=INDEX, new=st.booleans(), wise=st.booleans(), days=DAYS)
    def new_card(self, who: list[int], place: int, new: bool, wise: bool, days: int) -> None:
        ids = [self.someone(index) for index in who]
        members = tuple(asked.Related(id_, HEAD if n == 0 else "9") for n, id_ in enumerate(ids))
        heirs = self.heirs({*ids}, wise)
        self.record("KK_NEW", asked.NewCard(members, self.home(place, new), heirs), days)

    @rule(who=INDEX, wise=st.booleans())
    def new_head(self, who: int, wise: bool) -> None:
        id_ = self.someone(who)
        home = self.resident(id_).household
        old = self.household(home).head if home else None
        relations = (asked.Related(old, "9"),) if old and wise else ()
        self.record("KK_HEAD", asked.NewHead(id_, relations))

    @rule(
        who=st.lists(INDEX, min_size=1, max_size=3),
        level=st.sampled_from(MoveLevel),
        wise=st.booleans(),
        abroad=st.booleans(),
    )
    def move_out(self, who: list[int], level: str, wise: bool, abroad: bool) -> None:
        ids = tuple(self.someone(index) for index in who)
        heirs = self.heirs({*ids}, wise)
        if abroad:
            self.record("ABROAD_OUT", asked.AbroadOut(ids, "Malaysia", heirs))
        else:
            self.record("MOVE_OUT", asked.MoveOut(ids, level, "Solo", successors=heirs))

    @rule(who=INDEX, place=INDEX, new=st.booleans(), wise=st.booleans(), stranger=st.integers(0, 3))
    def move_in(self, who: int, place: int, new: bool, wise: bool, stranger: int) -> None:
        if stranger == 0:
            nik = f"33720257089{len(self.ledger.facts) % 10000:04d}"[:16].ljust(16, "1")
            newcomers = (replace(SRI, nik=nik, relation=HEAD if new else "11"),)
            move = asked.MoveIn(self.home(place, new), "Solo", "1/2026", newcomers=newcomers)
        else:
            id_ = self.someone(who)
            members = (asked.Related(id_, HEAD if new else "11"),)
            heirs = self.heirs({id_}, wise)
            move = asked.MoveIn(self.home(place, new), "Solo", "1/2026", members, successors=heirs)
        self.record("MOVE_IN", move)

    @rule(place=INDEX, to=INDEX)
    def address(self, place: int, to: int) -> None:
        self.record("ADDRESS", asked.NewAddress(self.somewhere(place), self.home(to, new=True)))

    @rule(who=INDEX, place=INDEX, permanent=st.booleans(), new=st.booleans())
    def foreigner(self, who: int, place: int, permanent: bool, new: bool) -> None:
        until = TODAY + timedelta(365)
        if permanent:
            relation = HEAD if new else "11"
            stay = asked.PermanentStay(self.someone(who), "P-1", until, self.home(place, new), relation)
            self.record("FOREIGN_PERMANENT", stay)
        else:
            guest = replace(SRI, nik=None, citizenship="2", relation="11")
            self.record("FOREIGN_LIMITED", asked.LimitedStay(guest, self.home(place, new=True), "L-1", until))

    @rule(who=INDEX, code=st.sampled_from(["MISSING", "FOUND"]), days=DAYS)
    def whereabouts(self, who: int, code: str, days: int) -> None:
        self.record(code, asked.Whereabouts(self.someone(who)), days)

    @rule(who=INDEX, other=INDEX, wise=st.booleans(), sure=st.integers(0, 2))
    def duplicate(self, who: int, other: int, wise: bool, sure: int) -> None:
        """Now and then, lest nobody be left."""
        if sure:
            return
        double = self.someone(other)
        heirs = self.heirs({double}, wise)
        self.record("DUPLICATE", asked.Duplicate(self.someone(who), double, "sama", heirs))

    @rule(child=INDEX, mother=INDEX, wise=st.booleans(), code=st.sampled_from(["ADOPTION", "LEGITIMISE"]))
    def filiation(self, child: int, mother: int, wise: bool, code: str) -> None:
        id_, parent = self.someone(child), self.someone(mother)
        if code == "ADOPTION":
            heirs = self.heirs({id_}, wise)
            self.record(code, asked.Adoption(id_, "14/2026", mother=parent, successors=heirs))
        else:
            self.record(code, asked.Legitimation(id_, mother=parent))

    @rule(who=INDEX, name=st.sampled_from(["Budi Utomo", "Sri Rejeki"]))
    def name_change(self, who: int, name: str) -> None:
        self.record("NAME_CHANGE", asked.NameChange(self.someone(who), name, "15/2026"))

    @rule(which=INDEX, place=INDEX, new=st.booleans())
    def annul(self, which: int, place: int, new: bool) -> None:
        """An officer asks that some deed be annulled, another one approves."""
        if not self.entries:
            return
        entry = self.entries[which % len(self.entries)]
        resident = civil.entry_of(self.desk, entry).residents[0]
        wanted = asked.CorrectionWanted(resident, "keliru", entry=entry)
        approval = corrections.Approval(self.home(place, new), HEAD if new else "11")
        try:
            done = corrections.request(self.desk, wanted, by=REGISTRAR, command_id=self.next())
            self.approve(done.correction, approval)
        except Refused as refused:
            self.refused[refused.code] += 1

    @invariant()
    def an_active_household_has_one_head_and_knows_its_members(self) -> None:
        lives: dict[str, set[str]] = {}
        for id_ in self.streams("resident"):
            lives.setdefault(self.resident(id_).household, set()).add(id_)
        for home in self.streams("household"):
            state = self.household(home)
            people = [m.resident for m in state.members]
            assert len({*people}) == len(people)
            assert {*people} == lives.get(home, set()), "both sides tell the same"
            assert state.active == bool(people)
            assert sum(m.relation == HEAD for m in state.members) == int(state.active)

    @invariant()
    def who_lives_here_is_in_one_household_and_nobody_else_is(self) -> None:
        for id_ in self.streams("resident"):
            state = self.resident(id_)
            guest = state.stay is not None and state.stay.kind == LIMITED and not state.nik
            assert bool(state.household) == (state.counted and not guest)
            if state.household:
                home = self.household(state.household)
                assert (state.residence, state.village) == (home.residence, home.village)
                assert state.person
                assert (id_, state.person.relation) in {(m.resident, m.relation) for m in home.members}

    @invariant()
    def nobody_dies_before_birth_and_a_nik_is_given_once(self) -> None:
        people = [self.resident(id_) for id_ in self.streams("resident")]
        niks = [person.nik for person in people if person.nik]
        assert len({*niks}) == len(niks)
        for state in people:
            if state.standing is Standing.DEAD:
                assert state.person
                assert state.standing_on
                assert state.person.birth_date <= state.standing_on

    @invariant()
    def who_is_married_to_somebody_here_is_so_on_both_records(self) -> None:
        for id_ in self.streams("resident"):
            state = self.resident(id_)
            for marriage in state.marriages if state.counted else ():
                other = self.resident(marriage.spouse)
                assert not other.counted or id_ in {m.spouse for m in other.marriages}

    @invariant()
    def who_has_a_spouse_is_married(self) -> None:
        """Also those who came with their household, whose wedding nobody recorded."""
        for id_ in self.streams("resident"):
            state = self.resident(id_)
            if state.marriages and state.counted:
                assert state.person
                assert state.person.marital == "2"

    def teardown(self) -> None:
        """An event is noted once on each record; every stream folds, also with everybody forgotten."""
        noted: Counter[tuple[str, str]] = Counter()
        for stream, facts in self.ledger.streams.items():
            noted.update((stream, f.event.entry) for f in facts if isinstance(f.event, CivilEventNoted))
            decider = DECIDERS[stream.partition("-")[0]]
            assert decider.fold(fact.event for fact in facts) == self.ledger.load(decider, stream).state
            decider.fold(forgotten(fact.event) for fact in facts)
        assert set(noted.values()) <= {1}


TestTown = Town.TestCase
TestTown.settings = TOWN
