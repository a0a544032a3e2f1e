"""Bare routes of FastAPI over the files of a hub: what a page, a search and a registration cost at least."""

import pickle
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from threading import Lock
from typing import Annotated, Any

import uvicorn
from fastapi import Body, FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from adapters.ledger.keys import Keys
from api.bench.populated import OFFICER
from api.bench.raw import Raw, Record
from api.bench.stores import SQLITE
from api.cli.serve import Server, address, listen
from api.opening import LEDGER
from api.pages import households, residents
from api.pages.frame import Frame, Page, environment
from api.pages.words import Words
from api.rest.models import NewHousehold
from api.wiring import open_hub

RESIDENT = "SELECT * FROM residents WHERE resident = ?"
HOUSEHOLD = "SELECT * FROM households WHERE household = ?"
CLAIM = "SELECT stream FROM claim WHERE kind = 'nik' AND key = ?"
"""By the keyed hash, as the ledger keeps it."""


@dataclass(frozen=True)
class Noted(Page):
    """A page that is not drawn: what it would be drawn of is noted, and nobody sees it."""

    drawn: list[dict[str, Any]] = field(default_factory=list)

    def looks(self, *_: object, **__: object) -> None:
        pass

    def render(self, template: str, status: int = 200, **context: Any) -> Response:
        self.drawn.append(self._context() | context)
        return Response()


def constants(data: Path, known: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the pages of these residents and of their households are drawn of."""
    people, homes = {}, {}
    with open_hub(SQLITE.settings(data)) as hub:
        frame = Frame(hub)
        for resident in known:
            page = _page(frame, f"/penduduk/{resident}")
            residents.resident(page, resident)
            people[resident] = page.drawn[0]
            home = page.drawn[0]["resident"].household
            page = _page(frame, f"/keluarga/{home}")
            households.household(page, home)
            homes[home] = page.drawn[0]
    return people, homes


def _page(frame: Frame, path: str) -> Noted:
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    officer = frame.hub.officers.get(OFFICER, frame.hub.desk.today)
    return Noted(frame, Request(scope), Words("id"), officer)


def create_app(data: Path, folder: Path, known: list[str]) -> FastAPI:
    people, homes = constants(data, known)
    keys = Keys.open(data / "keys", create=False)
    views, ledger = _opened(data / "views.db"), _opened(data / LEDGER)
    app = FastAPI()

    @app.get("/penduduk/{resident}", response_class=HTMLResponse)
    def person(resident: str) -> str:
        assert views.execute(RESIDENT, (resident,)).fetchone()
        return environment().get_template("resident.html").render(people[resident])

    @app.get("/keluarga/{household}", response_class=HTMLResponse)
    def home(household: str) -> str:
        assert views.execute(HOUSEHOLD, (household,)).fetchone()
        return environment().get_template("household.html").render(homes[household])

    @app.post("/nik")
    def search(nik: Annotated[str, Body(embed=True)]) -> Response:
        assert ledger.execute(CLAIM, (keys.digest("claim nik", nik.encode()),)).fetchone()
        return Response(FOUND, media_type="application/json")

    raw, lock = Raw(folder / "raw.db"), Lock()
    same = {kind: _ready(folder / kind) for kind in ("alone", "family")}

    @app.post("/households/{kind}", status_code=201)
    def register(kind: str, new: NewHousehold) -> dict[str, int]:
        with lock:  # one connection, a commit for each
            return {"members": len(new.members), "records": raw.append(next(same[kind]))}

    return app


FOUND = (
    b'{"items":[{"resident":"resident-00000000000000000000000000000000","household":'
    b'"household-00000000000000000000000000000000","village":"33.14.10.1003","nik":"331410**********","name":'
    b'"Sri Wahyuni","sex":"2","birth_date":"1990-08-17","ktp":"BELUM REKAM","relation":"4","standing":"alive"}],'
    b'"next":null}'
)
"""As REST answers a search for a NIK."""


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False, isolation_level=None)


def _ready(path: Path) -> Iterator[list[Record]]:
    """The records of registrations of before, again and again; read at the first request."""
    yield from cycle(pickle.loads(path.read_bytes()))  # noqa: S301 - our own file


def main(data: Path, folder: Path, known: list[str]) -> None:
    """Serve until terminated; the address is the first line of standard output."""
    with listen("127.0.0.1", 0) as listening:
        app = create_app(data, folder, known)
        sys.stdout.write(address(listening) + "\n")
        sys.stdout.flush()
        Server(uvicorn.Config(app, log_config=None, access_log=False, server_header=False)).run(
            sockets=[listening]
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3].split(","))
