"""Titles compared: proper and whole, cut short, with slips, in the original script, by part.

Sources: RDA 2.3 and AACR2 1.1 (title proper, other title information, parts); ALA-LC romanization
tables.
"""

from __future__ import annotations

from rapidfuzz.distance import OSA

from techproc.verify._words import words
from techproc.verify.scripts import same_spelled_out
from techproc.verify.titleforms import ROMAN_TAIL, Title, TitleForm, without_and

__all__ = ["compare_titles"]

_LONG_ENOUGH = 12  # letters from which a cut title is still that title
_SMALL_LETTERS = 12  # by which titles of the same words may differ in length
_SLIPS_ACROSS_WORDS = 4  # a small word left out, or two words run together
_SMALL = words(
    """
    the a an of in on at to for from by with and or its de del della des du da do la le les el los
    las il lo gli l d der die das dem den ein eine und von zu zur zum im am et y e i o en v na po
    """
)


def compare_titles(item: Title, record: Title, similarity: float = 0.92) -> tuple[str, str]:
    """Return (verdict, rule id) for two titles.

    >>> from techproc.verify.titleforms import title_of_record, typed_title
    >>> record = title_of_record("The selfish gene", "a study", (), nonfiling=4)
    >>> compare_titles(typed_title("Selfish Gene"), record)
    ('agree', 'title.proper')
    >>> compare_titles(typed_title("The selfsih gene: a study"), record)
    ('compatible', 'title.typo')
    """
    if not item.wholes.isdisjoint(record.wholes):
        return "agree", "title.same"
    best = ("differ", "title.other")
    for a in item.forms:
        for b in record.forms:
            found = _compare_forms(a, b, similarity)
            if found[0] == "agree":
                return _with_parts(found, item, record)
            if _RANK[found[1]] < _RANK[best[1]]:
                best = found
    if best[0] == "differ" and (item.latin or record.latin):
        for a, b in _latin_pairs(item, record):
            if _compare_forms(a, b, similarity)[0] != "differ" or _prefix(a, b):
                best = ("compatible", "title.transliterated")
    if best[0] == "differ":
        for a in item.forms + item.others:
            for b in record.others or record.forms:
                if a.solid in (b.solid, b.solid_proper):
                    best = ("compatible", "title.variant")
    return _with_parts(best, item, record)


def _latin_pairs(item: Title, record: Title) -> list[tuple[TitleForm, TitleForm]]:
    return [(a, b) for a in item.latin for b in record.forms] + [
        (a, b) for a in item.forms for b in record.latin
    ]


# The better an answer, the lower.
_RANK = {
    rule: rank
    for rank, rule in enumerate(
        (
            "title.same", "title.proper", "title.subtitle-cut", "title.typo", "title.words",
            "title.cut", "title.cut-short", "title.part-unstated", "title.subtitle", "title.number", "title.other",
        )
    )
}  # fmt: skip


def _compare_forms(a: TitleForm, b: TitleForm, similarity: float) -> tuple[str, str]:  # noqa: PLR0911
    if a.solid == b.solid:
        return "agree", "title.same"
    if a.solid_proper == b.solid_proper:
        return _same_proper(a, b, similarity)
    if _other_numbers(a, b) and _without_numbers(a, b):
        return "differ", "title.number"
    if a.rest and b.solid_proper == a.solid:
        return "agree", "title.same"
    if b.solid_proper == a.solid or a.solid_proper == b.solid:
        return "agree", "title.proper"
    if _one_numbered(a.full, b.full) or _one_numbered(b.full, a.full):
        return "compatible", "title.part-unstated"
    cut = _prefix(a, b)
    if cut:
        return cut
    if _slipped(a, b, similarity):
        return "compatible", "title.typo"
    if _same_words(a.full, b.full) or _same_words(a.proper, b.proper):
        return "compatible", "title.words"
    return "differ", "title.other"


def _one_numbered(short: str, long: str) -> bool:
    """Tell whether a title is another with a number or roman numeral after it."""
    if not long.startswith(short + " "):
        return False
    rest = long[len(short) + 1 :]
    return rest.isdecimal() or bool(ROMAN_TAIL.fullmatch(rest))


def _same_words(a: str, b: str) -> bool:
    """Tell whether two titles have the same words, articles and prepositions apart."""
    if abs(len(a) - len(b)) > _SMALL_LETTERS:
        return False
    left = sorted(w for w in a.split() if w not in _SMALL)
    return len(left) > 1 and left == sorted(w for w in b.split() if w not in _SMALL)


def _slipped(a: TitleForm, b: TitleForm, similarity: float) -> bool:
    """Tell whether two titles are one but for slips: whole, proper, or as far as one goes."""
    if _slip(a.full, b.full, similarity) or same_spelled_out(a.full, b.full):
        return True
    if a.rest and b.rest:
        if _slip(a.proper, b.proper, similarity) and _rests_meet(a.rest, b.rest, similarity):
            return True
    elif _slip(a.proper, b.proper, similarity):
        return True
    # What looks like a subtitle to one may belong to the title proper for the other.
    short, long = (a, b) if len(a.full) <= len(b.full) else (b, a)
    if len(short.full) < _LONG_ENOUGH:
        return False
    return len(short.full) + 5 >= len(long.proper) and _slip(
        short.full, long.full[: len(short.full)], similarity
    )


def _same_proper(a: TitleForm, b: TitleForm, similarity: float) -> tuple[str, str]:
    if a.rest and b.rest and _other_numbers(a, b):
        return "differ", "title.number"
    if not a.rest or not b.rest:
        return "agree", "title.proper"
    if _rests_meet(a.rest, b.rest, similarity):
        return "agree", "title.proper"
    return "compatible", "title.subtitle"


def _rests_meet(a: str, b: str, similarity: float) -> bool:
    """Tell whether two subtitles are one: cut short, or with a slip."""
    if a.startswith(b) or b.startswith(a):
        return True
    if _slip(a, b, similarity):
        return True
    left, right = set(a.split()), set(b.split())
    return left <= right or right <= left


def _prefix(a: TitleForm, b: TitleForm) -> tuple[str, str] | None:
    """Return the verdict when one title is the beginning of the other, None otherwise."""
    short, long = (a, b) if len(a.solid) <= len(b.solid) else (b, a)
    if not long.solid.startswith(short.solid):
        return None
    if short.solid.startswith(long.solid_proper):
        return "agree", "title.subtitle-cut"
    if len(short.solid) < _LONG_ENOUGH or " " not in short.full:
        return None
    return "compatible", "title.cut" if len(short.solid) >= 2 * _LONG_ENOUGH else "title.cut-short"


def _slip(a: str, b: str, similarity: float) -> bool:
    """Tell whether two titles differ by a typist's slips only, "&" and "and" being one."""
    if _slip_of_words(a, b, similarity):
        return True
    left, right = without_and(a), without_and(b)
    return (left, right) != (a, b) and _slip_of_words(left, right, similarity)


def _slip_of_words(a: str, b: str, similarity: float) -> bool:
    """Tell whether two texts differ by slips within words; numbers are never slips."""
    length = max(len(a), len(b))
    allowed = min(max(1, int((1 - similarity) * length)), 5)
    if abs(len(a) - len(b)) > allowed or length - allowed < 5:
        return False
    distance = OSA.distance(a, b, score_cutoff=allowed)
    if distance > allowed or _digits(a) != _digits(b):
        return False
    # "Catfish" is no slip for "crawfish": within a word a finger slips once, in a long one twice.
    left, right = a.split(), b.split()
    if len(left) != len(right):
        return distance <= _SLIPS_ACROSS_WORDS
    pairs = [(x, y) for x, y in zip(left, right, strict=True) if x != y]
    return all(
        OSA.distance(x, y, score_cutoff=2) <= (1 if max(len(x), len(y)) < 9 else 2)
        for x, y in pairs
    )


def _digits(text: str) -> frozenset[str]:
    return frozenset(w for w in text.split() if w[0].isdecimal())


def _other_numbers(a: TitleForm, b: TitleForm) -> bool:
    """Tell whether each title has a number that the other lacks."""
    return not (a.numbers <= b.numbers or b.numbers <= a.numbers)


def _without_numbers(a: TitleForm, b: TitleForm) -> bool:
    """Tell whether two titles are one but for their numbers."""

    def plain(form: TitleForm) -> list[str]:
        words = form.proper.split()
        return [w for w in words if not w[0].isdecimal() and not ROMAN_TAIL.fullmatch(w)]

    return plain(a) == plain(b)


def _parts_meet(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Tell whether one side names the same parts as the other, or some of them."""
    if a == b:
        return True
    short, left = (a, list(b)) if len(a) <= len(b) else (b, list(a))
    for number in short:
        if number not in left:
            return False
        left.remove(number)
    return True


def _other_part_names(a: frozenset[str], b: frozenset[str]) -> bool:
    """Tell whether each side names a part that the other does not: "New York", "Delaware"."""
    mine, yours = a - b, b - a
    if not mine or not yours:
        return False
    return not any(x.startswith(y) or y.startswith(x) for x in mine for y in yours)


def _with_parts(found: tuple[str, str], item: Title, record: Title) -> tuple[str, str]:  # noqa: PLR0911
    """Lay the parts over a verdict: another volume is another publication, one unsaid a doubt."""
    if found[0] == "differ":
        return found
    if item.parts and record.parts:
        if not _parts_meet(item.parts, record.parts):
            return "differ", "title.part"
        return found
    if _other_part_names(item.part_names, record.part_names):
        return "differ", "title.part"
    if item.parts != record.parts:
        if item.volumes > 1 or record.volumes > 1:
            return "compatible", "title.part-of-set"
        return "compatible", "title.part-unstated"
    return found
