"""A disk that loses its power: what SQLite wrote is there only once it was synced.

Python's ``sqlite3`` goes on as it is, on the real files. Between it and the operating system stands a copy of
SQLite's own file layer (its VFS) that notes every write, truncation, creation and removal below one folder,
and every sync. At any moment the folder can be cut: what was synced is there, and of the rest nothing, all, or
some, one write torn within its sectors. What a sync acknowledges is taken as kept: disks that lie are not
modelled, nor bits that rot. Only SQLite's files are watched, not the key files and tiles that others write.
"""

import ctypes
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_int,
    c_int64,
    c_void_p,
    cast,
    pointer,
    sizeof,
    string_at,
)
from pathlib import Path
from random import Random
from threading import Lock
from typing import Any, NamedTuple

SECTOR = 512
OK = 0
CREATE, JOURNALS = 0x4, 0x800 | 0x4000 | 0x80000
"""Flags of opening: may be made; is a rollback journal, a super-journal or a write-ahead log."""

OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
DELETE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
CLOSE = CFUNCTYPE(c_int, c_void_p)
WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class Vfs(Structure):
    """``sqlite3_vfs``, version 3, as in sqlite3.h."""

    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        ("others", c_void_p * 13),
    )


class Methods(Structure):
    """``sqlite3_io_methods``, version 3."""

    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("others", c_void_p * 13),
    )


class File(Structure):
    """``sqlite3_file``: the layer keeps more behind it."""

    _fields_ = (("methods", POINTER(Methods)),)


class Change(NamedTuple):
    """What was done to a file and not synced yet. ``data`` is None for a removal, empty for a creation."""

    path: str
    at: int
    data: bytes | None
    length: int | None = None
    """Of a truncation."""


Files = dict[str, bytearray]


class Cut(NamedTuple):
    """The moment of a power cut: what was synced, and what was not."""

    files: Files
    unsynced: list[Change]

    def restore(self, folder: Path, keep: Callable[[Change], Change | None]) -> None:
        """The files as they are found when the power is back; ``keep`` says what of a change reached the disk."""
        files = {path: bytearray(content) for path, content in self.files.items()}
        for change in self.unsynced:
            if (kept := keep(change)) is not None:
                _apply(files, kept)
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)


def nothing(_: Change) -> None:
    """The harshest disk: what was not synced is gone."""


def everything(change: Change) -> Change:
    return change


def some(chance: Random) -> Callable[[Change], Change | None]:
    """Any of them, in any sectors: what a disk does that writes in an order of its own."""

    def keep(change: Change) -> Change | None:
        if chance.random() < 0.5:
            return None
        if change.data and chance.random() < 0.2:
            torn = chance.randrange(0, len(change.data) + 1, SECTOR)
            return change._replace(data=change.data[:torn]) if torn else None
        return change

    return keep


def upto(chance: Random, changes: int) -> Callable[[Change], Change | None]:
    """The first few of them, in order."""
    left = [chance.randint(0, changes)]

    def keep(change: Change) -> Change | None:
        left[0] -= 1
        return change if left[0] >= 0 else None

    return keep


def _apply(files: Files, change: Change) -> None:
    path, at, data, length = change
    if data is None:
        files.pop(path, None)
    elif data == b"" and length is None:
        files.setdefault(path, bytearray())
    elif (content := files.get(path)) is None:
        return  # its creation was lost: nothing leads to what was written
    elif length is not None:
        del content[length:]
    else:
        content.extend(bytes(max(0, at - len(content))))
        content[at : at + len(data)] = data


class Disk:
    """What was synced below a folder, and what was not."""

    def __init__(self, folder: Path, changed: Callable[["Disk"], None] = lambda _: None) -> None:
        """``changed`` is called after every write, removal and sync, by the thread that did it."""
        self.folder = folder.resolve()
        self.changed = changed
        self._files: Files = {}
        self._unsynced: list[Change] = []
        self._lock = Lock()

    def cut(self) -> Cut:
        with self._lock:
            return Cut({path: bytearray(c) for path, c in self._files.items()}, list(self._unsynced))

    def inside(self, path: str) -> str | None:
        """The path within the folder; None when it is not watched."""
        whole = Path(path)
        return str(whole.relative_to(self.folder)) if whole.is_relative_to(self.folder) else None

    def created(self, path: str) -> None:
        """Opened: a file that nobody knew is new, and its name not yet in the folder."""
        with self._lock:
            there = path in self._files
            for change in self._unsynced:
                if change.path == path:
                    there = change.data is not None
        if not there:
            self.change(Change(path, 0, b""))

    def change(self, change: Change) -> None:
        with self._lock:
            self._unsynced.append(change)
        self.changed(self)

    def synced(self, path: str, *, names: bool = False) -> None:
        """A file with its name (as ext4 does it); with ``names`` also every name of its folder."""
        folder = Path(path).parent
        with self._lock:
            rest = []
            for change in self._unsynced:
                named = change.data is None or (change.data == b"" and change.length is None)
                beside = names and named and Path(change.path).parent == folder
                if change.path == path or beside:
                    _apply(self._files, change)
                else:
                    rest.append(change)
            self._unsynced = rest
        self.changed(self)


def _library() -> Any:
    """The very library that ``sqlite3`` has loaded."""
    import _sqlite3

    library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
    library.sqlite3_vfs_find.restype = POINTER(Vfs)
    library.sqlite3_vfs_find.argtypes = [c_char_p]
    library.sqlite3_vfs_register.argtypes = [POINTER(Vfs), c_int]
    return library


def reachable() -> bool:
    """Whether the file layer can be copied: a Python with SQLite built into it may hide it."""
    try:
        library = _library()
        library.sqlite3_libversion.restype = c_char_p
        found = library.sqlite3_libversion().decode()
    except (OSError, AttributeError):
        return False
    return bool(found == sqlite3.sqlite_version)


class Layer:
    """A copy of SQLite's file layer that tells a disk what it does."""

    def __init__(self, real: Vfs) -> None:
        self.disk: Disk | None = None
        self._open = OPEN(real.open)
        self._delete = DELETE(real.delete)
        self._paths: dict[int, tuple[Disk, str]] = {}
        self._copies: dict[int, tuple[Methods, Any]] = {}
        # SQLite syncs the folder too when it first syncs a journal: its unixSync, and so do we.
        self._first: set[int] = set()
        self._mine = (OPEN(self.open), DELETE(self.delete))
        self.vfs = Vfs()
        ctypes.memmove(pointer(self.vfs), pointer(real), sizeof(Vfs))
        self.vfs.name = b"losing-power"
        self.vfs.next = None
        self.vfs.open, self.vfs.delete = (cast(mine, c_void_p).value for mine in self._mine)

    def open(self, vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        code = self._open(vfs, name, file, flags, out)
        if code == OK and name and (disk := self.disk):
            path = disk.inside(string_at(name).decode())
            if path is not None:
                self._paths[file] = (disk, path)
                if flags & CREATE and flags & JOURNALS:
                    self._first.add(file)
                self._watch(file)
                disk.created(path)
        return int(code)

    def delete(self, vfs: int, name: int, synced: int) -> int:
        code = self._delete(vfs, name, synced)
        if code == OK and (disk := self.disk):
            path = disk.inside(string_at(name).decode())
            if path is not None:
                disk.change(Change(path, 0, None))
                if synced:
                    disk.synced(path, names=True)
        return int(code)

    def _watch(self, file: int) -> None:
        """Put our methods in the place of the file's own; one copy for each kind of file."""
        handle = cast(file, POINTER(File)).contents
        address = ctypes.addressof(handle.methods.contents)
        if address not in self._copies:
            self._copies[address] = self._copied(handle.methods.contents)
        handle.methods = pointer(self._copies[address][0])

    def _copied(self, real: Methods) -> tuple[Methods, Any]:
        close, write = CLOSE(real.close), WRITE(real.write)
        truncate, sync = TRUNCATE(real.truncate), SYNC(real.sync)

        def closed(file: int) -> int:
            self._paths.pop(file, None)
            self._first.discard(file)
            return int(close(file))

        def written(file: int, data: int, length: int, at: int) -> int:
            code = int(write(file, data, length, at))
            if code == OK:
                disk, path = self._paths[file]
                disk.change(Change(path, at, string_at(data, length)))
            return code

        def truncated(file: int, length: int) -> int:
            code = int(truncate(file, length))
            if code == OK:
                disk, path = self._paths[file]
                disk.change(Change(path, 0, b"", length))
            return code

        def synced(file: int, flags: int) -> int:
            code = int(sync(file, flags))
            if code == OK:
                disk, path = self._paths[file]
                disk.synced(path, names=file in self._first)
                self._first.discard(file)
            return code

        mine = (CLOSE(closed), WRITE(written), TRUNCATE(truncated), SYNC(synced))
        copy = Methods()
        ctypes.memmove(pointer(copy), pointer(real), sizeof(Methods))
        copy.close, copy.write, copy.truncate, copy.sync = (cast(one, c_void_p).value for one in mine)
        return copy, mine


_layers: list[Layer] = []


def _layer() -> Layer:
    """The layer of this process: SQLite keeps it for ever, so that there is one."""
    if not _layers:
        library = _library()
        _layers.append(Layer(library.sqlite3_vfs_find(None).contents))
        assert library.sqlite3_vfs_register(pointer(_layers[0].vfs), 1) == OK
    return _layers[0]


@contextmanager
def watched(disk: Disk) -> Iterator[Disk]:
    """Whatever this process opens with ``sqlite3`` below the disk's folder is watched."""
    layer = _layer()
    layer.disk = disk
    try:
        yield disk
    finally:
        layer.disk = None
