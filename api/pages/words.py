"""Words, numbers, dates and money as people in Sragen write them, in the reader's language."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal, format_percent

from api.acts.desk import JAKARTA
from api.messages import Language, catalogue, text

LOCALES: dict[Language, str] = {"id": "id_ID", "en": "en_GB"}
SHORT_OF_A_NIK = 6


@cache
def locale(language: Language) -> Locale:
    return Locale.parse(LOCALES[language])


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that a template writes, in one language."""

    language: Language

    def t(self, key: str, /, **parameters: object) -> str:
        """The text ``key``; parameters are written as a person reads them."""
        return text(key, self.language, **{k: self.show(v) for k, v in parameters.items()})

    def term(self, prefix: str, code: object) -> str:
        """The word for a code, e.g. a status; a code without a word is shown as it stands."""
        key = f"{prefix}.{code}"
        return self.t(key) if key in catalogue(self.language) else str(code)

    def show(self, value: object) -> str:
        match value:
            case None:
                return self.t("word.none")
            case bool():
                return self.t("word.yes") if value else self.t("word.no")
            case int():
                return self.number(value)
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
            case list() | tuple():
                return ", ".join(map(self.show, value)) or self.t("word.none")
            case dict():
                return " ".join(map(self.show, value.values()))
        return str(value)

    def number(self, value: float) -> str:
        return format_decimal(value, locale=locale(self.language))

    def percent(self, share: float) -> str:
        return format_percent(share, format="#,##0%", locale=locale(self.language))

    def rupiah(self, amount: int) -> str:
        return f"Rp{self.number(amount)}"

    def day(self, day: date) -> str:
        """``24 November 2026``."""
        return format_date(day, "d MMMM y", locale=locale(self.language))

    def full_day(self, day: date) -> str:
        """``Selasa, 24 November 2026``."""
        return format_date(day, "EEEE, d MMMM y", locale=locale(self.language))

    def month(self, month: str) -> str:
        """``November 2026``, from ``2026-11``."""
        return format_date(date.fromisoformat(f"{month}-01"), "MMMM y", locale=locale(self.language))

    def short_month(self, month: str) -> str:
        """``Nov 26``: below a column of a chart."""
        return format_date(date.fromisoformat(f"{month}-01"), "MMM yy", locale=locale(self.language))

    def moment(self, at: datetime) -> str:
        """Date and time of day in Sragen (WIB)."""
        return format_datetime(at.astimezone(JAKARTA), "d MMM y, HH:mm:ss", locale=locale(self.language))

    def clock(self, at: datetime) -> str:
        return format_time(at.astimezone(JAKARTA), "HH:mm:ss", locale=locale(self.language))

    def duration(self, length: timedelta | float) -> str:
        """``4:07`` or ``1:04:07``: minutes and seconds, with hours when there are any."""
        seconds = int(length.total_seconds() if isinstance(length, timedelta) else length)
        hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
        return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"

    def spaced(self, number: str | None) -> str:
        """A NIK or KK number in groups of four, for the eye of an officer."""
        return " ".join(number[i : i + 4] for i in range(0, len(number), 4)) if number else "—"

    def masked(self, number: str | None) -> str:
        """A NIK in a list: the region stays, the person does not."""
        return f"{number[:SHORT_OF_A_NIK]}••••••••••" if number else "—"
