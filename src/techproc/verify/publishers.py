"""Publishers: short forms, imprints, "& Co.", unknown ones, and the registrant of the ISBN.

Sources: RDA 2.8.4 and AACR2 1.4D (shortest form of a publisher's name); LC-PCC PS 2.8.4.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from techproc.text import fold

__all__ = ["compare_publishers", "publisher_key", "publisher_keys"]

_STOP = frozenset(
    """
    the a an of and und et y e i och og en for by in de del della der des di do du da das dem la le les el los las
    inc incorporated ltd limited llc llp plc co company companies corp corporation cie gmbh ag kg ohg sa sas sarl srl
    spa sl bv nv ab as aps oy oyj pty pvt private sp zoo ooo oao zao sons son bros brothers hijos fils soehne sohne
    press pr presses books book publishing publishers publisher publ publications publication pub pubs
    verlag verl verlags verlagsgesellschaft verlagsanstalt verlagsbuchhandlung verlagsgruppe buchverlag
    editions edition editeur editeurs editorial editorials edit editora editores editor editore editrice edizioni ed eds edns
    casa libri libros livres livraria librairie libreria buchhandlung buecher bucher
    izdatelstvo izdatelskii izd izd-vo izdat izdatelski izdavacko izdavac preduzece naklada nakladatelstvi nakl
    nakladatelstvo vydavatelstvo vydavatelstvi vydavnytstvo wydawnictwo wydawn wydawnicza oficyna
    forlag forlaget forl forlags bokforlag bokforlaget bokforl uitgeverij uitgeverijen uitg uitgevers
    kiado kustannus kirjastus kustannusosakeyhtio editura yayinlari yayinevi yay yayincilik kitabevi
    chu ban she chubanshe shuppansha shuppan shoten shobo chulpansa intisharat dar maktabat matbaat nashr muassasat
    group media house imprint division international intl usa uk us new york london
    kommission vertrieb distributed distributor distributors distribution
    издательство изд вид видавництво
    """.split()
)
_EXPANDED = {
    "univ": "university", "universite": "university", "universitat": "university",
    "universidad": "university", "universita": "university", "universitetet": "university",
    "universitaire": "university", "universitaires": "university", "u": "university",
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
    r"^\W*(?:s\.?\s?n\.?|sine nomine|publisher not identified|publisher unknown|n\.?\s?pub\.?|o\.?\s?v\.?|verlag nicht"
    r" ermittelbar|éditeur non identifié|s\.?\s?l\.?\s?:?\s?s\.?\s?n\.?|б\.?\s?и\.?)\W*$",
    re.IGNORECASE,
)
_SELF = re.compile(r"^\W*(?:the )?(?:authors?|self[- ]published|priv(?:ate(?:ly)?|\.) (?:print|publish)ed"
                   r"|selbstverl(?:ag|\.)|im selbstverlag|l'auteur|el autor|izd\. avtora)\W*$", re.IGNORECASE)  # fmt: skip
_SPLIT = re.compile(
    r"\s*(?:;|/|\||\s:\s|,?\s+(?:an imprint of|imprint of|a division of|a member of|published (?:by|for)"
    r"|in association with|in Zusammenarbeit mit|for|im Auftrag|distributed by|exclusively distributed by))\s*",
    re.IGNORECASE,
)


_UNSPOKEN = frozenset(
    "the of and for de la le du des et und der die das y e di del della inc ltd co".split()
)
_INITIALS = "="  # marks a key made of initials: (=oup,) beside (oxford, university)


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
    tokens = [_EXPANDED.get(t, t) for t in fold(text.replace(".", ". ").replace("-", " ")).split()]
    chosen = tuple(t for t in tokens if t not in _STOP)
    return chosen or tuple(tokens) or None


@lru_cache(maxsize=32768)
def publisher_keys(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the keys of a statement that may name several: the whole, then each of its parts."""
    whole = publisher_key(text)
    if whole is None:
        return ()
    parts = [publisher_key(part) for part in _SPLIT.split(text) if part]
    keys = [whole, *(part for part in parts if part)]
    for part in [text, *_SPLIT.split(text)]:
        words = [w for w in fold(part).split() if w not in _UNSPOKEN]
        if 2 < len(words) < 7:
            keys.append((_INITIALS + "".join(w[0] for w in words),))
    return tuple(dict.fromkeys(keys))


def compare_publishers(
    item: tuple[tuple[str, ...], ...], record: tuple[tuple[str, ...], ...]
) -> tuple[str, str]:
    """Return (verdict, rule id) for two non-empty lists of publisher keys, any against any.

    >>> compare_publishers(publisher_keys("Wiley"), publisher_keys("John Wiley & Sons"))
    ('compatible', 'publisher.short-form')
    >>> compare_publishers(publisher_keys("Faber and Faber"), publisher_keys("Knopf"))
    ('differ', 'publisher.other')
    """
    if not _named(item).isdisjoint(record):
        return "agree", "publisher.same"
    for short, long in ((item, record), (record, item)):
        if any((_INITIALS + "".join(key),) in long for key in short):
            return "compatible", "publisher.short-form"
    pairs = [(a, b) for a in _named(item) for b in _named(record)]
    if any("".join(a) == "".join(b) or set(a) == set(b) for a, b in pairs):
        return "agree", "publisher.same"
    if any(_shortened(a, b) or _shortened(b, a) for a, b in pairs):
        return "compatible", "publisher.short-form"
    if any(_near("".join(a), "".join(b)) for a, b in pairs):
        return "compatible", "publisher.typo"
    return "differ", "publisher.other"


def _named(keys: tuple[tuple[str, ...], ...]) -> frozenset[tuple[str, ...]]:
    """Return the keys that are names, without those made of initials."""
    return frozenset(key for key in keys if key[0][0] != _INITIALS)


_WEAK = frozenset(
    "university national american institute society museum center association department".split()
)


def _shortened(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Tell whether one name is a short form of another: some of its words, or its initials."""
    words, all_words = set(short), set(long)
    if any(len(w) > 2 or not w.isascii() for w in words - _WEAK) and words <= all_words:
        return True
    if len(short) > 1 and all(len(w) == 1 for w in short) and len(short) == len(long):
        return "".join(short) == "".join(word[0] for word in long)
    # "J Wiley" for "John Wiley", "Harper" for "HarperCollins", "Oxford Univ" for "Oxford University".
    if len(short) <= len(long) and len(words - _WEAK) and len(short[-1]) > 2:
        met = [any(w.startswith(s) for w in long) for s in short]
        return all(met) and any(len(s) > 3 and s not in _WEAK for s in short)
    return False


def _near(left: str, right: str) -> bool:
    length = min(len(left), len(right))
    allowed = 0 if length < 5 else 1 if length < 9 else 2
    return bool(allowed) and OSA.distance(left, right, score_cutoff=allowed) <= allowed
