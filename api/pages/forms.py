"""A form that came back: its fields, the command id it was drawn with, the version its reader saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Request

from adapters.ids import new_id
from api.errors import BadRequest
from api.pages.frame import Page, Problem
from domain.kernel.errors import Conflict, Malformed, Refused

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Posted:
    """The fields of a form as text, without white space around them."""

    values: Values
    lists: Mapping[str, Sequence[str]]

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field that occurs several times: the ticked boxes of a list."""
        return tuple(self.lists.get(name, ()))

    @property
    def command_id(self) -> UUID:
        """Drawn with the form: a double click or a resend is one act."""
        try:
            return UUID(self.text("command_id"))
        except ValueError:
            raise BadRequest("command-id-missing") from None

    @property
    def expected(self) -> int | None:
        """The version of the record that the form was drawn from, if it names one."""
        seen = self.text("version")
        return int(seen) if seen.isascii() and seen.isdigit() else None

    def back(self, otherwise: str) -> str:
        """Where the reader came from, if it is one of our pages."""
        return local(self.text("kembali"), otherwise)


def local(address: str, otherwise: str) -> str:
    """``address`` when it is a path of this site, so that nobody is sent elsewhere."""
    inside = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if inside else otherwise


async def posted(request: Request) -> Posted:
    """The fields of a form of ours; one that another site sent is refused."""
    _same_site(request)
    form = await request.form()
    texts = [(k, v.strip()) for k, v in form.multi_items() if isinstance(v, str)]
    lists: dict[str, list[str]] = {}
    for name, value in texts:
        lists.setdefault(name, []).append(value)
    return Posted(dict(texts), lists)


APosted = Annotated[Posted, Depends(posted)]


def _same_site(request: Request) -> None:
    # Browsers name the origin of a form; a program that names none carries no cookie by accident.
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    if site not in {"same-origin", "none"} or (origin is not None and urlsplit(origin).netloc != host):
        raise BadRequest("cross-site-request")


@dataclass
class Checked:
    """Reads typed values from a form and keeps a list of what does not fit."""

    page: Page
    posted: Posted
    problems: list[Problem] = field(default_factory=list)

    def needed(self, name: str) -> str:
        """A text that must be there."""
        value = self.posted.text(name)
        if not value:
            self.refuse(Malformed("field-missing"), name)
        return value

    def day(self, name: str) -> date:
        """A date; a field that is empty or no date is a problem, and today stands in for it."""
        value = self.needed(name)
        try:
            return date.fromisoformat(value)
        except ValueError:
            if value:
                self.refuse(Malformed("malformed-date"), name)
        return self.page.hub.desk.today

    def rupiah(self, name: str) -> int | None:
        """Whole rupiah, as people write them: ``Rp75.000.000`` or ``75000000``; None when empty."""
        value = self.posted.text(name).removeprefix("Rp").replace(".", "").replace(" ", "")
        if not value:
            return None
        if value.isascii() and value.isdigit():
            return int(value)
        self.refuse(Malformed("malformed-amount"), name)
        return None

    def refuse(self, refused: Refused, name: str = "") -> None:
        self.problems.append(self.page.problem(refused, name))


def again(posted: Posted, refused: Refused | None = None) -> UUID:
    """The command id of a form that is shown again.

    A refused command is not remembered, so its id stays; after a conflict the clerk sees another
    record and decides anew.
    """
    return new_id() if isinstance(refused, Conflict) else posted.command_id
