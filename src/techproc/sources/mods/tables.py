"""Tables of the conversion from MODS: what its terms are in MARC 21.

After LC's "MODS to MARC 21 Mapping" (version 3.4), the stylesheet that LC made of it, and LC's
"MARC 21 to MODS Mapping" read backwards.
"""

from __future__ import annotations

__all__ = [
    "AUDIENCE", "FORMS", "IDENTIFIERS", "ISSUANCE", "NOTES", "PARTS", "RELATED", "SOURCE_CODES",
    "TYPES", "VOCABULARIES",
]  # fmt: skip

# <typeOfResource> → LDR/06; the second is a manuscript's
TYPES = {
    "text": "at", "cartographic": "ef", "notated music": "cd", "sound recording": "jj",
    "sound recording-musical": "jj", "sound recording-nonmusical": "ii", "still image": "kk",
    "moving image": "gg", "three dimensional object": "rr", "software, multimedia": "mm",
    "mixed material": "pp",
}  # fmt: skip
# <issuance> → LDR/07
ISSUANCE = {
    "monographic": "m", "single unit": "m", "multipart monograph": "m", "continuing": "s",
    "serial": "s", "integrating resource": "i",
}  # fmt: skip
# <targetAudience authority="marctarget"> → 008/22
AUDIENCE = {
    "adolescent": "d", "adult": "e", "general": "g", "juvenile": "j", "preschool": "a",
    "specialized": "f",
}  # fmt: skip
# <form authority="marcform"> → 008/23
FORMS = {
    "braille": "f", "electronic": "s", "microfiche": "b", "microfilm": "a", "print": " ",
    "large print": "d",
}  # fmt: skip
# <note type="…"> → field; the statement of responsibility is 245 $c
NOTES = {
    "acquisition": "541", "action": "583", "additional physical form": "530",
    "bibliography": "504", "biographical/historical": "545", "citation/reference": "510",
    "creation/production credits": "508", "date/sequential designation": "362",
    "exhibitions": "585", "funding": "536", "language": "546", "numbering": "515",
    "original location": "535", "original version": "534", "ownership": "561",
    "performers": "511", "preferred citation": "524", "publications": "581",
    "reproduction": "533", "restriction": "506", "statement of responsibility": "",
    "system details": "538", "target audience": "521", "thesis": "502", "venue": "518",
}  # fmt: skip
# <identifier type="…"> → field, indicators, subfield, and the one for invalid="yes"
IDENTIFIERS = {
    "issn": ("022", "  ", "a", "y"), "issn-l": ("022", "  ", "l", "m"),
    "lccn": ("010", "  ", "a", "z"), "isrc": ("024", "0 ", "a", "z"),
    "upc": ("024", "1 ", "a", "z"), "ismn": ("024", "2 ", "a", "z"),
    "ean": ("024", "3 ", "a", "z"), "sici": ("024", "4 ", "a", "z"),
    "issue number": ("028", "02", "a", "a"), "matrix number": ("028", "12", "a", "a"),
    "music plate": ("028", "22", "a", "a"), "music publisher": ("028", "32", "a", "a"),
    "videorecording": ("028", "42", "a", "a"),
    "videorecording identifier": ("028", "42", "a", "a"),
    "stock number": ("037", "  ", "a", "a"), "uri": ("856", "4 ", "u", "u"),
}  # fmt: skip
# Types of identifiers that are source codes of 024 $2 as they stand
SOURCE_CODES = frozenset({"ark", "doi", "hdl", "isan", "istc", "iswc", "urn", "viaf", "wikidata"})
# <relatedItem type="…"> → field and indicators; without a type 787
RELATED = {
    "host": ("773", "0 "), "constituent": ("774", "0 "), "otherversion": ("775", "0 "),
    "otherformat": ("776", "0 "), "preceding": ("780", "00"), "succeeding": ("785", "00"),
    "original": ("534", "  "), "isreferencedby": ("510", "4 "),
}  # fmt: skip
# objectPart of <language> → subfield of 041
PARTS = {
    "text/sound track": "a", "summary": "b", "abstract": "b", "summary or abstract": "b",
    "sung or spoken text": "d", "libretto": "e", "librettos": "e", "table of contents": "f",
    "accompanying material": "g", "accompanying material other than librettos": "g",
    "translation": "h", "original and/or intermediate translations of text": "h",
    "subtitle or caption": "j", "subtitles or captions": "j",
}  # fmt: skip
# authority of a subject → second indicator of 6XX
VOCABULARIES = {"lcsh": "0", "lcshac": "1", "mesh": "2", "nal": "3", "csh": "5", "rvm": "6"}
