"""RDA content, media and carrier types with their codes, and which of them MARC's codes mean.

Sources: the MARC code lists "Term and Code List for RDA Content Types", "… Media Types" and
"… Carrier Types" (Library of Congress); 007/01 of MARC 21.
"""

from __future__ import annotations

__all__ = ["BY_007", "BY_EXTENT", "CARRIERS", "CONTENT", "MEDIA"]

CONTENT = {
    "cod": "computer dataset", "cop": "computer program", "crf": "cartographic three-dimensional form",
    "cri": "cartographic image", "crt": "cartographic tactile image", "ntm": "notated music",
    "prm": "performed music", "snd": "sounds", "spw": "spoken word", "sti": "still image",
    "tcm": "tactile notated music", "tct": "tactile text", "tdf": "three-dimensional form",
    "tdi": "two-dimensional moving image", "txt": "text",
}  # fmt: skip

MEDIA = {
    "c": "computer", "g": "projected", "h": "microform", "n": "unmediated", "s": "audio",
    "v": "video",
}  # fmt: skip

CARRIERS = {
    "ca": "computer tape cartridge", "cb": "computer chip cartridge", "cd": "computer disc",
    "ce": "computer disc cartridge", "cf": "computer tape cassette", "ch": "computer tape reel",
    "ck": "computer card", "cr": "online resource",
    "gd": "filmslip", "gf": "filmstrip", "gs": "slide", "gt": "overhead transparency",
    "mc": "film cartridge", "mf": "film cassette", "mo": "film roll", "mr": "film reel",
    "ha": "aperture card", "hb": "microfilm cartridge", "hc": "microfilm cassette",
    "hd": "microfilm reel", "he": "microfiche", "hf": "microfiche cassette", "hg": "microopaque",
    "hh": "microfilm slip", "hj": "microfilm roll",
    "nb": "sheet", "nc": "volume", "no": "card", "nr": "object",
    "sd": "audio disc", "se": "audio cylinder", "sg": "audio cartridge", "si": "sound-track reel",
    "sq": "audio roll", "ss": "audiocassette", "st": "audiotape reel",
    "vc": "video cartridge", "vd": "videodisc", "vf": "videocassette", "vr": "videotape reel",
}  # fmt: skip

# 007/00-01 → carrier.
BY_007 = {
    "ca": "ca", "cb": "cb", "cc": "ce", "ce": "ce", "cf": "cf", "ch": "ch", "cj": "cd", "cm": "cd",
    "co": "cd", "cr": "cr",
    "gd": "gd", "gf": "gf", "go": "gf", "gs": "gs", "gt": "gt",
    "mc": "mc", "mf": "mf", "mo": "mo", "mr": "mr",
    "ha": "ha", "hb": "hb", "hc": "hc", "hd": "hd", "he": "he", "hf": "hf", "hg": "hg", "hh": "hh",
    "hj": "hj",
    "sd": "sd", "se": "se", "sg": "sg", "si": "si", "sq": "sq", "sr": "cr", "ss": "ss", "st": "st",
    "vc": "vc", "vd": "vd", "vf": "vf", "vr": "vr",
    "da": "nr", "db": "nr", "dc": "nr", "de": "nr", "du": "nr", "dz": "nr",
}  # fmt: skip

# What 300 $a says, the first that is found; each is a regular expression.
BY_EXTENT = (
    (r"online resource|(?:web|internet) ?site", "cr"),
    (r"microfiche", "he"),
    (r"microfilm reel|reels? of microfilm|microfilm, \d+ reel", "hd"),
    (r"microopaque|micro-opaque", "hg"),
    (r"aperture card", "ha"),
    (r"videodis[ck]|dvd-?video|dvd videos?|\bdvds?\b(?!-?rom)|blu-?ray|video dis[ck]", "vd"),
    (r"video-?cassette", "vf"),
    (r"video-?(?:tape )?reel", "vr"),
    (r"cd-?roms?|dvd-?roms?|computer (?:optical |laser optical )?dis[ck]", "cd"),
    (r"(?:sound|audio|phono) ?dis[ck]s?|compact dis[ck]|\baudio cds?\b", "sd"),
    (r"(?:sound|audio) ?cassette|audiocassette", "ss"),
    (r"(?:sound|audio) ?tape reel|audiotape reel", "st"),
    (r"filmstrip", "gf"),
    (r"film reel", "mr"),
    (r"transparenc", "gt"),
    (r"\bslides?\b", "gs"),
    (r"\bglobes?\b|\bgames?\b|\btoys?\b|\bmodels?\b|\bpuzzles?\b|\bsculptures?\b", "nr"),
    (r"flash ?cards?|\bcards?\b", "no"),
)
