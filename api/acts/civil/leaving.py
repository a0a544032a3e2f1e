"""Who leaves the count of the registry: dead, moved away or void; what she waits for at the counter ends with it."""

from api.acts import blank_stock
from api.acts.civil.plan import Plan
from domain.population.case import Withdrawal, WithdrawCase, case_decider
from domain.population.resident import MoveAway, RecordDeath, VoidRecord, WithdrawKtpRequest


def gone(plan: Plan, id_: str, command: RecordDeath | MoveAway | VoidRecord, why: Withdrawal) -> None:
    """A card for her would be void: the open case of her KTP is closed in the same act, and says why."""
    plan.give(id_, command)
    case = plan.resident(id_).open_case
    if case is None:
        return
    office = plan.desk.ledger.load(case_decider, case).state.office
    plan.act(case_decider, case, WithdrawCase(why))
    plan.give(id_, WithdrawKtpRequest(case))
    plan.also(blank_stock.leaving(plan.desk, case, office))
