"""MARC records: read from any form and in any state, and written safely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techproc._names import names_at
from techproc.marc.forms import Form, FormWriter, WriteOptions, detect, form_named, forms
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions

if TYPE_CHECKING:
    from techproc.marc.decoder import decode
    from techproc.marc.encoder import encode
    from techproc.marc.reading import read
    from techproc.marc.writing import RecordWriter, Written, write

__all__ = [
    "Form",
    "FormWriter",
    "Loaded",
    "Quarantined",
    "ReadOptions",
    "RecordWriter",
    "WriteOptions",
    "Written",
    "decode",
    "detect",
    "encode",
    "form_named",
    "forms",
    "read",
    "write",
]

__getattr__ = names_at(
    __name__,
    {
        "techproc.marc.decoder": ("decode",),
        "techproc.marc.encoder": ("encode",),
        "techproc.marc.reading": ("read",),
        "techproc.marc.writing": ("RecordWriter", "Written", "write"),
    },
)
