"""880 pairs, and the links between fields: $6, $8, 066."""

from __future__ import annotations

import re
from collections.abc import Iterable

from techproc.marc.linkage import parse_link
from techproc.marc.schema import is_local
from techproc.marc.validate.registry import (
    ERROR,
    FORMAT,
    INFO,
    WARNING,
    Fault,
    record_check,
    rule,
)
from techproc.marc.validate.subject import LOOK_LINKS, Subject

__all__: list[str] = []

_FAMILY = "Links between fields"
_APPENDIX = "MARC 21, Appendix A, Control Subfields, $6"
LINK_SYNTAX = rule(
    "link-syntax", ERROR, "$6 is no tag and occurrence number", family=_FAMILY, source=_APPENDIX,
    fix="write it as 880-01",
    failing=r"=100  1\$688001$aSmith, Ann.", path="100$6",
    passing=r"=949  \\$634444000007294$aOwn",
)  # fmt: skip
LINK_MISSING = rule(
    "link-missing", ERROR, "880 without $6", family=_FAMILY, source="MARC 21, 880", fix="add $6",
    failing=r"=880  1\$a史密斯", path="880$6", passing=(),
)  # fmt: skip
LINK_ORPHAN = rule(
    "link-orphan-880", WARNING, "880 links to a field that is not there", family=_FAMILY,
    source=_APPENDIX, fix="use occurrence 00, or restore the field",
    failing=r"=880  1\$6100-02$a史密斯", path="880$6",
    passing=(r"=880  1\$6100-01$a史密斯", ),
)  # fmt: skip
LINK_NO_880 = rule(
    "link-no-880", WARNING, "a field links to an 880 that is not there", family=_FAMILY,
    source=_APPENDIX, fix="delete $6, or restore the 880",
    failing="-880", path="100$6", passing=("-880", r"=100  1\$aSmith, Ann."),
)  # fmt: skip
LINK_DOUBLED = rule(
    "link-doubled", WARNING, "two fields of a tag share an occurrence number", family=_FAMILY,
    source=_APPENDIX, fix="number them",
    failing=(r"=700  1\$6880-07$aA.", r"=700  1\$6880-07$aB."), path="700$6",
    passing=(r"=700  1\$6880-07$aA.", r"=880  1\$6100-01$a史密斯", r"=880  1\$6700-07$aА."),
)  # fmt: skip
LINK_SCRIPT = rule(
    "link-script", WARNING, "the script or the direction in $6 has no such code", family=_FAMILY,
    source=f"{_APPENDIX}: script identification code, field orientation code",
    fix="write it as (2/r, {dollar}1 or an ISO 15924 code such as Cyrl".replace("{dollar}", "$"),
    failing=r"=880  1\$6100-01/{dollar}9$a史密斯", path="880$6",
    passing=r"=880  1\$6100-01/Hani$a史密斯",
)  # fmt: skip
LINK_SEQUENCE = rule(
    "link-sequence", WARNING, "$8 is no linking number, sequence and type", family=_FAMILY,
    source="MARC 21, Appendix A, Control Subfields, $8", fix="write it as 1.2\\c or 1\\p",
    failing=r"=500  \\$8one$aA note.", path="500$8", passing=r"=500  \\$81.1$aA note.",
)  # fmt: skip
CHARACTER_SETS = rule(
    "character-sets", INFO, "a script beyond Latin in MARC-8, and no 066", family=_FAMILY,
    source=f"{FORMAT}, 066: required where other character sets than ANSEL are present",
    fix="add 066, or convert the record to Unicode",
    failing=("=LDR  00000cam  2200000 i 4500", r"=880  1\$6100-01/{dollar}1$a史密斯"), path="066",
    passing=("=LDR  00000cam  2200000 i 4500", r"=066  \\$c{dollar}1"),
)  # fmt: skip

_SEQUENCE = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:\\[acprux])?")
_SCRIPTED = re.compile(r".{6}(?:/(?:\([234BNQS]|\$1|[A-Z][a-z]{3})(?:/r)?|//r)?")
_SCRIPT = re.compile("[\u0370-\u1dff\u2e80-\ud7ff\uf900-\ufdff]")


@record_check(
    LINK_SYNTAX, LINK_MISSING, LINK_ORPHAN, LINK_NO_880, LINK_DOUBLED, LINK_SCRIPT, LINK_SEQUENCE,
    formats=("bibliographic", "authority"), when=LOOK_LINKS,
)  # fmt: skip
def links(subject: Subject) -> Iterable[Fault]:
    """Look for pairs that are torn, doubled or misspelt."""
    found: list[Fault] = []
    fields: dict[tuple[str, str], int] = {}
    vernacular: list[tuple[tuple[str, str], str]] = []
    for tag, text in ((tag, text) for tag, texts in subject.by_tag.items() for text in texts):
        if tag == "880" and "\x1f6" not in text:
            found.append(LINK_MISSING("880$6", "880 without $6 belongs to nothing"))
        if "\x1f6" not in text and "\x1f8" not in text:
            continue
        if is_local(tag) and "\x1f6880-" not in text:
            continue  # where a library defines the field, it defines $6 and $8
        for part in text.split("\x1f")[1:]:
            if part[:1] == "8" and not _SEQUENCE.fullmatch(part[1:]):
                message = f"{part[1:]!r} is no linking number, sequence and type"
                found.append(LINK_SEQUENCE(f"{tag}$8", message))
            elif part[:1] == "6":
                found += _link(tag, part[1:], fields, vernacular)
    linked = {key for key, _ in vernacular}
    for key, value in vernacular:
        if key[1] != "00" and key not in fields:
            message = f"{value!r}: no {key[0]} has 880-{key[1]}"
            found.append(LINK_ORPHAN("880$6", message))
    for tag, occurrence in fields:
        if (tag, occurrence) not in linked:
            found.append(LINK_NO_880(f"{tag}$6", f"no 880 has {tag}-{occurrence}"))
    return found


def _link(
    tag: str,
    value: str,
    fields: dict[tuple[str, str], int],
    vernacular: list[tuple[tuple[str, str], str]],
) -> Iterable[Fault]:
    link = parse_link(value)
    if link is None:
        return [LINK_SYNTAX(f"{tag}$6", f"{value!r} is no tag-occurrence link")]
    if tag == "880":
        vernacular.append(((link.tag, link.occurrence), value))
        if _SCRIPTED.fullmatch(value.rstrip("\u200e\u200f")):
            return ()
        return [LINK_SCRIPT("880$6", f"{value!r} names no script or direction")]
    if link.tag != "880":
        return [LINK_SYNTAX(f"{tag}$6", f"{value!r} of {tag} links to no 880")]
    key = (tag, link.occurrence)
    fields[key] = fields.get(key, 0) + 1
    if fields[key] == 2:
        message = f"two fields {tag} share the occurrence {link.occurrence}"
        return [LINK_DOUBLED(f"{tag}$6", message)]
    return ()


@record_check(CHARACTER_SETS, when=LOOK_LINKS)
def character_sets(subject: Subject) -> Iterable[Fault]:
    """Look for 066 where MARC-8 needs it."""
    if subject.leader[9:10] == "a" or "066" in subject.by_tag or "880" not in subject.by_tag:
        return ()
    if any(_SCRIPT.search(text) for text in subject.by_tag["880"]):
        return [CHARACTER_SETS("066", "no 066 in a record flagged as MARC-8 with other scripts")]
    return ()
