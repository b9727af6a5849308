"""Complete call numbers, fitted into the shelf-list.

The table only proposes a Cutter; the shelf-list decides. A new number is put between its
neighbours by the filing order of the main entry (LC Shelflisting Manual G 100), an edition beside
its fellows (G 145), a translation after its original (G 150), works of a body or a conference under
one Cutter (G 220, G 230). No number is given twice, and every step says by which rule it was taken.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial

from pymarc import Record

from techproc.classify import bookcutter
from techproc.classify.bookslot import Slot, slot_for
from techproc.classify.callnumber import CallNumber, is_lc_class
from techproc.classify.cutter import lc_cutter
from techproc.classify.fitted import FittedCallNumber, Step
from techproc.classify.mainentry import MainEntry, main_entry
from techproc.classify.sanborn import SanbornTable
from techproc.classify.shelfkey import shelf_key
from techproc.classify.shelflist import ShelfEntry, ShelfList
from techproc.config import ClassifyPolicy
from techproc.errors import ConfigError
from techproc.findings import Finding, Severity
from techproc.text import fold

__all__ = ["FittedCallNumber", "Step", "fit", "shelf_entry_of"]


# What 082 and 092 hold in place of a number: fiction, easy books, biography.
_LETTER_CLASSES = frozenset({"FIC", "F", "E", "B"})


def shelf_entry_of(record: Record, call_number: str, scheme: str = "auto") -> ShelfEntry:
    """Return the entry that a record with this call number makes in a shelf-list."""
    entry = main_entry(record)
    return ShelfEntry(
        shelf_key(call_number, scheme),
        call_number,
        entry.heading,
        entry.work_title,
        entry.number,
    )


def fit(
    record: Record | MainEntry,
    class_number: str,
    scheme: str,
    shelflist: ShelfList,
    policy: ClassifyPolicy | None = None,
) -> FittedCallNumber:
    """Return a complete call number for a record, fitted into the shelf-list.

    `class_number` is what 050 $a or 082 $a holds, a topical or author Cutter included; `scheme` is
    lcc, ddc or nlm. The shelf-list is not changed: add the result's `shelf_entry` to it before the
    next record of the batch. Raises ValueError for another scheme.

    >>> from techproc.classify.shelflist import MemoryShelfList, shelf_entry
    >>> shelf = MemoryShelfList([shelf_entry("QA76 .S53 2001", "Shaw, Ann", "Computing"),
    ...                          shelf_entry("QA76 .S57 1999", "Singh, R.", "Computers")])
    >>> entry = MainEntry(kind="person", heading="Simon, Leo", title="Machines", date="2004")
    >>> fitted = fit(entry, "QA76", "lcc", shelf)
    >>> fitted.call_number, fitted.before[0].call_number, fitted.after[0].call_number
    ('QA76 .S55 2004', 'QA76 .S53 2001', 'QA76 .S57 1999')
    """
    if scheme not in ("lcc", "ddc", "nlm"):
        raise ValueError(f"{scheme!r}: call numbers are built for lcc, ddc and nlm")
    entry = record if isinstance(record, MainEntry) else main_entry(record)
    policy = policy or ClassifyPolicy()
    builder = _Builder(entry, class_number, scheme, shelflist, policy)
    return builder.build()


class _Builder:
    """The state of one fitting: what has been decided and why."""

    def __init__(
        self,
        entry: MainEntry,
        class_number: str,
        scheme: str,
        shelf: ShelfList,
        policy: ClassifyPolicy,
    ) -> None:
        self.entry = entry
        self.scheme = scheme
        self.shelf = shelf
        self.policy = policy
        self.steps: list[Step] = []
        self.findings: list[Finding] = []
        self.class_part = _clean_class(class_number, scheme)
        self.lettered = scheme == "ddc" and self.class_part in _LETTER_CLASSES
        self.parsed = CallNumber.parse(self.class_part, scheme)

    def build(self) -> FittedCallNumber:
        if not self._usable():
            return self._result("", "")
        style = "cutter" if self.scheme != "ddc" else self.policy.dewey_item_number
        if style == "none":
            self._step("policy", "the library's Dewey numbers have no second line")
            return self._result(self.class_part, "")
        if self.lettered and style != "author3":
            self._step(
                "policy", f"{self.class_part} has no figures to cutter under: author letters"
            )
            style = "author3"
        if style == "sanborn":
            return self._sanborn()
        if style == "author3":
            letters = "".join(c for c in fold(self.entry.cuttered) if c.isalnum())[:3].upper()
            self._step("policy", f"{letters}: first three letters of the main entry")
            return self._unique(letters, dated=False)
        return self._cuttered()

    def _sanborn(self) -> FittedCallNumber:
        """Take the author's number from the library's table, with a work mark from the title."""
        try:
            number = _sanborn_table(self.policy.sanborn_table).number(self.entry.cuttered)
        except ValueError as problem:
            self._find("shelving.no-author-number", str(problem))
            return self._result("", "")
        self._step("Cutter-Sanborn", f"{number} for {self.entry.cuttered!r}")
        title = "".join(c for c in fold(self.entry.work_title) if "a" <= c <= "z")
        if not self.entry.heading:
            return self._unique(number, dated=False)
        for end in range(1, len(title) + 1):
            item = number + title[:end]
            prefix = shelf_key(f"{self.class_part} {item}", self.scheme)
            if all(self._same_work(held) for held in self.shelf.under(prefix)):
                self._step("work mark", f"{title[:end]} for the title")
                return self._unique(item, dated=False)
        return self._unique(number + title[:1], dated=False)

    def _same_work(self, held: ShelfEntry) -> bool:
        mine = (fold(self.entry.heading), fold(self.entry.work_title))
        return (fold(held.heading), fold(held.title)) == mine

    def _usable(self) -> bool:
        if not self.lettered and not (self.parsed.valid and self.parsed.number):
            name = {"lcc": "LC", "ddc": "Dewey", "nlm": "NLM"}[self.scheme]
            said = (
                f"{self.class_part!r} is no {name} class number"
                if self.class_part
                else (f"there is no {name} class number")
            )
            self._find("shelving.class-number", said)
            return False
        if self.scheme == "lcc" and not is_lc_class(self.parsed.letters):
            letters = self.parsed.letters.upper()
            self._find(
                "shelving.unknown-class",
                f"{letters} is no class of the LC Classification",
                Severity.WARNING,
            )
        if not fold(self.entry.cuttered):
            self._find(
                "shelving.no-main-entry", "there is neither a heading nor a title to file by"
            )
            return False
        try:
            lc_cutter(self.entry.cuttered)
        except ValueError as problem:
            self._find("shelving.not-romanized", str(problem))
            return False
        return True

    def _cuttered(self) -> FittedCallNumber:
        if self.entry.romanized:
            self._step("880", f"filed by the romanised form, {self.entry.cuttered!r}")
        slot = Slot(text=self.entry.cuttered)
        if self.scheme == "lcc":
            under = partial(self.shelf.under, self._class_key() + "#")
            slot = slot_for(self.entry, self.parsed, under)
        for rule, text in slot.reasons:
            self._step(rule, text)
        if slot.biographee:
            self._name_class_after(slot.biographee)
        if slot.letters:
            return self._unique(self._free_letters(slot.letters))
        if slot.fixed:
            return self._unique(slot.fixed)
        choice = bookcutter.choose(self.entry, slot, self._class_key(), self.shelf)
        for rule, text in choice.steps:
            self._step(rule, text)
        self.findings.extend(choice.findings)
        return self._unique(choice.cutter)

    def _free_letters(self, pairs: tuple[str, ...]) -> str:
        """Return the first letters of the title that no other title has in this class."""
        mine = fold(self.entry.work_title)
        for letters in pairs:
            prefix = shelf_key(f"{self.class_part} {letters}", self.scheme)
            if all(fold(held.title) == mine for held in self.shelf.under(prefix)):
                return letters
        return pairs[0]

    def _name_class_after(self, person: str) -> None:
        """Give an individual biography its first Cutter, for the person it is about (G 320)."""
        about = replace(
            self.entry, kind="person", heading=person, title="", uniform="", translation=False
        )
        slot = Slot(text=person, ignore_titles=True)
        choice = bookcutter.choose(about, slot, self._class_key(), self.shelf)
        for rule, text in choice.steps:
            self._step(rule, text)
        self.findings.extend(choice.findings)
        self.class_part += f".{choice.cutter}" if not self.parsed.cutters else f" {choice.cutter}"
        self.parsed = CallNumber.parse(self.class_part, self.scheme)

    def _class_key(self) -> str:
        return shelf_key(self.class_part, self.scheme)

    def _unique(self, item: str, *, dated: bool = True) -> FittedCallNumber:
        """Add the date, and a work letter where the number is taken."""
        point = (
            "." if self.scheme == "lcc" and not self.parsed.cutters and item[-1:].isdigit() else ""
        )
        item = point + item
        date = self.entry.date
        if not date:
            self._find("shelving.no-date", "there is no date for the call number", Severity.WARNING)
        elif dated:
            self._step("G 140", f"{date} from {self.entry.dated_by or 'the record'}")
        stem = f"{item} {date}" if date and dated else item
        if self.entry.facsimile and date and dated:
            stem += "a"
            self._step("G 140", "a for a facsimile or photocopy")
        if not self._taken(stem):
            return self._result(self.class_part, stem)
        if date and not dated:
            self._step("policy", f"{stem} is taken: the date {date} tells the works apart")
            stem = f"{item} {date}"
            if not self._taken(stem):
                return self._result(self.class_part, stem)
        body = self.entry.kind in ("corporate", "meeting")
        rule = "G 220" if body else "G 145"
        for letters in _work_letters("a" if body else "b"):
            if not self._taken(stem + letters):
                self._step(rule, f"{stem} is taken: work letter {letters}")
                return self._result(self.class_part, stem + letters)
        raise AssertionError("work letters do not run out")

    def _taken(self, item: str) -> bool:
        return self.shelf.taken(shelf_key(f"{self.class_part} {item}", self.scheme))

    def _result(self, class_part: str, item: str) -> FittedCallNumber:
        text = f"{class_part} {item}".strip()
        key = shelf_key(text, self.scheme) if text else ""
        before, after = self.shelf.neighbours(key, 2) if text else ([], [])
        if before or after:
            left = before[0].call_number if before else "the beginning"
            right = after[0].call_number if after else "the end"
            self._step("shelf-list", f"files between {left} and {right}")
        return FittedCallNumber(
            call_number=text,
            class_part=class_part,
            item_part=item,
            scheme=self.scheme,
            key=key,
            before=tuple(before),
            after=tuple(after),
            steps=tuple(self.steps),
            findings=tuple(self.findings),
            entry=self.entry,
        )

    def _step(self, rule: str, text: str) -> None:
        self.steps.append(Step(rule, text))

    def _find(self, rule: str, message: str, severity: Severity = Severity.ERROR) -> None:
        control = self.entry.number or None
        self.findings.append(
            Finding(rule=rule, message=message, severity=severity, control=control)
        )


@lru_cache(maxsize=4)
def _sanborn_table(path: str) -> SanbornTable:
    if not path:
        raise ConfigError(
            "classify.dewey_item_number is sanborn, but classify.sanborn_table names no file; "
            "none ships with the package"
        )
    return SanbornTable.load(path)


def _clean_class(class_number: str, scheme: str) -> str:
    """Return the class number as it goes on a spine: Dewey without its segmentation marks."""
    text = " ".join(class_number.split())
    if scheme == "ddc":
        text = text.translate({ord(mark): None for mark in "/'’′[]"})
        text = text.upper() if text.upper() in _LETTER_CLASSES else text
    return text


def _work_letters(first: str) -> list[str]:
    alphabet = [chr(c) for c in range(ord(first), ord("z"))]
    return alphabet + ["z" + one + two for one in "abcdefghijklmnopqrstuvwxyz" for two in alphabet]
