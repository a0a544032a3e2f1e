"""One error shape on every face: a stable code, a status, and a sentence in the reader's language.

Status: does not parse 400, not signed in 401, unknown 404, no such method 405, conflict or already
taken 409, forgotten 410, too large 413, not JSON 415, wrong shape or rejected 422, a fault of ours 500, disk full 507,
read-only or busy 503 (RFC 9457 problem+json).
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from api.identity import NotSignedIn
from api.messages import Language, text
from domain.kernel.errors import (
    AlreadyClaimed,
    CommandReused,
    CommandRunning,
    Conflict,
    Gone,
    Refused,
    Rejected,
    StoreUnavailable,
    Unknown,
)
from domain.kernel.events import Personal
from domain.kernel.values import Kk, Nik

SECRET = (Nik, Kk, Personal)
RESERVED = ("type", "title", "status", "code")
"""Members that a problem has of its own."""


class BadRequest(Refused):
    """The request cannot be understood: ``body-not-json``, ``idempotency-key-missing``, ... 400."""


class NoSuchMethod(Refused):
    """The address exists, but does not take this method. 405."""

    def __init__(self, method: str) -> None:
        super().__init__("method-not-allowed", method=method)


class TooLarge(Refused):
    """The body is larger than the limit. 413."""

    def __init__(self, limit: int) -> None:
        super().__init__("body-too-large", limit=limit)


class NotJson(Refused):
    """The body is of another type than JSON. 415."""

    def __init__(self) -> None:
        super().__init__("content-type-not-json")


class WrongShape(Rejected):
    """It parses, but is not of the right shape: ``fields`` are paths and codes, never values. 422."""

    def __init__(self, fields: Sequence[Mapping[str, str]], code: str = "body-wrong-shape") -> None:
        super().__init__(code, fields=fields)


class OurFault(Refused):
    """Something broke in the hub. 500."""

    def __init__(self) -> None:
        super().__init__("internal-error")


STATUS: tuple[tuple[type[Refused], HTTPStatus], ...] = (
    (BadRequest, HTTPStatus.BAD_REQUEST),
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (Unknown, HTTPStatus.NOT_FOUND),
    (Gone, HTTPStatus.GONE),
    (NoSuchMethod, HTTPStatus.METHOD_NOT_ALLOWED),
    (AlreadyClaimed, HTTPStatus.CONFLICT),
    (Conflict, HTTPStatus.CONFLICT),
    (CommandRunning, HTTPStatus.CONFLICT),
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (NotJson, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (CommandReused, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Rejected, HTTPStatus.UNPROCESSABLE_ENTITY),
    (StoreUnavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (Refused, HTTPStatus.INTERNAL_SERVER_ERROR),
)
"""The first that fits holds."""


def status(refused: Refused) -> HTTPStatus:
    """The HTTP status of a refusal."""
    if refused.code == "store-full":
        return HTTPStatus.INSUFFICIENT_STORAGE
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
    words = {name: _words(value) for name, value in masked(refused.parameters).items()}
    return text(f"error.{refused.code}", language, **words)


def _words(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def problem(refused: Refused, language: Language) -> dict[str, object]:
    """RFC 9457: ``type``, ``title``, ``status``, ``code`` and the parameters."""
    return {
        "type": f"/errors#{refused.code}",
        "title": sentence(refused, language),
        "status": int(status(refused)),
        "code": refused.code,
        **{k: _plain(v) for k, v in masked(refused.parameters).items() if k not in RESERVED},
    }


def _plain(value: object) -> object:
    if isinstance(value, (str, int, bool, float)) or value is None:
        return value
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return str(value)
