"""The log goes where standard error goes now, whoever had it when the program began."""

import logging
from contextlib import redirect_stderr
from io import StringIO

import structlog

from api.logs import configure

log = structlog.get_logger()


def test_a_logger_outlives_the_stream_it_first_wrote_to() -> None:
    first, second = StringIO(), StringIO()
    with redirect_stderr(first):
        configure("json")
        log.info("one", nik="3314105708909001")
        logging.getLogger("library").warning("uno")
    assert "one" in first.getvalue()
    assert "uno" in first.getvalue()
    assert "3314105708909001" not in first.getvalue()
    first.close()
    with redirect_stderr(second):
        log.info("two")
        logging.getLogger("library").warning("due")
    assert "two" in second.getvalue()
    assert "due" in second.getvalue()
