"""Tables of the conversion from UNIMARC: codes and tags, and what they are in MARC 21.

After the UNIMARC Manual: Bibliographic Format (IFLA), LC's "UNIMARC to MARC 21 conversion
specifications" and the MARC 21 format.
"""

from __future__ import annotations

__all__ = [
    "AUDIENCE", "BIOGRAPHY", "CONTENTS", "COUNTRIES", "DATES", "ENCODING", "FORMS", "GOVERNMENT",
    "ILLUSTRATIONS", "ISBD", "LEVELS", "LITERARY", "STATUSES", "TYPES", "YES_OR_NO",
]  # fmt: skip

# LDR/06 and 07 of UNIMARC → MARC 21, where they differ
STATUSES = {"c": "c", "d": "d", "n": "n", "p": "p"}
TYPES = {code: code for code in "acdefgijkmoprt"} | {"b": "t", "h": "f", "l": "m", "u": "g"}
LEVELS = {"i": "i", "a": "a", "c": "c", "m": "m", "s": "s"}
ISBD = {" ": "i", "i": "i", "n": " "}
ENCODING = {" ": " ", "1": "8", "2": "7", "3": "3"}  # 2: sub-level 2, short; 3: sub-level 3
# 100 $a/8 type of date → 008/06
DATES = {
    "a": "c", "b": "d", "c": "u", "d": "s", "e": "r", "f": "q", "g": "m", "h": "t", "i": "p",
    "j": "e",
}  # fmt: skip
# 100 $a/17-19 audience → 008/22
AUDIENCE = {"a": "j", "b": "a", "c": "b", "d": "c", "e": "d", "k": "e", "m": "g",
            "u": " "}  # fmt: skip
# 100 $a/20 government publication → 008/28
GOVERNMENT = {
    "a": "f", "b": "s", "c": "l", "d": "l", "e": "c", "f": "i", "h": "o", "u": "u", "y": " ",
    "z": "z",
}  # fmt: skip
# 106 $a form of a text → 008/23
FORMS = {"d": "d", "f": "f", "r": " ", "s": "s", "y": " "}
# 105 $a of a book: 0-3 illustrations → 008/18-21, 4-7 nature of contents → 008/24-27,
# 11 literature → 008/33, 12 biography → 008/34
ILLUSTRATIONS = {**dict(zip("abcdefghijklmo", "abcdefghijklmp", strict=True)), "y": ""}
CONTENTS = {
    "a": "b", "b": "c", "c": "i", "d": "a", "e": "d", "f": "e", "g": "r", "i": "s", "j": "p",
    "k": "j", "l": "u", "m": "m", "n": "l", "p": "t", "t": "6", "v": "m", "w": "o",
    "y": "",
}  # fmt: skip
LITERARY = {
    "a": "1", "b": "d", "c": "e", "d": "h", "e": "i", "f": "j", "g": "p", "h": "s", "y": "0",
    "z": "m",
}  # fmt: skip
BIOGRAPHY = {"a": "a", "b": "b", "c": "c", "d": "d", "y": " "}
YES_OR_NO = {"0": "0", "1": "1"}

# ISO 3166 codes of 102 $a → MARC country codes, for the countries that publish most in UNIMARC
COUNTRIES = {
    "FR": "fr ", "BE": "be ", "CH": "sz ", "DE": "gw ", "IT": "it ", "ES": "sp ", "PT": "po ",
    "GB": "xxk", "US": "xxu", "CA": "xxc", "NL": "ne ", "LU": "lu ", "MC": "mc ", "AT": "au ",
    "PL": "pl ", "RU": "ru ", "GR": "gr ", "RO": "rm ", "BG": "bu ", "HR": "ci ", "SI": "xv ",
    "RS": "rb ", "CZ": "xr ", "SK": "xo ", "HU": "hu ", "DK": "dk ", "SE": "sw ", "NO": "no ",
    "FI": "fi ", "IE": "ie ", "JP": "ja ", "CN": "cc ", "IN": "ii ", "BR": "bl ", "AR": "ag ",
    "MX": "mx ", "MA": "mr ", "DZ": "ae ", "TN": "ti ", "SN": "sg ", "CI": "iv ", "CM": "cm ",
    "LB": "le ", "EG": "ua ", "TR": "tu ", "IL": "is ", "AU": "at ", "UA": "un ", "VN": "vm ",
}  # fmt: skip
