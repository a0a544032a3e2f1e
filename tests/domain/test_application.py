"""The laws of an application: from the counter to the permit, one row of the catalogue at a time."""

from dataclasses import replace
from datetime import date

import pytest

from domain.kernel.decider import Claim
from domain.kernel.events import Personal
from domain.kernel.offices import Office
from domain.kernel.values import Period, Rupiah
from domain.licensing.application import (
    Application,
    ApplicationApproved,
    ApplicationRefused,
    ApplicationSubmitted,
    ApplicationVerified,
    Approve,
    Business,
    Command,
    Event,
    IssuePermit,
    PermitIssued,
    Refuse,
    Status,
    SubmitApplication,
    VerifyFile,
    application_decider,
    permit_number,
    refused_v2,
)
from domain.licensing.catalogue import Catalogue, PermitType
from tests.domain.examples import KECAMATAN_OFFICE, MONDAY, ONE_STOP, SRAGEN_TENGAH, TABLES, TUESDAY
from tests.domain.spec import Spec, forgotten, spec

ROWS = tuple(TABLES.catalogue.rows.values())
application = application_decider(TABLES.catalogue, TABLES.siup, TABLES.calendar)
FITTING = {
    "SIUP-MIKRO": 50_000_000,
    "SIUP-KECIL": 500_000_000,
    "SIUP-MENENGAH": 10_000_000_000,
    "SIUP-BESAR": 10_000_000_001,
}
"""A net worth of each class on MONDAY, in 2010."""
SHOP = Business("Sri Wahyuni", "Toko Sri", "PO", "", "47111", "2009", "Jl. Raya Sukowati 12", None)


def submit(permit: str, office: Office = ONE_STOP, on: date = MONDAY) -> SubmitApplication:
    """For ``permit``, with a net worth that fits where it is a SIUP."""
    worth = FITTING.get(permit)
    shop = replace(SHOP, net_worth=worth)
    return SubmitApplication(
        permit, "7KQ2-9FXM", "sri", shop, None if worth is None else Rupiah(worth), office, SRAGEN_TENGAH, on
    )


def submitted(permit: str) -> ApplicationSubmitted:
    return ApplicationSubmitted(
        permit=permit,
        catalogue="2026.1",
        tracking="7KQ2-9FXM",
        office="BPT",
        village=SRAGEN_TENGAH.code,
        applicant="sri",
        submitted_on=MONDAY,
        siup_class=permit if permit in FITTING else None,
        threshold_vintage="2009" if permit in FITTING else None,
        synthetic=False,
        business=Personal("sri", replace(SHOP, net_worth=FITTING.get(permit))),
    )


def verified(row: PermitType) -> ApplicationVerified:
    return ApplicationVerified(
        row.requirements, MONDAY, TABLES.calendar.deadline(MONDAY, row.sla_working_days)
    )


HULLER = TABLES.catalogue.rows["HULLER"]
"""A rice mill: free, delegated, four documents, five days."""
IMB = TABLES.catalogue.rows["IMB-RUMAH"]
"""A house: with a fee."""
APPROVED = ApplicationApproved(TUESDAY, awaits_tariff=False)
AWAITING = ApplicationApproved(TUESDAY, awaits_tariff=True)
REASON = "Lokasi tidak sesuai tata ruang"
REFUSED = ApplicationRefused(TUESDAY, Personal("sri", REASON))
OLD = ApplicationRefused(TUESDAY, Personal("", REASON))
"""As version 1 is read."""
NUMBER = permit_number(1, "HULLER", "BPT", 2010)
ISSUED = PermitIssued(NUMBER, TUESDAY, to_trade=False)

BEFORE = spec(application)
FILED = BEFORE.given(submitted("HULLER"))
COMPLETE = FILED.given(verified(HULLER))
AT: dict[Status, Spec[Command, Event, Application]] = {
    Status.NONE: BEFORE,
    Status.SUBMITTED: FILED,
    Status.COMPLETE: COMPLETE,
    Status.APPROVED: COMPLETE.given(APPROVED),
    Status.AWAITING_TARIFF: BEFORE.given(submitted("IMB-RUMAH"), verified(IMB), AWAITING),
    Status.REFUSED: COMPLETE.given(REFUSED),
    Status.ISSUED: COMPLETE.given(APPROVED, ISSUED),
}
SEEN = VerifyFile(frozenset(HULLER.requirements), MONDAY)
DUE: dict[Command, Status] = {
    submit("HULLER"): Status.NONE,
    SEEN: Status.SUBMITTED,
    Approve(TUESDAY): Status.COMPLETE,
    Refuse(TUESDAY, REASON): Status.COMPLETE,
    IssuePermit(NUMBER, TUESDAY): Status.APPROVED,
}
"""The one status in which each command is right."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_every_row_goes_from_application_to_issue_or_awaits_its_tariff(row: PermitType) -> None:
    filed = BEFORE.when(submit(row.code)).then(submitted(row.code))
    seen = BEFORE.given(*filed.events).when(VerifyFile(frozenset(row.requirements), MONDAY))
    seen.then(verified(row))
    complete = BEFORE.given(*filed.events, *seen.events)
    number = permit_number(1, row.code, "BPT", 2010)
    if row.fee_basis.startswith("none"):
        complete.when(Approve(TUESDAY)).then(APPROVED)
        done = complete.given(APPROVED).when(IssuePermit(number, TUESDAY))
        issued = done.then(PermitIssued(number, TUESDAY, row.to_trade)).state
        assert (issued.status, issued.number, issued.issued_on) == (Status.ISSUED, number, TUESDAY)
    else:
        approved = complete.when(Approve(TUESDAY)).then(AWAITING).state
        assert approved.status is Status.AWAITING_TARIFF
        complete.given(AWAITING).when(IssuePermit(number, TUESDAY)).rejected(
            "permit-awaits-tariff", permit=row.code
        )


def test_some_rows_are_free_and_some_have_a_fee() -> None:
    """Control: the law above takes both ways."""
    free = [row for row in ROWS if row.fee_basis.startswith("none")]
    assert (len(free), len(ROWS) - len(free)) == (51, 18)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_a_kecamatan_takes_only_what_is_delegated_to_it_on_that_day(row: PermitType) -> None:
    outcome = BEFORE.when(submit(row.code, KECAMATAN_OFFICE))
    if row.delegated_since is not None and row.delegated_since <= 2010:
        outcome.then(replace(submitted(row.code), office="KEC-10"))
    else:
        outcome.rejected("permit-not-delegated", permit=row.code, office="KEC-10")


def test_a_kecamatan_takes_nothing_before_its_year() -> None:
    last_day = submit("TERNAK", KECAMATAN_OFFICE, date(2009, 12, 31))
    BEFORE.when(last_day).rejected("permit-not-delegated", permit="TERNAK", office="KEC-10")
    assert BEFORE.when(replace(last_day, on=date(2010, 1, 1))).state.office == "KEC-10"
    assert BEFORE.when(replace(last_day, office=ONE_STOP)).state.office == "BPT"


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("command", DUE, ids=lambda command: type(command).__name__)
def test_every_step_has_its_one_status(command: Command, status: Status) -> None:
    outcome = AT[status].when(command)
    if DUE[command] is status:
        assert outcome.state.status is not status
    elif isinstance(command, IssuePermit) and status is Status.AWAITING_TARIFF:
        outcome.rejected("permit-awaits-tariff", permit="IMB-RUMAH")
    else:
        outcome.rejected("wrong-order-of-steps", asked=DUE[command].value, next=status.value)


def test_the_statuses_are_those_they_are_called() -> None:
    """Control of the table above."""
    assert {status: at.state.status for status, at in AT.items()} == {status: status for status in Status}


@pytest.mark.parametrize(
    ("at", "command"),
    [
        (FILED, VerifyFile(SEEN.documents, date(2010, 6, 6))),
        (COMPLETE, Approve(date(2010, 6, 6))),
        (COMPLETE, Refuse(date(2010, 6, 6), "x")),
    ],
)
def test_no_step_is_dated_before_the_last(at: Spec[Command, Event, Application], command: Command) -> None:
    at.when(command).rejected("earlier-than-last-step", on=date(2010, 6, 6), last=MONDAY)


@pytest.mark.parametrize("command", [Approve(TUESDAY), Refuse(TUESDAY, "x")])
def test_nothing_is_decided_before_the_file_is_complete(command: Command) -> None:
    wednesday, thursday = date(2010, 6, 9), date(2010, 6, 10)
    late = FILED.given(replace(verified(HULLER), complete_on=wednesday))
    late.when(command).rejected("earlier-than-last-step", on=TUESDAY, last=wednesday)
    assert late.when(replace(command, on=wednesday)).state.status is not Status.COMPLETE
    assert late.when(replace(command, on=thursday)).state.last_on == thursday


def test_a_permit_is_not_issued_before_it_is_approved() -> None:
    approved = AT[Status.APPROVED]
    approved.when(IssuePermit(NUMBER, MONDAY)).rejected("earlier-than-last-step", on=MONDAY, last=TUESDAY)
    approved.when(IssuePermit(NUMBER, TUESDAY)).then(ISSUED)


@pytest.mark.parametrize("code", ["HULER", "", "huller"])
def test_an_unknown_permit_is_refused(code: str) -> None:
    BEFORE.when(submit(code)).rejected("unknown-permit", permit=code)


@pytest.mark.parametrize("company", ["", "  "])
def test_a_company_has_a_name(company: str) -> None:
    nameless = replace(submit("HULLER"), business=replace(SHOP, company=company))
    BEFORE.when(nameless).rejected("company-missing")


def test_a_siup_needs_a_net_worth() -> None:
    BEFORE.when(replace(submit("SIUP-KECIL"), net_worth=None)).rejected(
        "net-worth-missing", permit="SIUP-KECIL"
    )
    assert BEFORE.when(submit("SIUP-MB")).state.siup_class is None


@pytest.mark.parametrize("asked", FITTING)
@pytest.mark.parametrize("right", FITTING)
def test_the_class_of_a_siup_is_that_of_its_net_worth(asked: str, right: str) -> None:
    outcome = BEFORE.when(replace(submit(asked), net_worth=Rupiah(FITTING[right])))
    if asked == right:
        outcome.then(submitted(asked))
    else:
        outcome.rejected("net-worth-does-not-fit-class", permit=asked, proposed=right)


def test_the_class_of_a_siup_is_that_of_its_day() -> None:
    worth = replace(submit("SIUP-MENENGAH", on=date(2009, 9, 15)), net_worth=Rupiah(200_000_001))
    assert BEFORE.when(worth).state.threshold_vintage == "2001"
    BEFORE.when(replace(worth, on=date(2009, 9, 16))).rejected(
        "net-worth-does-not-fit-class", permit="SIUP-MENENGAH", proposed="SIUP-KECIL"
    )
    BEFORE.when(replace(worth, on=date(2000, 1, 1))).rejected(
        "no-siup-class-on-this-day", on=date(2000, 1, 1)
    )


def test_the_net_worth_that_was_judged_is_the_one_that_is_kept() -> None:
    another = replace(submit("SIUP-KECIL"), business=replace(SHOP, net_worth=1))
    BEFORE.when(another).then(submitted("SIUP-KECIL"))


@pytest.mark.parametrize("missing", HULLER.requirements)
def test_a_file_without_a_required_document_is_not_complete(missing: str) -> None:
    FILED.when(VerifyFile(SEEN.documents - {missing}, MONDAY)).rejected(
        "requirement-missing", permit="HULLER", missing=[missing]
    )


def test_all_missing_documents_are_named_in_the_order_of_the_catalogue() -> None:
    FILED.when(VerifyFile(frozenset(), MONDAY)).rejected(
        "requirement-missing", permit="HULLER", missing=list(HULLER.requirements)
    )


def test_documents_that_nobody_asked_for_are_not_kept() -> None:
    FILED.when(VerifyFile(SEEN.documents | {"Ijazah"}, MONDAY)).then(verified(HULLER))


@pytest.mark.parametrize(
    ("complete", "days", "deadline"),
    [
        (date(2010, 9, 8), 3, date(2010, 9, 16)),
        (date(2010, 6, 30), 15, date(2010, 7, 21)),
        (date(2010, 12, 23), 1, date(2010, 12, 27)),
        (date(2010, 6, 7), 0, date(2010, 6, 7)),
    ],
)
def test_the_deadline_counts_working_days_from_the_day_after_completeness(
    complete: date, days: int, deadline: date
) -> None:
    rules = application_decider(
        Catalogue("1", "", [replace(HULLER, sla_working_days=days)]), TABLES.siup, TABLES.calendar
    )
    state = spec(rules).given(submitted("HULLER")).when(VerifyFile(SEEN.documents, complete)).state
    assert state.deadline == deadline


def test_an_application_keeps_the_row_under_which_it_was_filed() -> None:
    ended = Catalogue("2", "", [replace(HULLER, valid=Period(None, date(2010, 6, 7)))])
    rules = spec(application_decider(ended, TABLES.siup, TABLES.calendar))
    rules.when(submit("HULLER", on=TUESDAY)).rejected("unknown-permit", permit="HULLER")
    seen = rules.given(submitted("HULLER")).when(replace(SEEN, on=TUESDAY))
    assert seen.state.status is Status.COMPLETE
    assert seen.state.catalogue == "2026.1"


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_refusal_has_a_reason(reason: str) -> None:
    COMPLETE.when(Refuse(TUESDAY, reason)).rejected("reason-missing")
    COMPLETE.when(Refuse(TUESDAY, REASON)).then(REFUSED)
    assert AT[Status.REFUSED].state.reason == REASON


def test_a_reason_is_forgotten_with_the_applicant() -> None:
    known = spec(application).given(forgotten(submitted("HULLER")), verified(HULLER))
    assert known.given(forgotten(REFUSED)).state.reason is None
    assert known.given(OLD).state.reason is None, "also where its words can still be read"
    assert COMPLETE.given(OLD).state.reason == REASON, "the control: she is known"


def test_who_is_forgotten_is_refused_without_words() -> None:
    known = spec(application).given(forgotten(submitted("HULLER")), verified(HULLER))
    known.when(Refuse(TUESDAY, REASON)).then(ApplicationRefused(TUESDAY, Personal("sri", None)))


def test_a_reason_in_clear_has_no_subject() -> None:
    written = {"decided_on": "2010-06-08", "reason": REASON}
    assert refused_v2(written) == {"decided_on": "2010-06-08", "reason": {"subject": "", "value": REASON}}


def test_a_tracking_code_and_a_permit_number_are_given_once() -> None:
    BEFORE.when(submit("HULLER")).claims(Claim("tracking-code", "7KQ2-9FXM"))
    AT[Status.APPROVED].when(IssuePermit(NUMBER, TUESDAY)).claims(Claim("permit-number", NUMBER))
    FILED.when(SEEN).claims()
    COMPLETE.when(Approve(TUESDAY)).claims()


def test_a_permit_number_names_series_type_office_and_year() -> None:
    assert permit_number(7, "SIUP-KECIL", "BPT", 2010) == "0007/SIUP-KECIL/BPT/2010"
    assert permit_number(9999, "HULLER", "KEC-10", 2026) == "9999/HULLER/KEC-10/2026"


def test_an_application_of_who_is_forgotten_still_ends() -> None:
    known = spec(application).given(forgotten(submitted("HULLER")), verified(HULLER))
    assert known.state.business is None
    known.when(Approve(TUESDAY)).then(APPROVED)
    assert known.given(APPROVED).when(IssuePermit(NUMBER, TUESDAY)).then(ISSUED).state.applicant == "sri"


def test_an_invented_application_stays_marked() -> None:
    assert BEFORE.when(replace(submit("HULLER"), synthetic=True)).state.synthetic
    assert not BEFORE.when(submit("HULLER")).state.synthetic
