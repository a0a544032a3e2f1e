"""Numbers, dates and money as people write them; pictures as the figures say."""

from datetime import UTC, date, datetime, timedelta

from api.pages.drawings import clock_bar, places, tiles
from api.pages.history import entries, flat
from api.pages.searches import Searches
from api.pages.words import Words
from domain.kernel.segments import Cause, Wait, segments
from tests.acts.people import SRI_NIK

INDONESIAN, ENGLISH = Words("id"), Words("en")
NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)


def test_numbers_and_money_are_written_as_people_do() -> None:
    assert INDONESIAN.number(865417) == "865.417"
    assert ENGLISH.number(865417) == "865,417"
    assert INDONESIAN.rupiah(75_000_000) == "Rp75.000.000"


def test_dates_are_written_in_words_and_in_the_time_of_sragen() -> None:
    assert INDONESIAN.full_day(date(2026, 11, 24)) == "Selasa, 24 November 2026"
    assert INDONESIAN.clock(NOON) in {"12.00.00", "12:00:00"}
    assert "12" in ENGLISH.moment(NOON)


def test_a_duration_shows_hours_only_when_there_are_any() -> None:
    assert INDONESIAN.duration(timedelta(minutes=4, seconds=7)) == "4:07"
    assert INDONESIAN.duration(3847) == "1:04:07"


def test_a_nik_is_spaced_for_an_officer_and_masked_in_a_list() -> None:
    assert INDONESIAN.spaced(SRI_NIK).replace(" ", "") == SRI_NIK
    assert SRI_NIK[6:] not in INDONESIAN.masked(SRI_NIK)
    assert INDONESIAN.masked(None) == INDONESIAN.spaced(None) == "—"


def test_values_of_every_kind_can_be_shown() -> None:
    shown = [INDONESIAN.show(v) for v in (True, None, 1234, NOON, date(2026, 1, 2), ("a", 2), "x")]
    assert shown[0] == "ya"
    assert shown[2] == "1.234"
    assert shown[5] == "a, 2"


def test_the_map_has_twenty_places_and_no_two_on_one_spot() -> None:
    assert len(places()) == 20
    assert len({(place.row, place.column) for place in places()}) == 20


def test_tiles_grow_darker_with_their_value() -> None:
    drawn = {tile.place.code: tile.level for tile in tiles({"33.14.10": 900, "33.14.09": 450})}
    assert drawn["33.14.10"] == 4
    assert drawn["33.14.09"] == 2
    assert drawn["33.14.01"] == 0
    assert {tile.level for tile in tiles({})} == {0}


def test_the_bar_shows_the_whole_time_and_the_promise() -> None:
    wait = Wait(Cause.CENTRAL, NOON + timedelta(minutes=1), NOON + timedelta(minutes=9))
    bar = clock_bar(segments(NOON, NOON + timedelta(minutes=10), [wait]))
    assert [piece.cause for piece in bar.pieces] == ["office", "central-system", "office"]
    assert sum(piece.width for piece in bar.pieces) == bar.width
    assert bar.promise == bar.width / 2


def test_a_short_case_is_drawn_to_the_scale_of_the_promise() -> None:
    bar = clock_bar(segments(NOON, NOON + timedelta(minutes=1), []))
    assert bar.promise == bar.width
    assert bar.pieces[0].width == bar.width / 5


def test_an_old_search_is_forgotten() -> None:
    searches = Searches(kept=1)
    first, second = searches.keep("dewi", "Sri"), searches.keep("dewi", "Budi")
    assert searches.name("dewi", first) is None
    assert searches.name("dewi", second) == "Budi"
    assert searches.name("yuni", second) is None


def test_nested_values_have_dotted_names() -> None:
    assert dict(flat({"person": {"name": "Sri"}, "open": True})) == {"person.name": "Sri", "open": True}


def test_a_record_without_events_has_no_entries() -> None:
    assert entries([]) == []
