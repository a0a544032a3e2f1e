"""The Ministry of Home Affairs: our client against its simulator, a process that knows the contract alone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

import adapters.kemendagri
from adapters.kemendagri import mapping
from adapters.kemendagri.client import Kemendagri, occupation
from adapters.kemendagri.mapping import wire_record
from adapters.kemendagri.simulator import Dukcapil, Sender
from adapters.post import Post, Reply
from adapters.reference import reference
from adapters.simulation.accepted import Accepted
from domain.exchange.change import PopulationChange
from domain.kernel.ports import (
    BadRecord,
    DeliveryProblem,
    DestinationFault,
    Entry,
    NotSent,
    QuotaUsedUp,
    Unanswered,
)
from tests.adapters.ministry_fakes import (
    FORGOTTEN,
    SRI,
    FakeClock,
    Simulated,
    entries,
    entry,
    simulated,
)

CONTRACT = json.loads(
    (Path(adapters.kemendagri.__file__).parent / "contracts" / "dukcapil-v1.schema.json").read_text("utf-8")
)
PATH = "/dukcapil/get_json/33-14"

GOLDEN = {
    "FEED_SEQ": 7,
    "ID_PERISTIWA": 70,
    "JENIS_PERUBAHAN": "BIODATA",
    "TGL_BERLAKU": "2026-11-24",
    "ID_PENDUDUK": "resident-01",
    "NIK": "3314105708909001",
    "NO_KK": "3314102411269001",
    "NAMA_LGKP": "Sri Wahyuni",
    "JENIS_KLMIN": "Perempuan",
    "TMPT_LHR": "Sragen",
    "TGL_LHR": "1990-08-17",
    "AGAMA": "ISLAM",
    "STATUS_KAWIN": "BELUM KAWIN",
    "GOL_DARAH": "TIDAK TAHU",
    "PDDK_AKH": "SLTA/SEDERAJAT",
    "JENIS_PKRJN": "BELUM/TIDAK BEKERJA",
    "STAT_HBKEL": "KEPALA KELUARGA",
    "KEWARGANEGARAAN": "WNI",
    "NAMA_LGKP_IBU": "Sumini",
    "NAMA_LGKP_AYAH": "Suparman",
    "ALAMAT": "Jl. Raya Sukowati 12",
    "NO_RT": "001",
    "NO_RW": "002",
    "KODE_POS": "57211",
    "NO_PROP": 33,
    "PROP_NAME": "JAWA TENGAH",
    "NO_KAB": 14,
    "KAB_NAME": "SRAGEN",
    "NO_KEC": 10,
    "KEC_NAME": "Sragen",
    "NO_KEL": 1003,
    "KEL_NAME": "Sragen Tengah",
    "EKTP_STATUS": "BELUM REKAM",
    "SINTETIS": True,
}


def made(url: str, *, password: str = "demo", ip_user: str = "127.0.0.1", timeout: float = 2.0) -> Kemendagri:
    return Kemendagri(url, user_id="sragen", password=password, ip_user=ip_user, timeout=timeout)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    with simulated("kemendagri", tmp_path_factory.mktemp("kemendagri")) as running:
        yield running


@pytest.fixture
def ministry(process: Simulated) -> Iterator[Simulated]:
    """One process for many tests: each goes on after what is there, with a kind ministry."""
    process.behave()
    yield process
    process.behave()


@pytest.fixture
def client(ministry: Simulated) -> Iterator[Kemendagri]:
    client = made(ministry.url)
    yield client
    client.close()


def following(ministry: Simulated, number: int) -> list[Entry]:
    """The next entries that the ministry has not."""
    last = ministry.last()
    return entries(SRI, last + 1, last + number)


def keeps_the_contract(value: object, definition: str) -> bool:
    schema = {**CONTRACT, "$ref": f"#/definitions/{definition}"}
    return jsonschema.Draft7Validator(schema).is_valid(value)


# The dictionary


def test_a_population_change_in_the_ministrys_words() -> None:
    assert wire_record(entry(7, SRI), occupation) == GOLDEN


@pytest.mark.parametrize(
    ("listing", "words"),
    [
        ("religion", mapping.RELIGION),
        ("marital", mapping.MARITAL),
        ("blood", mapping.BLOOD),
        ("education", mapping.EDUCATION),
        ("relation", mapping.RELATION),
        ("citizenship", mapping.CITIZENSHIP),
    ],
)
def test_the_dictionary_says_what_the_law_says(listing: str, words: dict[str, str]) -> None:
    law = reference().codes.of(listing, date(2026, 1, 1))
    assert words == {code.code: code.name for code in law}


def test_sex_is_spelt_as_the_dialect_spells_it() -> None:
    law = {code.code: code.name for code in reference().codes.of("sex", date(2026, 1, 1))}
    assert {code: word.upper() for code, word in mapping.SEX.items()} == law


def test_an_occupation_is_read_in_the_list_of_its_day() -> None:
    assert occupation("89", date(2010, 6, 1)) == "LAINNYA"
    assert occupation("89", date(2026, 6, 1)) != "LAINNYA"
    assert occupation("99", date(2026, 6, 1)) == "LAINNYA"


@pytest.mark.parametrize(
    "change", [SRI, FORGOTTEN, replace(SRI, kind="KTP_NEW", ktp="CARD ISSUED", mother="")]
)
def test_every_kind_of_change_keeps_the_contract(change: PopulationChange) -> None:
    body = json.loads(made("http://127.0.0.1:1").body([entry(7, change)]))
    assert keeps_the_contract(body, "KIRIM_PERUBAHAN")
    body["content"][0]["AGAMA"] = "1"
    assert not keeps_the_contract(body, "KIRIM_PERUBAHAN"), "control"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(SRI, nik="331410570890900"), "NIK"),
        (replace(SRI, religion="8"), "AGAMA"),
        (replace(SRI, kind="WON_THE_LOTTERY"), "JENIS_PERUBAHAN"),
        (replace(SRI, address="x" * 1001), "ALAMAT"),
    ],
)
def test_a_record_that_breaks_the_contract_is_not_even_sent(wrong: PopulationChange, field: str) -> None:
    mixed = [*entries(SRI, 1, 3), entry(4, wrong), entry(5, wrong)]
    with pytest.raises(BadRecord, match=field) as bad:
        made("http://127.0.0.1:1").deliver(mixed)
    assert bad.value.feed_seq == 4
    assert wrong.nik
    assert wrong.nik not in str(bad.value)


# The way there and back


def test_what_was_pushed_is_what_the_ministry_has(ministry: Simulated, client: Kemendagri) -> None:
    new = following(ministry, 5)
    receipt = client.deliver(new)
    kept = ministry.records(after=new[0].feed_seq - 1)
    assert [record["record"] for record in kept] == [wire_record(one, occupation) for one in new]
    assert {record["receipt"] for record in kept} == {receipt}


def test_a_repeat_is_dropped_and_gets_its_first_receipt(ministry: Simulated, client: Kemendagri) -> None:
    new = following(ministry, 6)
    first = client.deliver(new[:3])
    assert client.deliver(new[:3]) == first
    assert client.deliver(new) != first
    assert ministry.holds(new[-1].feed_seq)


def test_the_ministry_tells_what_it_has(ministry: Simulated, client: Kemendagri) -> None:
    new = following(ministry, 2)
    assert client.received(new[-1].feed_seq) is None
    receipt = client.deliver(new)
    assert client.received(new[-1].feed_seq) == receipt


def test_a_gap_is_refused_and_nothing_of_it_is_kept(ministry: Simulated, client: Kemendagri) -> None:
    last = ministry.last()
    with pytest.raises(BadRecord, match="urutan terputus") as bad:
        client.deliver(entries(SRI, last + 2, last + 4))
    assert bad.value.feed_seq == last + 2
    assert ministry.last() == last


def test_a_refused_record_is_named_and_its_push_leaves_nothing(
    ministry: Simulated, client: Kemendagri
) -> None:
    new = following(ministry, 5)
    ministry.behave(bad=[new[3].feed_seq])
    with pytest.raises(BadRecord, match="data tidak sah") as bad:
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
        ({"fault": "Login Gagal"}, DestinationFault, False),
        ({"fault": "IP ADDRESS TIDAK SESUAI"}, DestinationFault, False),
        ({"fault": "ip client tidak terdaftar"}, DestinationFault, False),
        ({"fault": "Server sedang dipindah"}, DestinationFault, False),
        ({"fault": "KUOTA akses hari INI telah habis"}, QuotaUsedUp, False),
        ({"quota": 0}, QuotaUsedUp, False),
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
    client = made(ministry.url, timeout=0.4)
    with pytest.raises(problem) as told:
        client.deliver(new)
    assert getattr(told.value, "after", None) == behaviour.get("retry_after")
    ministry.behave()
    assert (client.received(new[-1].feed_seq) is not None) is kept
    client.deliver(new)
    assert ministry.holds(new[-1].feed_seq)
    client.close()


def test_an_unknown_error_keeps_its_words(ministry: Simulated, client: Kemendagri) -> None:
    ministry.behave(fault="Server sedang dipindah")
    with pytest.raises(DestinationFault, match="server sedang dipindah"):
        client.deliver(following(ministry, 1))


def test_a_wrong_password_or_address_is_not_let_in(ministry: Simulated) -> None:
    new = following(ministry, 1)
    for stranger in (made(ministry.url, password="guess"), made(ministry.url, ip_user="10.0.0.1")):
        with pytest.raises(DestinationFault):
            stranger.deliver(new)
        stranger.close()
    assert ministry.last() == new[0].feed_seq - 1


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    with simulated("kemendagri", tmp_path, "--password", "other") as ministry:
        client = made(ministry.url, password="other")
        receipt = client.deliver(entries(SRI, 1, 50))
        ministry.kill()
        with pytest.raises(DeliveryProblem):
            client.deliver(entries(SRI, 51, 60))
        ministry.start()
        assert client.received(50) == receipt
        client.deliver(entries(SRI, 41, 60))
        assert ministry.holds(60)
        client.close()
        assert ministry.stop() == 0, "and it stops cleanly when asked"


# What others may send


def post(ministry: Simulated, body: object, method: str = "KIRIM_PERUBAHAN") -> dict[str, Any]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = ministry.http.post(f"{PATH}/{method}", content=content)
    assert answer.status_code == 200, "errors come inside HTTP 200"
    assert keeps_the_contract(answer.json(), "ANSWER")
    return dict(answer.json()["content"][0])


def test_credentials_are_taken_in_any_key_case(ministry: Simulated) -> None:
    (new,) = following(ministry, 1)
    known = {"USER_ID": "sragen", "Password": "demo", "ip_USER": "127.0.0.1"}
    answer = post(ministry, {**known, "content": [wire_record(new, occupation)]})
    assert (answer["RESPON"], answer["FEED_SEQ"]) == ("00", new.feed_seq)


@pytest.mark.parametrize(
    ("body", "respon"),
    [
        (b"", "Format Tidak Dikenal"),
        (b"{", "Format Tidak Dikenal"),
        (b"[]", "Format Tidak Dikenal"),
        (b'{"a":' * 5000, "Format Tidak Dikenal"),
        (b'{"user_id": "\xff"}', "Format Tidak Dikenal"),
        (b'{"user_id": "\\ud800"}', "Format Tidak Dikenal"),
        ({}, "Login Gagal"),
        ({"user_id": "sragen", "password": "demo"}, "IP Address Tidak Sesuai"),
        ({"user_id": ["sragen"], "password": None}, "Login Gagal"),
        ({"user_id": "sragen", "password": "demo", "ip_user": "127.0.0.1"}, "Format Tidak Dikenal"),
        (
            {"user_id": "sragen", "password": "demo", "ip_user": "127.0.0.1", "content": [7]},
            "Format Tidak Dikenal",
        ),
        (
            {"user_id": "sragen", "password": "demo", "ip_user": "127.0.0.1", "content": [{"FEED_SEQ": 1}]},
            "Data Tidak Sah",
        ),
    ],
)
def test_nonsense_gets_an_error_text_and_changes_nothing(
    ministry: Simulated, body: object, respon: str
) -> None:
    last = ministry.last()
    assert post(ministry, body)["RESPON"] == respon
    assert ministry.last() == last


def test_a_number_is_the_same_number_when_it_is_written_with_a_point(ministry: Simulated) -> None:
    (new,) = following(ministry, 1)
    body = made(ministry.url).body([new])
    answer = post(ministry, body.replace(b'"FEED_SEQ":%d' % new.feed_seq, b'"FEED_SEQ":%d.0' % new.feed_seq))
    assert (answer["RESPON"], answer["FEED_SEQ"]) == ("00", new.feed_seq)


@pytest.mark.parametrize("seq", [0, -1, 10**15, 10**30, "1", None, True])
def test_a_number_that_cannot_be_is_refused(ministry: Simulated, seq: object) -> None:
    known = {"user_id": "sragen", "password": "demo", "ip_user": "127.0.0.1"}
    assert post(ministry, {**known, "FEED_SEQ": seq}, "STATUS_PENGIRIMAN")["RESPON"] == "Format Tidak Dikenal"


def test_the_ministry_checks_for_itself_and_tells_no_value(ministry: Simulated) -> None:
    new = following(ministry, 3)
    request = json.loads(made(ministry.url).body(new))
    request["content"][1]["NIK"] = "331410570890900"
    told = post(ministry, request)
    assert (told["RESPON"], told["FEED_SEQ"], told["KOLOM"]) == ("Data Tidak Sah", new[1].feed_seq, "NIK")
    assert "331410570890900" not in str(told)


def test_a_body_without_end_is_refused_before_it_is_read(ministry: Simulated) -> None:
    long = b"x" * (10 * 1024 * 1024 + 1)
    assert ministry.http.post(f"{PATH}/KIRIM_PERUBAHAN", content=long).status_code == 413


def test_a_quota_is_of_a_day_in_jakarta(tmp_path: Path) -> None:
    clock = FakeClock()
    accepted = Accepted(tmp_path / "dagri.db", "DUKCAPIL")
    ministry = Dukcapil(accepted, clock, Sender(quota=2))
    client = made("http://127.0.0.1:1")

    def push(seq: int) -> str:
        answer = ministry.push(client.body([entry(seq, SRI)]))
        return str(msgspec.json.decode(answer.body)["content"][0]["RESPON"])

    assert [push(1), push(2), push(3)] == ["00", "00", "Kuota Akses Hari ini telah Habis"]
    clock.time = datetime(2026, 11, 24, 16, 59, tzinfo=UTC)
    assert push(3) != "00", "still the 24th in Sragen"
    clock.time = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    assert push(3) == "00"
    accepted.close()


# Answers that nobody should believe


class Echo(Post):
    """A post whose letters come back with a given answer."""

    def __init__(self, answer: object, status: int = 200) -> None:
        super().__init__("http://127.0.0.1:1", timeout=1.0)
        self._reply = Reply(status, {}, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def send(self, path: str, body: bytes, headers: object) -> Reply:
        return self._reply


def answered(answer: object, status: int = 200) -> str:
    client = made("http://127.0.0.1:1")
    client._post = Echo(answer, status)
    return client.deliver(entries(SRI, 4, 5))


def item(feed_seq: int, **changes: object) -> dict[str, object]:
    return {"FEED_SEQ": feed_seq, "RESPON": "00", "NO_TERIMA": "r", **changes}


@pytest.mark.parametrize("name", ["RESPON", "RESPONSE", "RESPONSE_CODE", "respon", "Response"])
def test_the_verdict_is_found_under_each_of_its_names(name: str) -> None:
    verdicts = [{"feed_seq": seq, name: "00", "no_terima": "r"} for seq in (4, 5)]
    assert answered({"content": verdicts}) == "r"


@pytest.mark.parametrize(
    "answer",
    [
        {"content": [item(4)]},
        {"content": [item(5), item(4)]},
        {"content": [item(4), item(5), item(6)]},
        {"content": [item(4), item(5, NO_TERIMA=None)]},
        {"content": [item(4), item(5, NO_TERIMA="")]},
        {"content": [{"FEED_SEQ": 4}]},
        {"content": []},
        {"content": "00"},
        {},
        [],
        b"",
        b"<html>Login</html>",
        b'{"content": [{"RESPON": "00"',
        b'{"content": [{"RESPON": "\xff"}]}',
        b'{"content": [{"RESPON": ' + b"[" * 5000,
    ],
)
def test_receipts_for_anything_else_mean_that_nothing_is_known(answer: object) -> None:
    with pytest.raises(Unanswered):
        answered(answer)


def test_an_internal_error_means_that_nothing_is_known() -> None:
    with pytest.raises(Unanswered, match="http-500"):
        answered({"content": [item(4), item(5)]}, 500)


def test_one_refused_item_refuses_the_push() -> None:
    refused = {"RESPON": "data TIDAK sah", "FEED_SEQ": 5, "KOLOM": "NIK"}
    with pytest.raises(BadRecord, match="NIK") as bad:
        answered({"content": [item(4), refused]})
    assert bad.value.feed_seq == 5


def test_a_data_error_that_blames_no_record_is_a_fault_of_the_connection() -> None:
    with pytest.raises(DestinationFault):
        answered({"content": [{"RESPON": "Data Tidak Sah"}]})


def test_no_number_of_a_person_comes_out_of_an_error_text() -> None:
    with pytest.raises(DestinationFault) as told:
        answered({"content": [{"RESPON": f"NIK {SRI.nik} ganda"}]})
    assert SRI.nik
    assert SRI.nik not in str(told.value)
