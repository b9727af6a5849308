"""The Library of Congress's code lists that MARC 21 refers to, and the RDA terms of 336, 337, 338.

Sources: MARC Code Lists for Countries, Languages, Geographic Areas and Relators; Source Codes;
Term and Code Lists for RDA Content, Media and Carrier Types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

__all__ = ["CARRIER_TYPES", "CONTENT_TYPES", "MEDIA_TYPES", "CodeList", "code_list"]


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of a list, those in use and those that once were."""

    name: str
    current: frozenset[str]
    obsolete: frozenset[str]

    @property
    def known(self) -> frozenset[str]:
        """Every code that is or was valid."""
        return self.current | self.obsolete


@cache
def _lists() -> dict[str, CodeList]:
    text = resources.files("techproc.marc.schema").joinpath("codes.txt").read_text("utf-8")
    found = {}
    for section in text.split("\n[")[1:]:
        head, _, codes = section.partition("\n")
        key, _, name = head.partition("]  # ")
        words = codes.split()
        found[key] = CodeList(
            name,
            frozenset(word for word in words if not word.startswith("~")),
            frozenset(word[1:] for word in words if word.startswith("~")),
        )
    return found


def code_list(name: str) -> CodeList:
    """Return a list: countries, languages, areas, relators, subject-sources or conventions.

    >>> "fre" in code_list("languages").current, "scr" in code_list("languages").obsolete
    (True, True)
    """
    return _lists()[name]


# RDA content types (336), media types (337) and carrier types (338): code and term.
CONTENT_TYPES: Mapping[str, str] = MappingProxyType({
    "crd": "cartographic dataset", "cri": "cartographic image",
    "crm": "cartographic moving image", "crt": "cartographic tactile image",
    "crn": "cartographic tactile three-dimensional form",
    "crf": "cartographic three-dimensional form", "cod": "computer dataset",
    "cop": "computer program", "ntv": "notated movement", "ntm": "notated music",
    "prm": "performed music", "snd": "sounds", "spw": "spoken word", "sti": "still image",
    "tci": "tactile image", "tcm": "tactile notated music", "tcn": "tactile notated movement",
    "tct": "tactile text", "tcf": "tactile three-dimensional form", "txt": "text",
    "tdf": "three-dimensional form", "tdm": "three-dimensional moving image",
    "tdi": "two-dimensional moving image", "pfm": "performed movement", "xxx": "other",
    "zzz": "unspecified",
})  # fmt: skip
MEDIA_TYPES: Mapping[str, str] = MappingProxyType({
    "s": "audio", "c": "computer", "h": "microform", "p": "microscopic", "g": "projected",
    "e": "stereographic", "n": "unmediated", "v": "video", "x": "other", "z": "unspecified",
})  # fmt: skip
CARRIER_TYPES: Mapping[str, str] = MappingProxyType({
    "sg": "audio cartridge", "sb": "audio belt", "se": "audio cylinder", "sd": "audio disc",
    "si": "sound track reel", "sq": "audio roll", "sw": "audio wire reel",
    "ss": "audiocassette", "st": "audiotape reel", "sz": "other audio carrier",
    "ck": "computer card", "cb": "computer chip cartridge", "cd": "computer disc",
    "ce": "computer disc cartridge", "ca": "computer tape cartridge",
    "cf": "computer tape cassette", "ch": "computer tape reel", "cr": "online resource",
    "cz": "other computer carrier", "ha": "aperture card", "he": "microfiche",
    "hf": "microfiche cassette", "hb": "microfilm cartridge", "hc": "microfilm cassette",
    "hd": "microfilm reel", "hj": "microfilm roll", "hh": "microfilm slip",
    "hg": "microopaque", "hz": "other microform carrier", "pp": "microscope slide",
    "pz": "other microscopic carrier", "mc": "film cartridge", "mf": "film cassette",
    "mr": "film reel", "mo": "film roll", "gd": "filmslip", "gf": "filmstrip",
    "gc": "filmstrip cartridge", "gt": "overhead transparency", "gs": "slide",
    "mz": "other projected carrier", "eh": "stereograph card", "es": "stereograph disc",
    "ez": "other stereographic carrier", "no": "card", "nn": "flipchart", "na": "roll",
    "nb": "sheet", "nc": "volume", "nr": "object", "nz": "other unmediated carrier",
    "vc": "video cartridge", "vf": "videocassette", "vd": "videodisc", "vr": "videotape reel",
    "vz": "other video carrier", "zu": "unspecified",
})  # fmt: skip
