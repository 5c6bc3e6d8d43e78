"""The parts of a workbook that is a zip file, read no further than the limit."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from analysis.grid import GridError, Limits, megabytes
from analysis.markup import parse


class Parts:
    """The parts of a zip file, under names as they are compared."""

    def __init__(self, file: zipfile.ZipFile, limits: Limits) -> None:
        self.file, self.limits, self.left = file, limits, limits.unpacked
        self.all = [(info.filename.replace("\\", "/").lower(), info) for info in file.infolist()]
        self.names = {name for name, _ in self.all}
        if len(self.all) > limits.parts:
            raise GridError("not_workbook", error=f"{len(self.all)} > {limits.parts}")
        for _, info in self.all:
            info.file_size = 1 << 62  # a part is read to its end, wherever it is said to be

    def only(self, name: str) -> zipfile.ZipInfo:
        """Return the part of a name; of two, another reader might choose the other."""
        found = [info for path, info in self.all if path == name]
        if len(found) != 1:
            raise ValueError(f"{len(found)} {name}")
        return found[0]

    def again(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield a part that was counted before."""
        with self.file.open(info) as part:
            while chunk := part.read(1 << 20):
                yield chunk

    def chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield a part to its end, where its checksum stands; raise GridError where all read so far is too much."""
        for chunk in self.again(info):
            self.left -= len(chunk)
            if self.left < 0:
                raise GridError("unpacked_too_large", limit=megabytes(self.limits.unpacked))
            yield chunk

    def whole(self, name: str) -> bytes:
        """Return a part."""
        return b"".join(self.chunks(self.only(name)))

    def elements(self, name: str) -> list[tuple[str, dict[str, str]]]:
        """Return the elements of a part that is XML, without prefixes, and their attributes."""
        found: list[tuple[str, dict[str, str]]] = []
        parse(self.chunks(self.only(name)), start=lambda tag, given: found.append((tag.rpartition(":")[2], given)))
        return found

    def targets(self, base: str, book: str) -> dict[str, str]:
        """Return the path of each part that a workbook's relations name."""
        given = [item for tag, item in self.elements(f"{base}_rels/{book}.rels") if tag == "Relationship"]
        paths = {item.get("Id", ""): item.get("Target", "").lower() for item in given}
        return {key: path[1:] if path.startswith("/") else base + path for key, path in paths.items()}

    def base(self) -> str:
        """Return the folder of the workbook's own part."""
        given = [item for tag, item in self.elements("_rels/.rels") if tag == "Relationship"]
        books = [item.get("Target", "") for item in given if item.get("Type", "").endswith("/relationships/officeDocument")]
        return f"{books[-1].lower().lstrip('/').rpartition('/')[0]}/".removeprefix("/")
