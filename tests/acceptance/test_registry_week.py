"""`simpul demo --scenario registry`: a week of a registry office, told as it goes, and delivered."""

from pathlib import Path

import httpx

from adapters.reference import reference
from tests.acceptance.week import played


def test_a_week_of_the_registry_reaches_both_ministries(tmp_path: Path) -> None:
    with played(tmp_path) as week:
        assert "Kirana Ayu Nugroho" in week.birth, "progress on standard output"
        records = {name: ministry.records() for name, ministry in week.ministries.items()}
        rows = reference().civil_events.rows.values()
        got = {record["record"]["JENIS_PERUBAHAN"] for record in records["kemendagri"]}
        assert got == {row.code for row in rows if row.feed}
        assert [record["record"]["namaPerusahaan"] for record in records["kemendag"]] == ["Toko Kirana"]
        for entry in week.entries.values():
            answer = httpx.get(week.url + entry, follow_redirects=True)
            assert answer.status_code == 200, "it stays up for looking"
        assert week.stop() == 0
