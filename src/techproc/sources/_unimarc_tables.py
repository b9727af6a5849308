"""Tables of the conversion from UNIMARC: codes and tags, and what they are in MARC 21.

After the UNIMARC Manual: Bibliographic Format (IFLA), LC's "UNIMARC to MARC 21 conversion
specifications" and the MARC 21 format.
"""

from __future__ import annotations

__all__ = [
    "AUDIENCE", "BIOGRAPHY", "CONTENTS", "COUNTRIES", "DATES", "ENCODING", "ILLUSTRATIONS",
    "LEVELS", "LINKS", "LITERARY", "NAMES", "NOTES", "SUBJECTS", "TYPES",
]  # fmt: skip

# LDR/06 and 07 of UNIMARC → MARC 21, where they differ
TYPES = {"b": "t", "h": "f", "i": "i", "j": "j", "l": "m", "m": "m", "r": "r", "u": "g"}
LEVELS = {"i": "i", "a": "a", "c": "c", "m": "m", "s": "s"}
ENCODING = {" ": " ", "1": "8", "2": "7", "3": "3"}  # 2: sub-level 2, short; 3: sub-level 3
# 100 $a/8 type of date → 008/06
DATES = {
    "a": "c", "b": "d", "c": "u", "d": "s", "e": "r", "f": "q", "g": "m", "h": "t", "i": "p",
    "j": "e",
}  # fmt: skip
# 100 $a/17-19 audience → 008/22
AUDIENCE = {"a": "j", "b": "a", "c": "b", "d": "c", "e": "d", "k": "e", "m": "g"}
NOTES = {
    "300": "500", "304": "500", "305": "500", "306": "500", "307": "500", "308": "500",
    "310": "500", "312": "500", "314": "500", "315": "500", "320": "504", "321": "510",
    "325": "533", "327": "505", "328": "502", "330": "520", "333": "521", "336": "516",
    "337": "538", "345": "500",
}  # fmt: skip
SUBJECTS = {
    "600": "600", "601": "610", "602": "600", "604": "600", "605": "630", "606": "650",
    "607": "651", "608": "655", "610": "653",
}  # fmt: skip
NAMES = {
    "700": "100", "701": "700", "702": "700", "710": "110", "711": "710", "712": "710",
    "720": "100", "721": "700", "722": "700",
}  # fmt: skip
LINKS = {
    "410": "830", "411": "830", "451": "775", "452": "776", "453": "767", "454": "765",
    "430": "780", "431": "780", "434": "780", "435": "780", "436": "780", "437": "780",
    "440": "785", "441": "785", "444": "785", "445": "785", "446": "785", "447": "785",
    "448": "785", "421": "770", "422": "772", "461": "773", "463": "774", "464": "774",
}  # fmt: skip
# 105 $a of a book: 0-3 illustrations → 008/18-21, 4-7 nature of contents → 008/24-27,
# 11 literature → 008/33, 12 biography → 008/34
ILLUSTRATIONS = dict(zip("abcdefghijklmo", "abcdefghijklmp", strict=True))
CONTENTS = {
    "a": "b", "b": "c", "c": "i", "d": "a", "e": "d", "f": "e", "g": "r", "i": "s", "j": "p",
    "k": "j", "l": "u", "m": "m", "n": "l", "p": "t", "t": "6", "v": "m", "w": "o",
}  # fmt: skip
LITERARY = {
    "a": "1", "b": "d", "c": "e", "d": "h", "e": "i", "f": "j", "g": "p", "h": "s", "y": "0",
    "z": "m",
}  # fmt: skip
BIOGRAPHY = {"a": "a", "b": "b", "c": "c", "d": "d"}

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
