"""Statistics as pages: rounded for everybody, as counted for officers, from the regency down to a village."""

import csv
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from adapters.reference import reference
from api.acts.desk import JAKARTA
from api.pages.charts import HEIGHT, WIDTH, by_month, pyramid
from api.pages.shelf import FRESH, KEPT, Shelf
from tests.acts.people import SRAGEN_TENGAH, StandingClock
from tests.api.pages.browser import Browser
from tests.api.program import Program, member

FAMILY = (member(), member(relation="4", sex="1", name="Budi", birth_date="2015-01-02"))
BAYU = {"name": "Bayu", "sex": "1", "birth_place": "Sragen", "religion": "1", "blood": "13"}


def figures(page: str) -> list[str]:
    """The large figures of a page."""
    return re.findall(r"<dd>([^<]*)</dd>", page)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_small_figures_are_rounded_for_everybody_and_exact_for_officers(
    client: TestClient, program: Program, browser: Browser
) -> None:
    for _ in range(2):
        program.register(*FAMILY, member(name="Sri", relation="11"))
    assert figures(client.get("/statistik").text)[:2] == ["5", "0"], "six residents, two heads"
    public = rows(client.get("/statistik/semester.csv").text)
    assert {row["count"] for row in public} == {"5"}
    assert "household-head" not in {row["dimension"] for row in public}, "a zero would tell of somebody"
    browser.sign_in("dewi")
    assert figures(client.get("/statistik").text)[:2] == ["6", "2"]
    exact = rows(client.get("/statistik/semester.csv").text)
    assert sum(int(row["count"]) for row in exact if row["dimension"] == "religion") == 6


def test_every_figure_is_rounded_by_itself() -> None:
    rule = reference().disclosure.on(StandingClock().now().date())
    assert [rule(count) for count in (0, 1, 2, 3, 7, 8, 12, 13)] == [0, 0, 0, 5, 5, 10, 10, 15]
    assert rule(3) + rule(3) != rule(6), "control: sums are no way back"


def test_the_way_leads_from_the_regency_to_a_village_and_back(client: TestClient, program: Program) -> None:
    program.register(*FAMILY, *(member(name="Sri", relation="11") for _ in range(4)))
    regency = client.get("/statistik").text
    assert 'href="/statistik?wilayah=33.14.10"' in regency
    kecamatan = client.get("/statistik?wilayah=33.14.10").text
    assert f'href="/statistik?wilayah={SRAGEN_TENGAH}"' in kecamatan
    village = client.get(f"/statistik?wilayah={SRAGEN_TENGAH}").text
    assert [figures(page)[0] for page in (regency, kecamatan, village)] == ["5", "5", "5"]
    assert 'href="/statistik?wilayah=33.14.10"' in village
    assert client.get("/statistik?wilayah=33.14.99").status_code == 422


def test_every_drawing_has_a_title_a_description_and_a_table(client: TestClient, program: Program) -> None:
    program.register(*FAMILY, *(member(name="Sri", relation="11") for _ in range(4)))
    page = client.get("/statistik").text
    drawings = re.findall(r'<svg class="chart[^>]*aria-labelledby="([^"]*)"', page)
    assert drawings
    for labels in drawings:
        for label in labels.split():
            assert f'id="{label}"' in page
    assert page.count("<desc") == len(drawings)
    assert page.count('<caption class="quiet">') == len(drawings)


def test_a_region_without_anybody_says_so(reader: TestClient) -> None:
    page = reader.get("/statistik").text
    assert "Belum ada penduduk di wilayah ini" in page
    assert "<rect" not in page
    assert "Tidak ada mutasi" in reader.get("/statistik/mutasi").text


@pytest.mark.parametrize("dimension", ["age", "occupation", "ktp", "kia", "relation"])
def test_each_dimension_is_a_table_in_words(client: TestClient, clerk: Browser, dimension: str) -> None:
    Program(client).register(*FAMILY)
    page = client.get(f"/statistik?rincian={dimension}").text
    told = page[page.index('id="rincian"') :]
    assert told.count('<th scope="row">') >= 1
    word = {"age": "10-14", "ktp": "Belum wajib", "kia": "Belum punya KIA", "relation": "Anak"}
    assert word.get(dimension, "Belum/tidak bekerja").lower() in told.lower()


def test_a_month_is_shown_as_known_at_its_end_beside_as_known_now(
    client: TestClient, program: Program, clerk: Browser, clock: StandingClock
) -> None:
    mother = program.register(member())["residents"][0]
    day = clock.now().astimezone(JAKARTA).date()
    clock.time += timedelta(days=40)
    late = {"on": day.isoformat(), "newborn": {**BAYU, "relation": "4", "citizenship": "1"}, "mother": mother}
    assert program.post("/civil-events/BIRTH", late).status_code == 201
    clerk.sign_in("dewi")
    page = client.get(f"/statistik/mutasi?bulan={day:%Y-%m}").text
    born = page[page.index(">Lahir</th>") :].partition("</tr>")[0]
    assert re.findall(r">([^<>]+)</(?:td|b)>", born) == ["1", "0", "1", "0", "+1"]
    (row,) = rows(client.get(f"/statistik/mutasi.csv?bulan={day:%Y-%m}").text)
    assert (row["kind"], row["count"], row["village_name"]) == ("born", "1", "Sragen Tengah")


def test_nobody_without_a_token_has_a_past_computed(client: TestClient, clerk: Browser) -> None:
    assert client.get("/statistik?valid=2026-06-30").status_code == 200
    client.cookies.clear()
    answer = client.get("/statistik?valid=2026-06-30", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"][:6]) == (303, "/masuk")


def test_a_pyramid_and_columns_fill_their_drawing_and_no_more() -> None:
    drawn = pyramid(("00-04", "05-09"), {"00-04": 3, "05-09": 6}, {"00-04": 1})
    assert [band.group for band in drawn.bands] == ["05-09", "00-04"]
    assert [band.left for band in drawn.bands] == [drawn.half, drawn.half / 2]
    assert drawn.bands[0].right == 0
    chart = by_month(["2026-01", "2026-02"], {"born": {"2026-01": 4}, "died": {"2026-02": 2}})
    assert [stick.height for stick in chart.sticks] == [HEIGHT, 0, 0, HEIGHT / 2]
    assert all(stick.x >= 0 and stick.x + stick.width <= WIDTH for stick in chart.sticks)
    assert by_month(["2026-01"], {"born": {}}).sticks[0].height == 0


def test_a_question_is_answered_once_a_minute_and_few_answers_are_kept() -> None:
    shelf, now, counted = Shelf[int](), StandingClock().now(), list[int]()

    def count() -> int:
        counted.append(1)
        return len(counted)

    assert [shelf.get("a", at, count) for at in (now, now + FRESH / 2, now + FRESH)] == [1, 1, 2]
    for number in range(KEPT):
        shelf.get(number, now + FRESH, count)
    assert shelf.get("a", now + FRESH, count) == KEPT + 3
