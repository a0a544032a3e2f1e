"""Before somebody is registered: residents who may be she. A warning, and a tick for each who is somebody else."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from api import alike
from api.acts.alike import Unlike
from api.acts.desk import stream_id
from api.alike import Alike
from api.pages.forms import Posted
from api.pages.frame import Page
from domain.access.reading import Seen
from domain.population.duplicates import Traits
from projections.readmodel import View


@dataclass(frozen=True, slots=True)
class Warned:
    """The residents who are shown, and whom the clerk has ticked to be others."""

    rows: tuple[Alike, ...] = ()
    ticked: frozenset[str] = frozenset()

    @property
    def open(self) -> bool:
        """Whether the clerk has still to look at somebody."""
        return any(mark(row) not in self.ticked for row in self.rows)

    @property
    def unlike(self) -> tuple[Unlike, ...]:
        return tuple(
            Unlike(row.index, row.resident.resident) for row in self.rows if mark(row) in self.ticked
        )


NOBODY = Warned()


def mark(row: Alike) -> str:
    """What the tick for a resident says: beside which newcomer, and who."""
    return f"{row.index}:{row.resident.resident}"


def warned(page: Page, form: Posted, entering: Callable[[View], Iterable[Traits]]) -> Warned:
    """Whom those who would enter by this form are like; whoever is shown is a reading."""
    with page.shown(*alike.MODELS) as view:
        people = list(entering(view))
        found = alike.candidates(view, people)
    # After a double click the newcomers are there: nobody is like herself.
    own = {stream_id("resident", form.command_id, str(index)) for index in range(len(people))}
    rows = tuple(row for row in found if row.resident.resident not in own)
    if rows:
        page.looks(Seen.SEARCH, [row.resident.resident for row in rows])
    return Warned(rows, frozenset(form.all("unlike")))
