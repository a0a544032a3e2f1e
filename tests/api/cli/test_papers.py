"""``papers rotate-key``: a new key signs from now on, also in a hub that runs."""

from pathlib import Path

from api.acts import papers, population
from api.settings import Settings
from api.wiring import open_hub
from tests.acts.people import REGISTRAR, StandingClock, command
from tests.acts.people import household as new_household
from tests.api.cli.conftest import Simpul


def test_a_running_hub_signs_with_the_new_key_and_knows_the_old_one(simpul: Simpul, data: Path) -> None:
    with open_hub(Settings(data=data, synthetic=True), StandingClock()) as hub:
        made = population.register_household(
            hub.desk, new_household(), by=REGISTRAR, command_id=command("sri")
        )

        def key_of(name: str) -> str:
            new = papers.NewPaper("KK", made.household)
            done = papers.issue(
                hub.desk, hub.press, new, signer="Dewi Lestari", by=REGISTRAR, command_id=command(name)
            )
            papers.revoke(
                hub.desk, done.paper, "wrong-data", by=REGISTRAR, command_id=command(f"revoke {name}")
            )
            return str(hub.ledger.stream(done.paper)[0].event.key)

        old = key_of("before")
        told = simpul("papers", "rotate-key", "--data", data, "--json").json()
        assert told["published"] == [old, told["signing"]]
        assert key_of("after") == told["signing"] != old


def test_a_folder_that_is_not_there_is_not_made(simpul: Simpul, data: Path) -> None:
    ran = simpul("papers", "rotate-key", "--data", data)
    assert (ran.code, ran.out) == (1, "")
    assert str(data) in ran.err
    assert not data.exists()


def test_a_restored_node_opens_the_papers_that_the_old_one_printed(
    simpul: Simpul, data: Path, tmp_path: Path
) -> None:
    with open_hub(Settings(data=data, synthetic=True), StandingClock()) as hub:
        made = population.register_household(
            hub.desk, new_household(), by=REGISTRAR, command_id=command("sri")
        )
        new = papers.NewPaper("KK", made.household)
        done = papers.issue(
            hub.desk, hub.press, new, signer="Dewi", by=REGISTRAR, command_id=command("print")
        )
        printed, known = (
            papers.open_pdf(hub.desk, hub.press, done.paper),
            [*hub.press.keys.published()],
        )
    bundle, copy = tmp_path / "bundle.tar", tmp_path / "copy"
    assert simpul("export", bundle, "--data", data).code == 0
    assert simpul("restore", bundle, "--data", copy, "--keys", data / "keys").code == 0
    with open_hub(Settings(data=copy, synthetic=True), StandingClock()) as hub:
        assert papers.open_pdf(hub.desk, hub.press, done.paper) == printed
        assert [*hub.press.keys.published()] == known, "what was printed before stays checkable"
