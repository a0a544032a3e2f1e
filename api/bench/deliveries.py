"""Delivery against posting ready-made bodies to the same simulated ministry."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from uuid import UUID

import msgspec
from pydantic import SecretStr

from adapters.kemendag.client import PATH, Kemendag
from adapters.kemendagri.client import PUSH, Kemendagri
from api.acts.importing import new_household
from api.acts.population import register_household
from api.bench.material import people
from api.bench.measure import Measure, at_least, interleave, reported
from api.bench.processes import Plain, listening
from api.identity import IMPORTER
from api.settings import MinistrySettings, Settings
from api.wiring import open_hub
from domain.exchange.change import LicenceChange, PopulationChange
from domain.kernel.ports import Entry

BATCH = 200
Record = Mapping[str, Any]


def kemendag(folder: Path, quick: bool) -> Iterator[Measure]:
    """SOAP: mapping, writing, checking against the XSD, reading the receipts."""
    with listening("adapters.kemendag.simulator", "--data", str(folder)) as url:
        client = Kemendag(url, batch=BATCH)
        headers = {"Content_Type": "text/xml; charset=utf-8", "SOAPAction": '"KirimPerubahanIzin"'}
        yield _deliver("deliver-kemendag", client, _licence, url, PATH, headers, quick)
        client.close()


def kemendagri(folder: Path, quick: bool) -> Iterator[Measure]:
    """Their REST dialect: mapping, checking against the schema, reading the receipts."""
    with listening("adapters.kemendagri.simulator", "--data", str(folder)) as url:
        client = Kemendagri(
            url,
            user_id="sragen",
            password="demo",  # noqa: S106 - the simulator's
            ip_user="127.0.0.1",
            batch=BATCH,
        )
        path = f"/dukcapil/get_json/33-14/{PUSH}"
        headers = {"Content_Type": "application/json"}
        yield _deliver("deliver-kemendagri", client, _resident, url, path, headers, quick)
        client.close()


def _deliver(
    id_: str,
    client: Kemendag | Kemendagri,
    record: Callable[[int], Record],
    url: str,
    path: str,
    headers: Mapping[str, str],
    quick: bool,
) -> Measure:
    rounds = 20 if quick else 100
    plain = Plain(url)
    batches = [
        [_entry(batch * BATCH + i, record) for i in range(1, BATCH + 1)] for batch in range(2 * (rounds + 1))
    ]
    bodies = [client.body(entries) for entries in batches]
    sent = iter(range(len(batches)))

    def ours(_: int) -> int:
        client.deliver(batches[next(sent)])
        return BATCH

    def ready(_: int) -> int:
        plain.ask("POST", path, bodies[next(sent)], **headers)
        return BATCH

    pair = interleave(rounds, ours, ready)
    plain.close()
    return at_least(id_, pair.rate, 0.5, pair.note("records"))


def _entry(seq: int, record: Callable[[int], Record]) -> Entry:
    made = record(seq)
    return Entry(seq, seq, str(made["kind"]), made, sha256(str(seq).encode()).hexdigest())


def _licence(seq: int) -> Record:
    change = LicenceChange(
        kind="NEW",
        effective=date(2026, 11, 24),
        application=f"application-{seq:032x}",
        permit="SIUP-KECIL",
        catalogue="2026.1",
        number=f"{seq:04d}/SIUP-KECIL/BPT/2026",
        siup_class="SIUP-KECIL",
        threshold_vintage="2009",
        company=f"Toko Sumber Rejeki {seq}",
        legal_form="PO",
        npwp="",
        kbli="47112",
        kbli_vintage="2020",
        net_worth=300_000_000,
        village="33.14.10.1003",
        kecamatan="33.14.10",
        office="BPT",
        valid_until=None,
        decree="",
        synthetic=True,
    )
    made: Record = msgspec.to_builtins(change)
    return made


def _resident(seq: int) -> Record:
    change = PopulationChange(
        kind="BIODATA",
        effective=date(2026, 11, 24),
        resident=f"resident-{seq:032x}",
        nik=f"331410{1 + seq % 28:02d}{1 + seq // 28 % 12:02d}{seq // 336 % 100:02d}{9000 + seq % 1000:04d}",
        kk=f"3314102411269{1 + seq % 999:03d}",
        name=f"Slamet Widodo {seq}",
        sex="1",
        birth_place="Sragen",
        birth_date=date(1990, 8, 17),
        religion="1",
        marital="2",
        blood="13",
        education="5",
        occupation="9",
        relation="1",
        citizenship="1",
        mother="Sumini",
        father="Suparman",
        address="Dk. Krajan",
        rt="001",
        rw="002",
        village="33.14.10.1003",
        village_name="Sragen Tengah",
        kecamatan_name="Sragen",
        postal_code="57211",
        ktp="BELUM REKAM",
        synthetic=True,
    )
    made: Record = msgspec.to_builtins(change)
    return made


def issue_to_ministry(folder: Path, quick: bool) -> Iterator[Measure]:
    """From the acknowledged act to the ministry's own store, everything running: seconds."""
    count = 20 if quick else 100
    with listening("adapters.kemendagri.simulator", "--data", str(folder / "ministry")) as url:
        ministry = MinistrySettings(url=url, password=SecretStr("demo"))
        with open_hub(Settings(data=folder / "hub", synthetic=True, kemendagri=ministry)) as hub:
            hub.start()
            plain = Plain(url)
            seconds: list[float] = []
            for n, line in zip(range(count), people(hub.desk, 8 * count), strict=False):
                register_household(hub.desk, new_household(line), by=IMPORTER, command_id=UUID(int=n))
                begin, sent = perf_counter(), hub.ledger.head()
                hub.views.wait(sent, timeout=10)
                last = hub.feeds["kemendagri"].head()
                while last > _last(plain, last):
                    pass
                seconds.append(perf_counter() - begin)
            plain.close()
    yield reported("issue-to-ministry-p50", median(seconds), "s", "the promise is 2 s")
    yield reported("issue-to-ministry-p99", quantiles(seconds, n=100)[-1], "s", "the promise is 2 s")


def _last(plain: Plain, seq: int) -> int:
    """The last entry that the ministry has, looked up near ``seq``."""
    found = msgspec.json.decode(plain.ask("GET", f"/_simulator/records?after={seq - 1}&limit=1"))
    return seq if found else 0
