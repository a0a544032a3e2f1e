"""The log: one line per thing an operator must know, and never a NIK, a KK number or a name."""

import logging
import re
import sys
from io import TextIOBase
from typing import Literal, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SIXTEEN = re.compile(r"(?<!\d)\d{16}(?!\d)")


def mask(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Put *** for anything that looks like a NIK or a KK number."""
    return {k: SIXTEEN.sub("***", v) if isinstance(v, str) else v for k, v in event.items()}


class StandardError(TextIOBase):
    """The standard error of the moment: a logger outlives the stream that was it when the log was configured."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        # Collected while the interpreter ends, it finds no module any more, and nothing left to flush.
        if sys and sys.stderr:
            sys.stderr.flush()


def configure(form: Literal["json", "text"]) -> None:
    """Our own lines through structlog; the libraries' own warnings through the same mask."""
    render: Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, mask, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", StandardError())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(StandardError())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, mask, render],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
