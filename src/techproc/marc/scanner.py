"""The scanner of plain ISO 2709 records: in C where it was built, else in Python."""

from __future__ import annotations

try:
    from techproc.marc import _scan as core

    COMPILED = True
except ImportError:
    from techproc.marc import _plainscan as core  # type: ignore[no-redef]

    COMPILED = False

__all__ = [
    "COMPILED",
    "core",
    "examine",
    "fields",
    "gather",
    "run",
    "screen",
    "subfields",
    "xml_record",
]

run = core.run
screen = core.screen
examine = core.examine
fields = core.fields
gather = core.gather
subfields = core.subfields
xml_record = core.xml_record
