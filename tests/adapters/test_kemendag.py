"""The Ministry of Trade: our client against its simulator, a process that knows the contract alone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import zeep
from lxml import etree

import adapters.kemendag
from adapters.clock import stopwatch
from adapters.kemendag.client import PATH, PUSH, Kemendag, Replies
from adapters.kemendag.mapping import wire_record
from adapters.post import Reply
from adapters.soap import envelope
from adapters.soap.schema import Schema
from domain.exchange.change import LicenceChange
from domain.kernel.ports import BadRecord, DeliveryProblem, DestinationFault, Entry, NotSent, Unanswered
from tests.adapters.ministry_fakes import TOKO_SRI, Simulated, entries, entry, simulated

NAMESPACE = "urn:sragen:simpul:perizinan:v1"
SCHEMA = Schema(Path(adapters.kemendag.__file__).parent / "contracts" / "perizinan-v1.xsd")

GOLDEN = {
    "feedSeq": "7",
    "idPeristiwa": "70",
    "jenisPerubahan": "BARU",
    "tanggalBerlaku": "2026-11-24",
    "idPermohonan": "application-01",
    "jenisIzin": "SIUP-KECIL",
    "versiKatalog": "2026.1",
    "nomorIzin": "0001/SIUP-KECIL/BPT/2026",
    "kelasSiup": "KECIL",
    "tahunAmbang": "2009",
    "namaPerusahaan": 'Toko "Sri" & Anak <Sragen>',
    "bentukPerusahaan": "PO",
    "npwp": None,
    "kbli": "47112",
    "tahunKbli": "2020",
    "kekayaanBersih": "300000000",
    "kodeDesa": "33.14.10.1003",
    "kodeKecamatan": "33.14.10",
    "kantor": "BPT",
    "berlakuSampai": None,
    "dasar": None,
    "sintetis": "true",
}
WAREHOUSE = replace(
    TOKO_SRI, permit="TDG", siup_class=None, threshold_vintage=None, net_worth=None, kbli="", kbli_vintage=""
)
FORGOTTEN = replace(
    WAREHOUSE, company=None, legal_form=None, npwp=None, kbli=None, kbli_vintage=None, synthetic=False
)
ENDED_VILLAGE = replace(TOKO_SRI, kecamatan="")


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    with simulated("kemendag", tmp_path_factory.mktemp("kemendag")) as running:
        yield running


@pytest.fixture
def ministry(process: Simulated) -> Iterator[Simulated]:
    """One process for many tests: each goes on after what is there, with a kind ministry."""
    process.behave()
    yield process
    process.behave()


@pytest.fixture
def client(ministry: Simulated) -> Iterator[Kemendag]:
    client = Kemendag(ministry.url, timeout=2.0)
    yield client
    client.close()


def following(ministry: Simulated, number: int) -> list[Entry]:
    """The next entries that the ministry has not."""
    last = ministry.last()
    return entries(TOKO_SRI, last + 1, last + number)


# The dictionary


def test_a_licence_change_in_the_ministrys_words() -> None:
    assert wire_record(entry(7, TOKO_SRI)) == GOLDEN


def test_the_dictionary_has_every_word_of_the_contract() -> None:
    assert tuple(wire_record(entry(7, TOKO_SRI))) == SCHEMA.fields("PerubahanIzin")


@pytest.mark.parametrize("change", [TOKO_SRI, WAREHOUSE, FORGOTTEN, ENDED_VILLAGE])
def test_every_kind_of_change_keeps_the_contract(change: LicenceChange) -> None:
    body = Kemendag("http://127.0.0.1:1").body([entry(7, change)])
    assert SCHEMA.check(envelope.payload(body)) is None


def test_no_record_carries_a_person() -> None:
    names = set(SCHEMA.fields("PerubahanIzin"))
    assert not names & {"nik", "noKk", "namaPemohon", "pemohon"}
    assert "namaPerusahaan" in names, "control"


@pytest.mark.parametrize(
    ("wrong", "element"),
    [
        (replace(TOKO_SRI, kind="SOLD"), "jenisPerubahan"),
        (replace(TOKO_SRI, kbli="4711"), "kbli"),
        (replace(TOKO_SRI, village="33.14"), "kodeDesa"),
        (replace(TOKO_SRI, siup_class="SIUP-RAKSASA"), "kelasSiup"),
    ],
)
def test_a_record_that_breaks_the_contract_is_not_even_sent(wrong: LicenceChange, element: str) -> None:
    client = Kemendag("http://127.0.0.1:1")
    mixed = [*entries(TOKO_SRI, 1, 3), entry(4, wrong), entry(5, wrong)]
    with pytest.raises(BadRecord, match=element) as bad:
        client.deliver(mixed)
    assert bad.value.feed_seq == 4


def test_a_pasted_control_character_stops_no_feed(ministry: Simulated, client: Kemendag) -> None:
    seq = ministry.last() + 1
    client.deliver([entry(seq, replace(TOKO_SRI, company="Toko\x07 Sri"))])
    assert ministry.records(seq - 1)[0]["record"]["namaPerusahaan"] == "Toko\ufffd Sri"


# The way there and back


def test_what_was_pushed_is_what_the_ministry_has(ministry: Simulated, client: Kemendag) -> None:
    new = following(ministry, 5)
    receipt = client.deliver(new)
    kept = ministry.records(after=new[0].feed_seq - 1)
    assert [record["feed_seq"] for record in kept] == [one.feed_seq for one in new]
    assert {record["receipt"] for record in kept} == {receipt}
    sent = {name: value for name, value in wire_record(new[0]).items() if value is not None}
    assert kept[0]["record"] == sent


def test_a_repeat_is_dropped_and_gets_its_first_receipt(ministry: Simulated, client: Kemendag) -> None:
    new = following(ministry, 6)
    first = client.deliver(new[:3])
    assert client.deliver(new[:3]) == first
    second = client.deliver(new)
    assert second != first
    kept = [record["receipt"] for record in ministry.records(after=new[0].feed_seq - 1)]
    assert kept == [first] * 3 + [second] * 3
    assert ministry.holds(new[-1].feed_seq)


def test_the_ministry_tells_what_it_has(ministry: Simulated, client: Kemendag) -> None:
    new = following(ministry, 2)
    assert client.received(new[-1].feed_seq) is None
    receipt = client.deliver(new)
    assert client.received(new[-1].feed_seq) == receipt


def test_a_gap_is_refused_and_nothing_of_it_is_kept(ministry: Simulated, client: Kemendag) -> None:
    last = ministry.last()
    with pytest.raises(BadRecord, match="URUTAN_TERPUTUS") as bad:
        client.deliver(entries(TOKO_SRI, last + 2, last + 4))
    assert bad.value.feed_seq == last + 2
    assert ministry.last() == last


def test_a_refused_record_is_named_and_its_push_leaves_nothing(ministry: Simulated, client: Kemendag) -> None:
    new = following(ministry, 5)
    ministry.behave(bad=[new[3].feed_seq])
    with pytest.raises(BadRecord, match="DATA_TIDAK_SAH") as bad:
        client.deliver(new)
    assert bad.value.feed_seq == new[3].feed_seq
    assert ministry.last() == new[0].feed_seq - 1
    client.deliver(new[:3])
    assert ministry.last() == new[2].feed_seq


@pytest.mark.parametrize(
    ("behaviour", "problem", "kept"),
    [
        ({"away": "503"}, NotSent, False),
        ({"away": "drop"}, DeliveryProblem, False),
        ({"fail_503": 1, "retry_after": 7}, NotSent, False),
        ({"fail_500": 1}, Unanswered, False),
        ({"drop": 1}, Unanswered, False),
        ({"fault": "GANGGUAN"}, Unanswered, False),
        ({"fault": "DATA_TIDAK_SAH"}, BadRecord, False),
        ({"fault": "PENGIRIM_TIDAK_DIKENAL"}, DestinationFault, False),
        ({"fault": "NONSENSE"}, DestinationFault, False),
        ({"truncate": 1}, Unanswered, True),
        ({"apply_then_timeout": 1}, Unanswered, True),
        ({"drip": 0.1}, Unanswered, True),
        ({"delay": 30.0}, Unanswered, False),
    ],
)
def test_each_misbehaviour_is_taken_for_what_it_is(
    ministry: Simulated, behaviour: dict[str, Any], problem: type[Exception], *, kept: bool
) -> None:
    new = following(ministry, 2)
    ministry.behave(**behaviour)
    client = Kemendag(ministry.url, timeout=0.4)
    with pytest.raises(problem) as told:
        client.deliver(new)
    assert getattr(told.value, "after", None) == behaviour.get("retry_after")
    ministry.behave()
    assert (client.received(new[-1].feed_seq) is not None) is kept
    client.deliver(new)
    assert ministry.holds(new[-1].feed_seq)
    client.close()


def test_a_slow_answer_in_time_is_an_answer(ministry: Simulated, client: Kemendag) -> None:
    ministry.behave(delay=0.2)
    begin = stopwatch()
    assert client.deliver(following(ministry, 1))
    assert stopwatch() - begin >= 0.2


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    with simulated("kemendag", tmp_path) as ministry:
        client = Kemendag(ministry.url, timeout=2.0)
        receipt = client.deliver(entries(TOKO_SRI, 1, 50))
        ministry.kill()
        with pytest.raises(DeliveryProblem):
            client.deliver(entries(TOKO_SRI, 51, 60))
        ministry.start()
        assert client.received(50) == receipt
        assert client.deliver(entries(TOKO_SRI, 41, 60)) != receipt
        assert ministry.holds(60)
        client.close()
        assert ministry.stop() == 0, "and it stops cleanly when asked"


# What others may send


def post(ministry: Simulated, body: bytes) -> httpx.Response:
    headers = {"Content-Type": envelope.CONTENT_TYPE, "SOAPAction": f'"{NAMESPACE}/{PUSH}"'}
    return ministry.http.post(PATH, content=body, headers=headers)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        envelope.wrap(b"<x/>"),
        envelope.wrap(f'<v:{PUSH} xmlns:v="{NAMESPACE}"/>'.encode()),
        b'<!DOCTYPE e [<!ENTITY a "b">]>' + envelope.wrap(b"<x>&a;</x>").split(b"\n", 1)[1],
        envelope.wrap(b"<x>" * 5000 + b"</x>" * 5000),
    ],
    ids=["empty", "cut", "unknown", "nothing-in-it", "doctype", "deep"],
)
def test_nonsense_gets_a_fault_and_changes_nothing(ministry: Simulated, body: bytes) -> None:
    last = ministry.last()
    answer = post(ministry, body)
    assert answer.status_code == 500
    assert envelope.payload(answer.content).tag.endswith("}Fault")
    assert ministry.last() == last


def test_a_body_without_end_is_refused_before_it_is_read(ministry: Simulated) -> None:
    assert post(ministry, b"x" * (10 * 1024 * 1024 + 1)).status_code == 413


def test_the_ministry_checks_for_itself_and_names_the_first_misfit(ministry: Simulated) -> None:
    new = following(ministry, 3)
    good = Kemendag(ministry.url).body(new)
    answer = post(ministry, good.replace(b"<v:kbli>47112", b"<v:kbli>4711", 2))
    told = envelope.payload(answer.content).find(f"detail/{{{NAMESPACE}}}Kesalahan")
    assert told is not None
    assert [field.text for field in told] == [
        "DATA_TIDAK_SAH",
        "kbli: cvc-pattern-valid",
        str(new[0].feed_seq),
    ]


def test_a_plain_zeep_client_needs_nothing_but_the_published_contract(ministry: Simulated) -> None:
    make: Any = zeep.Client
    service = make(f"{ministry.url}{PATH}?wsdl").service
    seq = ministry.last() + 1
    wire = {**wire_record(entry(seq, TOKO_SRI)), "sintetis": True}
    (receipt,) = service.KirimPerubahanIzin([{k: v for k, v in wire.items() if v is not None}])
    assert (receipt.dariSeq, receipt.sampaiSeq) == (seq, seq)
    assert service.StatusPengiriman(seq).noTerima == receipt.noTerima
    with pytest.raises(zeep.exceptions.Fault):
        service.KirimPerubahanIzin([{**wire, "feedSeq": seq + 5}])


# Answers that nobody should believe


def message(name: str, inside: str) -> bytes:
    return envelope.wrap(f'<v:{name} xmlns:v="{NAMESPACE}">{inside}</v:{name}>'.encode())


def run(first: int, last: int) -> str:
    ends = f"<v:dariSeq>{first}</v:dariSeq><v:sampaiSeq>{last}</v:sampaiSeq>"
    return f"<v:tandaTerima>{ends}<v:noTerima>r</v:noTerima></v:tandaTerima>"


RESPONSE = f"{PUSH}Response"


class Answering(Kemendag):
    """A client whose letters come back with a given answer."""

    def __init__(self, answer: bytes, status: int = 200) -> None:
        super().__init__("http://127.0.0.1:1")
        self._reply = Reply(status, {}, answer)

    def _send(self, operation: str, body: bytes) -> Reply:
        return self._reply


def test_receipts_that_cover_what_was_sent_are_believed() -> None:
    answer = message(RESPONSE, run(4, 5) + run(6, 9))
    assert Answering(answer).deliver(entries(TOKO_SRI, 4, 9)) == "r"


@pytest.mark.parametrize(
    "answer",
    [
        message(RESPONSE, run(4, 8)),
        message(RESPONSE, run(5, 9)),
        message(RESPONSE, run(4, 5) + run(7, 9)),
        message(RESPONSE, run(4, 10)),
        message(RESPONSE, ""),
        message("StatusPengirimanResponse", "<v:diterima>true</v:diterima>"),
        message(RESPONSE, run(4, 9)).replace(b"<v:noTerima>r</v:noTerima>", b""),
        message(RESPONSE, run(4, 9))[:-20],
        b'<!DOCTYPE e [<!ENTITY r "r">]>' + message(RESPONSE, run(4, 9)).split(b"\n", 1)[1],
        b"",
        b"<html><body>Login</body></html>",
    ],
    ids=["short", "late", "gap", "long", "none", "other", "no-receipt", "cut", "doctype", "empty", "html"],
)
def test_receipts_for_anything_else_mean_that_nothing_is_known(answer: bytes) -> None:
    with pytest.raises(Unanswered):
        Answering(answer).deliver(entries(TOKO_SRI, 4, 9))


@pytest.mark.parametrize("status", [200, 500])
def test_a_fault_is_a_fault_whatever_http_says(status: int) -> None:
    detail = envelope.payload(
        message("Kesalahan", "<v:kode>DATA_TIDAK_SAH</v:kode><v:pesan>x</v:pesan><v:feedSeq>5</v:feedSeq>")
    )
    fault = envelope.fault("Client", "x", etree.tostring(detail))
    with pytest.raises(BadRecord) as bad:
        Answering(fault, status).deliver(entries(TOKO_SRI, 4, 9))
    assert bad.value.feed_seq == 5


@pytest.mark.parametrize(("code", "problem"), [("Server", Unanswered), ("Client", DestinationFault)])
def test_a_fault_without_our_detail_is_told_apart_by_its_code(code: str, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        Answering(envelope.fault(code, "what?"), 500).deliver(entries(TOKO_SRI, 4, 9))


def test_no_number_of_a_person_comes_out_of_a_fault() -> None:
    fault = envelope.fault("Client", "NIK 3314105708909001 tidak dikenal")
    with pytest.raises(DestinationFault, match=r"NIK \*\*\* tidak dikenal") as told:
        Answering(fault, 500).deliver(entries(TOKO_SRI, 4, 9))
    assert "3314105708909001" not in str(told.value)


def test_zeep_still_has_the_one_private_thing_that_we_use() -> None:
    replies = Replies(SCHEMA)
    assert replies.action(PUSH) == f"{NAMESPACE}/{PUSH}"
    assert replies.action("StatusPengiriman") == f"{NAMESPACE}/StatusPengiriman"
