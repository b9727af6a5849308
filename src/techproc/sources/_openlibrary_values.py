"""What people type into Open Library, read: names with roles, sizes, dates, numbers."""

from __future__ import annotations

import math
import re
from datetime import date

__all__ = ["CORPORATE", "contribution", "day", "height", "lccn_in_marc", "stamp"]

CORPORATE = re.compile(
    r"\b(University|Institute|Association|Society|Committee|Department|Museum|Library|Press|Inc|"
    r"Ltd|Corporation|Council|Commission|Organization|Office|Ministry|Bureau|Company)\b"
)
_ROLE = re.compile(r"^(?P<name>.*?)\s*\((?P<role>[^()]+)\)\s*$")
_BY = re.compile(r"^(?P<role>translated|edited|illustrated|compiled) by (?P<name>.+)$", re.I)
_BY_ROLES = {"translated": "translator", "edited": "editor", "illustrated": "illustrator", "compiled": "compiler"}  # fmt: skip  # noqa: E501
_SIZE = re.compile(r"([0-9.]+)\s*x\s*([0-9.]+)(?:\s*x\s*([0-9.]+))?\s*(inches|centimeters|cm|mm|millimeters)", re.I)  # fmt: skip  # noqa: E501


def lccn_in_marc(number: str) -> str:
    """Return a normalised LCCN in the structure of 010 $a: prefix, year, serial, and its blanks."""
    digits = number.lstrip("abcdefghijklmnopqrstuvwxyz")
    prefix = number[: len(number) - len(digits)]
    return f"{prefix:<3}{digits} " if len(digits) == 8 else f"{prefix:<2}{digits}"


def contribution(text: str) -> tuple[str, str]:
    """Return (name, role) of a contribution as typed: "X (Translator)", "Translated by X"."""
    for pattern in (_ROLE, _BY):
        match = pattern.match(text)
        if match and match["name"].strip():
            role = match["role"].strip()
            return match["name"], _BY_ROLES.get(role.lower(), role)
    return text, ""


def day(text: str) -> date | None:
    """Return the day of a time as Open Library writes it."""
    if not re.match(r"\d{4}-\d\d-\d\d(?:T|$)", text, re.A):
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def stamp(text: str) -> str:
    """Return a time as 005 has it, or ""."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d)\d*)?", text, re.A)
    return "".join(match.groups("0")[:6]) + f".{match[7] or 0}" if match else ""


def height(dimensions: str) -> str:
    """Return the height in whole centimetres, rounded up, of "9.2 x 6.1 x 0.9 inches"."""
    match = _SIZE.search(dimensions)
    if not match:
        return ""
    try:
        largest = max(float(part) for part in match.groups()[:3] if part)
    except ValueError:
        return ""
    factor = {"i": 2.54, "c": 1.0, "m": 0.1}[match[4][0].lower()]
    return f"{math.ceil(round(largest * factor, 3))} cm"
