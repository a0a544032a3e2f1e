"""What each ministry must learn: one numbered feed per destination, in the order of the ledger.

``feed_seq`` is 1, 2, 3... without gaps. An entry's record is a pure function of the subject's stream up
to its event, frozen with the version of its mapping: a rebuild gives the same number and the same bytes.
Entries are kept ready as CloudEvents 1.0, so that a page of the pull feed is a join of bytes.

When its subject is forgotten an entry keeps number, kind and hash and loses her data: why it is not
sealed instead is written in ``docs/decisions/0005``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from json import loads
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Column,
    Executable,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    func,
    literal_column,
    select,
)

from domain.exchange.change import (
    MAPPING,
    FiledEvent,
    FiledPerson,
    LicenceChange,
    PopulationChange,
    without_person,
)
from domain.kernel.events import Header, Recorded
from domain.kernel.ports import Entry, Reader
from domain.kernel.regions import Regions
from domain.licensing.application import Application, PermitIssued, evolve
from domain.population.filing import EventFiled
from domain.population.resident import (
    CivilEventNoted,
    KtpIssued,
    Resident,
    ResidentRegistered,
    resident_decider,
)
from projections.readmodel import Batch, ReadModel, View, Writer, forgotten
from projections.views import Views

Encode = Callable[[object], bytes]
Change = PopulationChange | LicenceChange | FiledEvent | FiledPerson


class Told(NamedTuple):
    """A change, whose data subject ``subject`` is; ``known`` is false once she is forgotten."""

    change: Change
    subject: str
    known: bool


Mapping = Callable[[Recorded[Any]], Sequence[Told]]
"""What a fact means for a destination; nothing when it does not concern it."""


def _table(destination: str) -> Table:
    table = Table(
        f"feed_{destination}",
        MetaData(),
        Column("feed_seq", Integer, primary_key=True),
        Column("position", Integer, nullable=False),
        Column("kind", String, nullable=False),
        Column("record", LargeBinary, nullable=False),
        Column("sha256", String, nullable=False),
        Column("mapping", Integer, nullable=False),
        Column("cloudevent", LargeBinary, nullable=False),
        Column("subject", String, nullable=False, index=True),
        # The ledger position that made us forget her; that of the fact itself when it came later.
        Column("forgotten", Integer),
    )
    Index(f"feed_{destination}_forgotten", table.c.forgotten, sqlite_where=table.c.forgotten.is_not(None))
    return table


TABLES = {name: _table(name) for name in ("kemendagri", "kemendag")}


def kemendagri_feed(regions: Regions, ledger: Reader, encode: Encode) -> ReadModel:
    """Population changes for the Ministry of Home Affairs: each civil event once per resident it touched.

    Who entered by an event of the register is told when that event closes her record. A file for the centre goes
    there with the sheets of its persons before it.
    """

    def change(fact: Recorded[Any]) -> Sequence[Told]:
        match fact.event:
            case ResidentRegistered(entry="") as event:
                state = resident_decider.evolve(Resident(), event)
                return [_population("BIODATA", event.registered_on, fact.header.stream, state, regions)]
            case KtpIssued(_, issued_on):
                state = _resident(ledger, fact)
                kind = "KTP_NEW" if state.ktp_cards == 1 else "KTP_REPLACE"
                return [_population(kind, issued_on, fact.header.stream, state, regions)]
            case CivilEventNoted(code, _, on):
                return [_population(code, on, fact.header.stream, _resident(ledger, fact), regions)]
            case EventFiled() as filed:
                return [*_sheets(fact.header.stream, filed), _filed(fact.header, filed)]
        return []

    return _feed("kemendagri", change, encode)


def kemendag_feed(regions: Regions, ledger: Reader, encode: Encode) -> ReadModel:
    """Licences for the Ministry of Trade: the types that the catalogue sends there."""

    def change(fact: Recorded[Any]) -> Sequence[Told]:
        match fact.event:
            case PermitIssued(_, _, to_trade) if to_trade:
                return [_licence(fact.header.stream, _application(ledger, fact), regions)]
        return []

    return _feed("kemendag", change, encode)


def _resident(ledger: Reader, fact: Recorded[Any]) -> Resident:
    facts = ledger.stream(fact.header.stream, upto=fact.header.version)
    return resident_decider.fold(f.event for f in facts)


def _application(ledger: Reader, fact: Recorded[Any]) -> Application:
    state = Application()
    for earlier in ledger.stream(fact.header.stream, upto=fact.header.version):
        state = evolve(state, earlier.event)
    return state


def _feed(destination: str, change: Mapping, encode: Encode) -> ReadModel:
    table = TABLES[destination]
    insert = table.insert()
    last = select(func.coalesce(func.max(table.c.feed_seq), literal_column("0")))
    t = table.c
    told_of = select(t.feed_seq, t.record, t.cloudevent).where(
        t.subject == bindparam("subject"), t.forgotten.is_(None)
    )
    put = (
        table.update()
        .where(t.feed_seq == bindparam("seq"))
        .values(record=bindparam("told"), cloudevent=bindparam("event"), forgotten=bindparam("at"))
    )

    def apply(batch: Batch, write: Writer) -> None:
        # What a destination has said itself is not told to it again.
        news = (fact for fact in batch if fact.header.actor != destination)
        changes = [(fact, made) for fact in news for made in change(fact)]
        if changes:
            ((seq,),) = write.rows(last)
            rows = [
                _entry(destination, seq + i, fact, made, encode) for i, (fact, made) in enumerate(changes, 1)
            ]
            write.many(insert, rows)
        for subject, position in forgotten(batch).items():
            for seq, record, event in write.rows(told_of, (subject,)):
                bare = encode(without_person(loads(record)))
                write.many(put, [(bare, event[: -len(record) - 1] + bare + b"}", position, seq)])

    return ReadModel(f"feed_{destination}", 1, (table,), apply, numbers=(table,))


def _entry(destination: str, seq: int, fact: Recorded[Any], told: Told, encode: Encode) -> tuple[Any, ...]:
    change = told.change
    record = encode(change)
    return (
        seq,
        fact.position,
        change.kind,
        record,
        sha256(record).hexdigest(),
        MAPPING,
        _cloudevent(destination, seq, fact, change.kind, record),
        told.subject,
        None if told.known else fact.position,
    )


def _cloudevent(destination: str, seq: int, fact: Recorded[Any], kind: str, record: bytes) -> bytes:
    """CloudEvents 1.0, structured JSON. The subject is an opaque id; the data is the record as it is."""
    at = _rfc3339(fact.header.recorded_at)
    return (
        (
            f'{{"specversion":"1.0","id":"{seq:020d}","source":"/feeds/{destination}",'
            f'"type":"simpul.{destination}.{kind.lower().replace("_", "-")}.v{MAPPING}","time":"{at}",'
            f'"subject":"{fact.header.stream}","datacontenttype":"application/json",'
            f'"position":{fact.position},"mappingversion":{MAPPING},"data":'
        ).encode()
        + record
        + b"}"
    )


def _rfc3339(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _population(kind: str, effective: date, resident: str, state: Resident, regions: Regions) -> Told:
    person = state.person
    # Where she lives is told of her for as long as she is: her household may live on.
    home = state.residence if person else None
    village = regions.villages.get(state.village)
    change = PopulationChange(
        kind=kind,
        effective=effective,
        resident=resident,
        nik=state.nik,
        kk=(home.kk or None) if home else None,
        name=person.name if person else None,
        sex=person.sex if person else None,
        birth_place=person.birth_place if person else None,
        birth_date=person.birth_date if person else None,
        religion=person.religion if person else None,
        marital=person.marital if person else None,
        blood=person.blood if person else None,
        education=person.education if person else None,
        occupation=person.occupation if person else None,
        relation=person.relation if person else None,
        citizenship=person.citizenship if person else None,
        mother=person.mother if person else None,
        father=person.father if person else None,
        address=home.address if home else None,
        rt=home.rt if home else None,
        rw=home.rw if home else None,
        village=state.village,
        village_name=village.name if village else "",
        kecamatan_name=village.kecamatan.name if village else "",
        postal_code=village.postal_code if village else "",
        ktp=state.ktp(effective).value,
        synthetic=state.synthetic,
    )
    return Told(change, resident, person is not None)


def _sheets(filing: str, filed: EventFiled) -> Iterator[Told]:
    for number, person in enumerate(filed.persons, 1):
        sheet = FiledPerson(
            "FILED_PERSON",
            filed.on,
            filing,
            number,
            person.subject,
            loads(person.value) if person.value else None,
            filed.synthetic,
        )
        yield Told(sheet, person.subject, person.value is not None)


def _filed(header: Header, filed: EventFiled) -> Told:
    form = filed.file.value
    change = FiledEvent(
        "FILED_EVENT",
        filed.on,
        header.stream,
        filed.code,
        filed.form,
        filed.vintage,
        filed.reported_on,
        header.office,
        filed.residents,
        filed.households,
        filed.papers,
        tuple({"kind": a.kind, "stream": a.stream, "kecamatan": a.kecamatan} for a in filed.asked),
        len(filed.persons),
        filed.deed.value,
        loads(form) if form else None,
        filed.synthetic,
    )
    return Told(change, filed.file.subject, form is not None)


def _licence(application: str, state: Application, regions: Regions) -> Told:
    business = state.business
    village = regions.villages.get(state.village)
    assert state.number
    assert state.issued_on
    change = LicenceChange(
        kind="NEW",
        effective=state.issued_on,
        application=application,
        permit=state.permit,
        catalogue=state.catalogue,
        number=state.number,
        siup_class=state.siup_class,
        threshold_vintage=state.threshold_vintage,
        company=business.company if business else None,
        legal_form=business.legal_form if business else None,
        npwp=business.npwp if business else None,
        kbli=business.kbli if business else None,
        kbli_vintage=business.kbli_vintage if business else None,
        net_worth=business.net_worth if business else None,
        village=state.village,
        kecamatan=village.kecamatan.code if village else "",
        office=state.office,
        valid_until=None,
        decree="",
        synthetic=state.synthetic,
    )
    return Told(change, state.applicant, business is not None)


@dataclass(frozen=True, slots=True)
class Queries:
    """The statements of one feed, made once: making them costs as much as running them."""

    head: Executable
    ends: Executable
    entries: Executable
    page: Executable

    @classmethod
    def of(cls, table: Table) -> "Queries":
        t = table.c
        following = (t.feed_seq > bindparam("after"),)
        first: BindParameter[int] = bindparam("limit")
        return cls(
            select(func.max(t.feed_seq)),
            select(
                select(func.max(t.feed_seq)).scalar_subquery(),
                select(func.max(t.forgotten)).where(t.forgotten.is_not(None)).scalar_subquery(),
            ),
            select(t.feed_seq, t.position, t.kind, t.record, t.sha256)
            .where(*following)
            .order_by(t.feed_seq)
            .limit(first),
            select(t.cloudevent).where(*following).order_by(t.feed_seq).limit(first),
        )


QUERIES = {name: Queries.of(table) for name, table in TABLES.items()}


def head(view: View, destination: str) -> int:
    """The last ``feed_seq``; 0 when the feed is empty."""
    return view.connection.execute(QUERIES[destination].head).scalar() or 0


def ends(view: View, destination: str) -> tuple[int, int]:
    """The last ``feed_seq``, and the ledger position at which an entry changed last because somebody was
    forgotten; 0 for what is not there.
    """
    head, forgotten = view.connection.execute(QUERIES[destination].ends).one()
    return head or 0, forgotten or 0


def entries(view: View, destination: str, after: int, limit: int) -> list[Entry]:
    """At most ``limit`` entries that follow ``after``, for a courier."""
    found = view.connection.execute(QUERIES[destination].entries, {"after": after, "limit": limit})
    return [Entry(seq, position, kind, loads(record), mark) for seq, position, kind, record, mark in found]


def page(view: View, destination: str, after: int, limit: int) -> Sequence[bytes]:
    """At most ``limit`` entries that follow ``after``, ready as CloudEvents."""
    found = view.connection.execute(QUERIES[destination].page, {"after": after, "limit": limit})
    return found.scalars().all()


class ViewFeed:
    """The feed of one destination as a courier reads it."""

    def __init__(self, views: Views, destination: str) -> None:
        self._views = views
        self._destination = destination

    def head(self) -> int:
        with self._views.now() as view:
            return head(view, self._destination)

    def entries(self, after: int, limit: int) -> Sequence[Entry]:
        with self._views.now() as view:
            return entries(view, self._destination, after, limit)

    def wait(self, after: int, timeout: float) -> bool:
        """Until there is an entry beyond ``after`` or ``timeout`` seconds have passed."""
        return self._views.wait_until(lambda view: head(view, self._destination) > after, timeout)
