"""``simpul``: serve, relay, work, demo, import, compare, generate, simulate, projections, history, forget, papers, keys, verify, export, restore,
checkpoint, clock, kafka, bench.

Exit codes: 0 done, 1 failed, 2 wrong use. What can be foreseen to go wrong (a refusal, a file, a port, a
setting) is one sentence on standard error, with a stack trace only under ``--debug``. Heavy imports wait for their command, so that ``--help`` answers at once.
"""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from domain.kernel.errors import Refused

app = typer.Typer(
    name="simpul",
    help="The event-sourced interoperability hub of a regency.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
projections = typer.Typer(help="Read models: list, rebuild, release what is parked.", no_args_is_help=True)
app.add_typer(projections, name="projections")
bench = typer.Typer(help="Measure the hub as ratios to raw loops of the same run.")
app.add_typer(bench, name="bench")
forget = typer.Typer(
    help="Forget a person: one officer records the request, another decides.", no_args_is_help=True
)
app.add_typer(forget, name="forget")
keys = typer.Typer(help="Keys of data subjects: move them into a database.", no_args_is_help=True)
app.add_typer(keys, name="keys")

clock = typer.Typer(help="The clock of a counter case, proved.", no_args_is_help=True)
app.add_typer(clock, name="clock")

kafka = typer.Typer(help="Kafka: what is published to applications, and how far.", no_args_is_help=True)
app.add_typer(kafka, name="kafka")

papers = typer.Typer(help="Papers: the key that signs their codes.", no_args_is_help=True)
app.add_typer(papers, name="papers")

Data = Annotated[
    Path, typer.Option("--data", help="Folder of the store.", envvar="SIMPUL_DATA", file_okay=False)
]
Officer = Annotated[str, typer.Option("--officer", help="Id of the officer who acts, e.g. dewi.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Quick = Annotated[bool, typer.Option("--quick", help="Smaller counts.")]
Measures = Annotated[Path | None, typer.Option("--json", help="Write the measures here.", dir_okay=False)]
Only = Annotated[list[str] | None, typer.Option(help="Only these rows, by id.")]
DATA = Path("data")
PORTS = 65535


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"simpul {version('simpul')}")
        raise typer.Exit


@app.callback()
def every(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The event-sourced interoperability hub of a regency."""


@app.command()
def serve(
    data: Data = DATA,
    host: Annotated[str | None, typer.Option(help="Address; only loopback until login exists.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=PORTS, help="Port; 0 takes a free one.")] = None,
) -> None:
    """Run the hub: pages, REST, feeds, projector and couriers."""
    from api.cli import serve as command

    command.run(data, host, port)


@app.command()
def demo(
    residents: Annotated[int, typer.Option(min=1, help="Invented residents.")] = 5000,
    port: Annotated[
        int, typer.Option(min=0, max=PORTS, help="Port of the pages; 0 takes a free one.")
    ] = 8000,
    fast: Annotated[bool, typer.Option("--fast", help="Without pauses between the acts.")] = False,
    seed: Annotated[int, typer.Option(help="Another seed, another population.")] = 2010,
    scenario: Annotated[
        Literal["day", "registry"],
        typer.Option(
            help="A working day at the counters, or a week of the registry office through every civil event."
        ),
    ] = "day",
    kafka: Annotated[
        bool, typer.Option("--kafka", help="With a real Kafka beside it; needs Java 17, and Maven once.")
    ] = False,
    data: Data = DATA / "demo",
) -> None:
    """Run everything: a hub, two simulated ministries, residents, and people who come to the offices."""
    from api.cli import demo as command

    chosen = command.Scenario(scenario)
    command.run(data, residents=residents, port=port, fast=fast, seed=seed, scenario=chosen, kafka=kafka)


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="NDJSON, one household per line; - is standard input.")],
    data: Data = DATA,
    source: Annotated[
        str | None, typer.Option(help="Name of the source; by default the file's name.")
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Write refused lines here: line, path, code.", dir_okay=False)
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Processes that prepare the lines of a long file while this one appends; by default one for each processor.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Take in households. A second run of the same file finds them already there."""
    from api.cli import importing as command

    command.run(file, data, source=source, rejects=rejects, json=json, processes=processes)


@app.command()
def compare(
    file: Annotated[
        Path,
        typer.Argument(help="NDJSON, one resident per line as Home Affairs holds her; - is standard input."),
    ],
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Compare records of Home Affairs with ours. What differs waits for an officer at /selisih."""
    from api.cli import comparing as command

    command.run(file, data, json=json)


@app.command()
def generate(
    residents: Annotated[int, typer.Option(min=1, help="How many, exactly.")] = 5000,
    seed: Annotated[int, typer.Option(help="Same seed and day, same people.")] = 2010,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day on which they have their ages; today by default."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write; standard output otherwise.")
    ] = None,
) -> None:
    """Invent plausible households for the 208 villages, as NDJSON for simpul import."""
    from api.cli import generate as command

    command.run(residents, seed, out, on.date() if on else None)


@app.command()
def simulate(
    ministry: Annotated[str, typer.Argument(help="kemendag or kemendagri.")],
    port: Annotated[int, typer.Option(min=0, max=PORTS, help="Port; 0 takes a free one.")] = 0,
    data: Data = DATA / "ministries",
) -> None:
    """Run a simulated ministry that knows nothing of us but the contract."""
    from api.cli import simulate as command

    command.run(ministry, port, data)


@projections.command("list")
def projections_list(data: Data = DATA, json: Json = False) -> None:
    """Every read model with its version, position, lag, rate and parked facts."""
    from api.cli import projections as command

    command.list_(data, json=json)


@projections.command("parked")
def projections_parked(
    model: Annotated[str | None, typer.Argument(help="Of which; of all when none is named.")] = None,
    data: Data = DATA,
    json: Json = False,
) -> None:
    """The facts that a read model could not take in, and those that wait behind them."""
    from api.cli import projections as command

    command.parked(data, model, json=json)


@projections.command("retry")
def projections_retry(
    model: Annotated[str, typer.Argument(help="The read model, as in the list.")], data: Data = DATA
) -> None:
    """Take in what is parked, each stream whole or not at all. 1 when some still wait."""
    from api.cli import projections as command

    raise typer.Exit(command.retry(data, model))


@projections.command("rebuild")
def projections_rebuild(
    names: Annotated[list[str] | None, typer.Argument(help="Which; all when none is named.")] = None,
    data: Data = DATA,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Leave what a rebuild that was stopped has built.")
    ] = False,
) -> None:
    """Build read models anew beside the serving ones, then swap. 130 when stopped: the next one goes on."""
    from api.cli import projections as command

    raise typer.Exit(command.rebuild(data, names or [], from_start=from_start))


@forget.command("request")
def forget_request(
    resident: Annotated[str, typer.Argument(help="Id of the resident, e.g. resident-...")],
    officer: Officer,
    letter: Annotated[str, typer.Option(help="Number of the letter in which she asks.")],
    basis: Annotated[str, typer.Option(help="Code of the legal basis.")] = "subject-request",
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Record that a resident asks to be forgotten; nothing is forgotten yet."""
    from api.cli import forget as command

    command.request(resident, basis, letter, officer, data, json=json)


@forget.command("decide")
def forget_decide(
    erasure: Annotated[str, typer.Argument(help="Id of the request, e.g. erasure-resident-...")],
    officer: Officer,
    approve: Annotated[bool, typer.Option("--approve", help="Forget her, at once and for good.")] = False,
    reject: Annotated[str | None, typer.Option(help="Keep her data: code of the reason.")] = None,
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Decide a request of another officer: --approve, or --reject REASON."""
    from api.cli import forget as command

    if approve == (reject is not None):
        raise typer.BadParameter("either --approve or --reject REASON")
    if reject is not None:
        command.reject(erasure, reject, officer, data, json=json)
    else:
        command.approve(erasure, officer, data, json=json)


@forget.command("list")
def forget_list(data: Data = DATA, json: Json = False) -> None:
    """Every request and what became of it, newest first."""
    from api.cli import forget as command

    command.list_(data, json=json)


@app.command()
def history(
    stream: Annotated[str, typer.Argument(metavar="ID", help="Id of the record, e.g. resident-...")],
    at: Annotated[datetime | None, typer.Option(help="As known at this moment (Jakarta time).")] = None,
    valid: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what held on this day.")
    ] = None,
    data: Data = DATA,
    json: Json = False,
) -> None:
    """The events of a record and its state after each."""
    from api.cli import history as command

    command.run(stream, at, valid.date() if valid else None, data, json=json)


@app.command()
def verify(
    data: Data = DATA,
    vkey: Annotated[
        str | None, typer.Option(help="Public key of the log, or a file with it, of your own.")
    ] = None,
    json: Json = False,
) -> None:
    """Check the whole store where it stands, and that of the readings: facts, hashes, tiles, checkpoints."""
    from api.cli import verify as command

    raise typer.Exit(command.run(data, vkey, json=json))


@app.command()
def checkpoint(data: Data = DATA, json: Json = False) -> None:
    """Sign everything that is in the ledger now, and print the signed checkpoint."""
    from api.cli import checkpoint as command

    command.run(data, json=json)


@keys.command("move")
def keys_move(data: Data = DATA) -> None:
    """Move the keys of a node that is stopped to SIMPUL_KEYS_URL; the file is overwritten and removed."""
    from api.cli import keys as command

    command.move(data)


@papers.command(name="rotate-key")
def papers_rotate_key(data: Data = DATA, json: Json = False) -> None:
    """Let a new key sign papers from now on, and print its id. What older keys signed stays checkable."""
    from api.cli import papers as command

    command.rotate(data, json=json)


@app.command()
def export(
    bundle: Annotated[Path, typer.Argument(help="File to write; it must not be there.", dir_okay=False)],
    data: Data = DATA,
    readings: Annotated[
        bool, typer.Option("--readings", help="The ledger of who looked at whose data instead.")
    ] = False,
    json: Json = False,
) -> None:
    """Write the whole ledger, signed, to one file that anybody can check offline."""
    from api.cli import export as command

    command.run(bundle, data, readings=readings, json=json)


@app.command()
def restore(
    bundle: Annotated[Path, typer.Argument(help="File of simpul export.", dir_okay=False)],
    data: Data = DATA,
    keys: Annotated[
        Path | None, typer.Option(help="Key folder of the old node; without it the node cannot start yet.")
    ] = None,
    vkey: Annotated[
        str | None, typer.Option(help="Public key of the log, or a file with it, of your own.")
    ] = None,
    json: Json = False,
) -> None:
    """Make a fresh node from a bundle: equal facts, equal root, equal read models."""
    from api.cli import restore as command

    command.run(bundle, data, keys, vkey, json=json)


@clock.command("recompute")
def clock_recompute(
    bundle: Annotated[Path, typer.Argument(help="File of simpul export.", dir_okay=False)],
    code: Annotated[str, typer.Argument(help="Code on the receipt, e.g. 7KQ2-9FXM-ABCD.")],
    vkey: Annotated[
        str | None, typer.Option(help="Public key of the log, or a file with it, of your own.")
    ] = None,
    json: Json = False,
) -> None:
    """Check the bundle, then compute the figures of the receipt from it alone: no store is needed."""
    from api.cli import clock as command

    command.run(bundle, code, vkey, json=json)


@app.command()
def relay(data: Data = DATA) -> None:
    """Publish the ledger into Kafka; simpul serve does so itself when SIMPUL_KAFKA_BOOTSTRAP is set."""
    from api.cli import relay as command

    command.run(data)


@app.command()
def work(
    model: Annotated[
        list[str], typer.Option(help="A read model, as in simpul projections list; several are allowed.")
    ],
    data: Data = DATA,
    to_end: Annotated[
        bool, typer.Option("--to-end", help="Stop when everything that is published now is taken in.")
    ] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="First build them anew from the topic.")] = False,
) -> None:
    """Fill read models from Kafka, in work.db of the folder: the ledger is not needed, the keys are."""
    from api.cli import work as command

    command.run(data, model, to_end=to_end, rebuild=rebuild)


@kafka.command("status")
def kafka_status(data: Data = DATA, json: Json = False) -> None:
    """How far the ledger is published, and how far each group of consumers has read."""
    from api.cli import kafka as command

    command.status(data, json=json)


@kafka.command("topics")
def kafka_topics(data: Data = DATA, json: Json = False) -> None:
    """The topics as they must be and as they are. 1 when one is absent or differs."""
    from api.cli import kafka as command

    raise typer.Exit(command.topics(data, json=json))


@kafka.command("republish")
def kafka_republish(
    officer: Officer,
    reason: Annotated[str, typer.Option(help="Why; it is recorded. Nothing about a person.")],
    data: Data = DATA,
) -> None:
    """Publish everything once more, in topics of the next version: after topics were lost, or on another cluster."""
    from api.cli import kafka as command

    command.republish(officer, reason, data)


@kafka.command("broker")
def kafka_broker(
    folder: Annotated[Path, typer.Argument(help="Folder of its data.", file_okay=False)] = Path(".kafka"),
    port: Annotated[int, typer.Option(min=0, max=PORTS, help="Port; 0 takes a free one.")] = 9092,
) -> None:
    """Run a real Apache Kafka of our own on this machine, for a trial. It needs Java 17, and Maven once."""
    from api.cli import kafka as command

    command.broker(folder, port)


@bench.callback(invoke_without_command=True)
def bench_hub(
    context: typer.Context,
    quick: Quick = False,
    json: Measures = None,
    only: Only = None,
) -> None:
    """Measure the hub as ratios to raw loops of the same run."""
    if context.invoked_subcommand is not None:
        return
    from api.bench import run

    _known(only, run.ROWS)
    raise typer.Exit(run.main(quick=quick, json=json, only=only or []))


@bench.command("population")
def bench_population(
    quick: Quick = False,
    long: Annotated[bool, typer.Option("--long", help="All 865,417 residents.")] = False,
    json: Measures = None,
    only: Only = None,
) -> None:
    """Measure the registry over HTTP and in search, against bare routes; people are imported once."""
    from api.bench import population

    if quick and long:
        raise typer.BadParameter("either quick or long", param_hint="--quick, --long")
    _known(only, population.ROWS)
    raise typer.Exit(population.main(quick=quick, long=long, json=json, only=only or []))


@bench.command("kafka")
def bench_kafka(quick: Quick = False, json: Measures = None, only: Only = None) -> None:
    """Measure relay and workers on a real Kafka of our own. It needs Java 17, and Maven once."""
    from api.bench import publishing

    _known(only, publishing.ROWS)
    raise typer.Exit(publishing.main(quick=quick, json=json, only=only or []))


@bench.command("ledger")
def bench_ledger(
    quick: Quick = False,
    long: Annotated[
        bool,
        typer.Option("--long", help="All residents, ten million facts; takes an hour and 25 GB of disk."),
    ] = False,
    json: Measures = None,
    only: Only = None,
    postgres: Annotated[
        str | None,
        typer.Option(help="Measure PostgreSQL too: the address of a database where schemas may be made."),
    ] = None,
) -> None:
    """Measure the ledger: appends, reading, import, rebuild, against raw loops and the plain library."""
    from api.bench import facts

    if quick and long:
        raise typer.BadParameter("either quick or long", param_hint="--quick, --long")
    _known(only, (*facts.ROWS, *(facts.POSTGRES_ROWS if postgres else ())))
    raise typer.Exit(facts.main(quick=quick, long=long, json=json, only=only or [], url=postgres))


def _known(only: Sequence[str] | None, rows: Sequence[tuple[str, object]]) -> None:
    if unknown := set(only or []) - {name for name, _ in rows}:
        raise typer.BadParameter(f"there is no row {', '.join(sorted(unknown))}", param_hint="--only")


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script; ``arguments`` are those of the process when None. Ends with ``SystemExit``."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    if debug:
        given.remove("--debug")
    try:
        app(given)
    except (Refused, OSError, ValueError) as problem:
        told = None if debug else _sentence(problem)
        if told is None:
            raise
        typer.echo(f"simpul: {told}", err=True)
        sys.exit(1)


def _sentence(problem: Exception) -> str | None:
    """What went wrong in one sentence, without values that may be somebody's; None: a mistake of ours."""
    if isinstance(problem, Refused):
        from api.errors import sentence

        return f"{sentence(problem, 'en')} ({problem.code})"
    if isinstance(problem, OSError):
        why = problem.strerror or type(problem).__name__
        return f"{why}: {problem.filename}" if problem.filename else why
    from api.settings import wrong

    return wrong(problem)


if __name__ == "__main__":
    main()
