"""The pull feed of a ministry: in order, without gaps, and only for its own token."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from adapters.people import generate
from adapters.people.ndjson import Line
from api.acts.importing import import_households
from api.feeds.routes import MOST, WAITERS
from api.identity import IMPORTER
from api.wiring import Hub
from domain.kernel.ports import Entry
from tests.acts.people import StandingClock
from tests.api.conftest import asked, opened
from tests.api.program import Program, problem

PEOPLE = 250
FEED = "/feeds/kemendagri"
TOKEN = {"Authorization": "Bearer token-kemendagri"}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub with 250 residents; the tests of this module only read, or add behind them."""
    with opened(tmp_path_factory.mktemp("hub"), StandingClock()) as hub:
        households = generate.households(PEOPLE, 7, hub.desk.reference, hub.desk.today)
        lines = (Line(number, household) for number, household in enumerate(households, 1))
        summary = import_households(
            hub.desk,
            hub.ledger,
            lines,
            "test",
            by=IMPORTER,
            refused=lambda refusal: pytest.fail(refusal.code),
        )
        assert summary.rejected == 0
        assert hub.views.wait(hub.ledger.head(), 10.0)
        yield hub


@pytest.fixture(scope="module")
def client(hub: Hub) -> Iterator[TestClient]:
    with asked(hub) as client:
        yield client


def pull(client: TestClient, query: str = "", **headers: str) -> Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(f"{FEED}{query}", headers=TOKEN | names)


def following(answer: Response) -> str:
    """The address of the next page, from the Link header."""
    return str(answer.links["next"]["url"])


def walk(client: TestClient, start: str = f"{FEED}?limit=100") -> list[dict[str, Any]]:
    """Every entry, page after page, until one is empty."""
    found: list[dict[str, Any]] = []
    address = start
    while True:
        answer = client.get(address, headers=TOKEN)
        if not answer.json():
            return found
        found += answer.json()
        address = following(answer)


def test_a_feed_is_pulled_to_its_end_in_order_and_without_gaps(client: TestClient) -> None:
    entries = walk(client)
    assert [int(e["id"]) for e in entries] == list(range(1, len(entries) + 1))
    assert len(entries) >= PEOPLE
    positions = [e["position"] for e in entries]
    assert positions == sorted(set(positions))
    assert walk(client, f"{FEED}?limit=7") == entries, "the size of a page changes nothing"


def test_an_entry_is_a_cloudevent(client: TestClient) -> None:
    answer = pull(client, "?limit=1")
    assert answer.headers["content-type"] == "application/cloudevents-batch+json"
    (entry,) = answer.json()
    assert entry["specversion"] == "1.0"
    assert (entry["id"], entry["source"]) == ("0" * 19 + "1", FEED)
    assert entry["type"]
    assert entry["time"].endswith("Z")
    assert entry["data"]["kind"] == "BIODATA"
    assert entry["data"]["nik"] not in entry["subject"], "a subject is opaque"


def test_a_page_is_never_kept_for_long_by_a_cache(client: TestClient) -> None:
    assert pull(client).headers["cache-control"] == "private, no-cache"


def test_who_has_the_page_already_is_not_sent_it_again(client: TestClient) -> None:
    tag = pull(client, "?limit=5").headers["etag"]
    unchanged = pull(client, "?limit=5", If_None_Match=tag)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert following(unchanged) == following(pull(client, "?limit=5"))
    assert pull(client, "?limit=6", If_None_Match=tag).status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("?lastEventId=1", 400, "malformed-event-id"),
        ("?lastEventId=0000000000000000000x", 400, "malformed-event-id"),
        ("?lastEventId=00000000000000099999", 400, "unknown-event-id"),
        ("?limit=0", 422, "query-wrong-shape"),
        (f"?limit={MOST + 1}", 422, "query-wrong-shape"),
        ("?timeout=-1", 422, "query-wrong-shape"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(
    client: TestClient, query: str, status: int, code: str
) -> None:
    problem(pull(client, query), status, code)


def test_a_feed_is_for_its_own_token(client: TestClient) -> None:
    for token in ({}, {"Authorization": "Bearer demo-dewi"}, {"Authorization": "Basic token-kemendagri"}):
        problem(client.get(FEED, headers=token), 401, "feed-token-wrong")
    problem(client.get("/feeds/kemenkes", headers=TOKEN), 404, "unknown-destination")


def test_a_feed_without_a_token_is_closed(client: TestClient) -> None:
    """The feed of Kemendag has no token in this hub: not even an empty one opens it."""
    for token in ({"Authorization": "Bearer "}, {"Authorization": "Bearer"}, TOKEN, {}):
        problem(client.get("/feeds/kemendag", headers=token), 401, "feed-token-wrong")


def test_a_long_poll_is_answered_when_something_happens(client: TestClient, hub: Hub) -> None:
    last = f"{hub.feeds['kemendagri'].head():020d}"
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(pull, client, f"?lastEventId={last}&timeout=30000")
        Program(client).resident()
        (entry,) = waiting.result(timeout=20).json()
    assert int(entry["id"]) == int(last) + 1


def test_a_long_poll_ends_empty_when_nothing_happens(client: TestClient, hub: Hub) -> None:
    last = f"{hub.feeds['kemendagri'].head():020d}"
    answer = pull(client, f"?lastEventId={last}&timeout=50")
    assert answer.json() == []
    assert last in following(answer), "ask again from the same place"


class SlowFeed:
    """A feed at which everybody waits until ``go`` is set."""

    def __init__(self) -> None:
        self.arrived = Semaphore(0)
        self.go = Event()
        self.waited = 0

    def head(self) -> int:
        return 0

    def entries(self, after: int, limit: int) -> Sequence[Entry]:
        return ()

    def wait(self, after: int, timeout: float) -> bool:
        self.waited += 1
        self.arrived.release()
        return self.go.wait(timeout)


def test_one_waiter_too_many_is_answered_at_once(hub: Hub) -> None:
    slow, real = SlowFeed(), hub.feeds
    hub.feeds = {"kemendagri": slow}  # type: ignore[dict-item]  # waits as a feed does
    try:
        with asked(hub) as client, ThreadPoolExecutor(WAITERS) as pool:
            waiting = [pool.submit(pull, client, "?timeout=30000") for _ in range(WAITERS)]
            for _ in range(WAITERS):
                assert slow.arrived.acquire(timeout=20)
            assert pull(client, "?timeout=30000&limit=1").status_code == 200
            assert slow.waited == WAITERS, "it did not wait"
            slow.go.set()
            assert {one.result().status_code for one in waiting} == {200}
    finally:
        slow.go.set()
        hub.feeds = real
