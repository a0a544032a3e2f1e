"""Records that may be of one person, as REST asks and answers them."""

from typing import Annotated, Literal

from pydantic import Field

from api.rest.models.base import Answered, Asked, Code, Day, Id, Positions, Text
from api.rest.models.civil import A_RESIDENT, MOST, Successor
from api.rest.models.population import MOST_MEMBERS, ResidentListed

ANOTHER = "resident-0d6f0d5c4fbd5c3b8d1c0f7e6a5b4c3d"


class Newcomer(Asked):
    """Somebody who is about to be registered, by what tells her from others."""

    name: Text = Field(examples=["Sri Wahjoeni"])
    sex: Code = Field(examples=["2"])
    birth_place: Text = Field("", examples=["Sragen"])
    birth_date: Day = Field(examples=["1990-08-17"])
    mother: Text = Field("", examples=["Sumini"])
    father: Text = Field("", examples=["Suparman"])


class Newcomers(Asked):
    """Everybody who would enter the registry by one act."""

    newcomers: list[Newcomer] = Field(min_length=1, max_length=MOST_MEMBERS)


class Candidate(Answered):
    """A resident who may be the ``index``-th newcomer; ``score`` 1 when nothing differs."""

    index: int
    score: float
    resident: ResidentListed


class Candidates(Answered):
    """The most alike first for each newcomer; nobody is an empty list, and never a refusal."""

    items: list[Candidate]


class Pair(Answered):
    """Two residents who may be one."""

    score: float = Field(description="1 when nothing differs.", examples=[0.95])
    one: ResidentListed
    other: ResidentListed


class Pairs(Answered):
    """At most 100, the most alike first."""

    items: list[Pair]


class Finding(Asked):
    """What an officer found of two records. ``survivor`` and ``reason`` belong to ``same``."""

    one: Id = Field(examples=[A_RESIDENT])
    other: Id = Field(examples=[ANOTHER])
    verdict: Literal["same", "different"] = Field(examples=["different"])
    survivor: Id = Field("", description="Whose NIK is kept; the other record is voided.", examples=[""])
    reason: Text = Field("", examples=[""])
    papers: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=MOST)] = Field(
        default=[], examples=[[]]
    )
    successors: Annotated[list[Successor], Field(max_length=MOST)] = Field(
        default=[], description="Where the voided record is the head of others.", examples=[[]]
    )


class Found(Answered):
    """The finding after the act; ``entry`` of the register when both were one person."""

    verdict: str
    entry: str | None
    positions: Positions
