"""What may stand in the ledger: every published event name, and the decider of every stream."""

from collections.abc import Mapping
from typing import Any

from adapters.reference import Reference
from domain.access import inquiry, reading, watch
from domain.exchange import delivery, publication
from domain.kernel import series
from domain.kernel.decider import Decider
from domain.kernel.events import EventType
from domain.licensing import application
from domain.papers import paper
from domain.population import (
    blank_stock,
    case,
    comparison,
    correction,
    entry,
    filing,
    household,
    pair,
    protected,
    resident,
)
from domain.privacy import erasure

EVENTS: tuple[EventType, ...] = (
    *series.EVENTS,
    *resident.EVENTS,
    *household.EVENTS,
    *case.EVENTS,
    *blank_stock.EVENTS,
    *entry.EVENTS,
    *correction.EVENTS,
    *comparison.EVENTS,
    *protected.EVENTS,
    *filing.EVENTS,
    *pair.EVENTS,
    *application.EVENTS,
    *delivery.EVENTS,
    *publication.EVENTS,
    *erasure.EVENTS,
    *paper.EVENTS,
    *reading.EVENTS,
    *watch.EVENTS,
    *inquiry.EVENTS,
)
"""Every name that may stand in the ledger."""


def deciders(tables: Reference) -> Mapping[str, Decider[Any, Any, Any]]:
    """Which decider folds a stream, by the word before the first hyphen of its id."""
    licences = application.application_decider(tables.catalogue, tables.siup, tables.calendar)
    return {
        "series": series.series_decider,
        "tickets": series.series_decider,
        "sukets": series.series_decider,
        "permits": series.series_decider,
        "resident": resident.resident_decider,
        "household": household.household_decider,
        "case": case.case_decider,
        "blanks": blank_stock.blank_stock_decider,
        "deeds": series.series_decider,
        "entry": entry.entry_decider,
        "correction": correction.correction_decider,
        "comparison": comparison.comparison_decider,
        "message": comparison.message_decider,
        "filing": filing.filing_decider,
        "pair": pair.pair_decider,
        "application": licences,
        "delivery": delivery.delivery_decider,
        "publication": publication.publication_decider,
        "erasure": erasure.erasure_decider,
        "paper": paper.paper_decider,
        "reading": reading.reading_decider,
        "watch": watch.watch_decider,
        "alarm": inquiry.inquiry_decider,
    }
