"""The forms in which MARC records come and go, and how one is told from another.

A form is one module with one `FORM` value; the module is imported when it is wanted. To add one:

1. write `src/techproc/marc/<module>.py` with `FORM = Form(name="json", …)`;
2. add `"techproc.marc.<module>"` to `MODULES` below. The order is the order of asking: the form
   that can be surest by its first bytes comes first, the most tolerant last.

`sniff(head)` gets the first bytes of the (decompressed) input, up to 64 KiB, and says whether they
look like this form; it is cheap and never raises. `read(stream, options)` is a generator over a
buffered binary stream (`read`, `readline`, `peek` and iteration work; decompressed already, at its
beginning); it yields `Loaded` and `Quarantined` in order, keeps memory flat, numbers items from
`options.first`, fills `file`, `record` and `control` of its findings, and never raises for what is
wrong with the data. `write(stream, options)` returns a writer; None: the form is read only.
`losses(record)` yields a finding for everything in the record that the form cannot carry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol

from techproc.errors import InputError
from techproc.findings import Finding
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions

if TYPE_CHECKING:
    import pymarc

__all__ = ["MODULES", "Form", "FormWriter", "WriteOptions", "detect", "form_named", "forms"]

MODULES: tuple[str, ...] = (
    "techproc.marc.marcxml",
    "techproc.marc.ndjson",
    "techproc.marc.marcjson",
    "techproc.marc.mrk",
    "techproc.marc.linemarc",
    "techproc.marc.fieldtable",
    "techproc.marc.iso2709",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOptions:
    """What a form's writer is told; each form takes what concerns it.

    `encoding` is "utf-8" or "marc-8" (ISO 2709 and the text forms that know it). `oversize` is
    what becomes of a record that ISO 2709 cannot hold: "refuse" raises RecordTooLarge, "split"
    divides fields at repeatable subfields. `unencodable` is what becomes of a character that
    MARC-8 lacks: "ncr" writes `&#x…;` as LC does, "refuse" raises NotEncodable.
    """

    encoding: Literal["utf-8", "marc-8"] = "utf-8"
    oversize: Literal["refuse", "split", "marcxml"] = "refuse"
    unencodable: Literal["ncr", "refuse"] = "ncr"


class FormWriter(Protocol):
    """Writes records of one form to a stream that its caller opened and will close."""

    def write(self, record: pymarc.Record) -> tuple[Finding, ...]:
        """Write one record; return what had to be changed or left out."""

    def finish(self) -> None:
        """Write what stands after the last record; without records the output is still legal."""


def _no_losses(_record: pymarc.Record) -> Iterable[Finding]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form of MARC records: its name, and how it is recognised, read and written."""

    name: str  # as given to --to and in Loaded.form
    title: str  # for people: "ISO 2709 (.mrc)"
    suffixes: tuple[str, ...]  # for choosing an output's form by its name, never for reading
    sniff: Callable[[bytes], bool]
    read: Callable[[BinaryIO, ReadOptions], Iterator[Loaded | Quarantined]]
    write: Callable[[BinaryIO, WriteOptions], FormWriter] | None = None
    losses: Callable[[pymarc.Record], Iterable[Finding]] = _no_losses


@cache
def forms() -> tuple[Form, ...]:
    """Return every form, in the order in which they are asked about an input."""
    return tuple(import_module(module).FORM for module in MODULES)


def form_named(name: str) -> Form:
    """Return the form with this name; InputError names the ones there are.

    >>> form_named("marcxml").suffixes
    ('.xml', '.marcxml')
    """
    for form in forms():
        if form.name == name:
            return form
    known = ", ".join(form.name for form in forms())
    raise InputError(f"there is no form called {name!r}; the forms are {known}")


def detect(head: bytes) -> Form | None:
    """Return the form that the first bytes of an input are in, or None.

    >>> detect(b'<?xml version="1.0"?><collection xmlns="http://www.loc.gov/MARC21/slim">').name
    'marcxml'
    """
    return next((form for form in forms() if form.sniff(head)), None)
