"""Addresses in $u, $0 and $1."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pymarc

from techproc.marc.validate.registry import FORMAT, INFO, WARNING, Fault, field_check, rule
from techproc.marc.validate.subject import LOOK_VALUES

__all__ = ["TAGS"]

_FAMILY = "Addresses"
URL = rule(
    "url", WARNING, "$u of 856 (or of a note) is no address: blanks, no scheme, no host",
    family=_FAMILY, source=f"{FORMAT}, 856 $u; RFC 3986", fix="correct it, and try it",
    failing="=856  42$uhttps//www.example.org/sea", path="856$u",
    passing=("=856  42$uhttps://www.example.org/sea?id=1&x=%20#top", "=856  42$uurn:isbn:9780306406157"),
)  # fmt: skip
URL_ACCESS = rule(
    "url-access", INFO, "856's first indicator is not that of its address", family=_FAMILY,
    source=f"{FORMAT}, 856 first indicator: 1 FTP, 4 HTTP, 0 e-mail", fix="set the indicator",
    failing="=856  12$uhttps://www.example.org/sea", path="856@1",
    passing="=856  42$uhttps://www.example.org/sea",
)  # fmt: skip

TAGS = ["031", "505", "506", "514", "520", "530", "538", "540", "542", "545", "552", "555", "561",
         "563", "583", "856", "857"]  # fmt: skip
# RFC 3986's characters, and those beyond ASCII that IRIs have; a real host for what is on the web.
_WEB = re.compile(
    r"(?i:https?|ftps?)://(?:[^/\s@]*@)?(?:[\w-]+\.)+[\w-]{2,}\.?(?::[0-9]{1,5})?(?:[/?#][^\s<>\"{}|\\^`]*)?"
    r"|(?i:https?|ftps?)://(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?::[0-9]{1,5})?(?:[/?#][^\s<>\"{}|\\^`]*)?"
    r"|(?i:https?)://(?:localhost|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?(?:[/?#]\S*)?"
)
_OTHER = re.compile(r"(?!(?i:https?|ftps?)\b)[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_SCHEMES = {"http": "4", "https": "4", "ftp": "1", "mailto": "0"}


_PLAIN = re.compile(
    r"4.(?:\x1f[^u][^\x1f]*)*\x1fuhttps?://(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}"
    r"(?:/[!#-;=?-Z_a-z~]*)?(?:\x1f[^u][^\x1f]*)*"
).fullmatch


@field_check(
    URL,
    URL_ACCESS,
    tags=TAGS,
    when=LOOK_VALUES,
    sound=lambda text: "\x1fu" not in text or _PLAIN(text),
)
def addresses(field: pymarc.Field) -> Iterator[Fault]:
    """Look at each address, and 856's access method."""
    for code, value in field.subfields:
        if code != "u":
            continue
        if not _WEB.fullmatch(value) and not _OTHER.fullmatch(value):
            yield URL(f"{field.tag}$u", f"{_shown(value)} is no address{_why(value)}")
        elif field.tag == "856":
            method = (field.indicators or " ")[0]
            wanted = _SCHEMES.get(value.partition(":")[0].lower())
            if wanted and method in "0123" and method != wanted:
                yield URL_ACCESS(
                    "856@1", f"{method} beside {value.partition(':')[0]}", f"set it to {wanted}"
                )


def _shown(value: str) -> str:
    return repr(value if len(value) < 70 else value[:67] + "…")


def _why(value: str) -> str:
    if value != value.strip():
        return ": a blank before or after it"
    if re.search(r"\s", value):
        return ": a blank in it"
    if "://" not in value and ":" not in value:
        return ": no scheme, such as https://"
    return ""
