"""What every page shares: the reader's language, the officer at the desk, the frame around the content."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from adapters.ids import new_id
from api.errors import sentence, status
from api.identity import NotSignedIn, Officer
from api.messages import LANGUAGES, Language
from api.pages.asof import NOW, AsOf
from api.pages.assets import asset
from api.pages.names import Names
from api.pages.searches import Searches
from api.pages.sessions import COOKIE, Sessions
from api.pages.shelf import Shelf
from api.pages.words import Words
from api.wiring import Hub
from domain.access.purposes import Purpose, PurposeRow
from domain.access.reading import Seen
from domain.kernel.errors import Refused
from domain.kernel.events import Actor
from projections import parking
from projections.readmodel import View

LANGUAGE_COOKIE = "lang"
PURPOSE_COOKIE = "simpul-purpose"
A_YEAR = 365 * 24 * 3600
SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary: what is wrong, in words, and the field it is about."""

    code: str
    sentence: str
    field: str = ""


class Frame:
    """What all pages of one hub have in common."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.sessions = Sessions(hub.settings.data / "keys")
        self.searches = Searches()
        self.counted: Shelf[Any] = Shelf()

    def page(self, request: Request) -> "Page":
        language = self._language(request)
        return Page(self, request, Words(language), self._officer(request))

    def _language(self, request: Request) -> Language:
        asked = (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE))
        return next((n for ask in asked for n in LANGUAGES if n == ask), self.hub.settings.language)

    def _officer(self, request: Request) -> Officer | None:
        day = self.hub.desk.today
        try:
            return self.hub.officers.get(self.sessions.read(request.cookies.get(COOKIE), day), day)
        except NotSignedIn:
            return None


@dataclass(frozen=True)
class Page:
    """One request for a page, and the way to answer it."""

    frame: Frame
    request: Request
    words: Words
    visitor: Officer | None

    @property
    def hub(self) -> Hub:
        return self.frame.hub

    @property
    def names(self) -> Names:
        return Names(self.hub.desk.reference, self.hub.desk.today)

    @property
    def officer(self) -> Officer:
        """The officer who looks; ``NotSignedIn`` sends a reader to the page where one is chosen."""
        if self.visitor is None:
            raise NotSignedIn
        return self.visitor

    @property
    def actor(self) -> Actor:
        return self.officer.acting("web")

    def t(self, key: str, /, **parameters: object) -> str:
        return self.words.t(key, **parameters)

    @contextmanager
    def shown(self, *models: str, asof: AsOf = NOW) -> Iterator[View]:
        """The read models. What these of them lack is told above the page, also when it is an error."""
        with self._view(asof) as view:
            self.request.state.parked = parking.count(view, *models)
            yield view

    @property
    def stated(self) -> str:
        """The purpose that the officer has stated for this hour; empty when what the page is for stands."""
        code = self.request.cookies.get(PURPOSE_COOKIE, "")
        return code if code in {row.code for row in self.purposes} else ""

    @property
    def purposes(self) -> tuple[PurposeRow, ...]:
        """Those that she may state today."""
        desk = self.hub.desk
        return desk.reference.purposes.on(desk.today)

    @property
    def opening(self) -> list[tuple[str, str]]:
        """Those that open what is protected, in words."""
        language = self.words.language
        return [(row.code, self.names.purpose(row.code, language)) for row in self.purposes if row.opens]

    def looks(
        self,
        seen: Seen,
        ids: Iterable[str],
        record: str = "",
        *,
        why: Purpose = Purpose.SERVICE,
        stated: str = "",
    ) -> None:
        """Record that the officer sees these residents, before the page is made: it is not shown without.

        ``why``: what this page is for, unless she has stated a purpose of her own; ``stated`` with this request.
        """
        by = self.officer.acting("web", stated or self.stated or why.value)
        self.hub.readings.person(seen, ids, by=by, record=record)

    def _view(self, asof: AsOf) -> AbstractContextManager[View]:
        views = self.hub.views
        if not asof.past:
            return views.now()
        return views.at(views.known(asof.known) if asof.known else views.position(), asof.held)

    def problem(self, refused: Refused, field: str = "") -> Problem:
        return Problem(refused.code, sentence(refused, self.words.language), field)

    def render(self, template: str, status: int = 200, **context: Any) -> Response:
        """The page ``template`` in the reader's language. Pages of officers are never stored."""
        body = environment().get_template(template).render(self._context() | context)
        answer = HTMLResponse(body, status, {"Cache-Control": "no-store", "Vary": "Cookie"})
        if self.request.query_params.get("lang") in LANGUAGES:
            answer.set_cookie(
                LANGUAGE_COOKIE, self.words.language, max_age=A_YEAR, httponly=True, samesite="lax"
            )
        return answer

    def _context(self) -> dict[str, Any]:
        return {
            "page": self,
            "w": self.words,
            "t": self.t,
            "names": self.names,
            "officer_name": self.hub.officers.name,
            "lang": self.words.language,
            "other_language": self._switch(),
            "visitor": self.visitor,
            "synthetic": self.hub.settings.synthetic,
            "path": self.request.url.path,
            "asset": lambda name: asset(name).address,
            "today": self.hub.desk.today,
            "now": self.hub.clock.now(),
            "new_id": new_id,
            "asof": NOW,
            "on": self.hub.desk.today,
            "problems": (),
            "incomplete": getattr(self.request.state, "parked", 0),
        }

    def _switch(self) -> str:
        """The address of this page in the other language."""
        other = "en" if self.words.language == "id" else "id"
        safe = self.request.method in {"GET", "HEAD"}
        query = dict(self.request.query_params) if safe else {}
        return f"{self.request.url.path}?{urlencode(query | {'lang': other})}" if safe else f"/?lang={other}"

    def wait(self, position: int) -> None:
        """Until the read models show the act, so that the page after a form does."""
        self.hub.views.wait(position, self.hub.settings.wait)


async def page_of(request: Request) -> Page:  # a plain dependency would cost a change of thread
    frame: Frame = request.state.frame
    return frame.page(request)


APage = Annotated[Page, Depends(page_of)]


def see_other(address: str) -> Response:
    """After a form: look at the result (post, redirect, get)."""
    return RedirectResponse(address, SEE_OTHER)


@cache
def environment() -> Environment:
    loader = PackageLoader("api.pages")
    return Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # no look at three files for every page
    )


def error_page(hub: Hub) -> Callable[[Request, Refused], Response]:
    """How the app answers a refusal to somebody who looks at pages."""
    frame = Frame(hub)

    def answer(request: Request, refused: Refused) -> Response:
        request.state.frame = frame
        if isinstance(refused, NotSignedIn) and request.method in {"GET", "HEAD"}:
            return see_other(f"/masuk?kembali={quote(_local(request))}")
        page = frame.page(request)
        return page.render("error.html", int(status(refused)), problem=page.problem(refused))

    return answer


def _local(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
