"""Publishers: short forms, imprints, "& Co.", unknown ones, and the registrant of the ISBN.

Sources: RDA 2.8.4 and AACR2 1.4D (shortest form of a publisher's name); LC-PCC PS 2.8.4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from techproc.text import fold
from techproc.verify._words import words
from techproc.verify.scripts import same_spelled_out, without_spelling_out

__all__ = ["NOBODY", "PublisherKeys", "compare_publishers", "publisher_key", "publisher_keys"]

_STOP = words(
    """
    the a an of and und et y e i och og en for by in published printed de del della der des di do du da das dem la
    le les el los las inc incorporated ltd limited llc llp plc co company companies corp
    corporation cie gmbh ag kg ohg sa sas sarl srl spa sl bv nv ab as aps oy oyj pty pvt private
    sp zoo ooo oao zao sons son bros brothers hijos fils soehne sohne press pr presses books
    book publishing publishers publisher publ publications publication pub pubs verlag verl
    verlags verlagsgesellschaft verlagsanstalt verlagsbuchhandlung verlagsgruppe buchverlag
    editions edition editeur editeurs editorial editorials edit editora editores editor editore
    editrice edizioni ed eds edns casa libri libros livres livraria librairie libreria
    buchhandlung buecher bucher izdatelstvo izdatelskii izd izd-vo izdat izdatelski izdavacko
    izdavac preduzece naklada nakladatelstvi nakl nakladatelstvo vydavatelstvo vydavatelstvi
    vydavnytstvo wydawnictwo wydawn wydawnicza oficyna forlag forlaget forl forlags bokforlag
    bokforlaget bokforl uitgeverij uitgeverijen uitg uitgevers kiado kustannus kirjastus
    kustannusosakeyhtio editura yayinlari yayinevi yay yayincilik kitabevi chu ban she chubanshe
    shuppansha shuppan shoten shobo chulpansa intisharat dar maktabat matbaat nashr muassasat
    group media house imprint division international intl usa uk us new york london kommission
    vertrieb distributed distributor distributors distribution
    издательство изд во vo вид видавництво
    """
)
_EXPANDED = {
    "univ": "university", "up": "university", "universite": "university", "universitat": "university",
    "universidad": "university", "universita": "university", "universitetet": "university",
    "universitaire": "university", "universitaires": "university",
    "universiteit": "university", "universitet": "university", "universitatsverlag": "university",
    "univerzita": "university", "uniwersytet": "university", "uniwersytetu": "university",
    "inst": "institute", "institut": "institute", "instituto": "institute", "istituto": "institute",
    "assoc": "association", "assn": "association", "dept": "department", "govt": "government",
    "gov": "government", "gpo": "gpo", "soc": "society", "natl": "national", "nat": "national",
    "amer": "american", "am": "american", "acad": "academy", "akad": "academy",
    "akademie": "academy", "academie": "academy", "lib": "library", "hist": "historical",
    "int": "international", "museo": "museum", "musee": "museum", "ctr": "center",
    "centre": "center", "centro": "center", "sci": "science", "med": "medical",
    "educ": "education", "educational": "education", "wm": "william", "chas": "charles",
    "mc": "mc", "saint": "st", "serv": "service", "fed": "federal",
}  # fmt: skip
_UNKNOWN = re.compile(
    r"^\W*(?:s\.?\s?n\.?|sine nomine|publisher not identified|publisher unknown|n\.?\s?pub\.?"
    r"|o\.?\s?v\.?|verlag nicht ermittelbar|éditeur non identifié"
    r"|s\.?\s?l\.?\s?:?\s?s\.?\s?n\.?|б\.?\s?и\.?)\W*$",
    re.IGNORECASE,
)
_SELF = re.compile(
    r"^\W*(?:the )?(?:authors?|self[- ]published|priv(?:ate(?:ly)?|\.) (?:print|publish)ed"
    r"|selbstverl(?:ag|\.)|im selbstverlag|l'auteur|el autor|izd\. avtora)\W*$",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:;|/|\||\s:\s|,?\s+(?:an imprint of|imprint of|a division of|a member of"
    r"|published (?:by|for)|in association with|in Zusammenarbeit mit|for|im Auftrag|distributed by"
    r"|(?:exclusively )?distributed by|for sale by|sold by))\s*",
    re.IGNORECASE,
)


_UNSPOKEN = words(
    """
    the of and for de la le du des et und der die das y e di del della inc ltd co
    """
)


# State printers stand for the bodies they print for (GPO Cataloging Guidelines; AACR2 1.4D).
_STATE_PRINTER = re.compile(
    r"\bG\.?\s?P\.?\s?O\b|Gov(?:ernmen|'?)?t\.? print|Supt\. of Docs|Superintendent of Documents"
    r"|\bH\.?\s?M\.?\s?S\.?\s?O\b|Stationery Off|Stationary Off|Imprimerie nationale"
    r"|Staatsdruckerei"
    r"|(?:King|Queen)'s Printer",
    re.IGNORECASE,
)
_STATE = ("state", "printer")
_BODIES = words(
    """
    department bureau agency ministry ministere ministerium commission committee council office
    administration service survey board national institute congress senate parliament army navy
    government state secretariat directorate director division authority laboratory
    """
)


@lru_cache(maxsize=65536)
def publisher_key(text: str) -> tuple[str, ...] | None:
    """Return the words that name a publisher, in order; None for an unknown publisher or none.

    >>> publisher_key("J. Wiley & Sons, Inc."), publisher_key("Verlag C.H. Beck")
    (('j', 'wiley'), ('c', 'h', 'beck'))
    >>> publisher_key("[s.n.]") is None
    True
    """
    if not text or _UNKNOWN.match(text):
        return None
    if _SELF.match(text):
        return ("author",)
    if _STATE_PRINTER.search(text):
        return _STATE
    tokens = [_EXPANDED.get(t, t) for t in fold(text.replace(".", ". ").replace("-", " ")).split()]
    chosen = tuple(t for t in tokens if t not in _STOP and without_spelling_out(t) not in _STOP)
    return chosen or tuple(tokens) or None


@dataclass(frozen=True, slots=True)
class PublisherKeys:
    """The publishers a statement names: the words of each, and initials that stand for one."""

    named: frozenset[tuple[str, ...]]
    initials: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.named)

    def __or__(self, other: PublisherKeys) -> PublisherKeys:
        return PublisherKeys(self.named | other.named, self.initials | other.initials)


NOBODY = PublisherKeys(frozenset(), frozenset())


@lru_cache(maxsize=32768)
def publisher_keys(text: str) -> PublisherKeys:
    """Return the keys of a statement that may name several: the whole, and each of its parts."""
    whole = publisher_key(text)
    if whole is None:
        return NOBODY
    parts = _SPLIT.split(text)
    keys = [whole, *(publisher_key(part) for part in parts if part)]
    initials = set()
    for part in {text, *parts}:
        words = [w for w in fold(part).split() if w not in _UNSPOKEN]
        if 2 < len(words) < 7:
            initials.add("".join(w[0] for w in words))
    return PublisherKeys(frozenset(key for key in keys if key), frozenset(initials))


def compare_publishers(  # noqa: PLR0911
    item: PublisherKeys, record: PublisherKeys
) -> tuple[str, str]:
    """Return (verdict, rule id) for two statements that name somebody, any against any.

    >>> compare_publishers(publisher_keys("Wiley"), publisher_keys("John Wiley & Sons"))
    ('compatible', 'publisher.short-form')
    >>> compare_publishers(publisher_keys("OUP"), publisher_keys("Oxford University Press"))
    ('compatible', 'publisher.short-form')
    >>> compare_publishers(publisher_keys("Faber and Faber"), publisher_keys("Knopf"))
    ('differ', 'publisher.other')
    """
    if not item.named.isdisjoint(record.named):
        return "agree", "publisher.same"
    for short, long in ((item, record), (record, item)):
        if long.initials and any(_by_initials(key, long) for key in short.named):
            return "compatible", "publisher.short-form"
    pairs = [(a, b) for a in item.named for b in record.named]
    if any(set(a) == set(b) or "".join(a) == "".join(b) for a, b in pairs):
        return "agree", "publisher.same"
    if any(_shortened(a, b) or _shortened(b, a) for a, b in pairs):
        return "compatible", "publisher.short-form"
    if any(_STATE in (a, b) and _BODIES.intersection(a + b) - set(_STATE) for a, b in pairs):
        return "compatible", "publisher.state-printer"
    if any(_near("".join(a), "".join(b)) for a, b in pairs):
        return "compatible", "publisher.typo"
    return "differ", "publisher.other"


def _by_initials(key: tuple[str, ...], long: PublisherKeys) -> bool:
    """Tell whether a name is the initials of another, with words of that beside them or none."""
    if "".join(key) in long.initials:
        return True
    letters = [word for word in key if len(word) > 2 and word in long.initials]
    rest = set(key) - set(letters)
    return bool(letters) and any(rest <= set(other) for other in long.named)


_PLACED = ("university",)
_WEAK = words(
    """
    university national american institute society museum center association department
    """
)


def _shortened(  # noqa: PLR0911 (a list of ways)
    short: tuple[str, ...], long: tuple[str, ...]
) -> bool:
    """Tell whether one name is a short form of another: some of its words, or its initials."""
    if len(short[0]) > 1 and short == long[: len(short)]:
        return True  # "DG" for "DG, Deutsche Gesellschaft"
    if short == _PLACED:
        return "university" in long  # "Cambridge : University Press" names it by its place
    words, all_words = set(short), set(long)
    if any(len(w) > 2 or not w.isascii() for w in words - _WEAK) and words <= all_words:
        return True
    if len(short) > 1 and all(len(w) == 1 for w in short) and len(short) == len(long):
        return "".join(short) == "".join(word[0] for word in long)
    # "L. U. Gill" for "L. Upcott Gill".
    if len(short) == len(long) and short[-1] == long[-1] and len(short[-1]) > 2:
        return all(a.startswith(b) or b.startswith(a) for a, b in zip(short, long, strict=True))
    # "J Wiley" for "John Wiley", "Harper" for "HarperCollins", "Oxford Univ".
    if len(short) <= len(long) and len(words - _WEAK) and len(short[-1]) > 2:
        met = [any(w.startswith(s) for w in long) for s in short]
        return all(met) and any(len(s) > 3 and s not in _WEAK for s in short)
    return False


def _near(left: str, right: str) -> bool:
    length = min(len(left), len(right))
    allowed = 0 if length < 5 else 1 if length < 9 else 2
    if allowed and OSA.distance(left, right, score_cutoff=allowed) <= allowed:
        return True
    return same_spelled_out(left, right)
