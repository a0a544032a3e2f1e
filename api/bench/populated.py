"""What the rows of ``simpul bench population`` have in common: a registry, imported once, and who asks it."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

from adapters.people.ndjson import Member
from api.acts.desk import Desk
from api.acts.importing import import_households
from api.bench.material import SEED, lines, people, refused
from api.bench.processes import listening
from api.bench.reading import project
from api.bench.stores import SQLITE
from api.identity import IMPORTER
from api.pages.sessions import COOKIE, Sessions
from api.settings import Settings
from api.wiring import Hub, open_hub
from projections import residents

OFFICER = "dewi"
ASKED = 1_000
"""People that are asked for in one row."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: ``residents`` are imported; so many rounds, ``requests`` of a page and ``registered``
    households in each; readings before the first round; papers.
    """

    name: str
    residents: int
    rounds: int
    requests: int
    registered: int
    before: int
    papers: int


QUICK = Scale("quick", 10_000, 6, 50, 160, 200, 40)
NORMAL = Scale("normal", 100_000, 12, 100, 320, 1_500, 200)
LONG = Scale("long", 865_417, 12, 100, 320, 1_500, 200)


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the registry, as her pages and her number find her."""

    resident: str
    household: str
    nik: str


class Population:
    """One run: people are imported at the first question, and every row asks the same registry."""

    def __init__(self, scale: Scale, folder: Path) -> None:
        self.scale = scale
        self.folder = folder
        self._running = ExitStack()

    @property
    def data(self) -> Path:
        """The folder of the node."""
        return self.folder / "hub"

    @property
    def settings(self) -> Settings:
        return SQLITE.settings(self.data)

    def hub(self) -> Hub:
        """The registry, opened in this process; whoever asks closes it."""
        self._filled  # noqa: B018 - made by the first who asks
        return open_hub(self.settings)

    @cached_property
    def _filled(self) -> bool:
        self.data.mkdir(parents=True, exist_ok=True)
        with open_hub(self.settings) as hub:
            source = lines(hub.desk, self.scale.residents)
            import_households(hub.desk, hub.ledger, source, "bench", by=IMPORTER, refused=refused)
            project(hub)
        return True

    def members(self, desk: Desk) -> Sequence[Member]:
        """Some of those who were imported, as the file told them."""
        everybody = [member for home in people(desk, self.scale.residents) for member in home.members]
        return Random(SEED).sample(everybody, min(ASKED, len(everybody)))

    @cached_property
    def known(self) -> Sequence[Known]:
        """Some of those who were imported, as the registry knows them."""
        with self.hub() as hub, hub.views.now() as view:
            rows = [
                residents.by_id(view, str(hub.ledger.holder("nik", member.nik)))
                for member in self.members(hub.desk)
            ]
        return [Known(row.resident, row.household, row.nik) for row in rows if row and row.nik]

    @cached_property
    def served(self) -> str:
        """The address of the hub in a process of its own, wired and started as ``simpul serve`` does."""
        self._filled  # noqa: B018
        node = listening("api.bench.node_server", str(self.data), log=self.folder / "node.log")
        return self._running.enter_context(node)

    @cached_property
    def bare(self) -> str:
        """The address of bare routes over the same files, in a process of its own."""
        known = ",".join(one.resident for one in self.known[:CONSTANTS])
        routes = listening("api.bench.bare_server", str(self.data), str(self.folder), known)
        return self._running.enter_context(routes)

    @cached_property
    def cookie(self) -> str:
        """An officer who is signed in."""
        with self.hub() as hub:
            return f"{COOKIE}={Sessions(self.data / 'keys').write(OFFICER, hub.desk.today)}"

    def close(self) -> None:
        """End the processes."""
        self._running.close()


CONSTANTS = 40
"""People whose pages are asked: the bare route has what stands on them ready."""
