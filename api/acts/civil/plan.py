"""What one civil event changes, collected before it is executed: acts on the streams of everybody it touches.

A plan is made from what was seen and holds only for that: each stream is named with its version, so that
whoever comes second plans anew. It keeps households whole: who leaves, joins and heads one is a single act.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from api.acts.civil.asked import Home, Related, Successor
from api.acts.desk import Desk, Numbers, stream_id
from api.acts.population import NewMember, at_path, next_kk, next_nik, person_of
from domain.kernel.decider import Act, Decider
from domain.kernel.errors import Rejected, Unknown
from domain.kernel.regions import Village
from domain.kernel.values import Kk, Nik
from domain.population.couples import couples
from domain.population.household import (
    HEAD,
    ChangeMembers,
    Household,
    Member,
    RegisterHousehold,
    ReviseCard,
    household_decider,
)
from domain.population.resident import (
    Command,
    NikSource,
    NoteEvent,
    Person,
    PlaceResident,
    RegisterResident,
    Residence,
    Resident,
    resident_decider,
)

C = TypeVar("C")
S = TypeVar("S")


@dataclass
class Card:
    """What becomes of one household."""

    leave: list[str] = field(default_factory=list)
    join: list[Member] = field(default_factory=list)
    relations: dict[str, str] = field(default_factory=dict)
    kk: str | None = None

    @property
    def same_people(self) -> bool:
        return not (self.leave or self.join or self.relations)


class Plan:
    """``on``: the day of the event; ``seen``: the version of a stream that the clerk saw, if she says so."""

    def __init__(
        self,
        desk: Desk,
        numbers: Numbers,
        command_id: UUID,
        code: str,
        on: date,
        office: str,
        seen: Mapping[str, int],
    ) -> None:
        self.desk, self.numbers, self.command_id = desk, numbers, command_id
        self.code, self.on, self.today, self.office = code, on, desk.today, office
        self.entry = stream_id("entry", command_id)
        self.flags: dict[str, None] = {}
        self.named: dict[str, None] = {}
        self.touched: dict[str, None] = {}
        self.acts: list[Act] = []
        self.households: dict[str, Card] = {}
        self._loaded: dict[str, tuple[Any, int]] = {}
        self._begun: set[str] = set()
        self._seen = seen
        self._new: set[str] = set()
        self.founded: list[str] = []
        self.deed_needed = False

    # -- what is there

    def resident(self, id_: str) -> Resident:
        """``Unknown("unknown-resident")`` when there is none."""
        state = self._load(resident_decider, id_)
        if not state.registered:
            raise Unknown("unknown-resident")
        return state

    def person(self, id_: str) -> Person:
        person = self.resident(id_).person
        if person is None:
            raise Rejected("resident-forgotten")
        return person

    def household(self, id_: str) -> Household:
        """``Unknown("unknown-household")`` when there is none."""
        state = self._load(household_decider, id_)
        if not state.registered:
            raise Unknown("unknown-household")
        return state

    def residence(self, household: str) -> Residence:
        residence = self.household(household).residence
        if residence is None:
            raise Rejected("household-forgotten")
        return residence

    def village(self, code: str) -> Village:
        with at_path("village"):
            return self.desk.reference.regions.village(code, self.today)

    def code_of(self, listing: str, code: str) -> str:
        """The vintage in which ``code`` stands in that list today."""
        with at_path(listing):
            return self.desk.reference.codes.check(listing, code, self.today)

    def _load(self, decider: Decider[Any, Any, S], stream: str) -> S:
        if stream not in self._loaded:
            loaded = self.desk.ledger.load(decider, stream) if stream else None
            self._loaded[stream] = (
                (loaded.state, loaded.version) if loaded and loaded.version else (decider.initial, 0)
            )
        state: S = self._loaded[stream][0]
        return state

    @property
    def nik_source(self) -> NikSource:
        """Who gives the NIKs that nobody brings."""
        return NikSource.EXTERNAL if self.numbers.central else NikSource.ALLOCATED

    # -- what shall be

    def flag(self, code: str) -> None:
        """Say what is odd and let through."""
        self.flags[code] = None

    def name(self, *ids: str) -> None:
        """Residents whom the entry names; the first one is its data subject."""
        self.named |= dict.fromkeys(id_ for id_ in ids if id_)

    def needs_deed(self) -> None:
        """The deed is another office's: its number must be brought."""
        self.deed_needed = True

    def touch(self, id_: str) -> None:
        """The event closes the record of this resident, and the ministry is told of it."""
        self.name(id_)
        self.touched[id_] = None

    def also(self, acts: Iterable[Act]) -> None:
        """Acts of another hand in the same append."""
        for one in acts:
            self._begun.add(one.stream)
            self.acts.append(one)

    def give(self, id_: str, command: Command) -> None:
        """A command for a resident whom the event touches."""
        self.touch(id_)
        self.act(resident_decider, id_, command)

    def tell(self, id_: str, command: Command) -> None:
        """A command for a resident whose own record does not change by it."""
        self.resident(id_)
        self.act(resident_decider, id_, command)

    def act(self, decider: Decider[C, Any, Any], stream: str, command: C) -> None:
        """The first act on a stream expects the version that was seen."""
        expected = None
        if stream not in self._begun:
            self._load(decider, stream)
            expected = self._seen.get(stream, self._loaded[stream][1])
        self._begun.add(stream)
        self.acts.append(Act(decider, stream, command, expected))

    def card(self, household: str) -> Card:
        self.household(household)
        return self.households.setdefault(household, Card())

    def leave(self, id_: str) -> None:
        """Take her off the card that she is on, if any."""
        if home := self.resident(id_).household:
            self.card(home).leave.append(id_)

    def revise(self, id_: str) -> None:
        """Something that her family card prints has changed."""
        if home := self.resident(id_).household:
            self.card(home)

    def succeed(self, successors: Iterable[Successor]) -> None:
        """New heads, each of the household that she is in."""
        successors = list(successors)
        self.numbers.brought |= {new.kk for new in successors if new.kk}
        for new in successors:
            home = self.resident(new.head).household
            if not home:
                raise Rejected("not-a-member")
            card = self.card(home)
            card.kk = new.kk
            card.relations |= {r.resident: self._relation(r.relation) for r in new.relations}
            card.relations[new.head] = HEAD

    def _relation(self, code: str) -> str:
        self.code_of("relation", code)
        return code

    def settle(self, members: Iterable[Related], home: Home, newcomers: Iterable[NewMember] = ()) -> None:
        """Bring residents, and people who enter the registry here, to the household they join or make."""
        members = [Related(m.resident, self._relation(m.relation)) for m in members]
        newcomers = list(newcomers)
        if not members and not newcomers:
            raise Rejected("nobody-named")
        if home.household:
            self._join(members, home.household, newcomers)
        else:
            self._found(members, home, newcomers)

    def _join(self, members: list[Related], household: str, newcomers: list[NewMember]) -> None:
        state, residence = self.household(household), self.residence(household)
        if state.closed_on:
            raise Rejected("household-closed", on=state.closed_on)
        for mover in members:
            if self.resident(mover.resident).household == household:
                raise Rejected("lives-there-already")
            self.leave(mover.resident)
            self.card(household).join.append(Member(mover.resident, mover.relation))
        for index, new in enumerate(newcomers):
            id_ = self.enter(index, new, household, self.village(state.village), residence)
            self.card(household).join.append(Member(id_, self._relation(new.relation)))

    def _found(self, members: list[Related], home: Home, newcomers: list[NewMember]) -> None:
        if not home.village or not home.address:
            raise Rejected("home-needed")
        id_, village = stream_id("household", self.command_id), self.village(home.village)
        self.numbers.brought |= {home.kk} if home.kk else set()
        with at_path("kk"):
            kk = Kk(home.kk) if home.kk else next_kk(self.desk, self.numbers, village, self.today, id_)
        residence = Residence(kk.number, home.address, home.rt, home.rw)
        people = [Member(m.resident, m.relation) for m in members]
        for mover in members:
            self.leave(mover.resident)
            place = PlaceResident(id_, village.code, mover.relation, residence, self.on)
            self.give(mover.resident, place)
        married = couples((self._entering(i), new.relation, new.marital) for i, new in enumerate(newcomers))
        for index, new in enumerate(newcomers):
            spouse = married.get(self._entering(index), "")
            entered = self.enter(index, new, id_, village, residence, spouse=spouse)
            people.append(Member(entered, self._relation(new.relation)))
        synthetic = self.desk.synthetic or any(self.resident(m.resident).synthetic for m in members)
        register = RegisterHousehold(
            id_, kk, village, home.address, home.rt, home.rw, tuple(people), self.today, synthetic
        )
        self.act(household_decider, id_, register)
        self.founded.append(id_)

    def enter(
        self,
        index: int,
        new: NewMember,
        household: str,
        village: Village,
        residence: Residence,
        *,
        numbered: bool = True,
        spouse: str = "",
    ) -> str:
        """Register somebody; the n-th of this event. The NIK is brought, or given here."""
        id_ = self._entering(index)
        with at_path(f"persons[{index}]"):
            person = person_of(self.desk, new, self.today)
            nik = Nik(new.nik) if new.nik else None
            if nik is None and numbered:
                nik = next_nik(self.desk, self.numbers, village, new, id_)
        source = NikSource.EXTERNAL if new.nik else self.nik_source
        self._new.add(id_)
        register = RegisterResident(
            id_,
            household,
            nik,
            source,
            person,
            village,
            residence,
            max(self.on, person.birth_date),
            self.today,
            self.desk.synthetic,
            self.entry,
            spouse,
        )
        self.give(id_, register)
        return id_

    def _entering(self, index: int) -> str:
        return stream_id("resident", self.command_id, str(index))

    # -- all of it

    def close(self) -> tuple[Act, ...]:
        """The acts, households made whole and every touched record closed."""
        for household, card in self.households.items():
            self._close_card(household, card)
        for id_ in self.touched:
            self.act(resident_decider, id_, NoteEvent(self.code, self.entry, self.on))
        return tuple(self.acts)

    def _close_card(self, id_: str, card: Card) -> None:
        if card.same_people:
            if self.household(id_).active:
                self.act(household_decider, id_, ReviseCard(self.on))
            return
        state, residence = self.household(id_), self.residence(id_)
        staying = [m for m in state.members if m.resident not in card.leave]
        after = [Member(m.resident, card.relations.get(m.resident, m.relation)) for m in staying]
        heads = [m.resident for m in (*after, *card.join) if m.relation == HEAD]
        kk = self._number(id_, state, card) if heads and heads != [state.head] else None
        relations = tuple(Member(r, relation) for r, relation in card.relations.items())
        change = ChangeMembers(id_, tuple(card.leave), tuple(card.join), relations, kk, self.on)
        self.act(household_decider, id_, change)
        now = replace(residence, kk=kk.number) if kk else residence
        changed = after if kk else [m for m in after if m not in staying]
        joined = [m for m in card.join if kk or m.resident not in self._new]
        for m in (*changed, *joined):
            self.give(m.resident, PlaceResident(id_, state.village, m.relation, now, self.on))

    def _number(self, id_: str, state: Household, card: Card) -> Kk:
        with at_path("kk"):
            if card.kk:
                return Kk(card.kk)
            return next_kk(self.desk, self.numbers, self.village(state.village), self.today, id_)
