"""Once somebody is forgotten nothing of her is left in the files of the read models."""

from pathlib import Path

from domain.privacy.erasure import SubjectForgotten
from projections import residents
from projections.readmodel import Batch
from projections.scrubber import Scrubber
from tests.projections import book as told
from tests.projections.book import Book, resident
from tests.projections.conftest import Open
from tests.projections.node import LONG, Node, counting, running

NAME = "Wagiyem Kenari"


def scrubber(node: Node) -> Scrubber:
    return Scrubber(node.views)


def left(node: Node, text: str = NAME) -> list[str]:
    """The files of the node in which the text stands."""
    files = [file for file in node.path.parent.iterdir() if file.is_file()]
    return sorted(file.name for file in files if text.encode() in file.read_bytes())


def scratches(node: Node) -> list[Path]:
    return list(node.path.parent.glob("*.scratch"))


def crowd(book: Book, people: int = 400) -> None:
    """So many that pages are split; the one in the middle is remarkable."""
    for number in range(1, people):
        book.write(f"resident-{number * 7919 % people}", resident(number, NAME if number == 200 else "Sri"))


def forget(book: Book, number: int = 200, people: int = 400) -> None:
    subject = f"resident-{number * 7919 % people}"
    told.forget(book, subject)


def test_nothing_is_left_after_scrubbing(node: Node, book: Book) -> None:
    crowd(book)
    node.project()
    assert left(node), "the control: it was there"
    forget(book)
    node.project()
    assert scrubber(node).step()
    assert left(node) == []
    assert left(node, "Sri")[0].startswith("views.db"), "the others are there"


def test_what_a_rebuild_left_in_free_pages_goes_too(node: Node, book: Book) -> None:
    """The old table, which is not zeroed, had more rows than the new one."""
    crowd(book)
    node.project()
    people = node.models[0].tables[0]
    names = [column.name for column in people.columns]
    with node.views.store.writing() as write:
        row = dict(zip(names, write.rows(people.select())[199], strict=True))
        more = [tuple((row | {"resident": f"ghost-{n}", "name": NAME}).values()) for n in range(2000)]
        write.many(people.insert(), more)
    node.views.rebuild()
    with node.views.store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA freelist_count").scalar(), "the control: there are some"
    forget(book)
    node.project()
    assert left(node)
    assert scrubber(node).step()
    assert left(node) == []


def test_a_table_that_is_taken_leaves_zeroing_as_it_was(node: Node, book: Book) -> None:
    crowd(book, 5)
    node.project()
    node.views.rebuild()
    writer = node.views.store._writer  # type: ignore[attr-defined]
    assert writer.execute("PRAGMA secure_delete").fetchone() == (1,)


def test_it_is_scrubbed_once(node: Node, book: Book) -> None:
    crowd(book, 5)
    node.project()
    assert scrubber(node).step(), "nobody is forgotten: nothing is owed"
    before = node.path.stat().st_mtime_ns
    assert scrubber(node).step()
    assert node.path.stat().st_mtime_ns == before


def test_what_a_crash_left_undone_is_done_at_the_next_start(node: Node, book: Book) -> None:
    crowd(book)
    node.project()
    forget(book)
    node.project()
    assert left(node), "the control: deleting is not enough"
    node.reopen()
    scrubber(node).step()
    assert left(node) == []


def test_it_waits_for_a_read_model_that_has_not_come_so_far(open_node: Open, book: Book) -> None:
    def fails(_: object) -> None:
        raise ValueError

    sound = open_node(book).models
    node = open_node(book, [*sound, counting(fails, numbered=True)])
    crowd(book, 5)
    forget(book, people=5)
    assert not scrubber(node.project()).step()
    node.reopen([*sound, counting(numbered=True)]).projector.retry()
    assert scrubber(node.project()).step()


def test_it_waits_for_a_read_model_that_has_parked_the_forgetting(open_node: Open, book: Book) -> None:
    def fails(batch: Batch) -> None:
        if any(isinstance(fact.event, SubjectForgotten) for fact in batch):
            raise ValueError

    sound = open_node(book).models
    node = open_node(book, [*sound, counting(fails)])
    crowd(book, 5)
    forget(book, people=5)
    assert not scrubber(node.project()).step()
    node.reopen([*sound, counting()]).views.release("seen")
    assert scrubber(node).step()


def test_a_reader_in_the_way_is_waited_for(node: Node, book: Book) -> None:
    crowd(book)
    forget(book)
    node.project()
    with node.views.now() as view:
        assert residents.counts(view).residents
        assert not node.views.store.scrub()
    assert node.views.store.scrub()
    assert left(node) == []


def test_past_views_are_not_kept(node: Node, book: Book) -> None:
    crowd(book, 5)
    node.project()
    with node.views.at(3) as in_use:
        with node.views.at(2):
            pass
        forget(book, people=5)
        node.project()
        scrubber(node).step()
        assert residents.counts(in_use).residents == 3
        assert len(scratches(node)) == 1, "the one in use goes when it is given back"
    assert scratches(node) == []


def test_a_damaged_file_that_was_kept_goes_too(node: Node, book: Book, tmp_path: Path) -> None:
    crowd(book, 5)
    node.path.with_suffix(".damaged").write_bytes(NAME.encode())
    forget(book, people=5)
    scrubber(node.project()).step()
    assert left(node) == []


def test_it_works_beside_the_projector_until_it_is_stopped(node: Node, book: Book) -> None:
    crowd(book)
    with node.projecting(), running(scrubber(node).run):
        forget(book)
        assert node.views.wait(book.head(), LONG)
        assert node.views.wait_until(lambda view: not left(node), LONG)
