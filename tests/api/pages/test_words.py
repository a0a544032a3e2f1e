"""Numbers, dates and money as people write them; pictures as the figures say."""

from datetime import UTC, date, datetime, timedelta

from api.pages.drawings import BAR, HEIGHT, cause_bar, clock_bar, day_columns, places, tiles
from api.pages.history import entries, flat
from api.pages.searches import Searches
from api.pages.words import Words
from domain.kernel.segments import Cause, Wait, segments
from projections.five_minutes import Share, Spent
from projections.name_search import Asked
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


def share(day: int, served: int, within: int) -> Share:
    return Share(
        date(2026, 11, day), "KEC-10", served, within, dict.fromkeys(Cause, Spent(served, 60, within))
    )


def test_a_day_is_as_high_as_its_share_and_a_day_without_one_leaves_a_gap() -> None:
    rows = [share(1, 4, 4), share(4, 4, 1), share(4, 4, 1)]
    columns = day_columns(rows, date(2026, 11, 1), date(2026, 11, 4))
    assert [(column.x, column.height) for column in columns] == [(0, HEIGHT), (BAR * 3 / 4, HEIGHT / 4)]
    assert columns[1].share.served == 8, "two offices of one day are one column"
    assert all(column.x + column.width <= BAR for column in columns)


def test_the_causes_share_the_whole_bar() -> None:
    parts = cause_bar({Cause.OFFICE: 60, Cause.APPLICANT: 0, Cause.BLANK: 180})
    assert [(part.cause, part.x, part.width) for part in parts] == [
        ("office", 0, BAR / 4),
        ("blank-stock", BAR / 4, BAR * 3 / 4),
    ]
    assert cause_bar(dict.fromkeys(Cause, 0)) == []


def test_an_old_search_is_forgotten() -> None:
    searches = Searches(kept=1)
    first, second = searches.keep("dewi", Asked("Sri")), searches.keep("dewi", Asked("Budi"))
    assert searches.asked("dewi", first) is None
    assert searches.asked("dewi", second) == Asked("Budi")
    assert searches.asked("yuni", second) is None


def test_nested_values_have_dotted_names() -> None:
    assert dict(flat({"person": {"name": "Sri"}, "open": True})) == {"person.name": "Sri", "open": True}


def test_a_record_without_events_has_no_entries() -> None:
    assert entries([]) == []
