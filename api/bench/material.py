"""What the measures work with: invented people, a desk before a new ledger, and facts made ready."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from adapters.clock import SystemClock
from adapters.ids import new_id
from adapters.ledger.deciding import Submission
from adapters.ledger.ledger import Ledger
from adapters.people import generate
from adapters.people.ndjson import Household, Line
from adapters.reference import reference
from api.acts.desk import Desk
from api.acts.importing import BATCH, new_household, submission
from api.acts.population import household_acts
from api.facts import EVENTS
from api.identity import IMPORTER

SEED = 2010
PAGE = 1000
"""Facts that are read at once."""


def desk(folder: Path, at: str = "") -> Desk:
    """A new ledger in ``folder`` or at an address, and a desk before it."""
    clock = SystemClock()
    ledger = Ledger.open(at or folder / "ledger.db", keys=folder / "keys", events=EVENTS, clock=clock)
    return Desk(ledger, clock, reference(), synthetic=True)


def ledger_of(at: Desk) -> Ledger:
    assert isinstance(at.ledger, Ledger)
    return at.ledger


def people(desk: Desk, residents: int, seed: int = SEED) -> Iterator[Household]:
    return generate.households(residents, seed, desk.reference, desk.today)


def lines(desk: Desk, residents: int) -> Iterator[Line]:
    """The same people as lines of a file to import."""
    return (Line(number, household) for number, household in enumerate(people(desk, residents), 1))


def batches(households: Iterator[Household], size: int) -> Iterator[list[Household]]:
    while batch := list(islice(households, size)):
        yield batch


def registered(at: Desk, residents: int) -> None:
    """Put so many people into the ledger of a desk."""
    for batch in batches(people(at, residents), BATCH):
        ledger_of(at).execute_many([submission(at, household, "bench", IMPORTER) for household in batch])


def single(at: Desk, household: Household) -> Submission:
    """The registration of a household without its members: one act, one fact, one sealed block."""
    command_id = new_id()  # as a form has it
    acts = household_acts(at, new_household(household), command_id)
    return Submission(acts[:1], IMPORTER, command_id, request=household.ref)


def singles(at: Desk, count: int) -> Sequence[Submission]:
    """So many of them."""
    # A household has fewer than eight members.
    return [single(at, household) for household in islice(people(at, 8 * count), count)]


def refused(refusal: object) -> None:
    raise AssertionError(f"invented people were refused: {refusal}")
