"""A browser without JavaScript: it reads forms, fills them, presses buttons and follows links."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from fastapi.testclient import TestClient
from httpx2 import Response

ID = re.compile(r"(?<=layanan)/[^?]+|=33[.0-9]+|/[a-z]+-[0-9a-f]{32}")
OF_A_KIND = 4


@dataclass
class Form:
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects forms, links and the text of a page. A ``template`` is not part of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.attributes: list[str] = []
        self.texts: list[str] = []
        self._form: Form | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._textarea: str | None = None
        self._inert = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        self.attributes += [name for name, _ in attrs]
        self._inert += tag == "template"
        if self._inert:
            return
        if tag == "a" and "href" in of:
            self.links.append(of["href"])
        if tag == "form":
            self._form = Form(of.get("action", ""), of.get("method", "get"))
            self.forms.append(self._form)
        if self._form:
            self._control(self._form, tag, of)

    def _control(self, form: Form, tag: str, of: dict[str, str]) -> None:
        name = of.get("name", "")
        if tag == "input" and of.get("type") != "checkbox":
            form.fields.append((name, of.get("value", "")))
        elif tag == "select":
            self._select = (name, [])
        elif tag == "option" and self._select:
            self._select[1].append((of.get("value", ""), "selected" in of))
        elif tag == "textarea":
            self._textarea = name
            form.fields.append((name, ""))
        elif tag == "button":
            form.buttons.append((name, of.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        self._inert -= tag == "template"
        if tag == "select" and self._select and self._form:
            name, options = self._select
            chosen = next((v for v, selected in options if selected), options[0][0] if options else "")
            self._form.fields.append((name, chosen))
            self._select = None
        if tag == "textarea":
            self._textarea = None
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if self._textarea and self._form:
            self._form.fields[-1] = (self._textarea, data)
        if not self._inert:
            self.texts.append(data)


class Screen:
    """A page as it was answered."""

    def __init__(self, response: Response) -> None:
        self.response = response
        self.status = response.status_code
        self.address = response.url.path
        self.html = response.text
        self._reader = _Reader()
        self._reader.feed(self.html)
        self.forms = self._reader.forms
        self.links = self._reader.links
        self.attributes = self._reader.attributes
        self.text = " ".join(" ".join(self._reader.texts).split())

    def form(self, action: str, button: str = "") -> Form:
        """The form with this action, and with this button if one is named."""
        here = [form for form in self.forms if form.action == action]
        found = [f for f in here if not button or button in {value for _, value in f.buttons}]
        assert found, f"no form {action} {button} on {self.address}"
        return found[0]

    def codes(self) -> list[str]:
        """The codes in the error summary."""
        return [link.removeprefix("/errors#") for link in self.links if link.startswith("/errors#")]


class Browser:
    """Keeps cookies, and remembers every address that it asked for."""

    def __init__(self, client: TestClient) -> None:
        self._client = client
        self.asked: list[str] = []

    def get(self, address: str) -> Screen:
        return self._seen(self._client.get(address))

    def sign_in(self, officer: str) -> Screen:
        return self._seen(self._client.post("/masuk", data={"officer": officer, "kembali": "/"}))

    def send(
        self, form: Form, button: str = "", values: Mapping[str, str | list[str]] | None = None
    ) -> Screen:
        """Fill the form and press the button with this value (or the first); a list ticks boxes."""
        data: dict[str, list[str]] = {}
        for name, value in form.fields:
            data.setdefault(name, []).append(value)
        for name, filled in (values or {}).items():
            assert name in data or isinstance(filled, list), f"the form has no field {name}"
            data[name] = filled if isinstance(filled, list) else [filled]
        name, value = next((n, v) for n, v in form.buttons if not button or v == button)
        if name:
            data[name] = [value]
        if form.method == "get":
            return self._seen(self._client.get(form.action, params=data))
        return self._seen(self._client.post(form.action, data=data))

    def _seen(self, response: Response) -> Screen:
        self.asked += [str(r.url) for r in (*response.history, response)]
        return Screen(response)

    def crawl(self, start: str) -> Iterator[Screen]:
        """The pages that links lead to, from ``start``; of those that differ in one id, a few."""
        known, waiting, kinds = {start}, [start], Counter[str]()
        while waiting:
            screen = self.get(waiting.pop())
            yield screen
            for link in screen.links:
                plain = link.split("#")[0]
                kind = ID.sub("/*", plain)
                if plain.startswith("/") and plain not in known and kinds[kind] < OF_A_KIND:
                    known.add(plain)
                    kinds[kind] += 1
                    waiting.append(plain)
