"""Online resources: access, and how they are coded."""

from __future__ import annotations

from collections.abc import Iterable

from techproc.marc.validate.registry import INFO, Fault, record_check, rule
from techproc.marc.validate.subject import LOOK_ONLINE, Subject

__all__: list[str] = []

_FAMILY = "Online resources"
_NEUTRAL = "Provider-Neutral E-Resource MARC Record Guidelines, PCC"
_ONLINE = (r"=008  160101t20162015nyua\\\\ob\\\\001\0\eng\d", r"=300  \\$a1 online resource (200 pages)",
           r"=336  \\$atext$btxt$2rdacontent", r"=337  \\$acomputer$bc$2rdamedia",
           r"=338  \\$aonline resource$bcr$2rdacarrier", r"=006  m\\\\\o\\d\\\\\\\\", "=007  cr\\un|",
           "=856  40$uhttps://www.example.org/sea")  # fmt: skip
ONLINE_ACCESS = rule(
    "online-access", INFO, "an online resource without an address in 856 (second indicator 0 or 1)",
    family=_FAMILY, source=_NEUTRAL, fix="add 856 40 $u",
    failing=(*_ONLINE[:-1], "-856"), path="856", passing=_ONLINE,
)  # fmt: skip
ONLINE_CODING = rule(
    "online-coding", INFO, "an online resource without 007 cr, 006 m or form of item o",
    family=_FAMILY, source=_NEUTRAL, fix="add 006 and 007, and set the form of item",
    failing=(*_ONLINE[:-2], _ONLINE[-1], "-007"), path="007", passing=_ONLINE,
)  # fmt: skip


@record_check(ONLINE_ACCESS, ONLINE_CODING, when=LOOK_ONLINE)
def online(subject: Subject) -> Iterable[Fault]:
    """Look at access and coding of what 300 or 338 calls an online resource."""
    by_tag = subject.by_tag
    carriers = by_tag.get("338", ())
    if carriers:
        if len(carriers) > 1 or "\x1fbcr" not in carriers[0]:
            return ()  # not online, or online and something else
    elif "300" not in by_tag or "nline resource" not in by_tag["300"][0]:
        return ()
    found = []
    if not any("\x1fu" in text and text[1:2] in "01 8" for text in by_tag.get("856", ())):
        found.append(ONLINE_ACCESS("856", "an online resource without 856 40 $u"))
    if not any(text[:2] == "cr" for text in by_tag.get("007", ())):
        found.append(ONLINE_CODING("007", "an online resource without 007 cr"))
    at = 29 if subject.leader[6:7] in "efgkor" else 23
    if len(subject.fixed) == 40 and subject.fixed[at] not in "os" and not carriers:
        message = f"an online resource with form of item {subject.fixed[at]!r}"
        found.append(ONLINE_CODING(f"008/{at}", message, "set it to o"))
    if subject.leader[6:7] != "m" and not any(text[:1] == "m" for text in by_tag.get("006", ())):
        found.append(ONLINE_CODING("006", "an online resource without 006 m"))
    return found
