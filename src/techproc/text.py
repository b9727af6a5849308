"""Text made comparable: folded, normalised after NACO, filed, freed of ISBD punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["ARTICLES", "filing", "fold", "naco", "strip_isbd", "without_article"]

# Letters that Unicode does not decompose, and what cataloguers' keyboards make of them (the
# LC-PCC comparison rules list the same ones).
_LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
    "ŋ": "n", "ŧ": "t", "ƀ": "b", "ɨ": "i", "ơ": "o", "ư": "u", "ẞ": "ss", "ß": "ss", "ə": "a",
    "ℓ": "l",
}  # fmt: skip
# Ayn, alif, the two Cyrillic signs, apostrophes: left out, not turned into blanks.
_DROPPED = frozenset("'’‘ʼʻʹʺʾʿ`´′″ˈ\u200b\u200c\u200d\u2060\ufeff\u00ad\u0098\u009c")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_NACO_KEPT = frozenset("#&+@$£♭♯")
_NACO_DROPPED = _DROPPED | frozenset("[]|")


def _is_foldable_mark(code: int) -> bool:
    """Tell accents of Latin, Greek and Cyrillic and the optional points of Hebrew and Arabic.

    The vowel signs of Indic scripts and the voicing marks of kana are letters to their readers.
    """
    return (
        0x0300 <= code <= 0x036F
        or 0x0591 <= code <= 0x05C7
        or 0x0610 <= code <= 0x061A
        or 0x064B <= code <= 0x065F
        or code in (0x0640, 0x0670)
        or 0x1AB0 <= code <= 0x1AFF
        or 0x1DC0 <= code <= 0x1DFF
        or 0x20D0 <= code <= 0x20FF
        or 0xFE20 <= code <= 0xFE2F
    )


class _FoldTable(dict[int, str]):
    """A translate table that works each character out the first time it is met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if _is_foldable_mark(code) or char in _DROPPED:
            folded = ""
        elif char in _LETTERS:
            folded = _LETTERS[char]
        elif char.isalnum() or unicodedata.category(char)[0] == "M":
            folded = char
        else:
            folded = " "
        self[code] = folded
        return folded


class _NacoTable(_FoldTable):
    """The same for the NACO rules, which keep some signs and drop the square brackets."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in _NACO_KEPT or char == ",":
            folded = char
        elif char in _NACO_DROPPED:
            folded = ""
        else:
            return super().__missing__(code)
        self[code] = folded
        return folded


_FOLD = _FoldTable()
# The same for ASCII, for most text is, and bytes are translated many times faster.
_FOLD_ASCII = bytes(ord(_FOLD[code]) if _FOLD[code] else 0 for code in range(128)).lower() + bytes(
    128
)
_DROPPED_ASCII = bytes(code for code in range(128) if not _FOLD[code])
_NACO = _NacoTable()


def _fold_plainly(text: str) -> str | None:
    """Return a text of ASCII folded, None for any other."""
    if not text.isascii():
        return None
    return " ".join(
        text.encode("ascii").translate(_FOLD_ASCII, _DROPPED_ASCII).decode("ascii").split()
    )


try:
    from techproc._fold import fold as _fold_ascii
except ImportError:
    _fold_ascii = _fold_plainly


def fold(text: str) -> str:
    """Return text as it is compared: no case, no accents, no punctuation, single blanks.

    Compatibility forms are decomposed (NFKD), ß becomes ss, ł becomes l; apostrophes, ayn, alif
    and soft signs vanish, other punctuation becomes a blank; letters of other scripts stay.

    >>> fold("L'Œuvre : Łódź & straße /"), fold("Война и мир"), fold("東京 [Tōkyō]")
    ('loeuvre lodz strasse', 'воина и мир', '東京 tokyo')
    """
    if not text:
        return ""
    if (ready := _fold_ascii(text)) is not None:
        return ready
    # Twice, for decomposing a mathematical 𝓐 leaves a capital, and folding that may compose.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = _ACCENTS.sub("", plain)  # which leaves ASCII of most of what is in Latin letters
    if (ready := _fold_ascii(bare)) is not None:
        return ready
    folded = bare.translate(_FOLD)
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", folded)
    return " ".join(folded.split())


def naco(text: str) -> str:
    """Return a heading in the comparison form of the NACO rules (LC-PCC, 2009 text).

    Upper case, no marks, the first comma kept (it divides a name), other punctuation blank,
    apostrophe and square brackets left out, & + # @ $ kept.

    >>> naco("Müller, Jörg, d. Ä."), naco("C++ & C# [electronic]"), naco("O'Brien, Flann")
    ('MULLER,JORG D A', 'C++ & C# ELECTRONIC', 'OBRIEN,FLANN')
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    normal = plain.translate(_NACO)
    normal = unicodedata.normalize("NFC", normal).upper()
    first, comma, rest = normal.partition(",")
    head, tail = " ".join(first.split()), " ".join(rest.replace(",", " ").split())
    return f"{head},{tail}" if comma and tail else head


def filing(text: str, language: str = "", nonfiling: int = 0) -> str:
    """Return the filing form of a title: the leading article off, folded.

    `nonfiling` is the count of 245's second indicator and wins over the articles of `language` (a
    MARC code); with neither, nothing is taken off. A count that reaches past the text is ignored.

    >>> filing("The wine-dark sea /", nonfiling=4), filing("L'été", "fre"), filing("Die", "eng")
    ('wine dark sea', 'ete', 'die')
    """
    if 0 < nonfiling < len(text):
        return fold(text[nonfiling:])
    return fold(without_article(text, language)) if language else fold(text)


_ISBD_TAIL = re.compile(r"[\s/:;,=]+$")


def strip_isbd(text: str) -> str:
    """Return text without the ISBD punctuation at its end; brackets and inner marks stay.

    A full stop goes too, unless it ends an initial ("Smith, J.") or is one of several ("…and
    so on...").

    >>> strip_isbd("War and peace /"), strip_isbd("New York :"), strip_isbd("Smith, J.")
    ('War and peace', 'New York', 'Smith, J.')
    """
    text = text.strip()
    if text and text[-1] in "/:;,= ":
        text = _ISBD_TAIL.sub("", text)
    if text.endswith(".") and not text.endswith(".."):
        word = text[:-1].rpartition(" ")[2].rpartition(".")[2]
        if not (len(word) == 1 and word.isalpha()):
            text = text[:-1].rstrip()
            if text and text[-1] in "/:;,=":
                text = _ISBD_TAIL.sub("", text)
    return text


def _words(text: str) -> tuple[str, ...]:
    return tuple(sorted(text.split(), key=lambda word: -len(word)))


# Initial definite and indefinite articles by MARC language code (MARC 21, Appendix F, "Initial
# Definite and Indefinite Articles"). Those that end in an apostrophe or hyphen join the next word.
ARTICLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "afr": _words("die 'n"),
        "alb": _words("nje"),
        "ara": _words("al- el-"),
        "arm": (),
        "baq": _words("bat"),
        "bre": _words("ul ur un al ar an"),
        "cat": _words("el els la les l' un una uns unes en na"),
        "dan": _words("den det de en et"),
        "dut": _words("de het 't een 'n eene"),
        "eng": _words("the a an"),
        "epo": _words("la"),
        "est": (),
        "fao": _words("hin hinn hitt ein eitt"),
        "fre": _words("le la les l' un une"),
        "fry": _words("de it 'e in"),
        "ger": _words("der die das dem den des ein eine einem einen einer eines"),
        "gle": _words("an na"),
        "gla": _words("an am na nam nan a'"),
        "glg": _words("o a os as un unha uns unhas"),
        "grc": _words("ho he to hoi hai ta ὁ ἡ τό οἱ αἱ τά"),
        "gre": _words("ho he to hoi hai ta o e oi ena mia ο η το οι τα ένας μια ένα"),
        "haw": _words("ka ke na he"),
        "heb": _words("ha- he-"),
        "hun": _words("a az egy"),
        "ice": _words("hinn hin hið"),
        "ita": _words("il lo la i gli le l' un uno una un' gl'"),
        "lat": (),
        "ltz": _words("der di d' en eng"),
        "mao": _words("he te nga ngā"),
        "mlt": _words("il- l-"),
        "nno": _words("den det de dei ein ei eit"),
        "nob": _words("den det de en et ei"),
        "nor": _words("den det de dei en et ei ein eit"),
        "oci": _words("lo la l' los las un una lou le les"),
        "per": (),
        "por": _words("o a os as um uma uns umas"),
        "pro": _words("lo la l' los las un una"),
        "rum": _words("un o unui unei"),
        "sco": _words("a an ane"),
        "spa": _words("el la lo los las un una unos unas"),
        "swe": _words("den det de en ett"),
        "tur": _words("bir"),
        "wel": _words("y yr 'r"),
        "yid": _words("der di dos dem a an eyn eyne"),
    }
)
_APOSTROPHES = str.maketrans("’‘ʼʻ`´", "''''''")


def without_article(text: str, language: str) -> str:
    """Return a title without its initial article in a language (MARC code).

    The title is left alone when the article is all there is, or the language has none.

    >>> without_article("The hobbit", "eng"), without_article("L’étranger", "fre")
    ('hobbit', 'étranger')
    >>> without_article("A", "eng"), without_article("Die Verwandlung", "eng")
    ('A', 'Die Verwandlung')
    """
    start = text.lstrip(' ["“«\u0098')
    lead = start[:8].casefold()
    if not lead.isascii() or "`" in lead:
        lead = lead.translate(_APOSTROPHES)
    for article in ARTICLES.get(language, ()):
        if lead.startswith(article.casefold()):
            rest = start[len(article) :]
            joined = article[-1] in "'-"
            if rest.strip() and (joined or rest[0] in " \u009c"):
                return rest.lstrip(" \u009c[\"'“«")
    return text
