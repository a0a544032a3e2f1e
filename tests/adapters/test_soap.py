"""SOAP's laws: hostile documents end as a clean fault, and what we write is what the contract says."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

import adapters.kemendag
from adapters.clock import stopwatch
from adapters.soap import envelope
from adapters.soap.envelope import SOAP, SoapProblem
from adapters.soap.schema import Schema, record_writer, xml_text

XSD = Path(adapters.kemendag.__file__).parent / "contracts" / "perizinan-v1.xsd"
BODY = f'<e:Envelope xmlns:e="{SOAP}"><e:Body><x/></e:Body></e:Envelope>'
BOMB = '<!DOCTYPE b [<!ENTITY a "haha">' + "".join(
    f'<!ENTITY a{n} "{"&a" + (str(n - 1) if n else "") + ";"}{"&a" + (str(n - 1) if n else "") + ";"}">'
    for n in range(40)
)


def test_the_one_child_of_the_body_is_the_message() -> None:
    assert envelope.payload(BODY.encode()).tag == "x"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        pytest.param("", "Client", id="empty"),
        pytest.param("{}", "Client", id="json"),
        pytest.param(BODY[:-5], "Client", id="cut-off"),
        pytest.param(BODY.replace("<x/>", "<x>&nbsp;</x>"), "Client", id="unknown-entity"),
        pytest.param(f"<!DOCTYPE e>{BODY}", "Client", id="doctype"),
        pytest.param(f'<!DOCTYPE e SYSTEM "file:///etc/passwd">{BODY}', "Client", id="external-dtd"),
        pytest.param(f'<!DOCTYPE e SYSTEM "http://127.0.0.1:1/x.dtd">{BODY}', "Client", id="remote-dtd"),
        pytest.param(
            f'<!DOCTYPE e [<!ENTITY f SYSTEM "file:///etc/passwd">]>{BODY.replace("<x/>", "<x>&f;</x>")}',
            "Client",
            id="file-entity",
        ),
        pytest.param(f"{BOMB}]>{BODY.replace('<x/>', '<x>&a39;</x>')}", "Client", id="bomb"),
        pytest.param(BODY.replace("<x/>", "<x>" * 3000 + "</x>" * 3000), "Client", id="too-deep"),
        pytest.param("<x/>", "Client", id="no-envelope"),
        pytest.param(BODY.replace(SOAP, "urn:other"), "VersionMismatch", id="other-soap"),
        pytest.param(BODY.replace("<x/>", ""), "Client", id="empty-body"),
        pytest.param(BODY.replace("<x/>", "<x/><x/>"), "Client", id="two-messages"),
        pytest.param(BODY.replace("</e:Body>", "</e:Body><e:Body><x/></e:Body>"), "Client", id="two-bodies"),
        pytest.param(
            BODY.replace("<e:Body>", '<e:Header><s e:mustUnderstand="1"/></e:Header><e:Body>'),
            "MustUnderstand",
            id="must-understand",
        ),
    ],
)
def test_a_hostile_document_ends_as_a_fault_and_quickly(document: str, code: str) -> None:
    begin = stopwatch()
    with pytest.raises(SoapProblem) as refused:
        envelope.payload(document.encode())
    assert refused.value.code == code
    assert stopwatch() - begin < 1.0
    assert "passwd" not in refused.value.text


def test_a_header_that_need_not_be_understood_is_ignored() -> None:
    polite = BODY.replace("<e:Body>", "<e:Header><s/></e:Header><e:Body>")
    assert envelope.payload(polite.encode()).tag == "x"


def test_a_fault_can_be_read_again() -> None:
    fault = envelope.payload(envelope.fault("Client", 'no <such> "thing"', b"<d/>"))
    assert fault.tag == f"{{{SOAP}}}Fault"
    assert fault.findtext("faultstring") == 'no <such> "thing"'
    assert fault.find("detail/d") is not None


def record(**changes: str | None) -> dict[str, str | None]:
    plain: dict[str, str | None] = dict.fromkeys(Schema(XSD).fields("PerubahanIzin"))
    plain |= {
        "feedSeq": "1",
        "idPeristiwa": "10",
        "jenisPerubahan": "BARU",
        "tanggalBerlaku": "2026-11-24",
        "idPermohonan": "application-01",
        "jenisIzin": "TDG",
        "versiKatalog": "2026.1",
        "nomorIzin": "0001/TDG/BPT/2026",
        "kodeDesa": "33.14.10.1003",
        "kodeKecamatan": "33.14.10",
        "kantor": "BPT",
        "sintetis": "true",
    }
    return plain | changes


SCHEMA = Schema(XSD)
WRITE = record_writer(SCHEMA, "PerubahanIzin")


def written(**changes: str | None) -> etree._Element:
    text = xml_text(WRITE(record(**changes)))
    return etree.fromstring(text.replace(">", f' xmlns:v="{SCHEMA.namespace}">', 1))


def test_a_written_record_keeps_the_contract() -> None:
    assert SCHEMA.check(written()) is None
    assert SCHEMA.check(written(namaPerusahaan="Toko <Sri> & Anak", npwp="1")) is None


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("feedSeq", "0"),
        ("jenisPerubahan", "NEW"),
        ("tanggalBerlaku", "2026-02-30"),
        ("kbli", "4711"),
        ("kekayaanBersih", "-9999"),
        ("kodeDesa", "3314101003"),
        ("namaPerusahaan", ""),
        ("sintetis", "maybe"),
    ],
)
def test_a_misfit_is_named_and_its_value_is_not(element: str, value: str) -> None:
    misfit = SCHEMA.check(written(**{element: value}))
    assert misfit
    assert misfit.element == element
    assert not value or value not in misfit.rule


def test_a_required_element_cannot_be_left_out() -> None:
    assert SCHEMA.check(written(nomorIzin=None))


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=50))
def test_any_text_arrives_as_it_was_unless_xml_cannot_carry_it(text: str) -> None:
    field = written(namaPerusahaan=text).findtext(f"{{{SCHEMA.namespace}}}namaPerusahaan")
    # XML reads every line end as \n (XML 1.0, 2.11).
    assert field == xml_text(text).replace("\r\n", "\n").replace("\r", "\n")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_whatsoever_end_in_anything_but_a_message_or_a_fault(noise: bytes) -> None:
    for document in (noise, envelope.wrap(noise)):
        with suppress(SoapProblem):
            assert isinstance(envelope.payload(document).tag, str)
