"""Acts of the one-stop office: apply, verify, decide, issue."""

from base64 import b32encode
from dataclasses import dataclass
from uuid import UUID

from api.acts.desk import Desk, Numbers, execute_with_numbers, stream_id
from api.acts.population import at_path
from domain.kernel.decider import Act, Decider, act
from domain.kernel.errors import Malformed, Unknown
from domain.kernel.events import Actor, Receipt
from domain.kernel.offices import Office
from domain.kernel.ports import Loaded
from domain.kernel.values import Rupiah
from domain.licensing.application import (
    Applicant,
    Application,
    Approve,
    Business,
    Command,
    Event,
    IssuePermit,
    Refuse,
    Status,
    SubmitApplication,
    VerifyFile,
    application_decider,
    permit_number,
)
from domain.population.resident import Standing, resident_decider

KBLI_VINTAGE = "2020"
PERMITS_PER_YEAR = 9999
GONE = {
    Standing.DEAD: Applicant.DEAD,
    Standing.MOVED_OUT: Applicant.MOVED_AWAY,
    Standing.ABROAD: Applicant.MOVED_AWAY,
    Standing.VOID: Applicant.VOID,
}
"""What the registry says of who does not live here, in the words of licensing."""


@dataclass(frozen=True, slots=True)
class NewApplication:
    """An application as a face hands it in. ``applicant`` is a resident's stream; rupiah are whole."""

    permit: str
    applicant: str
    company: str
    legal_form: str
    npwp: str
    kbli: str
    address: str
    village: str
    net_worth: int | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """An application after an act; ``tracking`` is the code for the public page."""

    receipt: Receipt
    application: str
    tracking: str


def tracking_code(desk: Desk, application: str) -> str:
    """12 letters and digits that cannot be guessed, in groups of four: ``7KQ2-9FXM-ABCD``."""
    digest = bytes.fromhex(desk.ledger.blind("tracking-code", application))
    code = b32encode(digest).decode()[:12]
    return "-".join((code[:4], code[4:8], code[8:]))


def apply_for_permit(desk: Desk, new: NewApplication, *, by: Actor, command_id: UUID) -> Filed:
    """File an application for one row of the catalogue at the officer's office."""
    application = stream_id("application", command_id)
    tracking = tracking_code(desk, application)
    receipt = desk.ledger.repeated(command_id, new) or desk.ledger.execute(
        [_submission(desk, new, application, tracking, by)], by=by, command_id=command_id, request=new
    )
    return Filed(receipt, application, tracking)


def _submission(desk: Desk, new: NewApplication, application: str, tracking: str, by: Actor) -> Act:
    today, reference = desk.today, desk.reference
    resident = desk.ledger.load(resident_decider, new.applicant).state
    if resident.person is None:
        raise Unknown("unknown-resident")
    _check_kbli(new.kbli)
    with at_path("village"):
        village = reference.regions.village(new.village, today)
    business = Business(
        resident.person.name,
        new.company,
        new.legal_form,
        new.npwp,
        new.kbli,
        KBLI_VINTAGE if new.kbli else "",
        new.address,
        new.net_worth,
    )
    command = SubmitApplication(
        permit=new.permit,
        tracking=tracking,
        applicant=new.applicant,
        business=business,
        net_worth=None if new.net_worth is None else Rupiah(new.net_worth),
        office=_office(desk, by),
        village=village,
        on=today,
        synthetic=desk.synthetic,
        standing=GONE.get(resident.standing, Applicant.LIVES_HERE),
    )
    return act(_decider(desk), application, command, expected=0)


def _check_kbli(kbli: str) -> None:
    # No well-licensed list of five-digit codes exists: the form alone is checked.
    if kbli and not (len(kbli) == 5 and kbli.isascii() and kbli.isdigit()):
        raise Malformed("malformed-kbli", path="kbli")


def _office(desk: Desk, by: Actor) -> Office:
    return desk.reference.offices.office(by.office, desk.today)


def _decider(desk: Desk) -> Decider[Command, Event, Application]:
    return application_decider(desk.reference.catalogue, desk.reference.siup, desk.reference.calendar)


def propose_class(desk: Desk, net_worth: int) -> str:
    """The catalogue row of the SIUP class that fits ``net_worth`` (rupiah) today."""
    return desk.reference.siup.of(Rupiah(net_worth), desk.today).permit


def load(desk: Desk, application: str) -> Loaded[Application]:
    """The application as it stands; ``Unknown("unknown-application")``."""
    loaded = desk.ledger.load(_decider(desk), application)
    if loaded.state.status is Status.NONE:
        raise Unknown("unknown-application")
    return loaded


def verify(
    desk: Desk,
    application: str,
    documents: tuple[str, ...],
    *,
    by: Actor,
    command_id: UUID,
    expected: int | None = None,
) -> Filed:
    """The officer has seen these documents; if all required ones are there, the clock starts."""
    command = VerifyFile(frozenset(documents), desk.today)
    request = (application, "verify", *sorted(documents))
    return _do(desk, application, command, request, by, command_id, expected)


def approve(
    desk: Desk, application: str, *, by: Actor, command_id: UUID, expected: int | None = None
) -> Filed:
    request = (application, "approve")
    return _do(desk, application, Approve(desk.today), request, by, command_id, expected)


def refuse(
    desk: Desk, application: str, reason: str, *, by: Actor, command_id: UUID, expected: int | None = None
) -> Filed:
    """Refuse with a reason that the applicant can read."""
    request = (application, "refuse", reason)
    return _do(desk, application, Refuse(desk.today, reason), request, by, command_id, expected)


def _do(
    desk: Desk,
    application: str,
    command: Command,
    request: tuple[str, ...],
    by: Actor,
    command_id: UUID,
    expected: int | None,
) -> Filed:
    # The day is ours, not part of what was asked: a repeat after midnight is the same request.
    tracking = load(desk, application).state.tracking
    receipt = desk.ledger.repeated(command_id, request) or desk.ledger.execute(
        [act(_decider(desk), application, command, expected)],
        by=by,
        command_id=command_id,
        request=request,
    )
    return Filed(receipt, application, tracking)


def issue(desk: Desk, application: str, *, by: Actor, command_id: UUID, expected: int | None = None) -> Filed:
    """Number and issue an approved permit: number and issue are one append."""
    request = (application, "issue")
    tracking = load(desk, application).state.tracking
    receipt = desk.ledger.repeated(command_id, request) or execute_with_numbers(
        desk,
        lambda numbers: [_issue_act(desk, application, expected, numbers)],
        by=by,
        command_id=command_id,
        request=request,
    )
    return Filed(receipt, application, tracking)


def _issue_act(desk: Desk, application: str, expected: int | None, numbers: Numbers) -> Act:
    state, today = load(desk, application).state, desk.today
    series = f"permits-{state.permit}-{state.office}-{today.year}"
    serial = numbers.take(series, application, limit=PERMITS_PER_YEAR, full="permit-series-full")
    number = permit_number(serial, state.permit, state.office, today.year)
    return act(_decider(desk), application, IssuePermit(number, today), expected)
