"""Who is forgotten leaves nothing on the disk, and every proof still holds: the short form of ``tests.forget``."""

from pathlib import Path

from tests.forget import prove


def test_a_forgotten_person_leaves_nothing_on_the_disk(tmp_path: Path) -> None:
    assert prove(tmp_path, subjects=2) == 22
