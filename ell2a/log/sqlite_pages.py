"""A SQLite file read page by page, without SQLite: what can be read of one that is damaged.

SQLite gives up a whole table behind a page that it cannot read. Here every page is looked at by itself: a row whose
page and whose overflow pages are whole is given, wherever its tree is broken. The format is that of
https://www.sqlite.org/fileformat2.html; the committed frames of a write-ahead log stand over the pages of the file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from ell2a.errors import StoreCorrupt

TABLE_LEAF, INDEX_LEAF = 13, 10
_TABLE_INTERIOR, _INDEX_INTERIOR = 5, 2
_KINDS = (TABLE_LEAF, INDEX_LEAF, _TABLE_INTERIOR, _INDEX_INTERIOR)
_FILE_HEADER = 100
_UTF8 = 1
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Serial type -> bytes."""
_REAL, _ZERO, _ONE, _FIRST_BLOB, _FIRST_TEXT = 7, 8, 9, 12, 13
_FRAME_HEADER, _WAL_HEADER = 24, 32
_WAL_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}
"""Magic number -> byte order of the checksums."""


class Unreadable(Exception):
    """A page, or a row on it, that is none."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table, or entry of an index."""

    rowid: int | None
    """None in an index."""
    values: tuple[Any, ...]


@dataclass
class Tree:
    """What was found under one root."""

    damaged: list[int] = field(default_factory=list)
    """The numbers of pages that cannot be read."""
    unreadable: int = 0
    """Rows that cannot be read, on pages that can."""
    entries: int = 0
    """Cells of leaves and, in an index, of what stands above them."""


class Pages:
    """The pages of a file, in the state of its last commit. To be closed, or used in a `with` statement."""

    def __init__(self, path: Path) -> None:
        """Raises StoreCorrupt where not even the size of the pages can be read, OSError where the file cannot."""
        self._file = path.open("rb")
        header = self._file.read(_FILE_HEADER)
        size = struct.unpack(">H", header[16:18])[0] if len(header) == _FILE_HEADER else 0
        self.page_size = 65536 if size == 1 else size
        if self.page_size < 512 or self.page_size & (self.page_size - 1) or header[56:60] != bytes([0, 0, 0, _UTF8]):  # noqa: PLR2004
            self._file.close()
            raise StoreCorrupt(f"the header of {path} is damaged: nothing in it can be found.")
        self._usable = self.page_size - header[20]
        self._over = _wal_pages(Path(f"{path}-wal"), self.page_size)
        in_file = -(-path.stat().st_size // self.page_size)
        self.count = max(in_file, *self._over) if self._over else in_file
        self.met: set[int] = set()
        """Pages that belong to a tree that was walked, or to the list of free ones."""

    def __enter__(self) -> Pages:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def walk(self, root: int, found: Tree, *, is_index: bool = False) -> Iterator[Record]:
        """The records of a tree, as far as its pages lead to them. What is damaged is told in `found`."""
        kinds = (INDEX_LEAF, _INDEX_INTERIOR) if is_index else (TABLE_LEAF, _TABLE_INTERIOR)
        waiting = [root]
        while waiting:
            number = waiting.pop()
            if number in self.met:
                continue
            try:
                page = self._page(number)
            except Unreadable:
                found.damaged.append(number)
                continue
            if page.kind not in kinds:
                # It may be another tree's, or a free one: that is told later.
                found.damaged.append(number)
                continue
            self.met.add(number)
            waiting += reversed(page.children())
            if page.kind in (TABLE_LEAF, *((kinds) if is_index else ())):
                yield from self._records(page, found)

    def entries(self, root: int) -> int:
        """How many rows an index names, as far as its pages lead to them."""
        found, waiting = 0, [root]
        while waiting:
            number = waiting.pop()
            try:
                page = self._page(number)
            except Unreadable:
                continue
            if number not in self.met and page.kind in (INDEX_LEAF, _INDEX_INTERIOR):
                self.met.add(number)
                found += page.count
                waiting += page.children()
        return found

    def strays(self) -> Iterator[tuple[int, list[Record]]]:
        """Pages with records that no walk led to: (kind of leaf, records). To be asked for when all trees were walked."""
        self._meet_free_pages()
        for number in range(1, self.count + 1):
            if number in self.met:
                continue
            try:
                page = self._page(number)
            except Unreadable:
                continue
            if page.kind != _TABLE_INTERIOR:
                kind = TABLE_LEAF if page.kind == TABLE_LEAF else INDEX_LEAF
                yield kind, list(self._records(page, Tree()))

    def _records(self, page: _Page, found: Tree) -> Iterator[Record]:
        for place in page.places():
            found.entries += 1
            try:
                yield self._record(page, place)
            except (Unreadable, IndexError, struct.error, UnicodeDecodeError):
                found.unreadable += 1

    def _page(self, number: int) -> _Page:
        data = self._data(number)
        start = _FILE_HEADER if number == 1 else 0
        kind = data[start]
        count = int.from_bytes(data[start + 3 : start + 5], "big")
        first = start + (12 if kind in (_TABLE_INTERIOR, _INDEX_INTERIOR) else 8)
        if kind not in _KINDS or first + 2 * count > self._usable:
            raise Unreadable
        return _Page(data, kind, start, first, count, self._usable)

    def _data(self, number: int) -> bytes:
        if not 1 <= number <= self.count:
            raise Unreadable
        over = self._over.get(number)
        if over is not None:
            return over
        self._file.seek((number - 1) * self.page_size)
        data = self._file.read(self.page_size)
        if len(data) < self.page_size:
            raise Unreadable
        return data

    def _record(self, page: _Page, place: int) -> Record:
        rowid = None
        at = place + (4 if page.kind == _INDEX_INTERIOR else 0)
        size, at = _varint(page.data, at)
        if page.kind == TABLE_LEAF:
            rowid, at = _varint(page.data, at)
            rowid -= (1 << 64) if rowid >> 63 else 0
        return Record(rowid, _values(self._payload(page, at, size)))

    def _payload(self, page: _Page, at: int, size: int) -> bytes:
        if size > self.count * self.page_size:
            raise Unreadable
        most = self._usable - 35 if page.kind == TABLE_LEAF else (self._usable - 12) * 64 // 255 - 23
        if size <= most:
            if at + size > self._usable:
                raise Unreadable
            return page.data[at : at + size]
        least = (self._usable - 12) * 32 // 255 - 23
        here = least + (size - least) % (self._usable - 4)
        here = here if here <= most else least
        parts, left = [page.data[at : at + here]], size - here
        number = int.from_bytes(page.data[at + here : at + here + 4], "big")
        while left > 0:
            data = self._data(number)
            self.met.add(number)
            parts.append(data[4 : 4 + min(left, self._usable - 4)])
            left -= len(parts[-1])
            number = int.from_bytes(data[:4], "big")
        return b"".join(parts)

    def _meet_free_pages(self) -> None:
        """What was deleted stays deleted."""
        try:
            trunk = int.from_bytes(self._data(1)[32:36], "big")
            while trunk and trunk not in self.met:
                data = self._data(trunk)
                self.met.add(trunk)
                leaves = min(int.from_bytes(data[4:8], "big"), self._usable // 4 - 2)
                self.met.update(struct.unpack(f">{leaves}I", data[8 : 8 + 4 * leaves]))
                trunk = int.from_bytes(data[:4], "big")
        except Unreadable:
            return


@dataclass(frozen=True, slots=True)
class _Page:
    data: bytes
    kind: int
    start: int
    first: int
    """Where the list of its cells begins."""
    count: int
    usable: int

    def places(self) -> Sequence[int]:
        found = struct.unpack(f">{self.count}H", self.data[self.first : self.first + 2 * self.count])
        return [place for place in found if self.first <= place < self.usable]

    def children(self) -> list[int]:
        if self.kind in (TABLE_LEAF, INDEX_LEAF):
            return []
        of_cells = [int.from_bytes(self.data[place : place + 4], "big") for place in self.places()]
        return [*of_cells, int.from_bytes(self.data[self.start + 8 : self.start + 12], "big")]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for n in range(8):
        byte = data[at + n]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004  # the bit that says that more follow
            return value, at + n + 1
    return value << 8 | data[at + 8], at + 9


def _values(payload: bytes) -> tuple[Any, ...]:
    head, at = _varint(payload, 0)
    types = []
    while at < head:
        kind, at = _varint(payload, at)
        types.append(kind)
    values, at = [], head
    for kind in types:
        value, at = _value(payload, kind, at)
        values.append(value)
    if at != len(payload):
        raise Unreadable
    return tuple(values)


def _value(payload: bytes, kind: int, at: int) -> tuple[Any, int]:
    if kind == 0:
        return None, at
    if kind in _INTEGERS:
        end = at + _INTEGERS[kind]
        return int.from_bytes(payload[at:end], "big", signed=True), end
    if kind == _REAL:
        return struct.unpack(">d", payload[at : at + 8])[0], at + 8
    if kind in (_ZERO, _ONE):
        return kind - _ZERO, at
    if kind < _FIRST_BLOB:
        raise Unreadable
    end = at + (kind - _FIRST_BLOB) // 2
    if end > len(payload):
        raise Unreadable
    return (payload[at:end].decode() if kind & 1 else payload[at:end]), end


def _wal_pages(path: Path, page_size: int) -> dict[int, bytes]:
    """Page number -> its bytes, for the pages of all committed frames of a write-ahead log."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    order = _WAL_MAGIC.get(int.from_bytes(data[:4], "big"))
    if order is None or int.from_bytes(data[8:12], "big") != page_size:
        return {}
    salts = data[16:24]
    sums = _checksum(data[:24], (0, 0), order)
    if sums != struct.unpack(">2I", data[24:32]):
        return {}
    committed: dict[int, int] = {}
    since: dict[int, int] = {}
    step = _FRAME_HEADER + page_size
    for at in range(_WAL_HEADER, len(data) - step + 1, step):
        frame = data[at : at + step]
        sums = _checksum(frame[:8], sums, order)
        sums = _checksum(frame[_FRAME_HEADER:], sums, order)
        if frame[8:16] != salts or sums != struct.unpack(">2I", frame[16:24]):
            break
        number, size_after = struct.unpack(">2I", frame[:8])
        since[number] = at + _FRAME_HEADER
        if size_after:
            committed.update(since)
            since = {}
    return {number: data[at : at + page_size] for number, at in committed.items()}


def _checksum(data: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    first, second = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for n in range(0, len(words), 2):
        first = (first + words[n] + second) & 0xFFFFFFFF
        second = (second + words[n + 1] + first) & 0xFFFFFFFF
    return first, second
