"""The pull feed against a route of the same server that returns the same bytes ready-made."""

from collections.abc import Iterator
from pathlib import Path

from api.bench.measure import Measure, at_least, interleave
from api.bench.processes import Plain, listening
from api.bench.reading import filled
from api.bench.stores import SQLITE

ENTRIES = 100
PAGES = 20
"""Pages in one round."""


def pages(folder: Path, quick: bool) -> Iterator[Measure]:
    """Pages of 100 entries, read from the store for every request."""
    rounds, residents = (20, 2_000) if quick else (60, 10_000)
    filled(SQLITE.settings(folder), residents).close()
    last = residents // ENTRIES - 1
    with listening("api.bench.feed_server", str(folder)) as url:
        client = Plain(url)

        def page(number: int) -> bytes:
            path = f"/feeds/kemendagri?lastEventId={ENTRIES * number:020d}&limit={ENTRIES}"
            return client.ask("GET", path, Authorization="Bearer bench")

        def ours(n: int) -> int:
            for i in range(PAGES):
                page((n * PAGES + i) % last)
            return PAGES

        def ready(_: int) -> int:
            for _ in range(PAGES):
                client.ask("GET", "/_ready")
            return PAGES

        client.ask("PUT", "/_ready", page(0), Content_Type="application/octet-stream")
        pair = interleave(rounds, ours, ready)
        client.close()
    yield at_least("feed-pages", pair.rate, 0.3, pair.note("pages"))
