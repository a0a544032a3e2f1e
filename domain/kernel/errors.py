"""Everything that can be refused, with one stable code on every face.

    Refused
    ├── Rejected             the rules say no                               422
    │   ├── Malformed        a value that cannot be                         422
    │   └── AlreadyClaimed   the number belongs to another                  409
    ├── Unknown              there is no such thing                         404
    ├── Gone                 it was there, and its subject is forgotten     410
    ├── Conflict             somebody came first                            409
    ├── CommandReused        one command id, two different requests         422
    ├── CommandRunning       the same command has not ended yet             409
    └── StoreUnavailable     the disk is full, or the store is read-only    507, 503

Codes stand here and in the deciders; sentences stand in ``api/messages/``.
"""

from collections.abc import Mapping


class Refused(Exception):
    """A refusal: a stable kebab-case ``code`` and the ``parameters`` of its sentence.

    ``act`` is the index of the act, among those of one ``execute``, at which it arose, if known.
    """

    code: str
    parameters: Mapping[str, object]
    act: int | None = None

    def __init__(self, code: str, **parameters: object) -> None:
        super().__init__(code)
        self.code = code
        self.parameters = parameters

    def __str__(self) -> str:
        # Parameters may hold personal data: the code alone reaches logs and traces.
        return self.code


class Rejected(Refused):
    """The rules say no. Nothing was appended."""


class Malformed(Rejected):
    """A value that cannot be, e.g. a NIK of 15 digits."""


class AlreadyClaimed(Rejected):
    """A number that is used once is held by ``holder``, another stream."""

    def __init__(self, kind: str, *, holder: str) -> None:
        super().__init__(f"{kind}-already-registered", kind=kind, holder=holder)


class Unknown(Refused):
    """No such record, code or document."""


class Gone(Refused):
    """It was there, and nobody can ever read it again: a person in it is forgotten."""


class Conflict(Refused):
    """The stream moved on since it was read: ``event`` was appended first ``by`` an office."""

    def __init__(self, stream: str, *, expected: int, actual: int, event: str, by: str) -> None:
        super().__init__(
            "somebody-came-first", stream=stream, expected=expected, actual=actual, event=event, by=by
        )


class CommandReused(Refused):
    """The command id was accepted before, for another request."""

    def __init__(self) -> None:
        super().__init__("command-id-reused")


class CommandRunning(Refused):
    """The command with this id is still being executed; ask again."""

    def __init__(self) -> None:
        super().__init__("command-still-running")


class StoreUnavailable(Refused):
    """Nothing can be written now: ``store-full``, ``store-read-only`` or ``store-busy``.

    ``store-outcome-unknown``: whether it was written is not known; a repeat with the same command id tells.
    """
