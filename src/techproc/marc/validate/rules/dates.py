"""The dates of 008 against the imprint."""

from __future__ import annotations

from collections.abc import Iterable

from techproc.marc.dates import parse_date
from techproc.marc.validate.registry import FORMAT, INFO, WARNING, Fault, record_check, rule
from techproc.marc.validate.subject import LOOK_DATE, Subject

__all__: list[str] = []

_FAMILY = "Parts of a record that agree"
DATE_MISMATCH = rule(
    "date-mismatch", WARNING, "008/07-10 is no date that 260 or 264 names", family=_FAMILY,
    source=f"{FORMAT}, 008/06-14", fix="compare 008 with 260 or 264",
    failing=(r"=264  \1$aNew York :$bPress,$c1999."), path="008/07-10",
    passing=(r"=264  \1$aNew York :$bPress,$c2016."),
)  # fmt: skip
COPYRIGHT_DATE = rule(
    "copyright-date", INFO, "008/06 is t, and 008/11-14 is no date of 260 or 264", family=_FAMILY,
    source=f"{FORMAT}, 008/06 t: publication date and copyright date",
    fix="add the copyright date as 264 _4, or code the date as s",
    failing=(r"=264  \1$aNew York :$bPress,$c2016", r"=264  \4$c©2014"), path="008/11-14",
    passing=(r"=264  \1$aNew York :$bPress,$c2016", r"=264  \4$c©2015"),
)  # fmt: skip


@record_check(DATE_MISMATCH, COPYRIGHT_DATE, when=LOOK_DATE)
def imprint_date(subject: Subject) -> Iterable[Fault]:
    """Hold the coded dates against those that the imprint names."""
    by_tag, data = subject.by_tag, subject.fixed
    texts = by_tag.get("260") or by_tag.get("264") or ("",)
    kind, first, second = data[6:7], data[7:11], data[11:15]
    # Nearly always the year stands there as it is coded.
    if first in texts[0] and (kind != "t" or any(second in text for text in texts)):
        return ()
    if kind not in ("s", "t", "e") or not first.isdecimal():
        return ()
    stated: set[int] = set()
    vague: set[int] = set()
    for tag in ("260", "264"):
        for value in subject.values(tag, "cg"):
            date = parse_date(value)
            stated |= date.years
            if date.kind == "q" and date.year1 and date.year2:  # a decade, or between two years
                vague |= set(range(date.year1, date.year2 + 1))
    coded = {int(year) for year in (first, data[11:15]) if year.isdecimal()}
    names = ", ".join(map(str, sorted(stated)))
    if stated | vague and not (stated | vague) & coded:
        return [DATE_MISMATCH("008/07-10", f"008 says {first}, 260 or 264 {names or 'a range'}")]
    if kind == "t" and stated and not vague and second.isdecimal() and int(second) not in stated:
        return [COPYRIGHT_DATE("008/11-14", f"008 says {second}, 260 or 264 {names}")]
    if kind == "t" and stated and not vague and int(first) not in stated:
        return [DATE_MISMATCH("008/07-10", f"008 says {first}, 260 or 264 {names}")]
    return ()
