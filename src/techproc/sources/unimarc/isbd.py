"""The ISBD areas of UNIMARC fields as subfields of MARC 21, with the punctuation they lack there."""

from __future__ import annotations

import re

from techproc.sources.unimarc.source import SourceField, without_marks

__all__ = [
    "Subfields", "edition_area", "ended", "extent_area", "imprint_area", "manufacture_area",
    "nonfiling", "series_area", "title_area", "variant_title",
]  # fmt: skip

Subfields = list[tuple[str, str]]
# A mark before $b's and $c's further parts, which MARC 21 does not tell apart
_AFTER_TITLE = {"a": " ;", "c": ".", "d": " =", "e": " :", "h": ".", "i": ".", "f": " /", "g": " ;"}
_VARIANT = {"a": "a", "e": "b", "h": "n", "i": "p", "j": "f", "n": "g"}


def nonfiling(value: str) -> tuple[str, int]:
    """Return a title without non-filing marks, and how many characters they enclosed (0-9)."""
    match = re.match("[\x88\x98](.*?)[\x89\x9c](\\s*)", value)
    if not match:
        return without_marks(value), 0
    skipped = len(match[1]) + (0 if match[1].endswith(" ") else len(match[2][:1]))
    return without_marks(match[1] + match[2] + value[match.end() :]), min(skipped, 9)


def ended(parts: Subfields, mark: str) -> Subfields:
    """Return the parts with ISBD punctuation after the last one, before the next begins."""
    if not parts:
        return parts
    code, text = parts[-1]
    text = re.sub(r"\s+\+$", "", text.rstrip()).rstrip(" ,:;/=")
    return [*parts[:-1], (code, text if mark == "." and text.endswith(".") else text + mark)]


def title_area(field: SourceField, form: str = "") -> tuple[Subfields, int]:
    """Return the subfields of 245 for a 200 in ISBD order, and the characters not filed by.

    $a title, $b (or `form`, of a 204) material, $c another author's title, $d parallel and $e
    other title, $h $i part, $f $g responsibility.
    """
    out: Subfields = []
    skipped = 0
    material = [text for text in (*field.take("b"), form) if text]
    for code, value in field.parts("acdefghi"):
        text = without_marks(value)
        if not out and code == "a":
            text, skipped = nonfiling(value)
            out.append(("a", text))
            continue
        seen = {made for made, _ in out}
        mark = _AFTER_TITLE[code]
        if code == "i" and out and out[-1][0] == "n":
            mark = ","
        if code == "g" and "c" not in seen:
            mark = " /"
        if code == "f" and "c" in seen:
            mark = " ;"
        out = ended(out, mark)
        wanted = {"h": "n", "i": "p", "f": "c", "g": "c"}.get(code, "b")
        if out and (wanted in seen or "c" in seen) and wanted not in "np":
            out[-1] = (out[-1][0], f"{out[-1][1]} {text}")  # $b and $c hold all that follows
        else:
            out.append((wanted if out else "a", text))
    if material:
        at = max((n for n, (code, _) in enumerate(out) if code in "anp"), default=-1) + 1
        words = "[" + " + ".join(text.strip("[]") for text in material) + "]"
        if at and (mark_ := re.search(r" [:/;=]$", out[at - 1][1])):
            out[at - 1] = (out[at - 1][0], out[at - 1][1][: mark_.start()])
            words += mark_[0]
        out.insert(at, ("h", words))
    if out and not out[-1][1].endswith((".", "?", "!")):
        out[-1] = (out[-1][0], out[-1][1] + ".")
    return out, skipped


def variant_title(field: SourceField) -> Subfields:
    """Return the subfields of 246 for a 51X, or for a 200 in another script."""
    out: Subfields = []
    for code, text in field.moved(_VARIANT):
        mark = {"b": " :", "n": ".", "p": "," if out and out[-1][0] == "n" else "."}.get(code)
        out = ended(out, mark) if mark else out
        out.append((code, text))
    return out


def edition_area(field: SourceField) -> Subfields:
    """Return the subfields of 250 for a 205: the statement, issues of it, and who made it."""
    out: Subfields = []
    for code, text in field.moved({code: code for code in "abdfg"}):
        mark = {"a": ",", "b": ",", "d": " =", "f": " /", "g": " ;"}[code]
        out = ended(out, mark)
        if not out or (code == "f" and not any(made == "b" for made, _ in out)):
            out.append(("a" if not out else "b", text))
        else:
            out[-1] = (out[-1][0], f"{out[-1][1]} {text}")
    return out


def imprint_area(field: SourceField) -> Subfields:
    """Return the subfields of 264 for a 210: places (with addresses), publishers, dates."""
    return _imprint(field, {"a": "a", "b": "(", "c": "b", "d": "c"})


def manufacture_area(field: SourceField) -> Subfields:
    """Return the subfields of 264 _3 for what a 210 says of the manufacture."""
    return _imprint(field, {"e": "a", "f": "(", "g": "b", "h": "c"})


def _imprint(field: SourceField, codes: dict[str, str]) -> Subfields:
    out: Subfields = []
    for code, text in field.moved(codes):
        if code == "(" and out:
            out[-1] = (out[-1][0], f"{out[-1][1]} ({text.strip('()')})")
            continue
        out = ended(out, {"a": " ;", "(": "", "b": " :", "c": ","}[code])
        out.append(("a" if code == "(" else code, text))
    return out


def extent_area(field: SourceField) -> Subfields:
    """Return the subfields of 300 for a 215: extent, details, size, what goes with it."""
    out: Subfields = []
    for code, text in field.moved({"a": "a", "c": "b", "d": "c", "e": "e"}):
        out = ended(out, {"a": " +", "b": " :", "c": " ;", "e": " +"}[code])
        out.append((code, text))
    return out


def series_area(field: SourceField) -> Subfields:
    """Return the subfields of 490 for a 225."""
    out: Subfields = []
    marks = {"a": " ;", "d": " =", "e": " :", "f": " /", "h": ".", "i": ".", "v": " ;", "x": ","}
    for code, text in field.moved({code: code for code in marks}):
        out = ended(out, marks[code])
        if not out or code in "xv":
            out.append((code if code in "xv" else "a", text))
        else:
            out[-1] = (out[-1][0], f"{out[-1][1]} {text}")
    return out
