"""The scanner of plain ISO 2709 records: in C where it was built, else in Python."""

from __future__ import annotations

from techproc.marc import _plainscan

try:
    from techproc.marc import _scan as core

    if not all(hasattr(core, name) for name in _plainscan.__all__):
        raise ImportError("the C core is of an older build")
    COMPILED = True
except ImportError:
    core = _plainscan  # type: ignore[misc]
    COMPILED = False

__all__ = [
    "COMPILED",
    "ask",
    "by_tag",
    "core",
    "deltas",
    "examine",
    "fields",
    "gather",
    "grouped",
    "labels",
    "load",
    "rewrite",
    "run",
    "screen",
    "subfields",
    "xml_record",
]

run = core.run
load = core.load
screen = core.screen
examine = core.examine
fields = core.fields
gather = core.gather
grouped = core.grouped
ask = core.ask
by_tag = core.by_tag
subfields = core.subfields
labels = core.labels
deltas = core.deltas
rewrite = core.rewrite
xml_record = core.xml_record
