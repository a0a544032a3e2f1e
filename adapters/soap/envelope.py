"""The envelope of a SOAP 1.1 message: opened without trust, sealed by a template.

Entities, DTDs and networks are never followed; a document type declaration is refused outright,
because the parser accepts internal and external ones that do no harm until somebody resolves them.
"""

from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
CONTENT_TYPE = "text/xml; charset=utf-8"

_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{SOAP}"><soap:Body>'.encode()
_TAIL = b"</soap:Body></soap:Envelope>"
_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    collect_ids=False,
    remove_comments=True,
    remove_pis=True,
)


class SoapProblem(Exception):
    """An envelope that cannot be read; ``code`` is the local name of the SOAP 1.1 fault code."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def wrap(payload: bytes) -> bytes:
    """The envelope around one serialised Body child."""
    return b"".join((_HEAD, payload, _TAIL))


def parse(document: bytes) -> etree._Element:
    """The root of a document that nobody vouches for."""
    try:
        root = etree.fromstring(document, _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        # The parser's own words quote the sender: they go no further.
        raise SoapProblem("Client", "not well-formed XML") from None
    tree: Any = root.getroottree()  # the stubs do not know the attribute
    if tree.docinfo.doctype:
        raise SoapProblem("Client", "a document type declaration is not accepted")
    return root


def payload(document: bytes) -> etree._Element:
    """The one child of the Body."""
    root = parse(document)
    if etree.QName(root).localname != "Envelope":
        raise SoapProblem("Client", "no SOAP envelope")
    if etree.QName(root).namespace != SOAP:
        raise SoapProblem("VersionMismatch", "SOAP 1.1 only")
    for header in root.iterfind(f"{{{SOAP}}}Header/*"):
        if header.get(f"{{{SOAP}}}mustUnderstand") in ("1", "true"):
            raise SoapProblem("MustUnderstand", "a header is not understood")
    bodies = root.findall(f"{{{SOAP}}}Body")
    if len(bodies) != 1 or len(bodies[0]) != 1:
        raise SoapProblem("Client", "one Body with one element is required")
    return bodies[0][0]


def fault(code: str, text: str, detail: bytes = b"") -> bytes:
    """A SOAP 1.1 fault; ``detail`` is a serialised element of the contract."""
    inside = b"<detail>" + detail + b"</detail>" if detail else b""
    words = f"<faultcode>soap:{code}</faultcode><faultstring>{escape(text)}</faultstring>".encode()
    return wrap(b"<soap:Fault>" + words + inside + b"</soap:Fault>")
