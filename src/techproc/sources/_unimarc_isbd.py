"""The ISBD areas of UNIMARC fields as subfields of MARC 21, with the punctuation they lack there."""

from __future__ import annotations

import re

from pymarc import Field

__all__ = [
    "ended", "extent_area", "imprint_area", "nonfiling", "picked", "series_area", "title_area",
    "without_marks",
]  # fmt: skip

Subfields = list[tuple[str, str]]
_NSB = re.compile("[\x88\x89\x98\x9c]")  # non-filing characters begin and end


def picked(field: Field, codes: dict[str, str]) -> list[tuple[str, str]]:
    """Return the subfields with the codes given, under the codes they are to have."""
    return [(codes[s.code], without_marks(s.value)) for s in field.subfields if s.code in codes]


def without_marks(value: str) -> str:
    """Return a text without the marks around non-filing characters (NSB and NSE)."""
    return " ".join(_NSB.sub("", value).split())


def nonfiling(value: str) -> tuple[str, int]:
    """Return a title without non-filing marks, and how many characters they enclosed (0-9)."""
    match = re.match("[\x88\x98](.*?)[\x89\x9c](\\s*)", value)
    if not match:
        return without_marks(value), 0
    skipped = len(match[1]) + (0 if match[1].endswith(" ") else len(match[2][:1]))
    return without_marks(match[1] + match[2] + value[match.end() :]), min(skipped, 9)


def ended(parts: list[tuple[str, str]], mark: str) -> list[tuple[str, str]]:
    """Return the parts with ISBD punctuation after the last one, before the next begins."""
    if not parts:
        return parts
    code, text = parts[-1]
    text = text.rstrip(" ,:;/=+")
    return [*parts[:-1], (code, text if mark == "." and text.endswith(".") else text + mark)]


def title_area(field: Field) -> tuple[Subfields, int]:
    """Return the subfields of 245 for a 200 in ISBD order, and the characters not filed by.

    $a title, $e other title, $h $i part, $f $g responsibility.
    """
    out: list[tuple[str, str]] = []
    skipped = 0
    for code, value in ((s.code, s.value) for s in field.subfields):
        text = without_marks(value)
        if code == "a" and not out:
            text, skipped = nonfiling(value)
            out.append(("a", text))
        elif code == "a":
            out = ended(out, " ;")
            out.append(("b" if not any(c == "b" for c, _ in out) else "", text))
        elif code in ("d", "e"):
            out = ended(out, " =" if code == "d" else " :")
            out.append(("b" if not any(c == "b" for c, _ in out) else "", text))
        elif code in ("h", "i"):
            out = ended(out, "," if code == "i" and out and out[-1][0] == "n" else ".")
            out.append(("n" if code == "h" else "p", text))
        elif code in ("f", "g"):
            out = ended(out, " ;" if any(c == "c" for c, _ in out) else " /")
            out.append(("c" if not any(c == "c" for c, _ in out) else "", text))
    joined: list[tuple[str, str]] = []
    for code, text in out:
        if code or not joined:
            joined.append((code or "a", text))
        else:  # MARC 21's $b and $c hold everything that follows
            joined[-1] = (joined[-1][0], f"{joined[-1][1]} {text}")
    if joined and not joined[-1][1].endswith((".", "?", "!")):
        joined[-1] = (joined[-1][0], joined[-1][1] + ".")
    return joined, skipped


def imprint_area(field: Field) -> Subfields:
    """Return the subfields of 264 for a 210: places, publishers, dates."""
    out: Subfields = []
    for sub in field.subfields:
        if sub.code in ("a", "c", "d"):
            out = ended(out, {"a": " ;", "c": " :", "d": ","}[sub.code])
            out.append(({"a": "a", "c": "b", "d": "c"}[sub.code], without_marks(sub.value)))
    return out


def extent_area(field: Field) -> Subfields:
    """Return the subfields of 300 for a 215: extent, details, size, what goes with it."""
    out: Subfields = []
    for sub in field.subfields:
        if sub.code in ("a", "c", "d", "e"):
            out = ended(out, {"a": " +", "c": " :", "d": " ;", "e": " +"}[sub.code])
            out.append(
                ({"a": "a", "c": "b", "d": "c", "e": "e"}[sub.code], without_marks(sub.value))
            )
    return out


def series_area(field: Field) -> Subfields:
    """Return the subfields of 490 for a 225."""
    out: Subfields = []
    for sub in field.subfields:
        sign = {"e": " :", "h": ".", "i": ".", "v": " ;", "f": " /", "x": ","}.get(sub.code)
        if sub.code == "a" and not out:
            out.append(("a", without_marks(sub.value)))
        elif sub.code in ("x", "v") and sign:
            out = ended(out, sign)
            out.append((sub.code, without_marks(sub.value)))
        elif sign and out:
            out[-1] = (out[-1][0], f"{out[-1][1]}{sign} {without_marks(sub.value)}")
    return out
