"""The laws of a reading: whoever sees somebody says so, each person once, and nothing personal is told."""

from domain.access.reading import FeedRead, PersonRead, ReadFeed, ReadPerson, Seen
from domain.access.reading import reading_decider as reading
from tests.domain.spec import spec


def test_a_reading_names_everybody_who_was_seen() -> None:
    seen = ReadPerson(("resident-1", "resident-2"), Seen.LIST)
    spec(reading).when(seen).then(PersonRead(("resident-1", "resident-2"), "list", ""))


def test_whoever_is_seen_twice_on_one_page_is_named_once() -> None:
    seen = ReadPerson(("resident-2", "resident-1", "resident-2"), Seen.RECORD, "household-1")
    spec(reading).when(seen).then(PersonRead(("resident-2", "resident-1"), "record", "household-1"))


def test_a_search_that_finds_nobody_is_a_reading() -> None:
    spec(reading).when(ReadPerson((), Seen.SEARCH)).then(PersonRead((), "search", ""))


def test_a_ministry_reads_entries_and_no_ids() -> None:
    spec(reading).when(ReadFeed("kemendag", 1, 40)).then(FeedRead("kemendag", 1, 40))


def test_a_reading_claims_nothing() -> None:
    spec(reading).when(ReadFeed("kemendag", 1, 1)).claims()
