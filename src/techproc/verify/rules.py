"""Every rule that verification applies, by id, with what it says and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RULES", "Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it found, and its source."""

    says: str
    source: str


_DCM = "copy-cataloguing manuals (Illinois, Princeton, Columbia, Beinecke)"
_NACO = "LC-PCC NACO comparison rules"
_WHEN = "OCLC Bibliographic Formats and Standards, When to Input a New Record"
_LCPCC = "LC-PCC PS 1.8.2 and 2.8.6"

RULES: dict[str, Rule] = {
    "title.same": Rule("the titles are the same", f"RDA 2.3.2; {_NACO}"),
    "title.proper": Rule("the titles proper are the same", "RDA 2.3.2; AACR2 1.1B"),
    "title.subtitle-cut": Rule("the title is the same as far as it was typed", "RDA 2.3.4"),
    "title.cut": Rule("one title is the beginning of the other", "RDA 2.3.1.4 (abridging)"),
    "title.cut-short": Rule("a short title is the beginning of the other", "RDA 2.3.1.4"),
    "title.typo": Rule("the titles differ by slips of typing", "bounded edit distance"),
    "title.words": Rule("the titles have the same words but for small ones", "RDA 2.3.1.4"),
    "title.subtitle": Rule("the titles proper agree, the subtitles differ", "RDA 2.3.4"),
    "title.variant": Rule("the title is one of the record's variant titles (246)", "RDA 2.3.6"),
    "title.transliterated": Rule("the title agrees in romanisation", "ALA-LC romanization tables"),
    "title.part": Rule("another volume or part", "RDA 2.3.1.7; MARC 245 $n $p"),
    "title.part-unstated": Rule("only one side names a volume or part", "MARC 245 $n $p"),
    "title.part-of-set": Rule("a volume of the set the record describes", "RDA 2.3.1.7"),
    "title.number": Rule("the titles differ in a number or year", f"{_WHEN}, field 245"),
    "title.other": Rule("the titles differ", _DCM),
    "title.absent": Rule("no title to compare", "not typed is not held against a record"),
    "author.same": Rule("the names agree", f"RDA 9.2; {_NACO}"),
    "author.initials": Rule("the names agree, initials standing for given names", "RDA 9.2.2.9"),
    "author.surname": Rule("the surnames agree, given names are not typed", "RDA 9.2.2.4"),
    "author.part": Rule("one name is part of the other", _NACO),
    "author.some": Rule("some of the names agree", "RDA 2.4.1.5 (omitting names)"),
    "author.typo": Rule("the names differ by a slip of typing", "bounded edit distance"),
    "author.responsibility": Rule("named in the statement of responsibility", "RDA 2.4"),
    "author.body": Rule("the names of the bodies agree", f"RDA 11.2; {_NACO}"),
    "author.transliterated": Rule("the names agree in romanisation", "ALA-LC romanization tables"),
    "author.other": Rule("none of the names agrees", _DCM),
    "author.absent": Rule("no name to compare", "not typed is not held against a record"),
    "edition.same": Rule("the edition statements say the same", "RDA 2.5; RDA Appendix B"),
    "edition.shortened": Rule("one statement says a part of the other", "RDA 2.5.1.4"),
    "edition.number-unstated": Rule("only one statement gives its number", "RDA 2.5.2"),
    "edition.binding": Rule("the statements differ in the binding alone", f"{_WHEN}, field 250"),
    "edition.printing": Rule("a printing, not an edition", _LCPCC),
    "edition.first-unstated": Rule("a first edition need not be stated", f"{_WHEN}, field 250"),
    "edition.named-unstated": Rule("a name of the edition on one side", f"{_WHEN}, field 250"),
    "edition.unstated": Rule(
        "an edition is stated on one side only", f"{_DCM}: 250 if and only if"
    ),
    "edition.number": Rule("the edition numbers differ", f"{_WHEN}, field 250"),
    "edition.year": Rule("the years of the editions differ", f"{_WHEN}, field 250"),
    "edition.kind": Rule("editions of other kinds (large print, student…)", f"{_WHEN}, field 250"),
    "edition.revision": Rule("one is revised, the other not so", f"{_WHEN}, field 250"),
    "edition.named": Rule("differently named editions", f"{_WHEN}, field 250"),
    "edition.absent": Rule(
        "no edition statement to compare", "not typed is not held against a record"
    ),
    "publisher.same": Rule("the publishers agree", "RDA 2.8.4; AACR2 1.4D"),
    "publisher.short-form": Rule("one is a short form of the other", "AACR2 1.4D2 (shortest form)"),
    "publisher.typo": Rule("the names differ by a slip of typing", "bounded edit distance"),
    "publisher.author": Rule("published by its author or body", "AACR2 1.4D4"),
    "publisher.registrant": Rule("the ISBNs are of one registrant", "ISO 2108; ISBN range table"),
    "publisher.state-printer": Rule(
        "a state printer for the body it prints for", "AACR2 1.4D; GPO Cataloging Guidelines"
    ),
    "publisher.other": Rule("the publishers differ", f"{_DCM}; {_WHEN}, field 264"),
    "publisher.absent": Rule("no publisher to compare", "not typed is not held against a record"),
    "date.same": Rule("the years agree", "RDA 2.8.6; MARC 008/06-14"),
    "date.copyright": Rule("the year is the copyright year", "RDA 2.11; AACR2 1.4F6"),
    "date.stated": Rule("the year is among those stated", "RDA 2.8.6"),
    "date.span": Rule("the year lies in the span of the other", "RDA 2.8.6.6; AACR2 1.4F7"),
    "date.off-by-one": Rule("the years are one apart", f"{_DCM}: a warning, not a mismatch"),
    "date.printing": Rule("a later printing", _LCPCC),
    "date.slip": Rule("the years differ by two swapped digits", f"{_DCM}"),
    "date.original": Rule("the year is that of the original, not the reprint", "MARC 008/06 r"),
    "date.other": Rule("the years differ", f"{_DCM}; {_WHEN}, field 264"),
    "date.absent": Rule("no year to compare", "not typed is not held against a record"),
    "isbn.same": Rule("the ISBN is on the record", "RDA 2.15; MARC 020 $a"),
    "isbn.cancelled": Rule("the ISBN is on the record as cancelled or not its own", "MARC 020 $z"),
    "isbn.cancelled-only": Rule("only cancelled ISBNs to compare", "MARC 020 $z"),
    "isbn.other-format": Rule(
        "the ISBN is that of another format", "PCC provider-neutral guidelines"
    ),
    "isbn.other": Rule("the ISBNs differ", _DCM),
    "isbn.invalid": Rule("the ISBN typed has a wrong form or check digit", "ISO 2108"),
    "isbn.absent": Rule("no ISBN to compare", "not typed is not held against a record"),
    "extent.same": Rule("the pages agree", "RDA 3.4"),
    "extent.preliminaries": Rule("the pages agree with the preliminaries counted", "RDA 3.4.5.3"),
    "extent.near": Rule("the pages nearly agree", f"{_WHEN}, field 300"),
    "extent.pages": Rule("the pages differ", f"{_WHEN}, field 300"),
    "extent.volumes": Rule("the numbers of volumes differ", f"{_WHEN}, field 300"),
    "extent.carrier": Rule("the carriers differ", f"RDA 3.3; {_WHEN}"),
    "extent.large-print": Rule("one is in large print", f"RDA 3.13; {_WHEN}, field 250"),
    "extent.absent": Rule("no extent to compare", "not typed is not held against a record"),
    "series.same": Rule("the series agree", "RDA 2.12"),
    "series.near": Rule("the series nearly agree", "RDA 2.12"),
    "series.other": Rule("the series differ", f"{_WHEN}, field 490: alone no new record"),
    "series.absent": Rule("no series to compare", "not typed is not held against a record"),
    "language.same": Rule("the languages agree", "MARC 008/35-37"),
    "language.other": Rule("the languages differ", f"{_WHEN}, field 041"),
    "language.absent": Rule("no language to compare", "not typed is not held against a record"),
}
