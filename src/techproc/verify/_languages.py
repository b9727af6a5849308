"""Languages as people write them, in MARC codes (MARC Code List for Languages; ISO 639-1, -2/T)."""

from __future__ import annotations

from functools import lru_cache

from techproc.text import fold

__all__ = ["language_code"]

_NAMES = """
eng en english englisch anglais ingles inglese|ger de deu german deutsch allemand aleman tedesco
fre fr fra french franzosisch francais frances francese
spa es spanish spanisch espagnol espanol castellano|ita it italian italienisch italien italiano
por pt portuguese portugiesisch portugais portugues|dut nl nld dutch niederlandisch nederlands
rus ru russian russisch russe ruso русскии|lat la latin latein
gre el ell greek modern greek griechisch ελληνικα|grc ancient greek
swe sv swedish schwedisch svenska|dan da danish danisch dansk
nor no nb nob norwegian norwegisch norsk|fin fi finnish suomi|ice is isl icelandic
pol pl polish polnisch polski|cze cs ces czech cestina|slo sk slk slovak slovencina
slv sl slovenian slovene|hrv scr hr croatian hrvatski|srp scc sr serbian srpski|bul bg bulgarian
mac mk mkd macedonian|ukr uk ukrainian|bel be belarusian|hun hu hungarian magyar
rum ro ron romanian|alb sq sqi albanian|est et estonian|lav lv latvian|lit lt lithuanian
tur tr turkish turkce|ara ar arabic|heb he hebrew|per fa fas persian farsi|urd ur urdu
hin hi hindi|ben bn bengali|tam ta tamil|tel te telugu|mar mr marathi|pan pa panjabi punjabi
guj gu gujarati|mal ml malayalam|kan kn kannada|san sa sanskrit|chi zh zho chinese mandarin
jpn ja japanese|kor ko korean|tha th thai|vie vi vietnamese|ind id indonesian bahasa indonesia
may ms msa malay|cat ca catalan catala|baq eu eus basque|glg gl galician|wel cy cym welsh
gle ga irish|gla gd|afr af afrikaans|yid yi yiddish|arm hy hye armenian|geo ka kat georgian
mul multiple
"""
_CODES = {
    name: words[0]
    for entry in _NAMES.replace("\n", "|").split("|")
    if (words := entry.split())
    for name in [*words, " ".join(words[3:])]
    if name
}


@lru_cache(maxsize=1024)
def language_code(text: str) -> str:
    """Return the MARC code of a language given by code or name; "" when it is not known.

    >>> language_code("Deutsch"), language_code("en"), language_code("Klingon")
    ('ger', 'eng', '')
    """
    return _CODES.get(fold(text), "")
