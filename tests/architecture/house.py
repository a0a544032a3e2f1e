"""The checkout as its tests see it: the root, the four packages, and every file somebody wrote."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "adapters", "projections", "api")
MADE = frozenset({"data", "build", "dist", "__pycache__"})
"""Folders that running, building or testing leaves behind (the same as in .gitignore)."""
WRITTEN_DOT_FOLDERS = frozenset({".ci"})


def written(root: Path = ROOT) -> Iterator[Path]:
    """Every file of a checkout, without what tools made, whether or not it is committed yet."""
    for path in sorted(root.iterdir()):
        if path.is_file():
            yield path
        elif path.is_dir() and not _made(path.name):
            yield from written(path)


def _made(folder: str) -> bool:
    hidden = folder.startswith(".") and folder not in WRITTEN_DOT_FOLDERS
    return hidden or folder in MADE or folder.endswith(".egg-info")


def text(path: Path) -> str | None:
    """The file as text, or None where it is a picture."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None
