"""Couples who enter the registry together: their family card alone says that they are married to each other."""

from collections.abc import Iterable, Mapping

from domain.population.codes import Marital, Relation

SPOUSES = frozenset({Relation.HUSBAND.value, Relation.WIFE.value})
"""What the husband or wife of the head is on the card."""


def couples(members: Iterable[tuple[str, str, str]]) -> Mapping[str, str]:
    """Who is married to whom among these (id, relation, marital status): the head and the one husband or wife.

    With several of them nobody can be sure, and the card is asked when it matters.
    """
    married = [(id_, relation) for id_, relation, marital in members if marital == Marital.MARRIED.value]
    heads = [id_ for id_, relation in married if relation == Relation.HEAD.value]
    spouses = [id_ for id_, relation in married if relation in SPOUSES]
    if len(heads) != 1 or len(spouses) != 1:
        return {}
    return {heads[0]: spouses[0], spouses[0]: heads[0]}
