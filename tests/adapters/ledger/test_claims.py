"""A number is used once, whoever asks at the same time; the number of a person is never kept in clear."""

from pathlib import Path

import pytest

from adapters.ledger.ledger import Ledger
from adapters.reference import reference
from api.acts.desk import Desk
from api.acts.population import register_household
from api.facts import EVENTS
from domain.kernel.errors import AlreadyClaimed
from tests.acts.people import REGISTRAR, SRI, SRI_NIK, StandingClock, command, household
from tests.adapters.ledger.conftest import Open
from tests.adapters.ledger.shelf import BOX, before, label, labels, once, put, raw

KK = "3314100101209001"


def claimed(folder: Path) -> dict[str, bytes]:
    """The claim table: kind and key as stored."""
    with raw(folder) as database:
        return dict(database.execute("SELECT kind, key FROM claim"))


def registered(ledger: Ledger) -> None:
    desk = Desk(ledger, StandingClock(), reference(), synthetic=True)
    register_household(desk, household(SRI, kk=KK), by=REGISTRAR, command_id=command("home"))


def test_a_claim_that_is_taken_names_its_holder_and_the_act(ledger: Ledger) -> None:
    put(ledger, label("box-1", "a"))
    with pytest.raises(AlreadyClaimed) as refused:
        put(ledger, label("box-2", "b"), label("box-3", "a"))
    assert (refused.value.code, refused.value.parameters["holder"]) == ("label-already-registered", "box-1")
    assert refused.value.act == 1
    put(ledger, label("box-2", "b"), label("box-3", "c"))


def test_one_command_cannot_claim_the_same_twice(ledger: Ledger) -> None:
    with pytest.raises(AlreadyClaimed) as refused:
        put(ledger, label("box-1", "a"), label("box-2", "a"))
    assert (refused.value.parameters["holder"], refused.value.act) == ("box-1", 1)
    assert ledger.head() == 0


def test_a_claim_lost_in_a_race_is_told_like_any_other(ledger: Ledger, open_ledger: Open) -> None:
    other = open_ledger()
    race = before(once(lambda: put(other, label("box-9", "a"))))
    with pytest.raises(AlreadyClaimed) as refused:
        put(ledger, label("box-1", "a", decider=race))
    assert refused.value.parameters["holder"] == "box-9"
    assert labels(ledger, "box-1") == ()


def test_what_was_refused_claims_nothing(ledger: Ledger) -> None:
    put(ledger, label("box-1", "a"))
    with pytest.raises(AlreadyClaimed):
        put(ledger, label("box-2", "b"), label("box-2", "a"))
    assert ledger.holder("label", "b") is None
    put(ledger, label("box-3", "b"))
    assert ledger.holder("label", "b") == "box-3"


@pytest.mark.parametrize("secret", [False, True])
def test_the_holder_of_a_claim_is_found_by_kind_and_number(ledger: Ledger, *, secret: bool) -> None:
    put(ledger, label("box-1", "a", secret=secret))
    assert ledger.holder("label", "a") == "box-1"
    assert (ledger.holder("label", "b"), ledger.holder("other", "a")) == (None, None)


def test_a_claim_is_held_after_a_restart(ledger: Ledger, open_ledger: Open) -> None:
    put(ledger, label("box-1", "a", secret=True))
    ledger.close()
    with pytest.raises(AlreadyClaimed):
        put(open_ledger(), label("box-2", "a", secret=True))


def test_many_claims_of_one_command_are_looked_up_in_parts(ledger: Ledger) -> None:
    put(ledger, label("box-0", "last"))
    many = [label(f"box-{n}", f"label-{n}") for n in range(1, 1200)]
    with pytest.raises(AlreadyClaimed) as refused:
        put(ledger, *many, label("box-1200", "last"), name="many")
    assert (refused.value.parameters["holder"], refused.value.act) == ("box-0", 1199)
    put(ledger, *many, name="many")
    assert ledger.holder("label", "label-1199") == "box-1199"


def test_a_nik_and_a_kk_number_are_not_kept_in_clear(open_ledger: Open, tmp_path: Path) -> None:
    registered(open_ledger(events=EVENTS))
    keys = claimed(tmp_path)
    assert {kind: len(key) for kind, key in keys.items()} == {"nik": 32, "kk": 32}
    assert not {SRI_NIK.encode(), KK.encode()} & set(keys.values())
    put(open_ledger(), label("box-1", SRI_NIK))
    assert claimed(tmp_path)["label"] == SRI_NIK.encode(), "the control: what is no secret stands as it is"


def test_another_key_file_makes_other_claim_keys(open_ledger: Open, tmp_path: Path) -> None:
    """What was stolen of one node cannot be looked up in another."""
    for node in ("one", "other"):
        registered(open_ledger(tmp_path / node, events=EVENTS))
    one, other = (claimed(tmp_path / node) for node in ("one", "other"))
    assert one.keys() == other.keys() == {"nik", "kk"}
    assert not set(one.values()) & set(other.values())


def test_equal_numbers_of_two_kinds_do_not_show_as_equal(ledger: Ledger) -> None:
    put(ledger, label("box-1", KK, secret=True))
    (claim,) = BOX.claims(ledger.after(0, 1)[0].event)
    assert ledger._claim_key(claim) != ledger._claim_key(claim._replace(kind="kk"))
    assert ledger._claim_key(claim) == ledger._claim_key(claim._replace())
