"""A call number broken into the lines of a spine label; nothing altered, nothing cut.

Joining the lines gives the call number again: `SplitLabel.rejoined` is what property tests hold
against the stored number. What a profile keeps from print (the point of a Cutter, say) is listed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from techproc.classify.callnumber import detect_scheme
from techproc.errors import ConfigError
from techproc.findings import Finding, Severity
from techproc.labels.anatomy import Part, parts
from techproc.labels.items import SpineLabel
from techproc.labels.printing import printed
from techproc.labels.profiles import Profile, profile_named
from techproc.labels.rebreaking import Line, joined, narrowed

__all__ = ["SplitLabel", "additions", "split", "split_label"]

_AUTO = {"lcc": "lc", "nlm": "nlm", "ddc": "dewey", "sudoc": "sudoc", "local": "local"}
_CAPTION_FIRST = re.compile(r"[^\d:]*\s[a-z]{1,7}\.[ ]?\d")
# Marks without width that come along when text is copied; they would take a line, or divide a part.
_UNSEEN = frozenset("\u00ad\u200b\u2060\ufeff")
_VOLUME_CAPTION = re.compile(r"(?<![^\W_])(?!(?:c|cop|copy)\.)[^\W\d_]{1,7}\.$", re.IGNORECASE)
_LONGEST = 200  # no spine holds more; real call numbers stay under 80


@dataclass(frozen=True, slots=True)
class SplitLabel:
    """The lines of a spine label and what was noticed while splitting.

    `hidden` lists (offset, characters) of the call number that the profile keeps from print.
    """

    call_number: str
    lines: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    hidden: tuple[tuple[int, str], ...] = ()
    pieces: tuple[Line, ...] = ()

    def rejoined(self) -> str:
        """Return the call number put together from lines and hidden parts, without its blanks.

        >>> split("KM0 .S63", "oclc-a").rejoined()
        'KM0.S63'
        """
        spans = [
            (start, self.call_number[start:end])
            for line in self.pieces
            for start, end in line.pieces
        ]
        return "".join("".join(text.split()) for _, text in sorted([*spans, *self.hidden]))


def split(
    call_number: str,
    profile: str | Profile = "auto",
    *,
    prefix: str = "",
    suffix: str = "",
    enumeration: str = "",
    copy: str = "",
    year: str = "",
    max_width: float | None = None,
    max_lines: int | None = None,
    measure: Callable[[str], float] = len,
    profiles: Mapping[str, Profile] | None = None,
) -> SplitLabel:
    """Return the lines of a call number under a profile.

    `prefix` and `suffix` are lines of their own that do not disturb the split; `enumeration`,
    `copy` and `year` come after the number, unless it ends in them already. With `max_width` (in
    the unit of `measure`, characters by default) lines that are wider break again, and with
    `max_lines` neighbours share a line where they fit; both are said in a finding, and so is what
    cannot fit. An empty number, one with a control character and one over 200 characters have no
    lines, only a finding.

    >>> split("QH541.15.C6 C25 2012", "lc").lines
    ('QH', '541.15', '.C6', 'C25', '2012')
    >>> split("PL1459.F8 C46 1930", "lc", prefix="Oversize", copy="2").lines
    ('Oversize', 'PL', '1459', '.F8', 'C46', '1930', 'c.2')
    >>> split("598.2973872 K56", "dewey", max_width=8).lines
    ('598', '.2973872', 'K56')
    """
    if problem := _problem(call_number):
        return SplitLabel(call_number, (), (problem,))
    chosen = _resolve(profile, call_number, profiles)
    lines, hidden = _broken(call_number, chosen)
    whole = lines
    if prefix or suffix or enumeration or year or copy:
        before = [Line(text) for text in _own_lines(prefix)]
        after = [Line(text) for text in additions(call_number, enumeration, year, copy)]
        after += [Line(text) for text in _own_lines(suffix)]
        whole = [*before, *lines, *after]
    limit = max_width if max_width is not None else (chosen.width or None)
    if limit is None and max_lines is None:
        return _label(call_number, whole, hidden, ())
    return _limited(call_number, whole, hidden, limit=limit, max_lines=max_lines, measure=measure)


def split_label(
    label: SpineLabel,
    profile: str,
    *,
    max_width: float | None = None,
    max_lines: int | None = None,
    measure: Callable[[str], float] = len,
    profiles: Mapping[str, Profile] | None = None,
) -> SplitLabel:
    """Return the lines of a spine label; `profile` is that of labels which name none.

    A profile that the label names and that is not there is a finding, as all faults of one label.
    """
    if label.profile and label.profile != "auto":
        try:
            profile_named(label.profile, profiles)
        except ConfigError as error:
            problem = Finding(rule="label.profile", message=str(error))
            return SplitLabel(label.call_number, (), (problem,))
    return split(
        label.call_number,
        label.profile or profile,
        prefix=label.prefix,
        suffix=label.suffix,
        enumeration=label.enumeration,
        copy=label.copy,
        year=label.year,
        max_width=max_width,
        max_lines=max_lines,
        measure=measure,
        profiles=profiles,
    )


def _label(
    call_number: str,
    lines: list[Line],
    hidden: tuple[tuple[int, str], ...],
    findings: tuple[Finding, ...],
) -> SplitLabel:
    return SplitLabel(
        call_number, tuple([line.text for line in lines]), findings, hidden, tuple(lines)
    )


def _problem(call_number: str) -> Finding | None:
    if not call_number.strip():
        return Finding(
            rule="label.empty",
            message="the call number is empty",
            fix="give one, or leave the item out",
        )
    if not call_number.isprintable():
        for character in call_number:
            if unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs") or character in _UNSEEN:
                line = character in "\n\r\u2028"
                name = "a line break" if line else f"U+{ord(character):04X}, which nobody sees"
                return Finding(
                    rule="label.control-character",
                    message=f"the call number {call_number[:40]!r} holds {name}",
                    fix="give the number on one line; the profile decides where it breaks"
                    if line
                    else "take it out: type the number anew",
                )
    if len(call_number) > _LONGEST:
        return Finding(
            rule="label.too-long",
            message=f"the call number {call_number[:40]!r}… has {len(call_number)} characters; "
            f"no label holds more than {_LONGEST}",
            fix="look whether two fields ran together",
        )
    return None


def _resolve(
    profile: str | Profile, call_number: str, profiles: Mapping[str, Profile] | None
) -> Profile:
    if isinstance(profile, Profile):
        return profile
    if profile == "auto":
        # FIC ROW c.2: a caption holds the first figure, so no class number comes before it.
        captioned = _CAPTION_FIRST.match(call_number)
        profile = "local" if captioned else _AUTO[detect_scheme(call_number)]
    return profile_named(profile, profiles)


def _own_lines(text: str) -> list[str]:
    """Return the lines of a prefix or suffix: one, or several where it holds line breaks."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()] if text else []


def additions(call_number: str, enumeration: str, year: str, copy: str) -> Iterator[str]:
    """Yield volume, year and copy as lines, but none that the call number ends in already."""
    copy = f"c.{copy.strip()}" if copy.strip().isdecimal() else copy.strip()
    if not (enumeration or year or copy):
        return
    added = [text for text in (enumeration.strip(), year.strip(), copy) if text]
    tail = call_number.rstrip()
    while written := next((text for text in reversed(added) if _ends_in(tail, text)), ""):
        added.remove(written)
        tail = tail[: -len(written)].rstrip()
    for text in added:
        yield " ".join(text.split())


def _ends_in(number: str, text: str) -> bool:
    """Return whether a number ends in a text that is whole there: 2011 does not end in volume 1.

    A bare figure is whole after a blank, or after a caption that is not that of a copy.
    """
    if not number.endswith(text):
        return False
    before = number[: -len(text)]
    if not text[0].isdigit():
        return not before[-1:].isalnum()
    return not before or before[-1].isspace() or _VOLUME_CAPTION.search(before) is not None


def _broken(call_number: str, profile: Profile) -> tuple[list[Line], tuple[tuple[int, str], ...]]:
    """Return the lines by the profile's rules, and what they hide."""
    lines: list[Line] = []
    text = ""
    pieces: list[tuple[int, int]] = []
    last: Part | None = None
    actions = profile.actions()
    found = parts(call_number, profile.scheme)
    shown = printed(call_number, found, profile) if profile.prints_otherwise else None
    for part in found if shown is None else shown.parts:
        piece = call_number[part.start : part.end]
        if " " in piece:
            piece = " ".join(piece.split())
        if last is not None:
            gap = call_number[last.end : part.start]  # blanks, and what is hidden
            blank = gap == " " or (gap != "" and any(map(str.isspace, gap)))
            action = actions[last.role, part.role]
            if shown is not None:
                if shown.ends_line(last, part):
                    action = "|"
                elif part.start in shown.inner or (profile.first_blank and lines):
                    action = "+"
            if action == "|" or (action == "~" and blank):
                lines.append(Line(text, tuple(pieces)))
                text, pieces = "", []
            elif blank:
                text += " "
        text += piece
        pieces.append((part.start, part.end))
        last = part
    if text:
        lines.append(Line(text, tuple(pieces)))
    return lines, shown.hidden if shown is not None else ()


def _limited(
    call_number: str,
    lines: list[Line],
    hidden: tuple[tuple[int, str], ...],
    *,
    limit: float | None,
    max_lines: int | None,
    measure: Callable[[str], float],
) -> SplitLabel:
    """Return the lines broken again, or joined, so that they keep within the limits."""
    before = [line.text for line in lines]
    if limit is not None:
        lines = [piece for line in lines for piece in narrowed(line, call_number, limit, measure)]
    if max_lines is not None and len(lines) > max_lines:
        lines = joined(lines, limit, max_lines, measure)
    findings = []
    texts = [line.text for line in lines]
    if texts != before:
        findings.append(
            Finding(
                rule="label.rebroken",
                severity=Severity.INFO,
                message=f"{call_number}: broken as {' | '.join(texts)}, "
                f"since {' | '.join(before)} does not fit",
            )
        )
    wide = [text for text in texts if limit is not None and measure(text) > limit]
    if wide:
        findings.append(
            Finding(
                rule="label.too-wide",
                message=f"{call_number}: the line {wide[0]} is {measure(wide[0]):.4g} wide; "
                f"{limit:.4g} is there",
                fix="use a wider label, a smaller type or another profile",
            )
        )
    if max_lines is not None and len(texts) > max_lines:
        findings.append(
            Finding(
                rule="label.too-many-lines",
                message=f"{call_number}: {len(texts)} lines; there is room for {max_lines}",
                fix="use a higher label, a smaller type or another profile",
            )
        )
    return _label(call_number, lines, hidden, tuple(findings))
