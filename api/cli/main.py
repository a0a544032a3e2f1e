"""``simpul``: serve, demo, import, generate, simulate, projections, history, bench.

Exit codes: 0 done, 1 failed, 2 wrong use. Errors go to standard error in one sentence, with a stack
trace only under ``--debug``. Heavy imports wait for their command, so that ``--help`` answers at once.
"""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from domain.kernel.errors import Refused

app = typer.Typer(
    name="simpul",
    help="The event-sourced interoperability hub of a regency.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
projections = typer.Typer(help="Read models: list them, rebuild them.", no_args_is_help=True)
app.add_typer(projections, name="projections")

Data = Annotated[
    Path, typer.Option("--data", help="Folder of the store.", envvar="SIMPUL_DATA", file_okay=False)
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
DATA = Path("data")


@app.command()
def serve(
    data: Data = DATA,
    host: Annotated[str | None, typer.Option(help="Address; only loopback until login exists.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
) -> None:
    """Run the hub: pages, REST, feeds, projector and couriers."""
    from api.cli import serve as command

    command.run(data, host, port)


@app.command()
def demo(
    residents: Annotated[int, typer.Option(min=1, help="Invented residents.")] = 5000,
    port: Annotated[int, typer.Option(help="Port of the pages; 0 takes a free one.")] = 8000,
    fast: Annotated[bool, typer.Option("--fast", help="A working day without pauses.")] = False,
    seed: Annotated[int, typer.Option(help="Another seed, another population.")] = 2010,
    data: Data = DATA / "demo",
) -> None:
    """Run everything: a hub, two simulated ministries, residents, a working day of acts."""
    from api.cli import demo as command

    command.run(data, residents=residents, port=port, fast=fast, seed=seed)


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
    json: Json = False,
) -> None:
    """Take in households. A second run of the same file finds them already there."""
    from api.cli import importing as command

    command.run(file, data, source=source, rejects=rejects, json=json)


@app.command()
def generate(
    residents: Annotated[int, typer.Option(min=1, help="How many, exactly.")] = 5000,
    seed: Annotated[int, typer.Option(help="Same seed, same people.")] = 2010,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write; standard output otherwise.")
    ] = None,
) -> None:
    """Invent plausible households for the 208 villages, as NDJSON for ``simpul import``."""
    from api.cli import generate as command

    command.run(residents, seed, out)


@app.command()
def simulate(
    ministry: Annotated[str, typer.Argument(help="kemendag or kemendagri.")],
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.")] = 0,
    data: Data = DATA / "ministries",
) -> None:
    """Run a simulated ministry that knows nothing of us but the contract."""
    from api.cli import simulate as command

    command.run(ministry, port, data)


@projections.command("list")
def projections_list(data: Data = DATA, json: Json = False) -> None:
    """Every read model with its version, position and lag."""
    from api.cli import projections as command

    command.list_(data, json=json)


@projections.command("rebuild")
def projections_rebuild(
    names: Annotated[list[str] | None, typer.Argument(help="Which; all when none is named.")] = None,
    data: Data = DATA,
) -> None:
    """Build read models anew beside the serving ones, then swap."""
    from api.cli import projections as command

    command.rebuild(data, names or [])


@app.command()
def history(
    stream: Annotated[str, typer.Argument(metavar="ID", help="Id of the record, e.g. resident-...")],
    at: Annotated[datetime | None, typer.Option(help="As known at this moment (Jakarta time).")] = None,
    data: Data = DATA,
    json: Json = False,
) -> None:
    """The events of a record and its state after each."""
    from api.cli import history as command

    command.run(stream, at, data, json=json)


@app.command()
def bench(
    quick: Annotated[bool, typer.Option("--quick", help="Smaller counts.")] = False,
    json: Annotated[
        Path | None, typer.Option("--json", help="Write the measures here.", dir_okay=False)
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only these rows, by id.")] = None,
) -> None:
    """Measure the hub as ratios to raw loops of the same run."""
    from api.bench import run

    raise typer.Exit(run.main(quick=quick, json=json, only=only or []))


def main() -> None:
    """The console script."""
    debug = "--debug" in sys.argv
    if debug:
        sys.argv.remove("--debug")
    try:
        app()
    except Refused as refused:
        if debug:
            raise
        from api.errors import sentence

        typer.echo(f"simpul: {sentence(refused, 'en')} ({refused.code})", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
