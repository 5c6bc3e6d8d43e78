"""The container of an old workbook: the one stream that matters taken out, and put into a container of our own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from struct import pack, unpack_from

from analysis.grid import GridError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NONE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_PAGE = 4096


def stream_of(content: bytes) -> bytes:
    """Return the workbook of an OLE file."""
    size = 1 << int.from_bytes(content[30:32], "little")
    if size not in (512, _PAGE):
        raise ValueError("sector shift")
    start, mini_start, mini_count, more = (int.from_bytes(content[at : at + 4], "little") for at in (48, 60, 64, 68))
    places = list(unpack_from("<109I", content, 76))

    def sector(at: int) -> bytes:
        return content[(at + 1) * size : (at + 2) * size]

    for at in _chain(more, lambda at: _words(sector(at))[-1], len(content) // size):
        places += _words(sector(at))[:-1]
    fat = [entry for place in places if place < _FAT for entry in _words(sector(place))]

    def joined(first: int) -> bytes:
        return b"".join(map(sector, _chain(first, fat.__getitem__, len(fat))))

    folder = joined(start)
    entries = [_entry(folder[at : at + 128]) for at in range(0, len(folder) - 127, 128)]
    names = {name: (first, length) for name, first, length in reversed(entries)}
    if "encryptedpackage" in names:
        raise GridError("password")
    found = names.get("workbook") or names.get("book")
    if not entries:
        raise ValueError("no folder")
    if found is None:
        raise GridError("no_kind")
    if found[1] >= _PAGE or not mini_count:
        return joined(found[0])[: found[1]]
    small, table = joined(entries[0][1]), _words(joined(mini_start))
    return b"".join(small[at * 64 : at * 64 + 64] for at in _chain(found[0], table.__getitem__, len(table)))[: found[1]]


def _words(data: bytes) -> tuple[int, ...]:
    return unpack_from(f"<{len(data) // 4}I", data)


def _chain(first: int, following: Callable[[int], int], most: int) -> Iterator[int]:
    at = first
    for _ in range(most + 1):
        if at >= _FAT:
            return
        yield at
        at = following(at)
    raise ValueError("sectors in a circle")


def _entry(data: bytes) -> tuple[str, int, int]:
    name = data[: max(0, min(64, int.from_bytes(data[64:66], "little")) - 2)]
    return name.decode("utf-16-le", "replace").lower(), int.from_bytes(data[116:120], "little"), int.from_bytes(data[120:124], "little")


def compound(stream: bytes | bytearray) -> bytes:
    """Return an OLE file that holds a workbook and nothing else."""
    pages = max(1, -(-len(stream) // _PAGE))
    tables = -(-(pages + 1) // (_PAGE // 4 - 1))  # each of which has an entry in itself
    if tables > 109:
        raise ValueError("sectors")
    after = pages + 1
    header = OLE + pack("<16x5H6x9I", 0x3E, 4, 0xFFFE, 12, 6, 1, tables, 0, 0, _PAGE, _END, 0, _END, 0)
    header += pack("<109I", *range(after, after + tables), *[_NONE] * (109 - tables))
    fat = [_END, *range(2, after), _END, *[_FAT] * tables]
    fat += [_NONE] * (tables * _PAGE // 4 - len(fat))
    folder = _named("Root Entry", 5, 1, 0, 0) + _named("Workbook", 2, _NONE, 1, pages * _PAGE)
    parts = header, folder, stream, pack(f"<{len(fat)}I", *fat)
    return b"".join(bytes(part) + bytes(-len(part) % _PAGE) for part in parts)


def _named(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    return pack("<64sHBBIII36xIQ", text, len(text) + 2, kind, 1, _NONE, _NONE, child, start, size)
