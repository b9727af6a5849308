"""Label stock: the sheets and rolls that libraries buy, and a library's own, in millimetres.

The package's table is `stock.toml`; each entry names its source and how sure it is, and every
measure is checked against the page when it is read.
"""

from __future__ import annotations

import difflib
import functools
import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from techproc.config import name_hint, read_toml
from techproc.errors import ConfigError, LabelError
from techproc.findings import Finding, Severity

__all__ = ["Region", "Stock", "as_json", "builtin_stock", "load_stock", "stock_named"]

_PAGES = {"letter": (215.9, 279.4), "a4": (210.0, 297.0)}
_USES = ("spine", "pocket")
_KINDS = ("sheet", "roll")
_SLACK = 0.05  # mm that rounded measures may be out


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A label of a set, such as the pocket label beside a spine: its place within the set."""

    use: str  # "spine", which takes the split number, or "pocket"
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """A sheet or roll of labels; lengths in millimetres from the page's upper left corner."""

    key: str
    page_width: float
    page_height: float
    columns: int = 1
    rows: int = 1
    left: float = 0.0
    top: float = 0.0
    width: float
    height: float
    pitch_x: float = 0.0  # from one label's left edge to the next one's
    pitch_y: float = 0.0
    radius: float = 0.0  # of the corners
    vendor: str = ""
    part: str = ""
    description: str = ""
    equivalents: tuple[str, ...] = ()
    kind: str = "sheet"  # or "roll"
    regions: tuple[Region, ...] = ()
    source: str = ""
    confidence: str = ""  # "high", "medium" or "low"

    @property
    def count(self) -> int:
        """The number of labels (or sets) on a page."""
        return self.columns * self.rows

    def place(self, number: int, order: str = "rows") -> tuple[float, float]:
        """Return the upper left corner of label `number` of a page, counted from 1.

        >>> stock_named("avery-5160").place(2)
        (74.6125, 12.7)
        """
        at = number - 1
        if order == "columns":
            column, row = divmod(at, self.rows)
        else:
            row, column = divmod(at, self.columns)
        return self.left + column * self.pitch_x, self.top + row * self.pitch_y

    def check(self) -> Iterator[Finding]:
        """Yield what is wrong with the measures: labels that overlap or leave the page."""
        sums = (
            ("across", self.columns, self.width, self.pitch_x, self.left, self.page_width),
            ("down", self.rows, self.height, self.pitch_y, self.top, self.page_height),
        )
        for way, count, size, pitch, margin, page in sums:
            if count < 1 or size <= 0 or page <= 0:
                yield _wrong("stock.impossible", f"{self.key}: there is no label {way}")
                continue
            if count > 1 and pitch < size - _SLACK:
                yield _wrong(
                    "stock.overlap",
                    f"{self.key}: labels of {size:g} mm every {pitch:g} mm {way} overlap",
                )
            end = margin + (count - 1) * pitch + size
            if margin < -_SLACK or end > page + _SLACK:
                yield _wrong(
                    "stock.leaves-page",
                    f"{self.key}: the labels {way} reach from {margin:g} to {end:g} mm "
                    f"of a page of {page:g} mm",
                )
            elif self.kind == "sheet" and abs((page - end) - margin) > 6:
                yield Finding(
                    rule="stock.uneven-margins",
                    severity=Severity.INFO,
                    message=f"{self.key}: margins {way} are {margin:g} and {page - end:g} mm",
                )
        for region in self.regions:
            if (
                min(region.x, region.y) < -_SLACK
                or region.x + region.width > self.width + _SLACK
                or region.y + region.height > self.height + _SLACK
            ):
                yield _wrong("stock.region", f"{self.key}: the {region.use} label leaves its set")


def _wrong(rule: str, message: str) -> Finding:
    return Finding(rule=rule, message=message, fix="measure a sheet and correct the stock")


@functools.cache
def builtin_stock() -> dict[str, Stock]:
    """Return the stock that the package knows, by key, in the order of its table."""
    text = files("techproc.labels").joinpath("stock.toml").read_text("utf-8")
    return _stock_from(tomllib.loads(text), "stock.toml")


def load_stock(path: str | Path) -> dict[str, Stock]:
    """Return the built-in stock with that of a TOML file laid over it.

    A table is a stock: [my-sheet] with page ("letter", "a4" or [width, height]), columns, rows,
    left, top, width, height, pitch_x, pitch_y in millimetres. Raises ConfigError for a file, key or
    measure that cannot be; labels that overlap or leave the page are such.
    """
    mapping = read_toml(path)
    return builtin_stock() | _stock_from(mapping, str(path))


def stock_named(key: str, stocks: Mapping[str, Stock] | None = None) -> Stock:
    """Return a stock by key, part number or an equivalent's; raises LabelError for an unknown one.

    >>> stock_named("L7160").key
    'avery-l7160'
    >>> stock_named("avery-5161x")
    Traceback (most recent call last):
    ...
    techproc.errors.LabelError: no stock is called avery-5161x; did you mean avery-5161? \
`techproc labels stocks` lists them
    """
    known = builtin_stock() if stocks is None else stocks
    wanted = key.casefold().strip()
    if wanted in known:
        return known[wanted]
    if key in known:
        return known[key]
    for stock in known.values():
        names = (stock.part, f"{stock.vendor} {stock.part}", *stock.equivalents)
        if wanted in (name.casefold() for name in names):
            return stock
    near = difflib.get_close_matches(wanted, known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise LabelError(f"no stock is called {key}; {hint}`techproc labels stocks` lists them")


def as_json(stock: Stock) -> dict[str, Any]:
    """Return a stock as a JSON object, lengths in millimetres, with the labels on a page."""
    found = asdict(stock)
    found["equivalents"] = list(stock.equivalents)
    found["regions"] = [asdict(region) for region in stock.regions]
    return found | {"count": stock.count}


def _stock_from(mapping: Mapping[str, Any], where: str) -> dict[str, Stock]:
    found: dict[str, Stock] = {}
    for key, table in mapping.items():
        if not isinstance(table, Mapping):
            raise ConfigError(f"{where}: {key} is a stock: write [{key}]")
        found[key] = _stock(key, dict(table), f"{where}: [{key}]")
    return found


def _stock(key: str, table: dict[str, Any], where: str) -> Stock:
    page = table.pop("page", None)
    if isinstance(page, str) and page.casefold() in _PAGES:
        size: tuple[float, float] = _PAGES[page.casefold()]
    elif isinstance(page, list) and len(page) == 2:
        size = (_length(page[0], f"{where} page"), _length(page[1], f"{where} page"))
    elif page is None and table.get("kind") == "roll":
        size = (_length(table.get("width"), where), _length(table.get("height"), where))
    else:
        raise ConfigError(f"{where}: page takes letter, a4 or [width, height] in mm, not {page!r}")
    types = {f.name: str(f.type) for f in fields(Stock)}
    values: dict[str, Any] = {"key": key, "page_width": size[0], "page_height": size[1]}
    for name, value in table.items():
        if name not in types or name in values:
            raise ConfigError(f"{where}: unknown key {name}; {name_hint(name, types)}")
        values[name] = _value(name, value, types[name], f"{where} {name}")
    if missing := {"width", "height"} - set(values):
        raise ConfigError(f"{where}: {min(missing)} of the label is missing")
    values.setdefault("pitch_x", values["width"])
    values.setdefault("pitch_y", values["height"])
    stock = Stock(**values)
    for finding in stock.check():
        if finding.severity is Severity.ERROR:
            raise ConfigError(f"{where}: {finding.message}; {finding.fix}")
    return stock


def _value(name: str, value: Any, kind: str, where: str) -> Any:
    if name == "regions":
        if not isinstance(value, list):
            raise ConfigError(f"{where} = {value!r} is not allowed; it takes a list of labels")
        return tuple(_region(region, f"{where}, label {n}") for n, region in enumerate(value, 1))
    if name == "kind" and value not in _KINDS:
        raise ConfigError(f"{where} takes {' or '.join(_KINDS)}, not {value!r}")
    if kind == "float":
        return _length(value, where)
    if kind == "int" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind.startswith("tuple") and isinstance(value, list):
        return tuple(str(item) for item in value)
    if kind == "str" and isinstance(value, str):
        return value
    raise ConfigError(f"{where} = {value!r} is not allowed; it takes {kind}")


def _region(region: Any, where: str) -> Region:
    """Return a label of a set from its table: use, x, y, width and height."""
    names = [f.name for f in fields(Region)]
    if not isinstance(region, Mapping) or set(region) != set(names):
        raise ConfigError(f"{where} has {', '.join(names)}, each once")
    if region["use"] not in _USES:
        raise ConfigError(f"{where}: use takes {' or '.join(_USES)}, not {region['use']!r}")
    lengths = {name: _length(region[name], f"{where}: {name}") for name in names[1:]}
    return Region(use=region["use"], **lengths)


def _length(value: Any, where: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise ConfigError(f"{where} = {value!r} is not allowed; it takes a number of millimetres")
