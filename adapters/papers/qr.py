"""The QR code of a paper (ISO/IEC 18004)."""

from io import BytesIO

import segno

LEVEL = "m"
"""15 % of the squares may be damaged."""
MASK = 3
"""One of the eight of the standard, always the same: trying all to find the best takes longer than the page."""
QUIET = 4
"""Squares of white around it, as the standard asks."""


def content(code: str, address: str = "") -> str:
    """What the squares say: the code alone, or behind the ``#`` of the page that checks it."""
    return f"{address}#{code}" if address else code


def matrix(code: str, address: str = "") -> segno.QRCode:
    return segno.make_qr(content(code, address), error=LEVEL, mask=MASK, boost_error=False)


def svg(code: str, address: str = "") -> str:
    """The code as a picture that stays sharp at any size."""
    out = BytesIO()
    matrix(code, address).save(
        out,
        kind="svg",
        xmldecl=False,
        border=QUIET,
        omitsize=True,
        svgclass=None,
        lineclass=None,
        light="#ffffff",
    )
    return out.getvalue().decode()
