"""What a ministry must learn: given facts, then numbered entries that never change."""

import json
from dataclasses import astuple
from datetime import date, timedelta
from hashlib import sha256

import msgspec
import pytest
from structlog.testing import capture_logs

from adapters.reference import reference
from domain.exchange.change import LicenceChange, PopulationChange
from domain.kernel.events import Personal
from domain.kernel.ports import Entry
from domain.population.resident import KtpIssued, KtpRequested, KtpRequestWithdrawn
from projections import feeds
from projections.feeds import ViewFeed
from tests.projections.book import (
    APPROVED,
    TODAY,
    VERIFIED,
    Book,
    forget,
    forgotten,
    issued,
    receipt,
    resident,
    story,
    submitted,
    ticket,
)
from tests.projections.conftest import Open
from tests.projections.node import LONG, Node, running


def entries(node: Node, destination: str, after: int = 0, limit: int = 100) -> list[Entry]:
    found: list[Entry] = node.ask(feeds.entries, destination, after, limit)
    return found


def record(node: Node, destination: str, seq: int) -> dict[str, object]:
    (entry,) = entries(node, destination, seq - 1, 1)
    return dict(entry.record)


def test_a_registered_resident_is_an_entry(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1))
    told = record(node.project(), "kemendagri", 1)
    assert (told["kind"], told["resident"], told["nik"]) == ("BIODATA", "resident-1", "3314105708809001")
    assert (told["name"], told["kk"], told["birth_date"]) == (
        "Sri Wahyuni",
        "3314100103109001",
        "1980-08-17",
    )
    assert (told["village_name"], told["kecamatan_name"]) == ("Sragen Tengah", "Sragen")
    assert (told["ktp"], told["effective"], told["synthetic"]) == ("BELUM REKAM", "2010-03-01", True)


def test_an_issued_ktp_is_an_entry_with_the_whole_resident(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1), KtpRequested("case-1"), KtpIssued("case-1", TODAY))
    first, second = (record(node.project(), "kemendagri", n) for n in (1, 2))
    assert (second["kind"], second["ktp"]) == ("KTP_NEW", "CARD ISSUED")
    assert {k: v for k, v in second.items() if k not in {"kind", "ktp"}} == {
        k: v for k, v in first.items() if k not in {"kind", "ktp"}
    }


def test_an_issued_permit_of_a_trade_type_is_an_entry(node: Node, book: Book) -> None:
    book.write("application-1", submitted(1), VERIFIED, APPROVED, issued(1))
    told = record(node.project(), "kemendag", 1)
    assert (told["kind"], told["number"]) == ("NEW", "0001/SIUP-KECIL/BPT/2010")
    assert (told["company"], told["net_worth"], told["kbli"]) == ("Toko Sri", 300_000_000, "47112")
    assert (told["siup_class"], told["threshold_vintage"]) == ("SIUP-KECIL", "2009")
    assert (told["kecamatan"], told["effective"]) == ("33.14.10", "2010-03-02")


def test_a_permit_that_trade_does_not_want_is_not_told(node: Node, book: Book) -> None:
    book.write("application-1", submitted(1), VERIFIED, APPROVED, issued(1, to_trade=False))
    assert node.project().ask(feeds.head, "kemendag") == 0


def test_steps_and_deliveries_are_nobody_elses_business(node: Node, book: Book) -> None:
    book.write("resident-1", KtpRequested("case-1"), KtpRequestWithdrawn("case-1"))
    book.write("case-1", ticket(1, "resident-1"))
    book.write("application-1", submitted(1), VERIFIED)
    book.write("delivery-kemendagri", receipt(1, 1))
    node.project()
    assert (node.ask(feeds.head, "kemendagri"), node.ask(feeds.head, "kemendag")) == (0, 0)


def test_a_record_has_every_field_of_its_change(sragen: Node) -> None:
    assert set(record(sragen, "kemendagri", 1)) == set(PopulationChange.__dataclass_fields__)
    assert set(record(sragen, "kemendag", 1)) == set(LicenceChange.__dataclass_fields__)


def test_a_forgotten_subject_is_told_without_her_data(sragen: Node) -> None:
    gone = record(sragen, "kemendagri", 3)
    assert (gone["resident"], gone["village_name"]) == ("resident-3", "Keden")
    assert {gone[f] for f in ("nik", "kk", "name", "birth_date", "mother", "address")} == {None}
    shop = record(sragen, "kemendag", 2)
    assert (shop["number"], shop["company"], shop["net_worth"]) == ("0002/SIUP-KECIL/BPT/2010", None, None)


def test_each_feed_counts_for_itself_without_gaps_in_the_order_of_the_ledger(sragen: Node) -> None:
    population, licences = entries(sragen, "kemendagri"), entries(sragen, "kemendag")
    assert [e.feed_seq for e in population] == [1, 2, 3, 4, 5, 6]
    assert [e.feed_seq for e in licences] == [1, 2]
    for feed in (population, licences):
        assert sorted(e.position for e in feed) == [e.position for e in feed]
    assert sragen.ask(feeds.head, "kemendagri") == 6


def test_a_record_is_frozen_whatever_happens_to_its_subject_later(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1), KtpRequested("case-1"))
    before = node.project().rows(["feed_kemendagri"])["feed_kemendagri"]
    book.write("resident-1", KtpIssued("case-1", TODAY))
    after = node.project().rows(["feed_kemendagri"])["feed_kemendagri"]
    assert after[: len(before)] == before
    node.views.rebuild()
    assert node.rows(["feed_kemendagri"])["feed_kemendagri"] == after, "although the fold now sees more"


def test_a_record_does_not_know_what_came_after_its_fact(node: Node, book: Book) -> None:
    """A later fact that changes the resident, read in the same batch, is not told too early."""
    book.write("resident-1", resident(1), KtpIssued("case-1", TODAY), resident(1, "Sri Lestari"))
    names = [entry.record["name"] for entry in entries(node.project(), "kemendagri")]
    assert names == ["Sri Wahyuni", "Sri Wahyuni", "Sri Lestari"]


def test_the_hash_is_that_of_the_record_as_it_is_sent(sragen: Node) -> None:
    for destination in ("kemendagri", "kemendag"):
        pages = sragen.ask(feeds.page, destination, 0, 100)
        for entry, page in zip(entries(sragen, destination), pages, strict=True):
            data = page[page.index(b'"data":') + 7 : -1]
            told_of = (entry.record.get("resident"), *entry.record.get("residents", ()))
            purged = "resident-4" in told_of
            assert (sha256(data).hexdigest() == entry.sha256) is not purged
            assert json.loads(data) == entry.record


def test_an_entry_is_a_cloudevent(sragen: Node) -> None:
    event = json.loads(sragen.ask(feeds.page, "kemendagri", 3, 1)[0])
    entry = entries(sragen, "kemendagri", 3)[0]
    assert event.pop("data") == entry.record
    fact = sragen.ledger.after(entry.position - 1, 1)[0]
    assert event == {
        "specversion": "1.0",
        "id": "00000000000000000004",
        "source": "/feeds/kemendagri",
        "type": "simpul.kemendagri.ktp-new.v1",
        "time": fact.header.recorded_at.isoformat().replace("+00:00", "Z"),
        "subject": "resident-1",
        "datacontenttype": "application/json",
        "position": entry.position,
        "mappingversion": 1,
    }


def test_pages_cover_the_feed_once(sragen: Node) -> None:
    whole = sragen.ask(feeds.page, "kemendagri", 0, 100)
    assert [sragen.ask(feeds.page, "kemendagri", n, 1)[0] for n in range(6)] == whole
    assert sragen.ask(feeds.page, "kemendagri", 6, 10) == []
    assert entries(sragen, "kemendagri", after=2, limit=1)[0].feed_seq == 3


def test_a_courier_is_told_when_there_is_an_entry(node: Node, book: Book) -> None:
    feed = ViewFeed(node.views, "kemendagri")
    assert not feed.wait(0, timeout=0.0)
    told: list[bool] = []
    with node.projecting(), running(lambda _: told.append(feed.wait(0, LONG))):
        book.write("resident-1", resident(1))
    assert told == [True]
    assert (feed.head(), [e.feed_seq for e in feed.entries(0, 10)]) == (1, [1])
    assert not feed.wait(1, timeout=0.0)


def test_a_feed_stops_at_what_it_cannot_tell_and_the_others_go_on(open_node: Open, book: Book) -> None:
    # The third record fails whenever it is tried: in the batch, and again in its halves.
    regions = reference().regions
    bad = feeds.kemendagri_feed(regions, book, _unless("resident-3"))
    sound = feeds.kemendag_feed(regions, book, msgspec.json.encode)
    for number in range(1, 6):
        book.write(f"resident-{number}", resident(number))
    book.write("application-1", submitted(1), VERIFIED, APPROVED, issued(1))
    with capture_logs() as logs:
        node = open_node(book, [bad, sound]).project()
    assert node.status("feed_kemendagri")[:2] == ("failed", 2), "no gap: it stands before the third"
    assert node.ask(feeds.head, "kemendagri") == 2
    assert node.status("feed_kemendag")[0] == "running"
    assert node.ask(feeds.head, "kemendag") == 1
    (alarm,) = [log for log in logs if log["event"] == "projection-failed"]
    assert alarm["cause"] == "ValueError at 3 (population.resident-registered)"
    assert "3314105708809001" not in repr(logs), "no personal data"


def _unless(resident: str) -> feeds.Encode:
    def encode(change: object) -> bytes:
        if isinstance(change, PopulationChange) and change.resident == resident:
            raise ValueError(change.nik)
        return msgspec.json.encode(change)

    return encode


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=1)])
def test_time_on_the_wire_is_utc(node: Node, book: Book, ahead: timedelta) -> None:
    fact = book.write("resident-1", resident(1))
    at = fact.header.recorded_at + ahead
    book.write("resident-2", resident(2), at=at)
    second = json.loads(node.project().ask(feeds.page, "kemendagri", 1, 1)[0])
    assert second["time"] == f"{at:%Y-%m-%dT%H:%M:%S}Z"


def test_a_forgotten_past_does_not_stop_a_feed(node: Node, book: Book) -> None:
    story(book)
    book.write("resident-9", forgotten(9), KtpRequested("case-9"), KtpIssued("case-9", TODAY))
    book.write("application-9", submitted(9, business=Personal("resident-9", None)), issued(9))
    assert node.project().status("feed_kemendagri") == ("running", book.head(), None)
    assert record(node, "kemendagri", 8)["ktp"] == "CARD ISSUED"


def test_forgetting_takes_the_person_out_of_her_entries_and_leaves_number_and_hash(
    node: Node, book: Book
) -> None:
    book.write(
        "resident-1", resident(1, marital="1", birth_date=date(1990, 1, 1)), KtpIssued("case-1", TODAY)
    )
    book.write("resident-2", resident(2, "Budi"))
    book.write("application-1", submitted(1), VERIFIED, APPROVED, issued(1))
    before = entries(node.project(), "kemendagri"), entries(node, "kemendag")
    forget(book, "resident-1")
    node.project()
    after = entries(node, "kemendagri"), entries(node, "kemendag")
    for old, new in zip(before, after, strict=True):
        assert [e[:3] + e[4:] for e in map(astuple, old)] == [e[:3] + e[4:] for e in map(astuple, new)]
    registered, card, other = after[0]
    assert (registered.record["ktp"], card.record["ktp"]) == ("BELUM WAJIB", "CARD ISSUED")
    assert {registered.record[name] for name in ("nik", "kk", "name", "mother", "address")} == {None}
    assert other.record["name"] == "Budi", "the control: nobody else is touched"
    assert after[1][0].record["company"] is None
    assert b"Sri" not in b"".join(node.ask(feeds.page, "kemendagri", 0, 9))
    assert node.ask(feeds.ends, "kemendagri") == (3, book.head())


def test_what_was_purged_reads_as_what_is_told_without_a_key(open_node: Open, book: Book) -> None:
    """The live feed forgets in place; one that is built after the key is gone never knew her."""
    live = open_node(book)
    book.write("resident-1", resident(1, marital="1", birth_date=date(1990, 1, 1)))
    live.project()
    forget(book, "resident-1", "household-1")
    keyless = Book()
    keyless.write("resident-1", forgotten(1))
    forget(keyless, "resident-1", "household-1")
    built = open_node(keyless).project()
    assert built.ask(feeds.page, "kemendagri", 0, 9) == live.project().ask(feeds.page, "kemendagri", 0, 9)
