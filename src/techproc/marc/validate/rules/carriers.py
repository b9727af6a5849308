"""Content, media and carrier: 336, 337 and 338 in themselves, together, and against fixed fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pymarc

from techproc.marc.schema.codes import CARRIER_TYPES, CONTENT_TYPES, MEDIA_TYPES
from techproc.marc.validate.registry import (
    FORMAT,
    INFO,
    WARNING,
    Fault,
    field_check,
    record_check,
    rule,
)
from techproc.marc.validate.subject import LOOK_CARRIER, LOOK_VALUES, Subject, value_of

__all__: list[str] = []

_FAMILY = "Content, media and carrier"
RDA_CODE = rule(
    "rda-code", WARNING, "$b of 336, 337 or 338 is no code of its list", family=_FAMILY,
    source="Term and Code Lists for RDA Content, Media and Carrier Types", fix="see the list",
    failing=r"=336  \\$atext$btex$2rdacontent", path="336$b",
    passing=r"=336  \\$atext$btxt$2rdacontent",
)  # fmt: skip
RDA_TERM = rule(
    "rda-term", WARNING, "the term in $a of 336, 337 or 338 is not that of the code in $b",
    family=_FAMILY, source="Term and Code Lists for RDA Content, Media and Carrier Types",
    fix="correct one of them",
    failing=r"=336  \\$astill image$btxt$2rdacontent", path="336$a",
    passing=r"=336  \\$astill image$bsti$2rdacontent",
)  # fmt: skip
RDA_SOURCE = rule(
    "rda-source", INFO, "336, 337 or 338 without $2, the source of term and code", family=_FAMILY,
    source=f"{FORMAT}, 336, 337, 338 $2", fix="add $2 rdacontent, rdamedia or rdacarrier",
    failing=r"=337  \\$aunmediated$bn", path="337$2", passing=r"=337  \\$aunmediated$bn$2rdamedia",
)  # fmt: skip
RDA_SET = rule(
    "rda-set", INFO, "some of 336, 337 and 338, but not all three", family=_FAMILY,
    source="RDA 3.2, 3.3, 6.9 (core elements)", fix="add the other ones",
    failing="-337", path="337", passing=(),
)  # fmt: skip
CARRIER_MISMATCH = rule(
    "carrier-mismatch", WARNING, "336 says another kind of content than LDR/06", family=_FAMILY,
    source="RDA 6.9; MARC 21, LDR/06 and 336", fix="correct one of them",
    failing=r"=336  \\$aperformed music$bprm$2rdacontent", path="336$b",
    passing=r"=336  \\$astill image$bsti$2rdacontent",
)  # fmt: skip
MEDIA_MISMATCH = rule(
    "media-mismatch", WARNING, "338 names a carrier of another medium than 337", family=_FAMILY,
    source="RDA 3.2 and 3.3: each carrier type belongs to a media type", fix="correct one of them",
    failing=r"=338  \\$aonline resource$bcr$2rdacarrier", path="338$b", passing=(),
)  # fmt: skip
FORM_MISMATCH = rule(
    "form-mismatch", WARNING, "the form of item in 008 does not go with the carrier in 338",
    family=_FAMILY, source=f"{FORMAT}, 008/23 and 29, Form of item; RDA 3.3",
    fix="correct one of them",
    failing=r"=008  160101t20162015nyua\\\\ob\\\\001\0\eng\d", path="008/23",
    passing=(r"=008  160101t20162015nyua\\\\ob\\\\001\0\eng\d",
             r"=337  \\$acomputer$bc$2rdamedia", r"=338  \\$aonline resource$bcr$2rdacarrier",
             "-007"),
)  # fmt: skip
PHYSICAL_MISMATCH = rule(
    "physical-mismatch", WARNING, "007 is of a category that no carrier in 338 belongs to",
    family=_FAMILY, source=f"{FORMAT}, 007/00; RDA 3.3", fix="correct one of them",
    failing="=007  vd\\cgaizq", path="007/00", passing="=007  ta",
)  # fmt: skip

_LISTS = {"336": CONTENT_TYPES, "337": MEDIA_TYPES, "338": CARRIER_TYPES}
_VOCABULARY = {"336": "rdaco", "337": "rdam", "338": "rdac"}
# RDA content types (LC's code list) that each LDR/06 goes with.
_CONTENT = {
    "a": {"txt", "tct", "sti", "tci"}, "t": {"txt", "tct", "sti"},
    "c": {"ntm", "tcm", "ntv", "tcn", "txt"}, "d": {"ntm", "tcm", "ntv", "tcn", "txt"},
    "e": {"cri", "crt", "crf", "crn", "crd", "crm", "tcf", "tci", "txt", "sti"},
    "f": {"cri", "crt", "crf", "crn", "crd", "crm", "tcf", "tci", "txt", "sti"},
    "i": {"spw", "snd"}, "j": {"prm", "snd"},
    "g": {"tdi", "tdm", "sti", "txt", "spw", "prm", "snd", "pfm"},
    "k": {"sti", "tci", "txt"}, "m": {"cop", "cod", "tdi", "txt", "sti", "spw", "crd"},
    "r": {"tdf", "tcf", "crf", "tdm", "txt", "sti"},
}  # fmt: skip
# Codes of 008/23 or 29 and the carriers (by their beginning) that they go with.
_FORMS = {"o": ("cr",), "q": ("c",), "s": ("c",), "a": ("h",), "b": ("h",), "c": ("h",)}
_AT_29 = frozenset("efgkor")
# 007/00 → the beginnings of the carriers that it describes.
_PHYSICAL = {"c": ("c",), "h": ("h",), "s": ("s", "i"), "v": ("v",), "m": ("m",), "g": ("g", "m")}
_UNPROJECTED = {"t": ("n",), "a": ("n",), "d": ("n",), "k": ("n",)}


@field_check(RDA_CODE, RDA_TERM, RDA_SOURCE, tags=["336", "337", "338"], when=LOOK_VALUES)
def terms(field: pymarc.Field) -> Iterator[Fault]:
    """Hold the codes against the list, and the terms against the codes, of the RDA lists alone."""
    source = field.get("2") or ""
    if source and not source.startswith(_VOCABULARY[field.tag]):
        return
    if not source:
        yield RDA_SOURCE(f"{field.tag}$2", "no $2 with the source")
    listed = _LISTS[field.tag]
    codes = [value for code, value in field.subfields if code == "b"]
    named = [value for code, value in field.subfields if code == "a"]
    for code in codes:
        if code not in listed:
            yield RDA_CODE(f"{field.tag}$b", f"{code!r} is no code of the list")
    if len(codes) == len(named) == 1 and codes[0] in listed:
        term = named[0].split("(")[0].strip(" .").lower()
        if term != listed[codes[0]] and term in listed.values():
            message = f"{codes[0]} is {listed[codes[0]]!r}, and $a says {named[0]!r}"
            yield RDA_TERM(f"{field.tag}$a", message)


def _codes(subject: Subject, tag: str) -> list[str]:
    return [value for text in subject.by_tag.get(tag, ()) if (value := value_of(text, "b"))]


@record_check(
    RDA_SET, CARRIER_MISMATCH, MEDIA_MISMATCH, FORM_MISMATCH, PHYSICAL_MISMATCH, when=LOOK_CARRIER
)
def carriers(subject: Subject) -> Iterable[Fault]:
    """Hold 336, 337 and 338 against each other, LDR/06, 007 and the form of item."""
    by_tag = subject.by_tag
    if "336" not in by_tag and "338" not in by_tag and "337" not in by_tag:
        return ()
    found: list[Fault] = []
    missing = [tag for tag in ("336", "337", "338") if tag not in by_tag]
    if missing:
        found.append(RDA_SET(missing[0], f"no {' and no '.join(missing)}, but the others"))
    kind = subject.leader[6:7]
    content = _codes(subject, "336")
    allowed = _CONTENT.get(kind)
    if (
        allowed
        and content
        and not allowed.intersection(content)
        and CONTENT_TYPES.keys() >= set(content)
    ):
        message = f"LDR/06 is {kind}, 336 $b {', '.join(content)}"
        found.append(CARRIER_MISMATCH("336$b", message))
    carrier = [code for code in _codes(subject, "338") if code in CARRIER_TYPES and code != "zu"]
    if carrier:
        found += _media(subject, carrier)
        found += _form(subject, kind, carrier)
        found += _physical(subject, carrier)
    return found


def _media(subject: Subject, carrier: list[str]) -> Iterator[Fault]:
    media = set(_codes(subject, "337"))
    if not media or media & {"x", "z"}:
        return
    for code in carrier:
        own = "g" if code[0] == "m" else code[0]  # films are projected
        if own not in media:
            message = (
                f"{code} ({CARRIER_TYPES[code]}) is not of the medium {', '.join(sorted(media))}"
            )
            yield MEDIA_MISMATCH("338$b", message)


def _form(subject: Subject, kind: str, carrier: list[str]) -> Iterator[Fault]:
    at = 29 if kind in _AT_29 else 23
    if len(subject.fixed) != 40:
        return
    form = subject.fixed[at]
    wanted = _FORMS.get(form)
    if wanted and not any(code.startswith(wanted) for code in carrier):
        message = f"form of item {form!r}, and 338 $b {', '.join(carrier)}"
        yield FORM_MISMATCH(f"008/{at}", message)
    elif form in " dfr" and all(code == "cr" for code in carrier):
        message = f"form of item {form!r}, and 338 says online resource alone"
        yield FORM_MISMATCH(f"008/{at}", message, "set it to o")


def _physical(subject: Subject, carrier: list[str]) -> Iterator[Fault]:
    for text in subject.by_tag.get("007", ()):
        wanted = _PHYSICAL.get(text[:1]) or _UNPROJECTED.get(text[:1])
        if wanted and not any(code.startswith(wanted) for code in carrier):
            if text[:1] in _UNPROJECTED and len(carrier) == 1 and carrier[0][0] in "ch":
                continue  # a reproduction keeps the 007 of what it shows
            message = f"007 begins with {text[:2]!r}, and 338 $b {', '.join(carrier)}"
            yield PHYSICAL_MISMATCH("007/00", message)
