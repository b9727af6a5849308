"""Records of one source kept on disk, so that any of them can be looked at again by its place.

Memory holds about a hundred bytes a record, whatever its size: place, digest of its content, and
the identifiers by which it can be aligned, each as a 64-bit number.
"""

from __future__ import annotations

import pickle
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import pymarc

from techproc.errors import ConfigError
from techproc.identifiers.isbn import parse
from techproc.marc.control import control_number
from techproc.marc.description import describe
from techproc.marc.fielddiff import STRUCTURAL, record_texts
from techproc.marc.keys import match_keys
from techproc.marc.loaded import Loaded, Quarantined
from techproc.marc.patchfile import is_plain
from techproc.marc.path import FieldPath
from techproc.marc.scanned import ScannedRecord

__all__ = ["Held", "Identifier", "Shelf", "identifier_named"]

_DIGEST = 16
_FREE_POSITIONS = frozenset({*STRUCTURAL, 9})  # of the leader: lengths and coding


@dataclass(frozen=True, slots=True)
class Identifier:
    """What records are aligned by: a name, and how a record's values are found."""

    name: str
    values: Callable[[pymarc.Record], Iterable[str]]


def identifier_named(name: str) -> Identifier:
    """Return what `name` stands for: a field path (001, 035$a), "isbn", or "keys" (match keys).

    ISBNs of both lengths are one; other values are compared without blanks at their ends. Raises
    ConfigError for a path that is none.

    >>> record = pymarc.Record(fields=[pymarc.Field("001", data=" ocm1 ")])
    >>> list(identifier_named("001").values(record))
    ['ocm1']
    """
    if name == "isbn":
        return Identifier(name, _isbns)
    if name == "keys":
        return Identifier(name, lambda record: match_keys(describe(record)))
    try:
        path = FieldPath.parse(name)
    except ConfigError as error:
        raise ConfigError(f"{error}; isbn and keys can be named too") from error
    return Identifier(name, lambda record: _values(path, record))


def _isbns(record: pymarc.Record) -> Iterator[str]:
    texts = (s.value for f in record.get_fields("020") for s in f.subfields if s.code == "a")
    return (found for text in texts if (found := parse(text).isbn13))


def _values(path: FieldPath, record: pymarc.Record) -> Iterator[str]:
    return (value for text in path.values(record) if (value := text.strip()))


@dataclass(frozen=True, slots=True)
class Held:
    """A record taken from a shelf, with its number in its source."""

    record: pymarc.Record
    number: int
    encoding: str

    @property
    def control(self) -> str | None:
        """Its 001, without blanks."""
        return control_number(self.record) or None


class Shelf:
    """The records of one source, in order; close it, or use it as a context manager.

    `leave` tells of a tag whether its fields are left out of the digest by which equal records are
    known. Without `keep` the identifiers alone are kept, and no record can be taken.
    """

    def __init__(
        self,
        identifiers: Sequence[Identifier] = (),
        leave: Callable[[str], bool] | None = None,
        *,
        keep: bool = True,
    ) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._identifiers = tuple(identifiers)
        self.leave = leave
        self._keep = keep
        self._offsets = array("Q", [0])
        self._digests = bytearray()
        self._numbers = array("Q")
        self._codings = array("B")
        self._seen: list[tuple[str, str]] = []
        # For each identifier: hashed values, and the places of the records that have them.
        self.keys = [(array("q"), array("Q")) for _ in identifiers]
        self.rejected = 0

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the records."""
        self._file.close()

    def __len__(self) -> int:
        return len(self._numbers)

    def fill(self, items: Iterable[Loaded | Quarantined]) -> Shelf:
        """Take all records of a source; what could not be read is counted."""
        end = 0
        for item in items:
            if isinstance(item, Quarantined):
                self.rejected += 1
                continue
            self._numbers.append(item.number)
            if self._keep:
                data = _packed(item)
                self._file.write(data)
                end += len(data)
                self._offsets.append(end)
                self._digests += self._digest(item.record)
                self._codings.append(self._coding(item))
            for (values, places), identifier in zip(self.keys, self._identifiers, strict=True):
                for value in dict.fromkeys(identifier.values(item.record)):
                    values.append(hash(value))
                    places.append(len(self._numbers) - 1)
        return self

    def _coding(self, item: Loaded) -> int:
        encoding = "utf-8" if item.encoding == "ascii" else item.encoding
        coding = (encoding, str(item.record.leader)[9:10])
        if coding not in self._seen:
            self._seen.append(coding)
        return self._seen.index(coding)

    def _digest(self, record: pymarc.Record) -> bytes:
        """Return what equal records have in common, however they are encoded."""
        leader = str(record.leader)
        kept = "".join(c for at, c in enumerate(leader) if at not in _FREE_POSITIONS)
        leave = self.leave
        texts = record_texts(record)
        parts = [kept, *(tag + text for tag, text in texts if leave is None or not leave(tag))]
        text = "\x1e".join(parts).encode("utf-8", "surrogatepass")
        return blake2b(text, digest_size=_DIGEST).digest()

    def digest(self, place: int) -> bytes:
        """Return the digest of the record at a place."""
        return bytes(self._digests[place * _DIGEST : (place + 1) * _DIGEST])

    def number(self, place: int) -> int:
        """Return the number that the record at a place has in its source, from 1."""
        return self._numbers[place]

    def coding(self, place: int) -> tuple[str, str]:
        """Return the encoding a record came in (ASCII is UTF-8) and its LDR/09."""
        return self._seen[self._codings[place]]

    def take(self, place: int) -> Held:
        """Return the record at a place."""
        start, end = self._offsets[place], self._offsets[place + 1]
        self._file.seek(start)
        record = _unpacked(self._file.read(end - start))
        return Held(record, self.number(place), self.coding(place)[0])


def _packed(item: Loaded) -> bytes:
    """Return a record as bytes: as it came when that is plain, else pickled."""
    record = item.record
    if item.as_it_came and item.raw is not None and is_plain(item.raw):
        return item.raw
    return b"\x80" + pickle.dumps((str(record.leader), record_texts(record)))


def _unpacked(data: bytes) -> pymarc.Record:
    if not data.startswith(b"\x80"):
        return ScannedRecord.plain(data)
    leader, texts = pickle.loads(data[1:])
    return ScannedRecord(leader, [tag for tag, _ in texts], [text for _, text in texts].__getitem__)
