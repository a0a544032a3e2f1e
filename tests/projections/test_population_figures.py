"""Figures against a plain recomputation from the facts, in every past and however the facts are cut."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.reference import reference
from api.acts import civil
from api.acts.civil import asked, corrections
from api.acts.population import NewMember, register_household
from domain.kernel.errors import Refused
from domain.population.figures import CODED, WHOLE, Dimension, Flow, Kia, age_groups
from domain.population.household import HEAD
from domain.population.resident import KtpState, Resident, resident_decider
from domain.population.resident.person import age, must_have_ktp
from projections import residents
from projections.mobility import by_month, mobility
from projections.semester import semester
from tests.acts.civil_rows import ROWS
from tests.acts.office import ANOTHER, BAYU, ELSEWHERE, FRIDAY, IN_KEDEN, KEDEN, Office
from tests.acts.people import REGISTRAR, SRAGEN_TENGAH
from tests.acts.people import household as household_of
from tests.projections.book import Book, forget, forgotten, household, resident
from tests.projections.conftest import Open
from tests.projections.node import TIME, Node

TODAY = date(2026, 11, 24)
SINCE = date(2015, 6, 1)
DAY = timedelta(days=1)
EVER = (date(1900, 1, 1), date(2100, 1, 1))
Told = Counter[tuple[str, str, str, str]]


def told(node: Node, on: date = TODAY) -> Told:
    return Counter({(f.village, f.dimension, f.category, f.sex): f.number for f in node.ask(semester, on)})


def of_states(states: list[Resident], on: date) -> Told:
    """The same figures, counted one by one from what the facts of each resident fold to."""
    counted: Told = Counter()
    for state in states:
        person = state.person
        if not state.counted or not person:
            continue
        years = age(person.birth_date, on)
        group = next(g for g in reversed(age_groups()) if int(g[:2]) <= max(years, 0))
        child = not must_have_ktp(person.birth_date, person.marital, on)
        kia = (Kia.ISSUED if state.kia_on else Kia.MISSING) if child else Kia.NOT_A_CHILD
        categories = {d.value: getattr(person, d.value) for d in CODED}
        categories |= {"occupation": f"{person.occupation}/{person.codes}", "age": group}
        categories |= {"ktp": state.ktp(on).value, "kia": kia.value}
        categories |= {"household-head": "all"} if person.relation == HEAD else {}
        counted.update((state.village, d, c, person.sex) for d, c in categories.items())
    return counted


def flows(node: Node) -> Counter[tuple[str, str, str]]:
    """By kind, village and month."""
    rows = node.ask(mobility, *EVER)
    found: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        found[row.kind, row.village, row.month] += row.number
    return found


def everybody(office: Office) -> list[Resident]:
    return [office.resident(s) for s in office.ledger.streams if s.startswith("resident-")]


@pytest.mark.parametrize("code", ROWS)
def test_figures_are_those_of_the_facts_after_every_civil_event(open_node: Open, code: str) -> None:
    office = Office()
    before, what = ROWS[code]
    before(office)
    office.record(code, what(office))
    node = open_node(office.ledger).project()
    assert told(node) == of_states(everybody(office), TODAY)


EVENTS = st.lists(
    st.tuples(st.sampled_from(sorted(ROWS)), st.sampled_from([0, 1, 40, 400, 4000])), min_size=1, max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, at=st.sampled_from([0, 20, 100, 1000]))
def test_figures_of_a_random_town_are_those_of_the_facts(
    open_node: Open, events: list[tuple[str, int]], at: int
) -> None:
    """Now, and as of a day: whatever was recorded in whatever order, and every village adds up."""
    office = town(events)
    node = open_node(office.ledger).project()
    assert told(node) == of_states(everybody(office), TODAY)
    day = TODAY - at * DAY
    with node.views.at(office.ledger.head(), day) as view:
        found = Counter({(f.village, f.dimension, f.category, f.sex): f.number for f in semester(view, day)})
    streams = [facts for s, facts in office.ledger.streams.items() if s.startswith("resident-")]
    held = [resident_decider.fold(f.event for f in TIME.until(facts, day)) for facts in streams]
    assert found == of_states(held, day)
    adds_up(node)


def town(events: list[tuple[str, int]]) -> Office:
    """Every event in a family of its own, reported late by so many days; what the rules refuse did not happen."""
    office = Office()
    for code, days in events:
        office.home, (office.joko, office.sri, office.budi) = settled(office, *Office.FAMILY)
        office.alone, (office.tono,) = settled(office, Office.SINGLE)
        before, what = ROWS[code]
        # Her limited stay began on Friday: nothing holds of anybody before she is registered.
        late = 0 if code == "FOREIGN_PERMANENT" else days
        try:
            before(office)
            office.record(code, what(office), TODAY - late * DAY)
        except Refused:
            continue
    return office


def settled(office: Office, *members: NewMember) -> tuple[str, tuple[str, ...]]:
    """A family that has been here since Budi was born."""
    new = replace(household_of(*members), registered=SINCE)
    done = register_household(office.desk, new, by=REGISTRAR, command_id=office.next())
    return done.household, done.residents


def adds_up(node: Node) -> None:
    """Each dimension to the population, villages to their kecamatan, kecamatan to the regency."""
    all_ = node.ask(semester, TODAY)
    population = node.ask(residents.counts).residents
    for dimension in WHOLE:
        assert sum(f.number for f in all_ if f.dimension == dimension) == population
    for of in ({f.village for f in all_}, {f.village[:8] for f in all_}):
        parts = [f for region in sorted(of) for f in node.ask(semester, TODAY, region)]
        assert sorted(parts) == sorted(all_)


def test_ages_and_cards_are_those_that_a_list_shows(node: Node, book: Book) -> None:
    """Each day around a birthday, also that of who was born on 29 February."""
    book.write("resident-1", resident(1, birth_date=date(2004, 2, 29), marital="1"))
    node.project()
    row = node.ask(residents.by_id, "resident-1")
    seen = set()
    for day in [date(year, 2, 27) + n * DAY for year in (2008, 2009, 2021) for n in range(4)]:
        figures = {(f.dimension, f.category) for f in node.ask(semester, day)}
        low = row.person_age(day) // 5 * 5
        assert ("age", f"{low:02}-{low + 4:02}") in figures
        assert ("ktp", row.ktp(day).value) in figures
        seen.add((low, row.ktp(day)))
    assert {(0, KtpState.NOT_OBLIGED), (5, KtpState.NOT_OBLIGED), (15, KtpState.NOT_RECORDED)} <= seen


def test_who_is_forgotten_is_counted_and_nothing_else_is_known_of_her(open_node: Open) -> None:
    """Told before she is forgotten or after: the same figures, in which she has no category and no sex."""
    book = Book()
    book.write("household-1", household(1, "resident-1", "resident-2"))
    book.write("resident-1", resident(1))
    book.write("resident-2", resident(2, "Budi", sex="1", relation="4"))
    node = open_node(book).project()
    forget(book, "resident-1")
    before = node.project().rows(["residents"])
    assert {c for (_, d, c, sex) in told(node) if not sex and d in CODED} == {""}
    assert sum(n for (_, d, _, _), n in told(node).items() if d == Dimension.AGE) == 2
    node.views.rebuild(["residents"])
    assert node.rows(["residents"]) == before
    unknown = Book()
    unknown.write("resident-1", forgotten(1))
    assert {c for _, _, c, _ in told(open_node(unknown).project())} == {"", "BELUM WAJIB", "not-a-child"}


def test_a_flow_counts_in_the_month_and_the_village_in_which_it_happened(open_node: Open) -> None:
    office = Office()
    office.record("BIRTH", asked.Birth(BAYU, mother=office.sri, father=office.joko), date(2026, 10, 31))
    office.record("MOVE_OUT", asked.MoveOut((office.tono,), "between-provinces", "Jakarta"), date(2026, 9, 1))
    back = asked.MoveIn(IN_KEDEN, "Jakarta", "1/2026", (asked.Related(office.tono, "1"),))
    office.record("MOVE_IN", back, date(2026, 10, 2))
    office.record("KK_NEW", asked.NewCard((asked.Related(office.budi, "1"),), IN_KEDEN), date(2026, 11, 3))
    office.record("MARRIAGE", asked.Marriage("DISDUKCAPIL", office.tono, spouse_name="Yanti"), FRIDAY)
    assert flows(open_node(office.ledger).project()) == {
        ("born", SRAGEN_TENGAH, "2026-10"): 1,
        ("left", SRAGEN_TENGAH, "2026-09"): 1,
        ("arrived", KEDEN, "2026-10"): 1,
        ("moved-out", SRAGEN_TENGAH, "2026-11"): 1,
        ("moved-in", KEDEN, "2026-11"): 1,
        ("married", KEDEN, "2026-11"): 1,
    }


def annul(office: Office, entry: str, who: str) -> None:
    wanted = asked.CorrectionWanted(who, "keliru", entry=entry)
    done = corrections.request(office.desk, wanted, by=REGISTRAR, command_id=office.next())
    approval = corrections.Approval(ELSEWHERE, "1")
    civil.approve(office.desk, done.correction, approval, by=ANOTHER, command_id=office.next())


def test_what_is_annulled_has_not_happened_and_was_known_then(open_node: Open) -> None:
    office = Office()
    born = office.record("BIRTH", asked.Birth(BAYU, mother=office.sri, father=office.joko))
    died = office.record("DEATH", asked.Death(office.tono))
    then = office.ledger.head()
    node = open_node(office.ledger).project()
    assert set(flows(node).values()) == {1}
    annul(office, died.entry, office.tono)
    annul(office, born.entry, born.state.residents[0])
    assert +flows(node.project()) == {}
    with node.views.at(then) as view:
        assert {row.kind for row in mobility(view, *EVER)} == {"born", "died"}


def test_a_divorce_that_is_annulled_has_not_happened(open_node: Open) -> None:
    office = Office()
    leaves = (asked.Related(office.sri, "1"),)
    over = asked.MarriageOver("1/2026", office.joko, office.sri, leaves, ELSEWHERE)
    office.record("DIVORCE", over)
    node = open_node(office.ledger).project()
    assert {kind for kind, _, _ in flows(node)} == {"divorced"}
    office.record("DIVORCE_ANNUL", asked.DivorceAnnulled("3/2026", office.joko, office.sri))
    assert +flows(node.project()) == {}


def test_a_marriage_that_is_annulled_has_not_happened_and_an_older_one_has(open_node: Open) -> None:
    office = Office()
    leaves = (asked.Related(office.sri, "1"),)
    pair = asked.Marriage("DISDUKCAPIL", office.joko, office.sri)
    over = asked.MarriageOver("1/2026", office.joko, office.sri, leaves, ELSEWHERE)
    office.record("DIVORCE", over, date(2024, 1, 2))
    office.record("MARRIAGE", pair, date(2024, 5, 1))
    office.record("DIVORCE", replace(over, members=()), date(2025, 1, 2))
    office.record("MARRIAGE", pair, date(2025, 5, 1))
    office.record("MARRIAGE_ANNUL", replace(over, members=()), date(2025, 6, 1))
    months = {(kind, month) for kind, _, month in flows(open_node(office.ledger).project())}
    assert months == {("divorced", "2024-01"), ("married", "2024-05"), ("divorced", "2025-01")}


def test_figures_as_known_then_do_not_change_when_more_is_told(open_node: Open) -> None:
    office = Office()
    office.record("DEATH", asked.Death(office.tono), TODAY - 40 * DAY)
    then = office.ledger.head()
    node = open_node(office.ledger).project()

    def known(day: date) -> tuple[object, object]:
        with node.views.at(then, day) as view:
            figures = sorted(semester(view, day))
        with node.views.at(then) as view:
            return figures, mobility(view, *EVER)

    days = (TODAY, TODAY - 20 * DAY, TODAY - 60 * DAY)
    before = [known(day) for day in days]
    office.record("BIRTH", asked.Birth(BAYU, mother=office.sri, father=office.joko), TODAY - 50 * DAY)
    office.record("MOVE_OUT", asked.MoveOut((office.budi,), "between-provinces", "Jakarta"), TODAY - 30 * DAY)
    node.project()
    assert [known(day) for day in days] == before
    with node.views.at(office.ledger.head(), days[1]) as view:
        assert sorted(semester(view, days[1])) != before[1][0], "control: what was told late is known now"


def test_months_are_summed_over_villages_and_sexes(open_node: Open) -> None:
    office = Office()
    office.record("DEATH", asked.Death(office.tono), date(2026, 10, 2))
    office.record("DEATH", asked.Death(office.budi), date(2026, 10, 3))
    node = open_node(office.ledger).project()
    (month,) = by_month(node.ask(mobility, *EVER)).items()
    assert (month[0], month[1][Flow.DIED], month[1][Flow.BORN]) == ("2026-10", 2, 0)


def test_corrections_of_sex_and_birth_date_move_what_was_counted(open_node: Open) -> None:
    office = Office()
    born = office.record("BIRTH", asked.Birth(BAYU, mother=office.sri, father=office.joko), FRIDAY)
    child = born.state.residents[0]
    values = (asked.ElementValue("sex", "2"), asked.ElementValue("birth_date", "2026-10-30"))
    wanted = asked.CorrectionWanted(child, "keliru", values)
    done = corrections.request(office.desk, wanted, by=REGISTRAR, command_id=office.next())
    civil.approve(office.desk, done.correction, corrections.Approval(), by=ANOTHER, command_id=office.next())
    node = open_node(office.ledger).project()
    assert [(r.month, r.kind, r.sex) for r in node.ask(mobility, *EVER)] == [("2026-10", "born", "2")]
    assert told(node) == of_states(everybody(office), TODAY)


def test_every_village_of_a_figure_is_one_of_the_table(open_node: Open) -> None:
    node = open_node(town([(code, 0) for code in ROWS]).ledger).project()
    assert {village for village, *_ in told(node)} <= set(reference().regions.villages)
