"""From the verdicts of the elements to one verdict, with its reasons.

The rule of the copy-cataloguing manuals: any mismatch in a main element means another edition, a
different record; a later printing is the same edition unless it is revised. It is laid out here as
three questions: is it the same work, does anything speak against the edition, is there enough that
speaks for it.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["OTHER_EDITION", "OTHER_WORK", "SAME", "UNSURE", "decide"]

SAME, OTHER_EDITION, OTHER_WORK, UNSURE = "same edition", "other edition", "other work", "unsure"

Answers = Mapping[str, tuple[str, str]]
# Against these no agreement of the ISBN helps: publishers use numbers again.
_ALWAYS = {
    "extent.carrier",
    "extent.volumes",
    "extent.large-print",
    "isbn.other-format",
    "language.other",
}
_LOOSE_DATE = {"date.off-by-one", "date.span"}
_CUT_TITLE = {"title.subtitle", "title.variant", "title.cut-short"}
_WEAK_TITLE = _CUT_TITLE | {"title.part-unstated"}


def decide(
    answers: Answers,
    *,
    same_origin: bool = False,
    record_edition: bool = False,
    typed: bool = True,
) -> tuple[str, tuple[str, ...]]:
    """Return the verdict and the rule ids that brought it about.

    `answers` maps each element to (verdict, rule id). `same_origin` tells that both sides name one
    uniform title: a translation is another edition of the work. `record_edition` tells that the
    record states an edition beyond the first which the item does not. `typed` is false when both
    sides are records.

    >>> decide({"title": ("agree", "title.same"), "isbn": ("agree", "isbn.same")})
    ('same edition', ('title.same', 'isbn.same'))
    """
    title, author = _get(answers, "title"), _get(answers, "author")
    numbered = _get(answers, "isbn")[0] == "agree"
    if title[0] == "absent" or title[0] == "differ" or author[0] == "differ":
        return _other_title(answers, title, author, numbered, same_origin)
    against = [
        rule for verdict, rule in answers.values() if verdict == "differ" and rule != "series.other"
    ]
    if numbered:
        return _with_isbn(answers, against)
    if against:
        return _without_isbn(answers, against, typed)
    return _supported(answers, record_edition)


def _get(answers: Answers, name: str) -> tuple[str, str]:
    return answers.get(name) or ("absent", f"{name}.absent")


def _other_title(  # noqa: PLR0911
    answers: Answers,
    title: tuple[str, str],
    author: tuple[str, str],
    numbered: bool,
    same_origin: bool,
) -> tuple[str, tuple[str, ...]]:
    """Decide where title or author differ, or there is no title."""
    language = _get(answers, "language")
    if title[0] == "absent":
        against = tuple(rule for verdict, rule in answers.values() if verdict == "differ")
        if numbered and not against:
            return SAME, ("isbn.same",)
        return UNSURE, ("title.absent", *against)
    if title[0] == "differ":
        if title[1] in ("title.part", "title.number") and author[0] != "differ":
            if numbered and title[1] == "title.number":
                return UNSURE, (title[1], "isbn.same")
            return OTHER_EDITION, (title[1],)
        if same_origin and author[0] != "differ":
            return OTHER_EDITION, (title[1], language[1])
        if numbered and author[0] != "differ":
            return UNSURE, (title[1], "isbn.same")
        return OTHER_WORK, tuple(rule for verdict, rule in (title, author) if verdict == "differ")
    # The title agrees, the author does not.
    if numbered:
        return UNSURE, (author[1], "isbn.same")
    date, publisher = _get(answers, "date"), _get(answers, "publisher")
    extent = _get(answers, "extent")
    if date[0] == "agree" and (
        extent[1] == "extent.same" or (publisher[0] == "agree" and extent[0] != "differ")
    ):
        return UNSURE, (title[1], author[1])
    return OTHER_WORK, (author[1],)


def _with_isbn(answers: Answers, against: list[str]) -> tuple[str, tuple[str, ...]]:
    """Decide where the ISBN agrees: what must differ for another edition all the same."""
    date = _get(answers, "date")
    publisher, title = _get(answers, "publisher"), _get(answers, "title")
    if not against:
        return SAME, (title[1], "isbn.same")
    fixed = [rule for rule in against if rule in _ALWAYS or rule.startswith("edition.")]
    if fixed:
        return OTHER_EDITION, tuple(fixed)
    rules = set(against)
    whole = _get(answers, "extent")[1] in ("extent.same", "extent.preliminaries", "extent.absent")
    if rules == {date[1]} and publisher[0] != "differ" and whole:
        # Same number, publisher and pages, no other edition stated: a later printing (or a slip).
        return SAME, ("isbn.same", date[1])
    if rules == {publisher[1]} and date[0] in ("agree", "compatible"):
        return SAME, ("isbn.same", publisher[1])
    if rules == {"extent.pages"} and date[0] == "agree" and publisher[0] != "differ":
        return UNSURE, ("isbn.same", "extent.pages")
    return UNSURE, ("isbn.same", *against)


def _without_isbn(answers: Answers, against: list[str], typed: bool) -> tuple[str, tuple[str, ...]]:
    """Decide where no ISBN agrees and something differs."""
    edition, date = _get(answers, "edition"), _get(answers, "date")
    publisher, extent = _get(answers, "publisher"), _get(answers, "extent")
    rules = set(against)
    agreed = {
        name
        for name in ("date", "publisher", "extent", "edition")
        if _get(answers, name)[0] == "agree"
    }
    if rules == {"isbn.other"} and {"date", "publisher", "extent"} <= agreed:
        return UNSURE, ("isbn.other", extent[1], date[1])  # perhaps just another binding
    if rules == {"edition.unstated"} and {"date", "publisher", "extent"} <= agreed:
        return UNSURE, ("edition.unstated", extent[1], date[1])  # perhaps only left out
    if rules == {date[1]} and date[1] != "date.original" and publisher[0] == "agree":
        if extent[1] == "extent.same" and edition[0] != "differ":
            # A later printing. Of two records, one may have been made just to tell it apart.
            return SAME if typed else UNSURE, (date[1], publisher[1], extent[1])
        if date[1] == "date.slip" and edition[0] == "agree":
            return UNSURE, (date[1],)
    return OTHER_EDITION, tuple(against)


def _supported(answers: Answers, record_edition: bool) -> tuple[str, tuple[str, ...]]:
    """Decide where nothing differs: enough must speak for the same edition."""
    title, author = _get(answers, "title"), _get(answers, "author")
    date, publisher = _get(answers, "date"), _get(answers, "publisher")
    edition, extent = _get(answers, "edition"), _get(answers, "extent")
    good = ("agree", "compatible")
    if title[1] in _WEAK_TITLE and not (
        title[1] in _CUT_TITLE and date[0] == "agree" and publisher[0] in good and author[0] in good
    ):
        return UNSURE, (title[1],)
    if title[1] == "title.cut" and not (date[0] == "agree" and publisher[0] in good):
        return UNSURE, (title[1],)
    if date[1] == "date.off-by-one" and not (
        publisher[0] == "agree" and (extent[0] in good or extent[0] == "absent")
    ):
        return UNSURE, (date[1],)
    ways = (
        (date, publisher),
        (date, extent),
        (publisher, extent, edition) if edition[0] == "agree" else (publisher, extent, date),
        # One author's one title of one year: no publisher is known.
        # A guess of decades, or a year beside it, is not enough for that.
        (author, date) if date[1] not in _LOOSE_DATE else (author, date, publisher),
    )
    for way in ways:
        if all(answer[0] in good for answer in way):
            return SAME, (title[1], *(answer[1] for answer in way))
    if (
        edition[0] == "agree"
        and publisher[0] in good
        and date[0] == "absent"
        and not record_edition
    ):
        return SAME, (title[1], edition[1], publisher[1])
    missing = tuple(
        f"{name}.absent" for name in ("date", "publisher") if _get(answers, name)[0] == "absent"
    )
    return UNSURE, (title[1], *missing)
