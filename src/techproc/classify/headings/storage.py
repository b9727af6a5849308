"""A heading index as one file of arrays (`techproc.classify.arrayfile`).

What ships has no list of records of its own: its records are those of the starter index for class
numbers, in the same order.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from techproc.classify.arrayfile import ArrayFile, Arrays, Lines, from_lines
from techproc.classify.evidence import Postings
from techproc.classify.headings.index import Associations, HeadingIndex, Phrases
from techproc.classify.storage import postings_of, postings_parts
from techproc.files import atomic_output

__all__ = ["FORMAT", "dumps", "load", "save"]

# Raised whenever the features, the phrases or the arrays below change.
FORMAT = 2
_OF = "of"  # in what the file is about: the mark of the records that it was written beside
_FILE = ArrayFile(
    b"techproc heading index\n",
    "a heading index",
    FORMAT,
    "build it again with `techproc classify headings train`",
)


def save(
    index: HeadingIndex,
    path: str | Path,
    *,
    force: bool = False,
    level: int = 1,
    beside: bool = False,
) -> None:
    """Write an index to a file, whole or not at all; `level` is zlib's, 9 the smallest.

    With `beside`, without the list of records, which another file has.
    """
    with atomic_output(path, force=force) as stream:
        stream.write(dumps(index, level=level, beside=beside))


def dumps(index: HeadingIndex, *, level: int = 1, beside: bool = False) -> bytes:
    """Return the bytes of the file."""
    parts: dict[str, tuple[str, npt.NDArray[Any]]] = {
        **({} if beside else postings_parts(index.records)),
        "mains": ("text", from_lines(index.mains)),
        "tags": ("plain", index.tags),
        "chains": ("text", from_lines(index.chains)),
        "chain_place": ("plain", index.chain_place),
        "string_main": ("narrow", index.string_main),
        "string_chain": ("planes", index.string_chain),
        "lengths": ("plain", np.diff(index.starts).astype(np.uint8)),
        "strings": ("planes", index.strings),
        "length": ("plain", index.length),
        "phrase_keys": ("wide", index.phrases.keys.view(np.int32)),
        "phrase_mains": ("planes", index.phrases.mains),
        "phrase_words": ("plain", index.phrases.words),
        "phrase_whole": ("plain", index.phrases.whole),
        "phrase_seen": ("planes", index.phrases.seen),
        "phrase_right": ("planes", index.phrases.right),
    }
    for name, of in (("main", index.of_mains), ("chain", index.of_chains)):
        parts |= {
            f"{name}_keys": ("plain", of.keys),
            f"{name}_totals": ("planes", of.totals),
            f"{name}_lengths": ("planes", np.diff(of.offsets).astype(np.int32)),
            f"{name}_labels": ("planes", of.labels),
            f"{name}_counts": ("planes", of.counts),
        }
    about = {**index.about, _OF: _mark(index.records)} if beside else index.about
    return _FILE.pack(parts, about, level=level)


def _mark(records: Postings) -> int:
    """Return a number that tells one list of records from another."""
    return zlib.crc32(records.works.tobytes())


def load(path: str | Path, records: Postings | None = None) -> HeadingIndex:
    """Return the index of a file; `records` for one that was written `beside` them.

    Raises InputError for a file that is missing or is no index, CatalogError for one that is
    damaged, was written by another version or beside other records.
    """
    where = str(path)
    arrays, about = _FILE.unpack(_FILE.read(path), where, later=("postings",))
    try:
        held = postings_of(arrays) if records is None else records
        index = _assemble(arrays, about, held)
    except (ValueError, KeyError, IndexError) as error:
        raise _FILE.damaged(where, error) from error
    if len(index.starts) != len(held) + 1 or about.pop(_OF, _mark(held)) != _mark(held):
        raise _FILE.damaged(where, "its records are not those of the starter index")
    return index


def _assemble(arrays: Arrays, about: dict[str, Any], records: Postings) -> HeadingIndex:
    return HeadingIndex(
        records=records,
        mains=Lines(arrays["mains"]),
        tags=arrays["tags"],
        chains=Lines(arrays["chains"]),
        chain_place=arrays["chain_place"],
        string_main=arrays["string_main"],
        string_chain=arrays["string_chain"],
        starts=_edges(arrays["lengths"]),
        strings=arrays["strings"],
        length=arrays["length"],
        of_mains=_associations(arrays, "main"),
        of_chains=_associations(arrays, "chain"),
        phrases=Phrases(
            keys=arrays["phrase_keys"].view(np.uint32),
            mains=arrays["phrase_mains"],
            words=arrays["phrase_words"],
            whole=arrays["phrase_whole"],
            seen=arrays["phrase_seen"],
            right=arrays["phrase_right"],
        ),
        about=about,
    )


def _edges(lengths: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    edges = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=edges[1:])
    return edges


def _associations(arrays: Arrays, name: str) -> Associations:
    return Associations(
        keys=arrays[f"{name}_keys"],
        totals=arrays[f"{name}_totals"],
        offsets=_edges(arrays[f"{name}_lengths"]),
        labels=arrays[f"{name}_labels"],
        counts=arrays[f"{name}_counts"],
    )
