"""The measures measure: every row of the ledger's bench gives its figures, and a bar decides only where it may."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from api.bench import appending, facts, populated, population, postgres, publishing
from api.bench.measure import Measure, at_least, at_most, reported
from api.bench.populated import Population
from api.bench.run import measured, show
from api.bench.stage import Scale, Stage
from api.bench.stores import SQLITE

TINY = Scale("tiny", residents=3_000, rounds=2, imported=7_000, weighed=500, grown=4_000, small=2_000)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(SQLITE, TINY, tmp_path_factory.mktemp("stage"))
    yield made
    made.close()


@pytest.mark.parametrize("name", dict(facts.ROWS))
def test_every_row_of_the_ledger_gives_its_figures(stage: Stage, name: str) -> None:
    row = dict(facts.ROWS)[name]
    measures = measured([(name, partial(row, stage))])
    assert measures
    assert all(measure.id.startswith("sqlite-") for measure in measures)
    assert all(measure.value is not None and measure.value > 0 for measure in measures)


@pytest.fixture(scope="module")
def postgres_stage(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with postgres.postgres(postgres_url) as store:
        made = Stage(store, TINY, tmp_path_factory.mktemp("stage"))
        yield made
        made.close()


@pytest.mark.parametrize("name", dict(facts.POSTGRES_ROWS))
def test_every_row_of_a_ledger_on_postgresql_gives_its_figures(postgres_stage: Stage, name: str) -> None:
    row = dict(facts.POSTGRES_ROWS)[name]
    measures = measured([(name, partial(row, postgres_stage))])
    assert measures
    assert all(measure.id.startswith("postgres-") for measure in measures)
    assert all(measure.value is not None and measure.value > 0 for measure in measures)


@pytest.mark.parametrize("name", dict(publishing.ROWS))
def test_every_row_of_kafka_gives_its_figures(kafka: str, name: str, tmp_path: Path) -> None:
    with closing(publishing.Stage(tmp_path, kafka, 300)) as there:
        measures = [*dict(publishing.ROWS)[name](there, 1)]
    assert measures
    assert all(measure.value is not None and measure.value > 0 for measure in measures)


@pytest.mark.parametrize(("disk", "gated"), [(0.0003, True), (0.00029, False)])
def test_sharing_commits_is_gated_where_the_disk_is_slow(tmp_path: Path, disk: float, gated: bool) -> None:
    store = replace(SQLITE, disk=lambda _: disk)
    with closing(Stage(store, TINY, tmp_path / "stage")) as there:
        row, _ = appending.callers(there, tmp_path)
    assert row.must == ">= 2.5"
    assert (row.ok is not None, "not gated" not in row.note) == (gated, gated)


def test_a_run_that_does_not_fit_on_the_disk_is_refused_before_it_begins(tmp_path: Path) -> None:
    Stage(SQLITE, TINY, tmp_path).must_fit()
    there = Stage(SQLITE, replace(TINY, grown=10**15, imported=0), tmp_path)
    with pytest.raises(OSError, match="for 1,000,000,000,000,000 facts"):
        there.must_fit()
    assert list(tmp_path.iterdir()) == []


def test_a_missed_bar_fails_and_what_is_not_gated_does_not(tmp_path: Path) -> None:
    fine = [at_least("a", 2.0, 1.5), at_most("b", 1.0, 1.15), reported("c", 7.0, "ms")]
    absent = Measure("d", None, "of raw", ">= 0.5", note="not installed")
    missed = at_least("e", 1.0, 1.5)
    assert show([*fine, absent, missed.ungated("too fast")], "", tmp_path / "fine.json") == 0
    assert show([*fine, missed], "", tmp_path / "missed.json") == 1
    rows = json.loads((tmp_path / "fine.json").read_text())["measures"]
    assert [(row["id"], row["value"], row["ok"]) for row in rows[2:]] == [
        ("c", 7.0, None),
        ("d", None, None),
        ("e", 1.0, None),
    ]


CROWD = populated.Scale("tiny", residents=300, rounds=1, requests=10, registered=32, before=5, papers=2)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Population]:
    with closing(Population(CROWD, tmp_path_factory.mktemp("crowd"))) as made:
        yield made


@pytest.mark.parametrize("name", dict(population.ROWS))
def test_every_row_of_the_population_gives_its_figures(crowd: Population, name: str) -> None:
    measures = list(dict(population.ROWS)[name](crowd))
    assert measures
    assert all(measure.value is not None and measure.value > 0 for measure in measures)
