"""Who waits for the centre: a line in the order of the ledger, that an answer shortens."""

from datetime import timedelta

from domain.kernel.events import Personal
from domain.population.filing import FilingGranted, FilingRefused
from projections import feeds, filings
from projections.filings import FilingRow
from tests.projections.book import ANSWER, Book, filed, forget, resident
from tests.projections.node import Node


def line(node: Node, **which: str) -> list[FilingRow]:
    found: list[FilingRow] = node.project().ask(filings.page, **which)
    return found


def test_the_line_is_in_the_order_of_the_ledger_and_answers_shorten_it(node: Node, book: Book) -> None:
    for number in (1, 2, 3):
        book.write(f"resident-{number}", resident(number))
        book.write(f"filing-{number}", filed(f"resident-{number}"))
    waiting = line(node, stage="waiting")
    assert [(row.filing, row.place) for row in waiting] == [(f"filing-{n}", n) for n in (1, 2, 3)]
    count, since = node.ask(filings.waiting)
    assert (count, since) == (3, waiting[0].filed_at)
    book.write("filing-1", FilingGranted(ANSWER))
    book.write("filing-2", FilingRefused(ANSWER, Personal("resident-2", "Belum lengkap")))
    assert [(row.filing, row.place) for row in line(node, stage="waiting")] == [("filing-3", 1)]
    (granted,), (refused,) = line(node, stage="granted"), line(node, stage="refused")
    assert (granted.message, granted.receipt, granted.sent) == ("PUSAT-1", "DUKCAPIL/1", ANSWER.sent)
    assert granted.answered_at
    assert granted.answered_at - granted.filed_at > timedelta()
    assert (refused.reason, refused.place) == ("Belum lengkap", 0)
    assert [row.filing for row in line(node, resident="resident-2")] == ["filing-2"]
    assert node.ask(filings.by_id, "filing-9") is None


def test_the_reason_is_forgotten_with_whom_it_is_about(node: Node, book: Book) -> None:
    book.write("resident-2", resident(2))
    book.write("filing-2", filed("resident-2"), FilingRefused(ANSWER, Personal("resident-2", "Sakit")))
    assert line(node)[0].reason == "Sakit"
    forget(book, "resident-2")
    assert line(node)[0].reason is None


def told(node: Node) -> list[dict[str, object]]:
    entries = node.project().ask(feeds.entries, "kemendagri", 0, 100)
    return [dict(entry.record) for entry in entries]


def test_a_file_is_told_with_the_sheets_of_its_persons_before_it(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1))
    book.write("filing-1", filed("resident-1", "resident-8", "resident-9"))
    _, first, second, file = told(node)
    assert [first["kind"], second["kind"], file["kind"]] == ["FILED_PERSON", "FILED_PERSON", "FILED_EVENT"]
    assert (second["number"], second["resident"], second["file"]) == (2, "resident-9", {"name": "Dewi"})
    assert (file["event"], file["persons"], file["file"]) == ("MOVE_IN", 2, {"name": "Wagiyem Rahayu"})
    assert file["asked"] == [
        {"kind": "nik", "stream": f"resident-{n}", "kecamatan": "33.14.10"} for n in (8, 9)
    ]


def test_a_sheet_is_forgotten_alone(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1))
    book.write("filing-1", filed("resident-1", "resident-8", "resident-9"))
    told(node)
    forget(book, "resident-8")
    _, first, second, file = told(node)
    assert (first["file"], second["file"]) == (None, {"name": "Dewi"})
    assert file["file"]
    forget(book, "resident-1")
    assert told(node)[3]["file"] is None


def test_what_the_centre_has_said_is_not_told_to_it_again(node: Node, book: Book) -> None:
    book.write("resident-1", resident(1))
    book.write("resident-2", resident(2), by="kemendagri")
    assert [record["resident"] for record in told(node)] == ["resident-1"]
