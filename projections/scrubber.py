"""The scrubber: once somebody is forgotten, leaves nothing of her in the files of the read models."""

from collections.abc import Iterable
from threading import Event

import structlog
from sqlalchemy import Column, Integer, MetaData, Table, select

from domain.kernel.errors import StoreUnavailable
from projections import erasures, parking
from projections.readmodel import View, upsert
from projections.views import Views

FORGOTTEN = "privacy.subject-forgotten"
GLANCE = 1.0
"""Seconds between two looks whether somebody was forgotten."""

_scrubbed = Table(
    "scrubbed",
    MetaData(),
    Column("one", Integer, primary_key=True),
    Column("position", Integer, nullable=False),
)
_put = upsert(_scrubbed)

log = structlog.get_logger()


class Scrubber:
    """One in every process: past views live in each, and whoever comes first scrubs the file."""

    name = "scrubber"

    def __init__(self, views: Views) -> None:
        self._views = views
        self._dropped = 0
        views.store.create([_scrubbed])

    def run(self, stop: Event) -> None:
        """Scrub until ``stop`` is set."""
        while not stop.is_set():
            try:
                self.step()
            except StoreUnavailable as full:  # a copy of the file needs room: when there is some again
                log.error("scrub-put-off", cause=full.code)
            stop.wait(GLANCE)

    def step(self) -> bool:
        """False while something is owed: a read model has not come so far, or has parked that somebody is forgotten, or somebody still reads or builds."""
        with self._views.now() as view:
            forgotten, done = erasures.last_forgotten(view), _position(view)
            waiting = parking.holds(view, FORGOTTEN)
        if forgotten > self._dropped:
            self._views.drop_past()
            self._dropped = forgotten
        if forgotten <= done:
            return True
        if waiting or any(model.position < forgotten for model in self._views.status()):
            return False
        if not (self._views.store.drop_unfinished() and self._views.store.scrub()):
            return False
        with self._views.store.writing() as write:
            write.many(_put, [(1, forgotten)])
        return True


def _position(view: View) -> int:
    found: Iterable[int] = view.connection.execute(select(_scrubbed.c.position)).scalars()
    return next(iter(found), 0)
