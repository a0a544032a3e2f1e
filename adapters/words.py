"""What a ministry said, fit for a page, a log and a metric."""

import re

LONGEST = 120
NUMBERS = re.compile(r"\d{6,}")


def plain(text: str) -> str:
    """One short line without long numbers, which may be a NIK."""
    return NUMBERS.sub("***", " ".join(text.split()))[:LONGEST]
