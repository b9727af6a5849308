"""Ranking copy: the best of several candidate records, with every point explained.

Encoding levels are grouped as OhioLINK's record selection does: blank best; I and 4; 1; L; 7; K, J,
2 and M; 8; 5; 3, E and W; U and Z worst. The points of each criterion are policy (`[choose]`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pymarc import Record

from techproc.config import ChoosePolicy
from techproc.sources.candidate import Candidate

__all__ = ["Ranked", "Reason", "rank"]

Reason = tuple[str, float, str]  # (criterion, points, text)

# LDR/17 → (share of the points, what the code means)
_LEVELS = {
    " ": (1.0, "full"),
    "I": (0.9, "full, input by an OCLC participant"),
    "4": (0.9, "core"),
    "1": (0.8, "full, material not examined"),
    "L": (0.7, "full, added by batch"),
    "7": (0.6, "minimal"),
    "K": (0.45, "minimal, input by an OCLC participant"),
    "J": (0.45, "deleted or less than full"),
    "2": (0.45, "less than full, material not examined"),
    "M": (0.45, "added by batch, less than full"),
    "8": (0.3, "prepublication"),
    "5": (0.2, "partial"),
    "3": (0.1, "abbreviated"),
    "E": (0.1, "system-identified error"),
    "W": (0.1, "from an uncontrolled source"),
    "u": (0.0, "unknown"),
    "U": (0.0, "unknown"),
    "z": (0.0, "not applicable"),
    "Z": (0.0, "not applicable"),
}
_AUTHENTICATED = frozenset(
    {"pcc", "lcode", "lccopycat", "lc", "lcac", "lcd", "lcllh", "nsdp", "isds/c", "nlc", "nlmcopyc",
     "dnb", "gnd1", "lcnccp", "lcnitrate", "ukblsr", "ukblproject", "msc", "anuc", "croatica"}
)  # fmt: skip
_NATIONAL = {
    "DLC": "Library of Congress",
    "DNLM": "National Library of Medicine (US)",
    "DNAL": "National Agricultural Library (US)",
    "UK": "British Library",
    "UKM": "British Library",
    "STDUBDS": "British Library CIP",
    "CAOONL": "Library and Archives Canada",
    "NLC": "Library and Archives Canada",
    "ANL": "National Library of Australia",
    "AU": "National Library of Australia",
    "NZ": "National Library of New Zealand",
    "DNB": "Deutsche Nationalbibliothek",
    "DE-101": "Deutsche Nationalbibliothek",
    "GWDNB": "Deutsche Nationalbibliothek",
    "FR-751131015": "Bibliothèque nationale de France",
    "FRBNF": "Bibliothèque nationale de France",
    "SPMABN": "Biblioteca Nacional de España",
    "IT-RM0267": "Biblioteca nazionale centrale di Roma",
    "OÖNB": "Österreichische Nationalbibliothek",
    "AT-OENB": "Österreichische Nationalbibliothek",
    "CH-BENBN": "Schweizerische Nationalbibliothek",
    "SZ": "Schweizerische Nationalbibliothek",
    "S": "Kungliga biblioteket",
    "SE-LIBR": "Kungliga biblioteket",
    "FI-NL": "National Library of Finland",
    "NO-OSNB": "Nasjonalbiblioteket",
    "NL-HAKB": "Koninklijke Bibliotheek",
    "JTNDL": "National Diet Library",
    "JP-TONDL": "National Diet Library",
    "PL-WABN": "Biblioteka Narodowa",
    "CZ-PRNK": "Národní knihovna ČR",
    "ABA001": "Národní knihovna ČR",
}
_ENGLISH_AGENCIES = frozenset(
    {"DLC", "DNLM", "DNAL", "UK", "UKM", "STDUBDS", "CAOONL", "NLC", "ANL", "AU", "NZ"}
)
_MAX_HEADINGS = 5
_COMPLETE = (
    (("010",), "", "010"),
    (("100", "110", "111", "130", "700", "710", "711"), "", "1XX or 7XX"),
    (("245",), "c", "245 $c"),
    (("260", "264"), "", "264/260"),
    (("300",), "a", "300"),
    (("336", "337", "338"), "", "33X"),
    (("490", "440", "800", "810", "811", "830"), "", "490"),
    (("505",), "", "505"),
    (("520",), "", "520"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A candidate with its points, each reason for them, and why it is not the first.

    `reasons` are (criterion, points, text) and sum to `points`; `why_lost` is empty for the best.
    """

    candidate: Candidate
    points: float
    reasons: tuple[Reason, ...]
    why_lost: str = ""


def rank(
    candidates: Sequence[Candidate], policy: ChoosePolicy, language: str = "eng"
) -> list[Ranked]:
    """Return the candidates for one ISBN, the best first, each with its reasons.

    `language` is the library's language of cataloguing (MARC code), wanted in 040 $b. A candidate
    that only cancels the ISBN (020 $z) comes after every one that holds it in $a, whatever its
    points. Candidates with the same points stay in the order given, the order of the sources.

    >>> rank([], ChoosePolicy())
    []
    """
    scored = []
    for candidate in candidates:
        reasons = tuple(_score(candidate.record, policy, language))
        points = round(sum(points for _, points, _ in reasons), 2)
        scored.append(Ranked(candidate=candidate, points=points, reasons=reasons))
    scored.sort(key=lambda ranked: (ranked.candidate.claim != "valid", -ranked.points))
    return [
        Ranked(
            candidate=ranked.candidate,
            points=ranked.points,
            reasons=ranked.reasons,
            why_lost=_why_lost(ranked, scored[0]) if place else "",
        )
        for place, ranked in enumerate(scored)
    ]


def _score(record: Record, policy: ChoosePolicy, language: str) -> list[Reason]:
    criteria: tuple[Callable[[Record, ChoosePolicy, str], Reason], ...] = (
        _encoding_level,
        _authentication,
        _agency,
        _language,
        _rda,
        _class_numbers,
        _headings,
        _completeness,
    )
    return [criterion(record, policy, language) for criterion in criteria]


def _encoding_level(record: Record, policy: ChoosePolicy, language: str) -> Reason:
    code = str(record.leader)[17:18]
    share, meaning = _LEVELS.get(code, (0.0, "not a code of the format"))
    shown = "blank" if code == " " else code
    points = round(policy.encoding_level * share, 2)
    return ("encoding level", points, f"LDR/17 {shown}: {meaning}")


def _authentication(record: Record, policy: ChoosePolicy, language: str) -> Reason:
    codes = [code.strip() for f in record.get_fields("042") for code in f.get_subfields("a")]
    for code in codes:
        if code.lower() in _AUTHENTICATED:
            return ("authentication", policy.authenticated, f"042 {code}")
    return ("authentication", 0, f"042 {' '.join(codes)}" if codes else "no 042")


def _agency(record: Record, policy: ChoosePolicy, language: str) -> Reason:
    for agency in _subfields(record, "040", "ac"):
        if agency.upper() in _NATIONAL:
            name = _NATIONAL[agency.upper()]
            return ("national library", policy.national_library, f"040 {agency}: {name}")
    agencies = _subfields(record, "040", "ac")
    return ("national library", 0, f"040 {agencies[0]}" if agencies else "no 040 $a or $c")


def _language(record: Record, policy: ChoosePolicy, language: str) -> Reason:
    stated = _subfields(record, "040", "b")
    if language in stated:
        return ("language", policy.language, f"catalogued in {language} (040 $b)")
    if stated:
        return ("language", 0, f"catalogued in {stated[0]} (040 $b), not {language}")
    # Agencies that catalogue in English have long left $b out; it is likely, not certain.
    agencies = {agency.upper() for agency in _subfields(record, "040", "a")}
    if language == "eng" and agencies & _ENGLISH_AGENCIES:
        text = "no 040 $b; the agency catalogues in English"
        return ("language", round(policy.language / 2, 2), text)
    return ("language", 0, "no 040 $b: the language of cataloguing is not stated")


def _rda(record: Record, policy: ChoosePolicy, language: str) -> Reason:
    rules = _subfields(record, "040", "e")
    if "rda" in rules:
        return ("rda", policy.rda, "described by RDA (040 $e)")
    return ("rda", 0, f"040 $e {rules[0]}" if rules else "no 040 $e rda")


def _class_numbers(record: Record, policy: ChoosePolicy, language: str) -> Reason:
    present = [tag for tag in ("050", "082") if _subfields(record, tag, "a")]
    text = " and ".join(present) if present else "neither 050 nor 082"
    return ("class number", policy.class_number * len(present), text)


def _headings(record: Record, policy: ChoosePolicy, language: str) -> Reason:
    wanted = set(policy.vocabularies)
    every = [f for f in record.fields if len(f.tag) == 3 and f.tag in _HEADING_TAGS]
    used = [f for f in every if _vocabulary(f) & wanted]
    counted = min(len(used), _MAX_HEADINGS)
    text = f"{len(used)} subject heading{'' if len(used) == 1 else 's'} in a wanted vocabulary"
    if len(every) > len(used):
        text += f", {len(every) - len(used)} in others"
    return ("headings", policy.headings * counted, text)


_HEADING_TAGS = frozenset({"600", "610", "611", "630", "647", "648", "650", "651"})
_BY_INDICATOR = {"0": "lcsh", "1": "lcshac", "2": "mesh", "3": "nal", "5": "cash", "6": "rvm"}


def _vocabulary(field: object) -> set[str]:
    """Return the codes of the vocabularies of a 6XX: by second indicator, or $2 when it is 7."""
    second = getattr(field, "indicator2", " ")
    if second == "7":
        codes: list[str] = field.get_subfields("2")  # type: ignore[attr-defined]
        return {code.strip() for code in codes}
    return {_BY_INDICATOR[second]} if second in _BY_INDICATOR else set()


def _completeness(record: Record, policy: ChoosePolicy, language: str) -> Reason:
    present: list[str] = []
    absent: list[str] = []
    for tags, codes, label in _COMPLETE:
        fields = record.get_fields(*tags)
        has = any(f.get_subfields(*codes) for f in fields) if codes else bool(fields)
        (present if has else absent).append(label)
    text = f"{len(present)} of {len(_COMPLETE)} elements"
    if absent:
        text += f" (no {', '.join(absent)})"
    return ("completeness", policy.completeness * len(present), text)


def _subfields(record: Record, tag: str, codes: str) -> list[str]:
    return [
        value.strip()
        for field in record.get_fields(tag)
        for value in field.get_subfields(*codes)
        if value.strip()
    ]


def _why_lost(ranked: Ranked, best: Ranked) -> str:
    """Say in one sentence by which criteria a candidate fell behind the best, the largest first."""
    name = best.candidate.source
    if ranked.candidate.claim != best.candidate.claim:
        return f"it names the ISBN only as cancelled (020 $z); {name} holds it in 020 $a"
    gaps = [
        (theirs[1] - ours[1], ours[0], ours[2], theirs[2])
        for ours, theirs in zip(ranked.reasons, best.reasons, strict=True)
        if theirs[1] > ours[1]
    ]
    if ranked.points == best.points:
        return f"as good as {name}, which is asked first"
    gaps.sort(key=lambda gap: -gap[0])
    listed = "; ".join(
        f"{what}: {ours}, against {theirs} (−{gap:g})" for gap, what, ours, theirs in gaps[:3]
    )
    return f"{best.points - ranked.points:g} points behind {name}: {listed}"
