"""Papers in a batch: how fast family cards come out of the press."""

from collections.abc import Iterator
from time import perf_counter

from adapters.ids import new_id
from api.acts.papers import NewPaper, issue
from api.bench.measure import Measure, reported
from api.bench.populated import OFFICER, Population
from domain.papers.paper import PaperKind


def family_cards(at: Population) -> Iterator[Measure]:
    """Gathered, typeset, signed, sealed, put away and appended, one after the other; a page each."""
    homes = list(dict.fromkeys(one.household for one in at.known))[: at.scale.papers + 1]
    with at.hub() as hub:
        officer = hub.officers.get(OFFICER, hub.desk.today)

        def give_out(household: str) -> None:
            new = NewPaper(PaperKind.FAMILY_CARD.value, household)
            by = officer.acting("web")
            issue(hub.desk, hub.press, new, signer=officer.name, by=by, command_id=new_id())

        give_out(homes[0])  # the template is compiled once
        begin = perf_counter()
        for household in homes[1:]:
            give_out(household)
        rate = len(homes[1:]) / (perf_counter() - begin)
    yield reported("kk-pdf", rate, "pages/s", f"{len(homes) - 1} family cards in a batch")
