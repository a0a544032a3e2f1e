"""A request is compared with the routes of its section only, and finds the same one as before."""

from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from api.sections import Section


def routes() -> APIRouter:
    made = APIRouter()

    @made.get("/rooms/{room}")
    def room(room: str) -> str:
        return room

    @made.get("/halls")
    def halls() -> str:
        return "halls"

    return made


def client(*, under: str = "") -> TestClient:
    app, outer = FastAPI(), APIRouter(prefix=under)
    outer.include_router(Section(routes(), under))
    app.include_router(outer)
    return TestClient(app)


def test_every_route_of_a_section_is_found() -> None:
    asked = client()
    assert [asked.get(path).json() for path in ("/rooms/7", "/halls")] == ["7", "halls"]


def test_a_section_is_found_under_a_prefix() -> None:
    asked = client(under="/api/v1")
    assert [asked.get(f"/api/v1{path}").json() for path in ("/rooms/7", "/halls")] == ["7", "halls"]


def test_an_address_of_no_section_and_a_wrong_method_are_told_apart() -> None:
    asked = client()
    statuses = [asked.get(path).status_code for path in ("/", "/room", "/rooms", "/elsewhere/7")]
    assert statuses == [404, 404, 404, 404]
    assert asked.post("/halls").status_code == 405
