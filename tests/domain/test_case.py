"""The laws of a counter case: its steps come in order, and its clock runs for whom it waits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from domain.kernel.segments import Cause, Segment
from domain.population.case import (
    BiometricsRecorded,
    Call,
    CallAgain,
    Called,
    CalledAgain,
    CardPrinted,
    Case,
    CaseWithdrawn,
    Command,
    CompleteFile,
    Document,
    EndWait,
    Event,
    FileCompleted,
    GiveSuket,
    HandedOver,
    HandOver,
    MarkNoShow,
    NoShow,
    PrintCard,
    RecordBiometrics,
    StartWait,
    Step,
    SuketIssued,
    TakeBlank,
    TakeTicket,
    TicketTaken,
    WaitEnded,
    WaitForBlank,
    WaitStarted,
    WithdrawCase,
    steps,
)
from domain.population.case import case_decider as case
from domain.population.clock import KTP_PROMISE, times
from tests.domain.examples import MONDAY
from tests.domain.spec import Spec, spec

TAKE = TakeTicket(Document.KTP, "sri", "DISDUKCAPIL", 7, MONDAY)
TAKEN = TicketTaken("KTP", "sri", "DISDUKCAPIL", 7, MONDAY)
KTP: tuple[tuple[Command, Event], ...] = (
    (Call("3"), Called("3")),
    (CompleteFile(), FileCompleted()),
    (RecordBiometrics(), BiometricsRecorded()),
    (PrintCard(), CardPrinted()),
    (HandOver(), HandedOver()),
)
STEP_OF: dict[type, Step] = {
    Call: Step.CALLED,
    CompleteFile: Step.COMPLETE,
    RecordBiometrics: Step.RECORDED,
    PrintCard: Step.PRINTED,
    HandOver: Step.HANDED_OVER,
}
WAITING, ENDED = StartWait(Cause.BLANK), EndWait()


def after(count: int) -> Spec[Command, Event, Case]:
    """A KTP case after its ticket and the first ``count`` steps."""
    return spec(case).given(TAKEN, *(event for _, event in KTP[:count]))


def test_a_case_opens_with_a_ticket() -> None:
    state = spec(case).when(TAKE).then(TAKEN).state
    assert (state.step, state.document, state.ticket, state.office) == (
        Step.WAITING,
        Document.KTP,
        7,
        "DISDUKCAPIL",
    )


@pytest.mark.parametrize("done", range(len(KTP) + 1))
def test_a_case_opens_once(done: int) -> None:
    after(done).when(TAKE).rejected("case-already-open")


@pytest.mark.parametrize("done", range(len(KTP)))
def test_the_steps_of_a_ktp_come_in_order(done: int) -> None:
    command, event = KTP[done]
    after(done).when(command).then(event)


@pytest.mark.parametrize(("done", "asked"), tuple(permutations(range(len(KTP)), 2)))
def test_no_step_comes_early_or_twice(done: int, asked: int) -> None:
    command = KTP[asked][0]
    after(done).when(command).rejected(
        "wrong-order-of-steps", asked=STEP_OF[type(command)].value, next=STEP_OF[type(KTP[done][0])].value
    )


@pytest.mark.parametrize("document", [d for d in Document if d is not Document.KTP])
def test_only_a_ktp_needs_biometrics(document: Document) -> None:
    taken = TicketTaken(document.value, "sri", "DISDUKCAPIL", 1, MONDAY)
    complete = spec(case).given(taken, Called("3"), FileCompleted())
    complete.when(RecordBiometrics()).rejected(
        "wrong-order-of-steps", asked="biometrics-recorded", next="card-printed"
    )
    complete.when(PrintCard()).then(CardPrinted())
    assert Step.RECORDED in steps(Document.KTP)


def test_the_next_step_is_named_until_there_is_none() -> None:
    order = [spec(case).given(TAKEN, *(e for _, e in KTP[:n])).state.next for n in range(len(KTP) + 1)]
    assert order == [*steps(Document.KTP)[1:], None]
    assert spec(case).state.next is None


@pytest.mark.parametrize("command", [*(c for c, _ in KTP), WAITING, WithdrawCase()])
def test_nothing_happens_at_the_counter_before_a_ticket(command: Command) -> None:
    spec(case).when(command).rejected("case-not-open")


@pytest.mark.parametrize("command", [*(c for c, _ in KTP), WAITING, WithdrawCase()])
def test_nothing_happens_at_the_counter_after_the_end(command: Command) -> None:
    after(len(KTP)).when(command).rejected("case-already-ended", step="handed-over")
    after(2).given(CaseWithdrawn()).when(command).rejected("case-already-ended", step="withdrawn")


@pytest.mark.parametrize("done", range(len(KTP)))
def test_the_applicant_may_leave_before_the_hand_over(done: int) -> None:
    after(done).when(WithdrawCase()).then(CaseWithdrawn())
    after(done).given(WaitStarted("applicant")).when(WithdrawCase()).then(CaseWithdrawn())


@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize("done", range(len(KTP)))
def test_a_case_may_wait_for_any_cause_at_any_step(done: int, cause: Cause) -> None:
    after(done).when(StartWait(cause)).then(WaitStarted(cause.value))


@pytest.mark.parametrize("command", [c for c, _ in KTP])
def test_while_a_case_waits_no_step_is_taken(command: Command) -> None:
    waiting = after(2).given(WaitStarted("blank-stock"))
    waiting.when(command).rejected("case-is-waiting", cause="blank-stock")


def test_a_case_waits_for_one_cause_at_a_time() -> None:
    waiting = after(2).given(WaitStarted("blank-stock"))
    waiting.when(StartWait(Cause.CENTRAL)).rejected("already-waiting", cause="blank-stock")


def test_a_wait_ends_once_and_then_the_steps_go_on() -> None:
    waiting = after(2).given(WaitStarted("blank-stock"))
    waiting.when(EndWait()).then(WaitEnded())
    waited = waiting.given(WaitEnded())
    waited.when(EndWait()).rejected("not-waiting")
    waited.when(RecordBiometrics()).then(BiometricsRecorded())
    waited.when(StartWait(Cause.CENTRAL)).then(WaitStarted("central-system"))


def test_what_never_waited_does_not_end_waiting() -> None:
    spec(case).when(EndWait()).rejected("not-waiting")
    after(2).when(EndWait()).rejected("not-waiting")
    after(2).given(WaitStarted("applicant"), CaseWithdrawn()).when(EndWait()).rejected("not-waiting")


def test_who_does_not_come_is_called_again_and_then_no_more() -> None:
    after(1).when(CallAgain("3")).then(CalledAgain("3"))
    after(1).given(CalledAgain("3")).when(MarkNoShow()).then(NoShow())
    gone = after(1).given(NoShow())
    assert gone.state.ended
    gone.when(Call("3")).rejected("case-already-ended", step="no-show")


@pytest.mark.parametrize("command", [CallAgain("3"), MarkNoShow()])
def test_who_is_served_has_come(command: Command) -> None:
    asked = "call-again" if isinstance(command, CallAgain) else "no-show"
    after(0).when(command).rejected("wrong-order-of-steps", asked=asked, next="called")
    after(2).when(command).rejected("wrong-order-of-steps", asked=asked, next="biometrics-recorded")
    after(1).given(WaitStarted("applicant")).when(command).rejected("case-is-waiting", cause="applicant")
    spec(case).when(command).rejected("case-not-open")


SUKET = SuketIssued("0001/SUKET/KEC-10/2010", MONDAY)
GIVE = GiveSuket("0001/SUKET/KEC-10/2010", MONDAY)


def test_a_suket_is_given_where_the_card_should_be_printed() -> None:
    given = after(3).when(GIVE).then(SUKET, WaitStarted("blank-stock"))
    assert (given.state.suket, given.state.next) == ("0001/SUKET/KEC-10/2010", Step.PRINTED)
    after(2).when(GIVE).rejected("wrong-order-of-steps", asked="card-printed", next="biometrics-recorded")
    after(3).given(WaitStarted("applicant")).when(GIVE).rejected("case-is-waiting", cause="applicant")


def test_only_a_ktp_has_a_suket() -> None:
    taken = TicketTaken("KK", "sri", "DISDUKCAPIL", 1, MONDAY)
    spec(case).given(taken, Called("3"), FileCompleted()).when(GIVE).rejected("suket-only-for-ktp")


def test_a_blank_ends_the_wait_and_its_loss_begins_it_again() -> None:
    waiting = after(3).given(SUKET, WaitStarted("blank-stock"))
    waiting.when(TakeBlank()).then(WaitEnded())
    waiting.when(WaitForBlank()).then()
    ready = waiting.given(WaitEnded())
    ready.when(PrintCard()).then(CardPrinted())
    ready.when(TakeBlank()).then()
    ready.when(WaitForBlank()).then(WaitStarted("blank-stock"))
    elsewhere = ready.given(WaitStarted("applicant"))
    elsewhere.when(WaitForBlank()).then(WaitEnded(), WaitStarted("blank-stock"))
    elsewhere.given(CaseWithdrawn()).when(WaitForBlank()).then()


def test_where_stock_is_kept_no_clerk_tells_of_blanks() -> None:
    after(3).when(StartWait(Cause.BLANK, stock=True)).rejected("blank-wait-follows-stock")
    after(3).when(StartWait(Cause.CENTRAL, stock=True)).then(WaitStarted("central-system"))
    after(3).given(SUKET, WaitStarted("blank-stock")).when(EndWait()).rejected("blank-wait-follows-stock")


def test_a_case_claims_nothing() -> None:
    spec(case).when(TAKE).claims()


EIGHT = datetime(2010, 6, 7, 1, 0, tzinfo=UTC)


def minute(n: float) -> datetime:
    return EIGHT + timedelta(minutes=n)


def timed(*happened: tuple[object, float]) -> tuple[tuple[object, datetime], ...]:
    return tuple((event, minute(at)) for event, at in happened)


VISIT = timed((TAKEN, 0), (Called("3"), 12), (FileCompleted(), 15), (BiometricsRecorded(), 17))
WAITED = timed((WaitStarted("central-system"), 17), (WaitEnded(), 47))
DONE = timed((CardPrinted(), 48), (HandedOver(), 49))


def test_the_promise_runs_from_file_complete_to_handed_over_less_the_waits() -> None:
    clock = times((*VISIT, *WAITED, *DONE))
    assert clock.segments(minute(999)) == (
        Segment(Cause.OFFICE, minute(15), minute(17)),
        Segment(Cause.CENTRAL, minute(17), minute(47)),
        Segment(Cause.OFFICE, minute(47), minute(49)),
    )
    assert clock.office_time(minute(999)) == timedelta(minutes=4) < KTP_PROMISE


def test_without_the_wait_the_same_visit_breaks_the_promise() -> None:
    """Control."""
    assert times((*VISIT, *DONE)).office_time(minute(999)) == timedelta(minutes=34) > KTP_PROMISE


def test_before_the_file_is_complete_the_promise_does_not_run() -> None:
    assert times(VISIT[:2]).office_time(minute(60)) == timedelta()
    assert times(VISIT[:3]).office_time(minute(16)) == timedelta(minutes=1)


def test_every_wait_of_a_visit_counts_for_its_own_cause() -> None:
    twice = timed(
        (WaitStarted("blank-stock"), 48), (WaitEnded(), 58), (CardPrinted(), 59), (HandedOver(), 60)
    )
    clock = times((*VISIT, *WAITED, *twice))
    waited = [(part.cause, part.length) for part in clock.segments(minute(999)) if part.cause != Cause.OFFICE]
    assert waited == [(Cause.CENTRAL, timedelta(minutes=30)), (Cause.BLANK, timedelta(minutes=10))]
    assert clock.office_time(minute(999)) == timedelta(minutes=5)


def test_an_open_wait_is_not_the_offices_time() -> None:
    assert times((*VISIT, WAITED[0])).office_time(minute(500)) == timedelta(minutes=2)


def test_a_wait_that_began_before_the_file_was_complete_counts_from_then() -> None:
    early = timed((TAKEN, 0), (WaitStarted("closed-hours"), 1), (WaitEnded(), 5), (Called("3"), 6))
    clock = times((*early, *timed((FileCompleted(), 8), (HandedOver(), 10))))
    assert clock.segments(minute(10)) == (Segment(Cause.OFFICE, minute(8), minute(10)),)


def test_when_the_applicant_leaves_the_clock_stops() -> None:
    left = (*VISIT, WAITED[0], *timed((CaseWithdrawn(), 30)))
    assert times(left).segments(minute(999))[-1] == Segment(Cause.CENTRAL, minute(17), minute(30))


def test_the_milestones_of_the_queue_are_kept() -> None:
    clock = times((*VISIT, *DONE))
    assert (clock.taken, clock.called, clock.complete, clock.ended) == tuple(map(minute, (0, 12, 15, 49)))


def test_what_is_no_milestone_moves_no_clock() -> None:
    assert replace(times(VISIT), moments=()) == replace(times(VISIT[:3]), moments=())
    assert times(()).segments(EIGHT) == ()
