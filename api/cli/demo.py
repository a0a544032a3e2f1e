"""``simpul demo``: the whole path on one machine, from a wish to a ministry, with invented people."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from threading import Event, Thread

from pydantic import SecretStr

from adapters.people import generate
from adapters.people.ndjson import Line
from api import logs
from api.acts.importing import Refusal, import_households
from api.cli.console import console, progress
from api.cli.registry_week import RegistryWeek
from api.cli.serve import address, listen, server
from api.cli.working_day import Stopped, WorkingDay, unless
from api.identity import IMPORTER
from api.settings import MinistrySettings, Settings
from api.wiring import Hub, open_hub
from domain.kernel.errors import Refused

MINISTRIES = ("kemendagri", "kemendag")
RETRY_MOST = 3.0
"""Seconds: who stops a ministry to see what happens does not wait long."""
DRAIN = 0.2
"""Seconds between two looks at what the couriers have delivered."""


class Scenario(StrEnum):
    """What happens in the demo."""

    DAY = "day"
    REGISTRY = "registry"


def run(
    data: Path,
    *,
    residents: int,
    port: int,
    fast: bool,
    seed: int,
    scenario: Scenario = Scenario.DAY,
    kafka: bool = False,
) -> None:
    """Run until Ctrl-C. The store in ``data`` is kept: the next demo goes on where this one ended."""
    logs.configure("text")
    # A signal only sets a flag: an exception out of nowhere, in the middle of a query, would break it.
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with ExitStack() as stack:
            listening = stack.enter_context(listen("127.0.0.1", port))
            urls = {name: stack.enter_context(_ministry(name, data)) for name in MINISTRIES}
            broker = stack.enter_context(_broker(data)) if kafka else ""
            hub = stack.enter_context(open_hub(_settings(data, urls, broker)))
            hub.start()
            stack.enter_context(_serving(hub, listening))
            _welcome(address(listening), urls)
            _load(hub, residents, seed, stop)
            _drain(hub, stop)
            _ready(hub, address(listening), PAGES[scenario])
            match scenario:
                case Scenario.DAY:
                    WorkingDay(hub, seed, stop).run(pause=0.0 if fast else 1.0)
                case Scenario.REGISTRY:
                    _week(hub, address(listening), stop, pause=0.0 if fast else 0.5)
            stop.wait()
    except Stopped:
        pass
    console.print("stopped; everything is kept in", str(data))


@contextmanager
def _broker(data: Path) -> Iterator[str]:
    """A real Kafka beside the hub."""
    from adapters.kafka.broker import running

    console.print("starting Kafka; the first time it is fetched ...")
    with running(data / "kafka") as broker:
        console.print(f"Kafka: {broker.address}", highlight=False)
        yield broker.address


def _settings(data: Path, urls: Mapping[str, str], broker: str) -> Settings:
    at = {
        name: MinistrySettings(
            url=url,
            token=SecretStr(f"demo-{name}"),
            password=SecretStr("demo"),
            retry_most=RETRY_MOST,
        )
        for name, url in urls.items()
    }
    settings = Settings(data=data, synthetic=True, kemendagri=at["kemendagri"], kemendag=at["kemendag"])
    return settings.model_copy(update={"kafka_bootstrap": broker}) if broker else settings


@contextmanager
def _ministry(name: str, data: Path) -> Iterator[str]:
    """A simulated ministry as a process of its own; it ends with its standard input, so with us."""
    command = [sys.executable, "-m", f"adapters.{name}.simulator", "--port", "0", "--stop-with-stdin"]
    process = subprocess.Popen(
        [*command, "--data", str(data / "ministries" / name)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is ours: the ministry stays until the couriers have ended
    )
    assert process.stdin
    assert process.stdout
    try:
        yield process.stdout.readline().decode().strip()
    finally:
        process.stdin.close()
        process.terminate()
        process.wait()
        process.stdout.close()


@contextmanager
def _serving(hub: Hub, listening: object) -> Iterator[None]:
    web = server(hub)
    thread = Thread(target=web.run, kwargs={"sockets": [listening]}, name="web")
    thread.start()
    try:
        yield
    finally:
        web.should_exit = True
        thread.join()


def _load(hub: Hub, residents: int, seed: int, stop: Event) -> None:
    """Invent and import the first residents; on a store that is kept they are already there."""

    def refused(refusal: Refusal) -> None:
        raise Refused(refusal.code, line=refusal.line)

    households = generate.households(residents, seed, hub.desk.reference, hub.desk.today)
    lines = (Line(number, household) for number, household in enumerate(households, 1))
    with progress("households") as bar:

        def tick(done: int) -> None:
            bar(done)
            unless(stop)

        summary = import_households(
            hub.desk, hub.ledger, lines, f"demo-{seed}", by=IMPORTER, refused=refused, progress=tick
        )
    console.print(f"households: {summary.imported} imported, {summary.already} already there")


def _drain(hub: Hub, stop: Event) -> None:
    """Wait until read models and ministries have everything, and show how far they are."""
    while not hub.views.wait(hub.ledger.head(), timeout=DRAIN):
        unless(stop)
    courier = hub.couriers["kemendagri"]
    with progress("delivered to Kemendagri", courier.status().head) as bar:
        while any(each.status().lag for each in hub.couriers.values()):
            bar(courier.status().delivered)
            hub.clock.wait(DRAIN, stop)
            unless(stop)
        bar(courier.status().delivered)


def _week(hub: Hub, url: str, stop: Event, pause: float) -> None:
    """The week of a registry office, told on standard output, until both ministries have all of it."""
    week = RegistryWeek(hub, _tell, stop, pause)
    week.run()
    _drain(hub, stop)
    _tell(f"the week is over  {url}  delivered: {_delivered(hub)}")
    for code, about in LOOK_AT:
        _tell(f"  {about:<22} {url}/entri/{week.entries[code]}")


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - progress is what this scenario is run for


def _delivered(hub: Hub) -> str:
    return ", ".join(f"{name} {courier.status().delivered}" for name, courier in hub.couriers.items())


def _welcome(url: str, ministries: Mapping[str, str]) -> None:
    console.print(f"[bold]Simpul demo[/bold]  {url}  (synthetic data)", highlight=False)
    for name, at in ministries.items():
        console.print(f"simulated {name}: {at}/_simulator/records", highlight=False)
    console.print("feeds take the bearer tokens demo-kemendagri and demo-kemendag", highlight=False)
    console.print("REST takes Authorization: Bearer demo-<officer id>, see /api/v1/officers", highlight=False)


def _ready(hub: Hub, url: str, pages: tuple[tuple[str, str], ...]) -> None:
    _tell(f"ready  {url}  delivered: {_delivered(hub)}")  # the line that scripts wait for
    for page, about in pages:
        console.print(f"  {url}{page:<12} {about}", highlight=False)
    console.print("Ctrl-C stops.")


PAGES = {
    Scenario.DAY: (
        ("/", "the hub at a glance"),
        ("/loket", "KTP counter and its clock"),
        ("/izin", "59 permits and 10 non-permits"),
        ("/lacak", "where is my permit"),
        ("/kiriman", "deliveries to both ministries"),
        ("/api", "REST, feeds and contracts"),
    ),
    Scenario.REGISTRY: (
        ("/peristiwa", "every civil event and its form"),
        ("/penduduk", "residents, by number, name or village"),
        ("/pembetulan", "corrections, and who decided"),
        ("/loket", "KTP counter and its clock"),
        ("/blangko", "blank stock"),
        ("/kiriman", "deliveries to both ministries"),
    ),
}
"""What to open first."""
LOOK_AT = (
    ("BIRTH", "a birth"),
    ("DEATH", "a death"),
    ("ADDRESS", "a household moves"),
    ("CORRECTION", "a correction"),
)
"""Entries of the register that are worth a look when the week is over, by code."""
