"""Where wrapped keys lie: a file, or a database of their own. Neither ever sees a key, nor what wraps it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol


class About(NamedTuple):
    """What tells a key store from others: 32 random bytes, and the same wrapped as its keys are."""

    id: bytes
    sealed: bytes


class WrappedKeys(Protocol):
    """Keys by number, wrapped. Any thread may ask."""

    def about(self) -> About | None:
        """Which store this is; None before its beginning."""

    def begin(self, about: About) -> None:
        """It is this one from now on, unless another process has said so first."""

    def last_given(self) -> int:
        """The highest number ever given; 0 when none was. No number is given twice."""

    def add(self, wrapped: Sequence[bytes], beyond: int) -> range:
        """Their numbers, in the same order, greater than ``beyond`` and than any given before; durable."""

    def find(self, ids: Sequence[int]) -> Iterable[tuple[int, bytes]]:
        """Those of these that are there."""

    def changes(self) -> object:
        """Something that is another once a key was destroyed, by whatever process."""

    def remove(self, ids: Sequence[int]) -> None:
        """Remove for good. Refused: ``store-busy`` when they are gone but somebody hinders that nothing is left."""

    def settled(self) -> int:
        """The ledger position up to which every key that had to be destroyed is, in this very store."""

    def settle(self, position: int) -> None:
        """It is settled up to there."""

    def close(self) -> None: ...
