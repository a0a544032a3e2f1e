"""The services of the population counter: what may be asked for there, from when on. Rows are data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.kernel.errors import Malformed
from domain.kernel.values import Period
from domain.population.case import Document


@dataclass(frozen=True, slots=True)
class Service:
    """One document, its form, and the promise that was made for it, if any.

    ``free``: no tariff is named for it in those days.
    """

    document: Document
    name_id: str
    name_en: str
    form: str
    promise: timedelta | None
    free: bool
    valid: Period
    source: str


class Services:
    """The dated list, in the order in which the counter shows it."""

    def __init__(self, services: Iterable[Service]) -> None:
        self.all = tuple(services)

    def on(self, day: date) -> tuple[Service, ...]:
        """What the counter offers on that day."""
        return tuple(service for service in self.all if day in service.valid)

    def free(self, document: str, day: date) -> bool:
        """Whether nothing is paid for it on that day."""
        return self.service(document, day).free

    def service(self, document: str, day: date) -> Service:
        """The service of that day; ``Malformed("unknown-document")`` when there is none."""
        for service in self.on(day):
            if service.document.value == document:
                return service
        raise Malformed("unknown-document", document=document)
