"""The national system behind the simulated ministry: it decides the files that were accepted, and answers them.

Written from ``contracts/`` alone. It numbers whoever a file asks for, may be late, may refuse, may answer twice,
and answers again what nobody has taken; what it has decided stays decided over a restart.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

import httpcore
import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.simulation.accepted import Accepted, Record
from domain.kernel.ports import Clock

GLANCE = 0.2
"""Seconds between two looks at what was accepted."""
PAGE = 1000
FEMALE = ("2", "Perempuan")
FEMALE_DAYS = 40
FIRST, FIRST_SYNTHETIC = 1, 9001
"""The first serials of its numbers; those of invented people belong to nobody."""
OK, UNDECIDED, OUR_FAULT = 200, (408, 425, 429), 500
WAITS = {"connect": 5.0, "read": 10.0, "write": 10.0, "pool": 10.0}
SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
  message INTEGER PRIMARY KEY, filing TEXT NOT NULL UNIQUE, body TEXT NOT NULL, outcome TEXT
) STRICT;
"""


class Manner(msgspec.Struct, forbid_unknown_fields=True):
    """How it answers. Set by ``PUT /_simulator/centre``; what is left out is as kind as here."""

    url: str = ""
    """Where answers go; empty: nowhere, they stay due."""
    token: str = ""
    """The bearer token that goes with them."""
    hold: bool = False
    """Decide nothing for now."""
    refuse: str = ""
    """Refuse every file that is decided from now on, for this reason."""
    twice: bool = False
    """Send every answer twice."""


class Born(NamedTuple):
    """What a NIK tells of somebody."""

    on: date
    sex: str


class Centre:
    """Reads what was accepted in order, and keeps its answers in ``path``. One thread runs it."""

    def __init__(self, accepted: Accepted, path: Path, clock: Clock, manner: Manner | None = None) -> None:
        self.manner = manner or Manner()
        self._accepted = accepted
        self._clock = clock
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {SCHEMA}")
        self._http = httpcore.ConnectionPool()
        self._seen = 0
        self._numbers: set[str] = set()
        self._born: dict[str, Born] = {}
        self._due: list[Record] = []
        for (body,) in self._db.execute("SELECT body FROM answers"):
            self._numbers |= {given["number"] for given in msgspec.json.decode(body)["numbers"]}

    def close(self) -> None:
        self._http.close()
        self._db.close()

    def run(self, stop: Event) -> None:
        """Decide and answer until ``stop`` is set."""
        while not self._clock.wait(GLANCE, stop):
            self._read()
            if not self.manner.hold:
                self._decide()
                self._answer()

    def routes(self) -> list[Route]:
        return [
            Route("/_simulator/centre", self._manner, methods=["GET", "PUT"]),
            Route("/_simulator/answers", self._answers),
        ]

    async def _manner(self, request: Request) -> Response:
        if request.method == "PUT":
            try:
                self.manner = msgspec.json.decode(await request.body(), type=Manner)
            except msgspec.DecodeError as misfit:
                return PlainTextResponse(str(misfit), 422)
        return _json(self.manner)

    async def _answers(self, _: Request) -> Response:
        """Everything that was decided; ``outcome`` is null until somebody has taken it or said no."""
        rows = self._db.execute("SELECT body, outcome FROM answers ORDER BY message")
        return _json([{"answer": msgspec.Raw(body.encode()), "outcome": outcome} for body, outcome in rows])

    def _read(self) -> None:
        while page := self._accepted.after(self._seen, PAGE):
            for record in page:
                self._note(record)
            self._seen = page[-1].feed_seq

    def _note(self, record: Record) -> None:
        said = msgspec.json.decode(record.record)
        match said["JENIS_PERUBAHAN"]:
            case "PERMOHONAN":
                self._due.append(record)
            case "PERMOHONAN_ORANG" if (sheet := said["ISI"]) is not None:
                # A newborn's sheet has no birth date: it is the day of the event.
                born = date.fromisoformat(sheet.get("birth_date", said["TGL_BERLAKU"]))
                self._born[said["ID_PENDUDUK"]] = Born(born, sheet["sex"])
            case "PERMOHONAN_ORANG":
                pass
            case _:
                self._numbers |= {number for number in (said["NIK"], said["NO_KK"]) if number}
                if said["TGL_LHR"] and said["JENIS_KLMIN"]:
                    born = date.fromisoformat(said["TGL_LHR"])
                    self._born[said["ID_PENDUDUK"]] = Born(born, said["JENIS_KLMIN"])

    def _decide(self) -> None:
        due, self._due = self._due, []
        for record in due:
            said = msgspec.json.decode(record.record)
            query = "SELECT coalesce(max(message), 0) + 1, coalesce(max(filing = ?), 0) FROM answers"
            number, known = self._db.execute(query, (said["ID_PERMOHONAN"],)).fetchone()
            if not known:
                body = msgspec.json.encode(self._decision(number, said, record.receipt)).decode()
                row = (number, said["ID_PERMOHONAN"], body)
                self._db.execute("INSERT INTO answers (message, filing, body) VALUES (?, ?, ?)", row)

    def _decision(self, number: int, said: Mapping[str, Any], receipt: str) -> dict[str, Any]:
        now = self._clock.now()
        refused = self.manner.refuse or ("" if said["ISI"] is not None else "Berkas kosong")
        return {
            "message": f"PUSAT-{now.year}-{number:06d}",
            "receipt": receipt,
            "sent": now.isoformat(),
            "filing": said["ID_PERMOHONAN"],
            "decision": "refused" if refused else "granted",
            "numbers": [] if refused else list(self._give(said, now.date())),
            "reason": refused,
        }

    def _give(self, said: Mapping[str, Any], today: date) -> Iterator[dict[str, str]]:
        for wanted in said["NOMOR"]:
            stream = wanted["UNTUK"]
            on = today if wanted["JENIS"] == "NO_KK" else self._born[stream].on
            female = wanted["JENIS"] == "NIK" and self._born[stream].sex in FEMALE
            day = f"{on.day + FEMALE_DAYS * female:02d}{on:%m%y}"
            prefix = wanted["KODE_KEC"].replace(".", "") + day
            yield {"stream": stream, "number": self._free(prefix, synthetic=said["SINTETIS"])}

    def _free(self, prefix: str, *, synthetic: bool) -> str:
        """The first number that is nobody's: a NIK and a KK number never meet in one registry either."""
        serials = range(FIRST_SYNTHETIC if synthetic else FIRST, 10_000)
        number = next(n for serial in serials if (n := f"{prefix}{serial:04d}") not in self._numbers)
        self._numbers.add(number)
        return number

    def _answer(self) -> None:
        """Send what is due, the first first; what meets nobody is sent again at the next look."""
        if not self.manner.url:
            return
        due = self._db.execute("SELECT message, body FROM answers WHERE outcome IS NULL ORDER BY message")
        for message, body in due.fetchall():
            outcome = self._send(body)
            if outcome is None:
                return
            if self.manner.twice:
                self._send(body)
            self._db.execute("UPDATE answers SET outcome = ? WHERE message = ?", (outcome, message))

    def _send(self, body: str) -> str | None:
        """What came of it: ``taken``, or the code of a refusal; None when nobody has answered."""
        token = f"Bearer {self.manner.token}"
        headers = [("Authorization", token), ("Content-Type", "application/json")]
        try:
            answer = self._http.request(
                "POST", self.manner.url, headers=headers, content=body.encode(), extensions={"timeout": WAITS}
            )
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError):
            return None
        if answer.status == OK:
            return "taken"
        if answer.status >= OUR_FAULT or answer.status in UNDECIDED:
            return None
        return str(msgspec.json.decode(answer.content).get("code", answer.status))


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
