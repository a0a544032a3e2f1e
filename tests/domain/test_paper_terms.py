"""How long papers hold, who signs under which title, and what is free: as of a day, from rows."""

from datetime import date, timedelta

from domain.kernel.values import Period
from domain.papers.paper import PaperKind
from domain.papers.terms import CLERK, PaperTerms, Title, Validity
from tests.domain.examples import MONDAY, TABLES

TERMS = TABLES.paper_terms
NEW_YEAR = date(2011, 1, 1)


def test_only_a_temporary_certificate_ends_by_rule() -> None:
    ends = {kind for kind in PaperKind if TERMS.last_day(kind, MONDAY)}
    assert ends == {PaperKind.CERTIFICATE}
    assert TERMS.last_day(PaperKind.CERTIFICATE, MONDAY) == MONDAY + timedelta(days=180)


def test_another_rule_holds_for_papers_from_its_day_on() -> None:
    rows = (
        Validity(PaperKind.CERTIFICATE, timedelta(180), Period(None, date(2010, 12, 31)), "one"),
        Validity(PaperKind.CERTIFICATE, timedelta(90), Period(NEW_YEAR), "two"),
    )
    titles = (
        Title("registrar", "Kepala Dinas", Period(None, date(2010, 12, 31)), "one"),
        Title("registrar", "Pejabat", Period(NEW_YEAR), "two"),
    )
    terms = PaperTerms(rows, titles)
    assert terms.last_day(PaperKind.CERTIFICATE, date(2010, 12, 31)) == date(2011, 6, 29)
    assert terms.last_day(PaperKind.CERTIFICATE, NEW_YEAR) == date(2011, 4, 1)
    assert [terms.title("registrar", day) for day in (MONDAY, NEW_YEAR)] == ["Kepala Dinas", "Pejabat"]


def test_who_has_no_title_is_a_clerk() -> None:
    assert TERMS.title("registrar", MONDAY) == "Pejabat Pencatatan Sipil"
    assert TERMS.title("visitor", MONDAY) == CLERK


def test_a_ktp_is_free_from_the_day_of_the_law_and_everything_else_always() -> None:
    services = TABLES.services
    assert not services.free("KTP", date(2013, 12, 23))
    assert services.free("KTP", date(2013, 12, 24))
    on = date(2026, 11, 24)
    assert all(services.free(service.document.value, on) for service in services.on(on))
    assert len({service.document for service in services.on(on)}) == len(services.on(on)), "one row a day"
