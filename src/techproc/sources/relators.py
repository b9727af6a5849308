"""Relator codes: UNIMARC's three digits, and the words that people use, as MARC 21 codes."""

from __future__ import annotations

__all__ = ["RELATOR_OF_UNIMARC", "RELATOR_TERMS", "relator_code"]

# UNIMARC appendix C → MARC code list for relators
RELATOR_OF_UNIMARC = {
    "005": "act", "010": "adp", "018": "anm", "020": "ann", "030": "arr", "040": "art",
    "050": "asg", "060": "asn", "065": "auc", "070": "aut", "072": "aqt", "075": "aft",
    "080": "aui", "090": "aus", "100": "ant", "110": "bnd", "120": "bdd", "140": "bjd",
    "150": "bpd", "160": "bsl", "170": "cll", "180": "ctg", "190": "cns", "200": "chr",
    "205": "clb", "207": "cmm", "210": "cmm", "212": "cwt", "220": "com", "230": "cmp",
    "240": "cmt", "245": "ccp", "250": "cnd", "255": "csp", "257": "ctb", "260": "cph",
    "270": "crr", "273": "cur", "275": "dnc", "280": "dte", "290": "dto", "295": "dgg",
    "300": "drt", "305": "dis", "310": "dst", "320": "dnr", "330": "dub", "340": "edt",
    "350": "egr", "360": "etr", "365": "exp", "370": "flm", "380": "frg", "390": "fmo",
    "400": "fnd", "410": "gdv", "420": "hnr", "430": "ilu", "440": "ill", "450": "ins",
    "460": "ive", "470": "ivr", "480": "lbt", "490": "lse", "500": "lso", "510": "ltg",
    "520": "lyr", "530": "mte", "545": "mus", "550": "nrt", "555": "opn", "557": "orm",
    "560": "org", "570": "oth", "575": "pma", "580": "ppm", "582": "pta", "584": "pth",
    "587": "pth", "590": "prf", "595": "pdr", "600": "pht", "610": "prt", "620": "pop",
    "630": "pro", "632": "prd", "635": "prg", "637": "pmn", "640": "pfr", "650": "pbl",
    "651": "pbd", "660": "rcp", "670": "rce", "673": "rth", "675": "rev", "677": "rtm",
    "680": "rbr", "690": "sce", "695": "sad", "700": "scr", "705": "scl", "710": "sec",
    "720": "sgn", "721": "sng", "723": "spn", "725": "stn", "727": "ths", "730": "trl",
    "740": "tyd", "750": "tyg", "755": "voc", "760": "wde", "770": "wam",
}  # fmt: skip

# English terms, as sources write them → (code, RDA term)
RELATOR_TERMS = {
    "author": ("aut", "author"),
    "afterword": ("aft", "author of afterword"),
    "artist": ("art", "artist"),
    "compiler": ("com", "compiler"),
    "composer": ("cmp", "composer"),
    "contributor": ("ctb", "contributor"),
    "editor": ("edt", "editor"),
    "foreword": ("wfw", "writer of foreword"),
    "illustrator": ("ill", "illustrator"),
    "introduction": ("win", "writer of introduction"),
    "narrator": ("nrt", "narrator"),
    "photographer": ("pht", "photographer"),
    "preface": ("wpr", "writer of preface"),
    "translator": ("trl", "translator"),
    "editor-in-chief": ("edt", "editor"),
    "illustrations": ("ill", "illustrator"),
    "translation": ("trl", "translator"),
    "cover design": ("bjd", "bookjacket designer"),
    "publisher": ("pbl", "publisher"),
    "creator": ("cre", "creator"),
}


def relator_code(text: str) -> tuple[str, str] | None:
    """Return (code, term) for a role in words or as a code; None for one that is not known.

    >>> relator_code("Translator."), relator_code("edt"), relator_code("friend")
    (('trl', 'translator'), ('edt', 'editor'), None)
    """
    word = text.strip(" .,()").lower()
    if word in RELATOR_TERMS:
        return RELATOR_TERMS[word]
    return next(((code, term) for code, term in RELATOR_TERMS.values() if code == word), None)
