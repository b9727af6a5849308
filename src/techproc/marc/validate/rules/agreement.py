"""What 008 codes of a book's contents, against the description: illustrations, bibliography, index."""

from __future__ import annotations

import re
from collections.abc import Iterable

from techproc.marc.fixed import material_of
from techproc.marc.validate.registry import FORMAT, INFO, Fault, record_check, rule
from techproc.marc.validate.subject import LOOK_CONTENTS, Subject

__all__: list[str] = []

_FAMILY = "Parts of a record that agree"
ILLUSTRATIONS = rule(
    "illustrations", INFO, "300 $b says illustrated, and 008/18-21 is blank, or the other way",
    family=_FAMILY, source=f"{FORMAT}, 008/18-21, Books: Illustrations", fix="correct one of them",
    failing=r"=008  160101t20162015nyu\\\\\\b\\\\001\0\eng\d", path="008/18-21",
    passing=(r"=008  160101t20162015nyu\\\\\\b\\\\001\0\eng\d", r"=300  \\$a200 pages ;$c23 cm"),
)  # fmt: skip
BIBLIOGRAPHY = rule(
    "bibliography", INFO, "504 tells of bibliographical references, and 008/24-27 lacks b, or the other way",
    family=_FAMILY, source=f"{FORMAT}, 008/24-27, Books: Nature of contents", fix="correct one of them",
    failing=r"=008  160101t20162015nyua\\\\\\\\\\001\0\eng\d", path="008/24-27",
    passing=(r"=008  160101t20162015nyua\\\\\\\\\\001\0\eng\d", r"=504  \\$aIncludes index."),
)  # fmt: skip
INDEX = rule(
    "index", INFO, "504 or 500 tells of an index, and 008/31 says none, or the other way",
    family=_FAMILY, source=f"{FORMAT}, 008/31, Books: Index", fix="correct one of them",
    failing=r"=008  160101t20162015nyua\\\\\b\\\\000\0\eng\d", path="008/31",
    passing=(r"=008  160101t20162015nyua\\\\\b\\\\000\0\eng\d",
             r"=504  \\$aIncludes bibliographical references."),
)  # fmt: skip

_ILLUSTRATED = re.compile(
    r"\b(?:ill?us|ill\b|ill\.|maps?\b|port(?:s|raits?)?\b|photo|plans?\b|facsim|charts?\b|music"
    r"|diagr|genealog|coats? of arms|plates?\b|col\. ill|Ill|Abb)", re.IGNORECASE)  # fmt: skip
_REFERENCES = re.compile(r"bibliograph|references|works cited|Literaturverz", re.IGNORECASE)
_INDEXED = re.compile(r"^(?:Includes?|Including|With)\b.*\bind(?:ex|exes|ices)\b", re.IGNORECASE)


@record_check(ILLUSTRATIONS, BIBLIOGRAPHY, INDEX, when=LOOK_CONTENTS)
def book_contents(subject: Subject) -> Iterable[Fault]:
    """Hold 008/18-31 of a book against 300 and 504."""
    data, by_tag = subject.fixed, subject.by_tag
    if len(data) != 40 or subject.leader[17:18] in "578" or material_of(subject.leader) != "BK":
        return ()
    found = []
    texts = by_tag.get("300")
    if texts:
        other = "\x1fb" in texts[0]
        if other and data[18:22] == "    ":
            stated = _first(subject, "300", "b")
            if _ILLUSTRATED.search(stated):
                message = f"008 says no illustrations, 300 $b {stated!r}"
                found.append(ILLUSTRATIONS("008/18-21", message))
        elif not other and "a" in data[18:22] and not _ILLUSTRATED.search(texts[0]):
            found.append(ILLUSTRATIONS("008/18-21", "008 says illustrated, and 300 has no $b"))
    if data[31] != "0" and ("b" in data[24:28] or "504" not in by_tag):
        return found
    notes = [text[4:] for text in by_tag.get("504", ())]
    codes = data[24:28]
    # Where all four places are taken by other codes, b has none.
    room = "b" not in codes and "|" not in codes and " " in codes
    if room and any(_REFERENCES.search(note) for note in notes):
        found.append(BIBLIOGRAPHY("008/24-27", "504 tells of references, and 008 has no b"))
    if data[31] == "0":
        notes += [text[4:] for text in by_tag.get("500", ())]
        if any("nd" in note and _INDEXED.search(note) for note in notes):
            found.append(INDEX("008/31", "a note tells of an index, and 008 says none"))
    return found


def _first(subject: Subject, tag: str, code: str) -> str:
    values = subject.values(tag, code)
    return values[0].strip(" ;:+") if values else ""
