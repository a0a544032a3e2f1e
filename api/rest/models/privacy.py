"""Erasures, as REST asks and answers them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.rest.models.base import Answered, Asked, Id, Positions


class NewErasure(Asked):
    """A resident asks to be forgotten. ``basis``: ``subject-request``, ``consent-withdrawn``,
    ``no-longer-needed``, ``retention-over`` or ``unlawful-processing``.
    """

    resident: Id = Field(examples=["resident-7b1f0e9d8c7b5a69887766554433221f"])
    basis: Annotated[str, Field(max_length=40)] = Field(examples=["subject-request"])
    letter: Annotated[str, Field(max_length=200)] = Field(
        description="Number of her letter; it is forgotten with her.", examples=["470/12/2026"]
    )


class ErasureDecision(Asked):
    """``reason`` of a rejection: ``statutory-duty``, ``retention-running``, ``legal-process`` or
    ``identity-not-proven``.
    """

    decision: Literal["approve", "reject"] = Field(examples=["reject"])
    reason: Annotated[str, Field(max_length=40)] = Field("", examples=["statutory-duty"])


class ErasureActed(Answered):
    """An erasure after an act. Of an approval, the last position is that of the fact that she is forgotten."""

    erasure: str = Field(examples=["erasure-resident-7b1f0e9d8c7b5a69887766554433221f"])
    positions: Positions


class Erasure(Answered):
    """A request and what became of it; ``forgotten`` is the ledger position at which the keys were gone."""

    erasure: str
    resident: str
    stage: str = Field(examples=["requested"])
    basis: str = Field(examples=["subject-request"])
    reason: str | None
    office: str
    requested_by: str
    requested_at: datetime
    due: datetime
    decided_by: str | None
    decided_at: datetime | None
    forgotten: int | None
    version: int


class ErasurePage(Answered):
    """The latest requests."""

    items: list[Erasure]
