"""Is this paper genuine, and does it still hold? A page for anybody, which also works when it is saved to a disk."""

from base64 import b64encode
from hashlib import sha256

from fastapi import APIRouter, Response

from api.acts import papers
from api.acts.papers import Checked
from api.errors import status
from api.middleware import CSP
from api.pages.assets import text_of
from api.pages.forms import APosted
from api.pages.frame import APage, Page
from domain.kernel.errors import Refused
from domain.papers.code import Verdict
from domain.papers.paper import PaperKind

routes = APIRouter()
STYLES = {Verdict.VALID: "done", Verdict.FORGED: "summary", Verdict.REVOKED: "summary"}


@routes.get("/verify")
def empty(page: APage) -> Response:
    return _page(page, "")


@routes.post("/verify")
def check(page: APage, form: APosted) -> Response:
    """The answer for a reader without JavaScript; a code that cannot be read is told as such."""
    code = form.text("code")
    try:
        return _page(page, code, papers.check(page.hub.desk, page.hub.press, code))
    except Refused as refused:
        return _page(page, code, refused=refused)


def _page(page: Page, code: str, checked: Checked | None = None, refused: Refused | None = None) -> Response:
    script, css = text_of("verify.js"), text_of("simpul.css")
    answer = page.render(
        "verify.html",
        int(status(refused)) if refused else 200,
        problems=[page.problem(refused, "code")] if refused else [],
        code=code,
        checked=checked,
        styles=STYLES,
        script=script,
        mark=b64encode(text_of("simpul.svg").encode()).decode(),
        css=css,
        known=_known(page),
    )
    # Script and style stand in the page, so that a saved copy is whole: they are allowed by their hash alone.
    policy = CSP.replace("script-src 'self'", f"script-src 'self' {_hash(script)}")
    policy = policy.replace("style-src 'self'", f"style-src 'self' {_hash(css)}")
    answer.headers["Content-Security-Policy"] = policy
    return answer


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _known(page: Page) -> dict[str, object]:
    """What the page must know to check alone: the published keys, and its words."""
    t = page.t
    return {
        "keys": [{"id": key.id, "public": key.public} for key in page.hub.press.keys.published()],
        "kinds": {kind.value: page.words.term("paper-kind", kind) for kind in PaperKind},
        "verdicts": {verdict.value: page.words.term("verdict", verdict) for verdict in Verdict},
        "abouts": {verdict.value: page.words.term("verdict-about", verdict) for verdict in Verdict},
        "words": {
            "issued": t("verify.issued"),
            "paper": t("verify.paper"),
            "malformed": t("verify.malformed"),
            "genuine": t("verify.genuine"),
            "asking": t("verify.asking"),
            "offline": t("verify.offline"),
            "old": t("verify.old"),
            "stranger": t("verify.stranger"),
            "newer": t("verify.newer"),
        },
    }
