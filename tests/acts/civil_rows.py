"""One example of each row of the catalogue of civil events, and what must have happened before it."""

from collections.abc import Callable
from datetime import date

from api.acts.civil import asked
from tests.acts.office import BAYU, ELSEWHERE, GUEST, IN_KEDEN, Office
from tests.acts.people import BUDI

UNTIL = date(2027, 11, 24)


def divorced(office: Office) -> None:
    over = asked.MarriageOver("1/2026", office.joko, office.sri, (asked.Related(office.sri, "1"),), ELSEWHERE)
    office.record("DIVORCE", over)


def away(office: Office) -> None:
    office.record("MOVE_OUT", asked.MoveOut((office.tono,), "between-provinces", "Jakarta"))


def abroad(office: Office) -> None:
    office.record("ABROAD_OUT", asked.AbroadOut((office.tono,), "Malaysia"))


def guest_of(office: Office) -> str:
    limited = asked.LimitedStay(GUEST, IN_KEDEN, "ITAS-1", UNTIL)
    return office.record("FOREIGN_LIMITED", limited).state.residents[0]


def related(id_: str, relation: str = "1") -> tuple[asked.Related, ...]:
    return (asked.Related(id_, relation),)


def nothing(_: Office) -> None:
    """Nothing must have happened before."""


ROWS: dict[str, tuple[Callable[[Office], object], Callable[[Office], object]]] = {
    "BIODATA": (nothing, lambda o: asked.Biodata(o.home, BUDI)),
    "KK_NEW": (nothing, lambda o: asked.NewCard(related(o.budi), ELSEWHERE)),
    "KK_CHANGE": (nothing, lambda o: asked.CardChange(o.sri, (asked.ElementValue("education", "8"),))),
    "KK_HEAD": (nothing, lambda o: asked.NewHead(o.sri, related(o.joko, "2"))),
    "KTP_NEW": (nothing, lambda o: asked.OfOne(o.sri)),
    "KTP_REPLACE": (lambda o: o.give_ktp(o.sri), lambda o: asked.KtpReplacement(o.sri, "lost")),
    "KIA": (nothing, lambda o: asked.OfOne(o.budi)),
    "MOVE_OUT": (nothing, lambda o: asked.MoveOut((o.budi,), "between-provinces", "Jakarta")),
    "MOVE_IN": (away, lambda o: asked.MoveIn(ELSEWHERE, "Jakarta", "1/2026", related(o.tono))),
    "ABROAD_OUT": (nothing, lambda o: asked.AbroadOut((o.tono,), "Malaysia")),
    "ABROAD_RETURN": (abroad, lambda o: asked.AbroadReturn(related(o.tono), ELSEWHERE, "Malaysia")),
    "FOREIGN_LIMITED": (nothing, lambda _: asked.LimitedStay(GUEST, IN_KEDEN, "ITAS-1", UNTIL)),
    "FOREIGN_PERMANENT": (
        nothing,
        lambda o: asked.PermanentStay(guest_of(o), "ITAP-1", UNTIL, ELSEWHERE, "1"),
    ),
    "ADDRESS": (nothing, lambda o: asked.NewAddress(o.home, ELSEWHERE)),
    "BIRTH": (nothing, lambda o: asked.Birth(BAYU, mother=o.sri, father=o.joko)),
    "STILLBIRTH": (nothing, lambda o: asked.Stillbirth(o.sri, "Sragen")),
    "DEATH": (nothing, lambda o: asked.Death(o.joko, successors=(asked.Successor(o.sri),))),
    "MARRIAGE": (nothing, lambda o: asked.Marriage("DISDUKCAPIL", o.tono, spouse_name="Yanti")),
    "MARRIAGE_ANNUL": (
        nothing,
        lambda o: asked.MarriageOver("2/2026", o.joko, o.sri, related(o.sri), ELSEWHERE),
    ),
    "DIVORCE": (
        nothing,
        lambda o: asked.MarriageOver("1/2026", o.joko, o.sri, related(o.sri), ELSEWHERE),
    ),
    "DIVORCE_ANNUL": (divorced, lambda o: asked.DivorceAnnulled("3/2026", o.joko, o.sri)),
    "ACKNOWLEDGE": (nothing, lambda o: asked.Acknowledgement(o.budi, o.tono)),
    "LEGITIMISE": (nothing, lambda o: asked.Legitimation(o.budi, o.sri, o.joko)),
    "ADOPTION": (nothing, lambda o: asked.Adoption(o.budi, "4/2026", father=o.tono)),
    "NAME_CHANGE": (nothing, lambda o: asked.NameChange(o.budi, "Budi Utomo", "5/2026")),
    "CITIZENSHIP": (nothing, lambda o: asked.CitizenshipChange(o.tono, "2", "6/2026")),
    "MISSING": (nothing, lambda o: asked.Whereabouts(o.tono, "Laut")),
    "FOUND": (
        lambda o: o.record("MISSING", asked.Whereabouts(o.tono)),
        lambda o: asked.Whereabouts(o.tono, "Solo"),
    ),
    "DUPLICATE": (nothing, lambda o: asked.Duplicate(o.joko, o.tono, "orang yang sama")),
}
"""For each row: what must have happened, and an event that can be recorded then."""
