"""The laws of people who do not exist: plausible one by one, right in their shares, and known by number."""

import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest

from adapters.people import generate, ndjson
from adapters.people.ndjson import Household, Member
from adapters.people.numbers import Numbers
from adapters.people.traits import EMPLOYED, FARMING, OTHER
from adapters.people.weighted import Weighted, zipf
from adapters.reference import reference, rows
from domain.kernel.errors import Rejected
from domain.kernel.values import Kk, Nik, Sex
from domain.population.codes import Marital, Relation
from domain.population.resident import age

TODAY = date(2026, 6, 30)
N = 50_000
ROOT = Path(__file__).parents[2]
REF = reference()


def people(n: int, seed: int = 7) -> Iterator[Household]:
    return generate.households(n, seed, REF, TODAY)


def digest(n: int, seed: int) -> str:
    stream = BytesIO()
    generate.write(stream, people(n, seed))
    return sha256(stream.getvalue()).hexdigest()


@pytest.fixture(scope="module")
def town() -> list[Household]:
    return list(people(N))


@pytest.fixture(scope="module")
def residents(town: list[Household]) -> list[Member]:
    return [m for h in town for m in h.members]


def head(household: Household) -> Member:
    return next(m for m in household.members if m.relation == Relation.HEAD)


def years(member: Member) -> int:
    return age(member.birth_date, TODAY)


def of(household: Household, relation: Relation) -> list[Member]:
    return [m for m in household.members if m.relation == relation]


# How many


def test_there_are_exactly_as_many_as_asked(residents: list[Member]) -> None:
    assert len(residents) == N


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 17, 100, 5_999, 6_001])
def test_any_number_of_people_has_homes_and_heads(n: int) -> None:
    town = list(people(n))
    assert sum(len(h.members) for h in town) == n
    assert all(years(head(h)) >= 17 for h in town)


def test_a_family_has_as_many_members_as_in_central_java(town: list[Household]) -> None:
    assert N / len(town) == pytest.approx(3.41, abs=0.05)
    assert max(len(h.members) for h in town) <= 14


# Numbers


def test_every_number_can_be_and_stands_in_the_reserved_range(town: list[Household]) -> None:
    for household in town:
        assert int(Kk(household.kk).number[12:]) >= 9000
        for member in household.members:
            nik = Nik(member.nik)
            assert int(nik.number[12:]) >= 9000
            assert nik.fits(member.birth_date)
            assert nik.sex == member.sex
            assert nik.kecamatan in REF.regions.kecamatan


def test_no_number_is_given_twice(town: list[Household], residents: list[Member]) -> None:
    assert len({m.nik for m in residents}) == N
    assert len({h.kk for h in town}) == len({h.ref for h in town}) == len(town)


def test_a_thousand_numbers_are_reserved_for_a_day_and_then_no_more() -> None:
    numbers = Numbers(("33.14.01", "33.14.02"))
    day = date(1990, 8, 17)
    given = {numbers.nik("33.14.01", day, Sex.MALE) for _ in range(1000)}
    assert len(given) == 1000
    assert {max(given)[12:], min(given)[12:]} == {"9000", "9999"}
    with pytest.raises(Rejected, match="nik-series-full"):
        numbers.nik("33.14.01", day, Sex.MALE)


def test_a_full_series_leaves_the_others_alone() -> None:
    numbers = Numbers(("33.14.01", "33.14.02"))
    day = date(1990, 8, 17)
    for _ in range(1000):
        numbers.nik("33.14.01", day, Sex.MALE)
    others = [
        numbers.nik("33.14.02", day, Sex.MALE),
        numbers.nik("33.14.01", day, Sex.FEMALE),
        numbers.nik("33.14.01", date(1990, 8, 18), Sex.MALE),
        numbers.kk("33.14.01", day),
    ]
    assert all(number.endswith("9000") for number in others)


def test_the_two_centuries_of_a_date_share_one_series() -> None:
    numbers = Numbers(("33.14.01",))
    old = numbers.nik("33.14.01", date(1926, 6, 7), Sex.FEMALE)
    young = numbers.nik("33.14.01", date(2026, 6, 7), Sex.FEMALE)
    assert (old[:12], old[12:], young[12:]) == (young[:12], "9000", "9001")


def test_everything_is_marked_synthetic(town: list[Household]) -> None:
    assert all(h.synthetic and h.ref.startswith("synthetic-7-") for h in town)


# Families


def test_every_household_has_exactly_one_head(town: list[Household]) -> None:
    assert {len(of(h, Relation.HEAD)) for h in town} == {1}


def test_the_head_is_grown_when_the_card_is_made_and_everybody_is_born(town: list[Household]) -> None:
    for household in town:
        assert age(head(household).birth_date, household.registered) >= 17
        assert all(m.birth_date <= household.registered <= TODAY for m in household.members)


def test_one_family_in_eight_is_headed_by_a_woman(town: list[Household]) -> None:
    women = sum(head(h).sex == Sex.FEMALE for h in town)
    assert women / len(town) == pytest.approx(0.12, abs=0.01)


def test_a_wife_is_a_woman_and_both_are_married(town: list[Household]) -> None:
    couples = [(head(h), wife) for h in town for wife in of(h, Relation.WIFE)]
    assert len(couples) > 0.75 * len(town)
    for husband, wife in couples:
        assert (husband.sex, wife.sex) == (Sex.MALE, Sex.FEMALE)
        assert husband.marital == wife.marital == Marital.MARRIED
        assert abs(years(husband) - years(wife)) <= 20


def test_nobody_is_married_to_nobody(town: list[Household]) -> None:
    for household in town:
        married = Counter(m.sex for m in household.members if m.marital == Marital.MARRIED)
        assert married[Sex.MALE] == married[Sex.FEMALE]


def test_children_do_not_marry(residents: list[Member]) -> None:
    assert all(m.marital == Marital.NEVER_MARRIED for m in residents if years(m) < 16)


def test_parents_are_older_than_their_children_and_bear_the_names_on_their_papers(
    town: list[Household],
) -> None:
    seen = 0
    for household in town:
        parents = [head(household), *of(household, Relation.WIFE)]
        for child in of(household, Relation.CHILD):
            for parent in parents:
                seen += 1
                assert years(parent) - years(child) >= 15
                assert parent.name == (child.father if parent.sex == Sex.MALE else child.mother)
    assert seen > N / 2


def test_the_old_are_older_than_the_child_they_live_with(town: list[Household]) -> None:
    seen = 0
    for household in town:
        for elder in of(household, Relation.PARENT):
            child = head(household)
            seen += 1
            assert years(elder) - years(child) >= 16
            assert elder.name == (child.father if elder.sex == Sex.MALE else child.mother)
        for elder in of(household, Relation.PARENT_IN_LAW):
            (child,) = of(household, Relation.WIFE)
            assert elder.name == (child.father if elder.sex == Sex.MALE else child.mother)
    assert seen > 0


def test_a_son_in_law_lives_with_a_child_and_grandchildren_have_their_parents_there(
    town: list[Household],
) -> None:
    seen = 0
    for household in town:
        names = {m.name for m in household.members}
        assert not of(household, Relation.CHILD_IN_LAW) or of(household, Relation.CHILD)
        for grandchild in of(household, Relation.GRANDCHILD):
            seen += 1
            assert {grandchild.mother, grandchild.father} <= names
            assert years(head(household)) - years(grandchild) >= 30
    assert seen > 0


def test_children_of_one_mother_are_born_at_least_nine_months_apart(town: list[Household]) -> None:
    for household in town:
        born = sorted(m.birth_date for m in of(household, Relation.CHILD))
        assert all((b - a).days > 270 for a, b in pairwise(born))


def test_most_children_live_with_their_mother_or_father(residents: list[Member]) -> None:
    young = [m for m in residents if years(m) < 15]
    with_parents = sum(m.relation in {Relation.CHILD, Relation.GRANDCHILD} for m in young)
    assert with_parents / len(young) > 0.99


def test_a_household_prays_alike(town: list[Household]) -> None:
    assert all(len({m.religion for m in h.members}) == 1 for h in town)


# Shares


@pytest.mark.parametrize(
    "row", list(rows("adapters.people", "age_pyramid.csv")), ids=lambda r: r["age_group"]
)
def test_ages_and_sexes_are_those_of_the_pyramid(row: dict[str, str], residents: list[Member]) -> None:
    low, _, high = row["age_group"].rstrip("+").partition("-")
    group = [m for m in residents if int(low) <= years(m) <= int(high or 200)]
    assert len(group) / N == pytest.approx(float(row["share_of_population"]), abs=0.004)
    men = sum(m.sex == Sex.MALE for m in group) / len(group)
    assert men == pytest.approx(float(row["male_share_in_group"]), abs=0.03)


def test_every_village_is_served_and_kecamatan_by_their_weight(town: list[Household]) -> None:
    assert {h.village for h in town} == set(REF.regions.villages)
    served = Counter(h.village[:8] for h in town)
    for row in rows("adapters.people", "kecamatan_weights.csv"):
        assert served[row["code"]] / len(town) == pytest.approx(float(row["share"]), abs=0.002)


def test_a_kelurahan_has_half_as_many_again_as_a_desa_beside_it(town: list[Household]) -> None:
    served = Counter(h.village for h in town)
    kelurahan, desa = served["33.14.13.1009"], served["33.14.13.2001"]
    assert kelurahan / desa == pytest.approx(1.5, abs=0.1)


def test_few_people_reach_every_kecamatan() -> None:
    assert {h.village[:8] for h in people(300)} == set(REF.regions.kecamatan)


def share_of_work(residents: list[Member], work: tuple[tuple[str, float], ...]) -> float:
    workers = [m.occupation for m in residents if m.occupation not in {"1", "2", "3", "4"}]
    return sum(o in dict(work) for o in workers) / len(workers)


def test_more_than_half_of_those_who_work_live_from_the_land(residents: list[Member]) -> None:
    assert share_of_work(residents, FARMING) == pytest.approx(0.55, abs=0.02)
    assert share_of_work(residents, EMPLOYED) == pytest.approx(0.15, abs=0.02)
    assert share_of_work(residents, OTHER) == pytest.approx(0.30, abs=0.02)


def test_small_children_neither_work_nor_have_finished_school(residents: list[Member]) -> None:
    assert {m.occupation for m in residents if years(m) < 6} == {"1"}
    assert {m.education for m in residents if years(m) < 6} == {"1"}
    assert {m.occupation for m in residents if 8 <= years(m) <= 15} == {"3"}


def test_a_teacher_has_a_degree(residents: list[Member]) -> None:
    teachers = [m for m in residents if m.occupation == "65"]
    assert teachers
    assert {m.education for m in teachers} <= {"8", "9", "10"}


@pytest.mark.parametrize(
    ("first", "last", "least", "most"),
    [(0, 1964, 0.55, 0.65), (1965, 1984, 0.28, 0.40), (1985, 1999, 0.05, 0.20), (2000, 2030, 0.0, 0.05)],
)
def test_the_old_have_one_name_and_the_young_several(
    first: int, last: int, least: float, most: float, residents: list[Member]
) -> None:
    names = [m.name for m in residents if first + 1 <= m.birth_date.year <= last - 1]
    assert least <= sum(" " not in n for n in names) / len(names) <= most


def test_names_are_many_but_not_equally_frequent(residents: list[Member]) -> None:
    words = Counter(m.name.split()[0] for m in residents if m.sex == Sex.MALE and m.birth_date.year < 1964)
    assert len(words) >= 45
    assert words.most_common(1)[0][1] > 5 * min(words.values())
    assert "Sutrisno" in dict(words.most_common(3))


def test_no_name_is_too_long_or_says_a_word_twice(residents: list[Member]) -> None:
    for name in {m.name for m in residents}:
        assert 0 < len(name) <= 60
        assert len(set(name.split())) == len(name.split())


def test_every_code_is_a_code_of_the_law(residents: list[Member]) -> None:
    for listing in (
        "sex",
        "religion",
        "marital",
        "blood",
        "education",
        "occupation",
        "relation",
        "citizenship",
    ):
        for code in {getattr(m, listing) for m in residents}:
            assert REF.codes.check(listing, code, TODAY) == "2019"


# Reproducible, streamed


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert digest(9_000, 1) == digest(9_000, 1)


def test_another_seed_gives_other_people() -> None:
    assert digest(9_000, 1) != digest(9_000, 2)


ELSEWHERE = """
from datetime import date
from hashlib import sha256
from io import BytesIO
from adapters.people import generate
from adapters.reference import reference
stream = BytesIO()
generate.write(stream, generate.households(500, 3, reference(), date(2026, 6, 30)))
print(sha256(stream.getvalue()).hexdigest())
"""


def test_another_process_gives_the_same_bytes() -> None:
    # Hashes of text differ between processes (-R): nothing may hang on the order of a set.
    other = subprocess.run(
        [sys.executable, "-R", "-c", ELSEWHERE],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=ROOT,
    )
    assert other.stdout.strip() == digest(500, 3)


def test_what_is_written_is_read_back() -> None:
    stream = BytesIO()
    told: list[int] = []
    assert generate.write(stream, people(2_000), told.append) == 2_000
    assert sum(told) == 2_000
    stream.seek(0)
    assert [x.household for x in ndjson.read(stream) if isinstance(x, ndjson.Line)] == list(people(2_000))


def test_memory_does_not_grow_with_the_number_of_people() -> None:
    def peak(n: int) -> int:
        tracemalloc.start()
        assert sum(len(h.members) for h in people(n)) == n
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small, large = peak(6_000), peak(24_000)
    assert large < 1.2 * small
    assert large < 50_000_000


# Weights


def test_a_weighted_thing_holds_its_share_of_the_unit() -> None:
    draw = Weighted((("a", 3.0), ("b", 1.0)))
    assert [draw.at(u) for u in (0.0, 0.7499, 0.75, 0.999999)] == ["a", "a", "b", "b"]


def test_the_second_is_less_frequent_than_the_first_by_zipf() -> None:
    draw = zipf("abcd", exponent=1.0)
    counts = Counter(draw.at((n + 0.5) / 1000) for n in range(1000))
    assert counts["a"] / counts["b"] == pytest.approx(2, abs=0.02)
    assert counts["a"] / counts["d"] == pytest.approx(4, abs=0.1)
