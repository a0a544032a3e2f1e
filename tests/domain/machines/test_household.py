"""A household beside a plain list of its members."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from domain.kernel.values import Kk
from domain.population.household import Member, RegisterHousehold, household_decider
from tests.domain.examples import MONDAY, SRAGEN_TENGAH, SRI_KK
from tests.domain.machines.machine import LIMITED, DeciderMachine

PEOPLE = st.tuples(st.sampled_from(["sri", "budi", "tono", "yanti"]), st.sampled_from(["1", "3", "4", "11"]))


class HouseholdMachine(DeciderMachine):
    decider = household_decider

    def __init__(self) -> None:
        super().__init__()
        self.home: list[tuple[str, str]] | None = None

    @rule(people=st.lists(PEOPLE, max_size=4), synthetic=st.booleans())
    def register(self, people: list[tuple[str, str]], synthetic: bool) -> None:
        members = tuple(Member(who, relation) for who, relation in people)
        refused = self.give(
            RegisterHousehold("home", Kk(SRI_KK), SRAGEN_TENGAH, "", "1", "2", members, MONDAY, synthetic)
        )
        assert refused == self.expected(people)
        if not refused:
            self.home = people

    def expected(self, people: list[tuple[str, str]]) -> str | None:
        if self.home is not None:
            return "household-already-registered"
        if [relation for _, relation in people].count("1") != 1:
            return "household-needs-one-head"
        return "member-listed-twice" if len(dict(people)) < len(people) else None

    @invariant()
    def everybody_is_there_once_with_one_head(self) -> None:
        people = self.home or []
        assert [(m.resident, m.relation) for m in self.state.members] == people
        assert [who for who, relation in people if relation == "1"] == [self.state.head] * bool(people)


TestHousehold = HouseholdMachine.TestCase
TestHousehold.settings = LIMITED
