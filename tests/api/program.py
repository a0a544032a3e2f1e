"""A program that uses REST as a developer would: it draws keys, sends bodies, reads answers."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from fastapi.testclient import TestClient
from httpx2 import Response

from tests.acts.people import SRAGEN_TENGAH, SRI, SRI_NIK

PREFIX = "/api/v1"
KTP = ("call", "complete-file", "record-biometrics", "print-card", "hand-over")


def member(**changes: object) -> dict[str, Any]:
    """Sri, with a NIK that the regency gives unless one is brought."""
    return {**asdict(SRI), "birth_date": "1990-08-17", "nik": None, **changes}


def household(*members: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {
        "village": SRAGEN_TENGAH,
        "address": "Jl. Raya Sukowati 12",
        "rt": "001",
        "rw": "002",
        "members": list(members) or [member()],
        **changes,
    }


def shop(applicant: str, **changes: object) -> dict[str, Any]:
    return {
        "permit": "SIUP-KECIL",
        "applicant": applicant,
        "company": "Toko Sri",
        "legal_form": "PO",
        "kbli": "47112",
        "address": "Jl. Raya Sukowati 12",
        "village": SRAGEN_TENGAH,
        "net_worth": 300_000_000,
        **changes,
    }


class Program:
    """One officer's program."""

    def __init__(self, client: TestClient, officer: str = "dewi", keys: Iterator[str] | None = None) -> None:
        self.client = client
        self.officer = officer
        self._keys = keys or (str(uuid5(UUID(int=1), str(n))) for n in count())

    def as_(self, officer: str) -> "Program":
        """The same program in the hands of another officer."""
        return Program(self.client, officer, self._keys)

    @property
    def token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer demo-{self.officer}"}

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(PREFIX + path, headers=self.token | _names(headers))

    def post(self, path: str, body: object, key: str | None = None, **headers: str) -> Response:
        """Post JSON under a fresh key, or under ``key``."""
        key_header = {"Idempotency-Key": key or next(self._keys)}
        return self.client.post(PREFIX + path, json=body, headers=self.token | key_header | _names(headers))

    def register(self, *members: dict[str, Any], **changes: object) -> dict[str, Any]:
        answer = self.post("/households", household(*members, **changes))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def resident(self) -> str:
        return str(self.register()["residents"][0])

    def sri(self) -> str:
        """The resident who brings the NIK ``SRI_NIK``."""
        return str(self.register(member(nik=SRI_NIK))["residents"][0])

    def ticket(self, resident: str) -> str:
        answer = self.post("/cases", {"document": "KTP", "resident": resident})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["case"])

    def step(self, case: str, step: str, **more: str) -> Response:
        counter = {"counter": "1"} if step == "call" else {}
        return self.post(f"/cases/{case}/steps", {"step": step, **counter}, **more)

    def filed(self, applicant: str, **changes: object) -> str:
        answer = self.post("/applications", shop(applicant, **changes))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["application"])

    def verified(self, applicant: str, **changes: object) -> str:
        application = self.filed(applicant, **changes)
        permit = self.get(f"/applications/{application}").json()["permit"]
        needed = self.get(f"/catalogue/{permit}").json()["requirements"]
        answer = self.post(f"/applications/{application}/verification", {"documents": needed})
        assert answer.status_code == 200, answer.text
        return application


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def problem(answer: Response, status: int, code: str) -> dict[str, Any]:
    """The problem that was answered, which is this one and has the one shape of all."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = dict(answer.json())
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code), body
    assert body["type"] == f"/errors#{code}"
    assert body["title"]
    return body
