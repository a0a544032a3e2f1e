"""One error shape on every face: a stable code, a status, and a sentence in the reader's language.

Status: does not parse 400, not signed in 401, unknown 404, conflict or already taken 409, too large
413, wrong shape or rejected 422, disk full 507, read-only or busy 503 (RFC 9457 problem+json).
"""

from collections.abc import Mapping
from http import HTTPStatus

from api.identity import NotSignedIn
from api.messages import Language, text
from domain.kernel.errors import (
    AlreadyClaimed,
    CommandReused,
    CommandRunning,
    Conflict,
    Refused,
    Rejected,
    StoreUnavailable,
    Unknown,
)
from domain.kernel.events import Personal
from domain.kernel.values import Kk, Nik

STATUS: tuple[tuple[type[Refused], HTTPStatus], ...] = (
    (AlreadyClaimed, HTTPStatus.CONFLICT),
    (Rejected, HTTPStatus.UNPROCESSABLE_ENTITY),
    (CommandReused, HTTPStatus.UNPROCESSABLE_ENTITY),
    (CommandRunning, HTTPStatus.CONFLICT),
    (Conflict, HTTPStatus.CONFLICT),
    (Unknown, HTTPStatus.NOT_FOUND),
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (StoreUnavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)
SECRET = (Nik, Kk, Personal)


class BadRequest(Refused):
    """The request cannot be understood: ``body-not-json``, ``idempotency-key-missing``, ... 400."""


class TooLarge(Refused):
    """The body is larger than the limit. 413."""

    def __init__(self, limit: int) -> None:
        super().__init__("body-too-large", limit=limit)


def status(refused: Refused) -> HTTPStatus:
    """The HTTP status of a refusal."""
    if refused.code == "store-full":
        return HTTPStatus.INSUFFICIENT_STORAGE
    if isinstance(refused, BadRequest):
        return HTTPStatus.BAD_REQUEST
    if isinstance(refused, TooLarge):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return next(status for kind, status in STATUS if isinstance(refused, kind))


def masked(parameters: Mapping[str, object]) -> dict[str, object]:
    """Parameters fit for a log or an answer: no NIK, KK or personal value, and no internal stream."""
    return {
        name: "***" if isinstance(value, SECRET) else value
        for name, value in parameters.items()
        if name != "holder"
    }


def sentence(refused: Refused, language: Language) -> str:
    """The refusal in words."""
    return text(f"error.{refused.code}", language, **masked(refused.parameters))


def problem(refused: Refused, language: Language) -> dict[str, object]:
    """RFC 9457: ``type``, ``title``, ``status``, ``code`` and the parameters."""
    return {
        "type": f"/errors#{refused.code}",
        "title": sentence(refused, language),
        "status": int(status(refused)),
        "code": refused.code,
        **{k: _plain(v) for k, v in masked(refused.parameters).items() if k not in RESERVED},
    }


RESERVED = ("type", "title", "status", "code")


def _plain(value: object) -> object:
    if isinstance(value, (str, int, bool, float)) or value is None:
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return str(value)
