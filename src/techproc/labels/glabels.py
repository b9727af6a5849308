"""The stock of an installed gLabels, read from its template files at run time.

Only rectangles are read (no discs, no round or continuous labels); what cannot be is a finding.
The format is that of libglabels 3: templates with a page size, a label and one or more layouts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from techproc.errors import InputError
from techproc.findings import Finding, Severity
from techproc.labels.stock import Stock

__all__ = ["read_glabels"]

_UNITS: Final = {"pt": 25.4 / 72, "in": 25.4, "mm": 1.0, "cm": 10.0, "pc": 25.4 / 6, "": 25.4 / 72}
_LENGTH = re.compile(r"\s*([0-9.]+)\s*(pt|in|mm|cm|pc|)\s*")
_PAGES: Final = {
    "US-Letter": (215.9, 279.4), "US-Legal": (215.9, 355.6), "US-Executive": (184.15, 266.7),
    "A3": (297.0, 420.0), "A4": (210.0, 297.0), "A5": (148.0, 210.0), "A6": (105.0, 148.0),
}  # fmt: skip


def read_glabels(folder: str | Path) -> tuple[dict[str, Stock], list[Finding]]:
    """Return the stock of the template files in a folder, by key, and what could not be read.

    Keys are brand and part in small letters: avery-5160. Raises InputError when there is no such
    folder or no template in it.
    """
    place = Path(folder)
    if not place.is_dir():
        raise InputError(f"{folder}: there is no such folder")
    files = sorted(place.glob("*-templates.xml")) or sorted(place.glob("*.xml"))
    found: dict[str, Stock] = {}
    findings: list[Finding] = []
    equivalents: list[tuple[Path, str, str, str]] = []
    for file in files:
        try:
            root = ElementTree.parse(file).getroot()
        except (ElementTree.ParseError, OSError) as error:
            findings.append(_skipped(file, f"not a template file: {error}"))
            continue
        for node in (n for n in root if n.tag.rpartition("}")[2] == "Template"):
            brand, part = node.get("brand", ""), node.get("part", "")
            if node.get("equiv"):
                equivalents.append((file, brand, part, str(node.get("equiv"))))
                continue
            try:
                stock = _stock(node, brand, part, file.name)
            except ValueError as error:
                findings.append(_skipped(file, f"{brand} {part}: {error}"))
                continue
            if wrong := [f for f in stock.check() if f.severity is Severity.ERROR]:
                findings.append(_skipped(file, wrong[0].message))
            else:
                found[stock.key] = stock
    for file, brand, part, equal in equivalents:
        if other := found.get(_key(brand, equal)):
            found[_key(brand, part)] = replace(other, key=_key(brand, part), part=part)
        else:
            findings.append(_skipped(file, f"{brand} {part}: is as {equal}, which was not read"))
    if not found:
        raise InputError(f"{folder}: there are no gLabels templates in it")
    return found, findings


def _stock(node: ElementTree.Element, brand: str, part: str, file: str) -> Stock:
    size = node.get("size", "")
    if size in _PAGES:
        page = _PAGES[size]
    elif node.get("width") and node.get("height"):
        page = (_mm(node.attrib, "width"), _mm(node.attrib, "height"))
    else:
        raise ValueError(f"the page size {size!r} is not known")
    label = next((c for c in node if c.tag.rpartition("}")[2] == "Label-rectangle"), None)
    if label is None:
        raise ValueError("it is no rectangle")
    layouts = [c for c in label if c.tag.rpartition("}")[2] == "Layout"]
    if len(layouts) != 1:
        raise ValueError(f"it has {len(layouts)} layouts")
    layout = layouts[0].attrib
    width, height = _mm(label.attrib, "width"), _mm(label.attrib, "height")
    columns, rows = int(layout.get("nx", "1")), int(layout.get("ny", "1"))
    return Stock(
        key=_key(brand, part),
        vendor=brand,
        part=part,
        description=node.get("description") or node.get("_description") or "",
        page_width=page[0],
        page_height=page[1],
        columns=columns,
        rows=rows,
        left=_mm(layout, "x0"),
        top=_mm(layout, "y0"),
        width=width,
        height=height,
        pitch_x=_mm(layout, "dx") if columns > 1 else width,
        pitch_y=_mm(layout, "dy") if rows > 1 else height,
        radius=_mm(label.attrib, "round") if label.get("round") else 0.0,
        kind="roll" if columns == rows == 1 and size not in _PAGES else "sheet",
        source=f"gLabels: {file}",
        confidence="medium",
    )


def _key(brand: str, part: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", f"{brand} {part}".casefold()).strip("-")


def _mm(values: Mapping[str, str], name: str) -> float:
    match = _LENGTH.fullmatch(values.get(name, ""))
    if not match:
        raise ValueError(f"{name} is {values.get(name)!r}")
    return round(float(match[1]) * _UNITS[match[2]], 4)


def _skipped(file: Path, message: str) -> Finding:
    return Finding(rule="stock.not-read", severity=Severity.INFO, message=message, file=file.name)
