"""The verbs as a recipe writes them: the keys of a step, the act that they make, and its scope."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from techproc.config import name_hint
from techproc.errors import ConfigError
from techproc.marc.edit import steps
from techproc.marc.edit.copying import Destination, carry
from techproc.marc.edit.registry import Transformation
from techproc.marc.edit.scope import ANYTHING, Scope
from techproc.marc.edit.steps import Act
from techproc.marc.edit.template import FieldTemplate, TextTemplate, parse_subfields
from techproc.marc.path import FieldPath

__all__ = ["VERBS", "Verbs", "unknown"]

VERBS: Mapping[str, tuple[str, ...]] = {
    "add": ("to", "before", "again"),
    "build": ("from", "again"),
    "delete": ("except", "linked"),
    "copy": ("to", "linked"),
    "move": ("to", "linked"),
    "replace": ("text", "pattern", "words", "with", "ignore_case", "linked"),
    "set": ("to", "linked"),
    "sort": ("by",),
    "transform": ("on", "options"),
    "recipe": (),
}
_SORTS = ("tag", "block", "text", "subfields")


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Return what to say of a name that is none."""
    return f"unknown {kind} {name}; {name_hint(name, known)}"


class Verbs:
    """Makes the acts of steps, with a recipe's parameters filled in.

    Each verb but `recipe` has a method, which takes the keys of a step; ConfigError says what is
    wrong with them.
    """

    def __init__(self, values: Mapping[str, str], known: Mapping[str, Transformation]) -> None:
        self._values = values
        self._known = known

    def act(self, verb: str, data: Mapping[str, Any]) -> tuple[Act, Scope]:
        """Return what a step does, and which fields it looks at and may change."""
        made: tuple[Act, Scope] = getattr(self, f"_{verb}")(data)
        return made

    @staticmethod
    def text(data: Mapping[str, Any], key: str, default: str | None = None) -> str:
        """Return the text that a key has."""
        value = data.get(key, default)
        if not isinstance(value, str):
            raise ConfigError(f"{key} is missing" if value is None else f"{key} takes a text")
        return value

    @staticmethod
    def texts(data: Mapping[str, Any], key: str) -> list[str]:
        """Return the texts that a key has: none, one, or a list of them."""
        value = data.get(key, [])
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
            raise ConfigError(f"{key} takes a text, or a list of texts")
        return found

    @staticmethod
    def _flag(data: Mapping[str, Any], key: str, default: bool) -> bool:
        value = data.get(key, default)
        if not isinstance(value, bool):
            raise ConfigError(f"{key} takes true or false")
        return value

    def filled(self, text: str, change: Callable[[str], str] = str) -> str:
        """Return a text with the recipe's own parameters in it."""
        for name, value in self._values.items():
            text = text.replace(f"{{{name}}}", change(value))
        return text

    def _path(self, data: Mapping[str, Any], key: str) -> FieldPath:
        return FieldPath.parse(self.filled(self.text(data, key)))

    def _add(self, data: Mapping[str, Any]) -> tuple[Act, Scope]:
        text = self.text(data, "add")
        again = self._flag(data, "again", False)
        if text.startswith("$"):
            path = self._path(data, "to")
            if path.tag == "LDR" or path.tag.startswith("00"):
                raise ConfigError(f"{path} has no subfields")
            before = self.text(data, "before", "").replace("$", "")
            subfields = parse_subfields(text, self._values)
            act = steps.add_subfields(subfields, path, before, again=again)
            filled = any(template.filled for _, template in subfields)
            return act, ANYTHING if filled else Scope.of(path.tag)
        if "to" in data or "before" in data:
            raise ConfigError('`to` and `before` are for subfields: add = "$5DLC"')
        template = FieldTemplate.parse(text, self._values)
        fields = (
            ANYTHING if template.constant is None else Scope.of(template.tag, settles=not again)
        )
        return steps.add_field(template, None, again=again), fields

    def _build(self, data: Mapping[str, Any]) -> tuple[Act, Scope]:
        source = self._path(data, "from") if "from" in data else None
        template = FieldTemplate.parse(self.text(data, "build"), self._values)
        return steps.add_field(template, source, again=self._flag(data, "again", False)), ANYTHING

    def _delete(self, data: Mapping[str, Any]) -> tuple[Act, Scope]:
        keep = [FieldPath.parse(path) for path in self.texts(data, "except")]
        path, linked = self._path(data, "delete"), self._flag(data, "linked", True)
        settles = all(each.simple for each in (path, *keep))
        return steps.delete(path, keep, linked=linked), Scope.linked(path, settles=settles)

    def _copy(self, data: Mapping[str, Any], verb: str = "copy") -> tuple[Act, Scope]:
        to = Destination.parse(self.text(data, "to"))
        linked = self._flag(data, "linked", True)
        return carry(self._path(data, verb), to, move=verb == "move", linked=linked), ANYTHING

    def _move(self, data: Mapping[str, Any]) -> tuple[Act, Scope]:
        return self._copy(data, "move")

    def _replace(self, data: Mapping[str, Any]) -> tuple[Act, Scope]:
        ways = [key for key in ("text", "pattern", "words") if key in data]
        if len(ways) != 1:
            raise ConfigError("replace takes one of text, pattern and words")
        flags = re.IGNORECASE if self._flag(data, "ignore_case", False) else re.NOFLAG
        path = self._path(data, "replace")
        change = self._change(data, ways[0], flags)
        act = steps.replace_text(path, change, linked=self._flag(data, "linked", False))
        return act, Scope.linked(path)

    def _change(
        self, data: Mapping[str, Any], way: str, flags: re.RegexFlag
    ) -> Callable[[str], str]:
        """Return what `replace` does with a text."""
        if way == "words":
            if "with" in data:
                raise ConfigError("words say what each is replaced with; `with` goes with text")
            return _words(data["words"], flags)
        put = self.filled(self.text(data, "with"))
        if way == "text":
            wanted = self.filled(self.text(data, "text"))
            if not wanted:
                raise ConfigError("text is empty")
            if not flags:
                return lambda t: t.replace(wanted, put)
            found = re.compile(re.escape(wanted), flags)
            return lambda t: found.sub(lambda _: put, t)
        written = self.filled(self.text(data, "pattern"), re.escape)
        try:
            pattern = re.compile(written, flags)
            pattern.sub(put, "")
        except (re.error, IndexError) as error:
            raise ConfigError(f"pattern {written!r}, with {put!r}: {error}") from None
        return lambda t: pattern.sub(put, t)

    def _set(self, data: Mapping[str, Any]) -> tuple[Act, Scope]:
        to = TextTemplate.parse(self.text(data, "to"), self._values)
        path = self._path(data, "set")
        act = steps.set_value(path, to, linked=self._flag(data, "linked", True))
        return act, ANYTHING if to.filled else Scope.linked(path)

    def _sort(self, data: Mapping[str, Any]) -> tuple[Act, Scope]:
        by = self.text(data, "by", "tag")
        if by not in _SORTS:
            raise ConfigError(unknown("order", by, _SORTS))
        return steps.sort_fields(self._path(data, "sort"), by), ANYTHING

    def _transform(self, data: Mapping[str, Any]) -> tuple[Act, Scope]:
        name = self.text(data, "transform")
        if name not in self._known:
            raise ConfigError(unknown("transformation", name, self._known))
        options = data.get("options", {})
        if not isinstance(options, Mapping) or not all(
            isinstance(v, str) for v in options.values()
        ):
            raise ConfigError('options are texts: options = { prefix = "https://…" }')
        path = self._path(data, "on") if "on" in data else None
        filled = {key: self.filled(value) for key, value in options.items()}
        known = self._known[name]
        return known.prepare(path, filled), known.scope(path)


def _words(words: Any, flags: re.RegexFlag) -> Callable[[str], str]:
    """Return what replaces whole words, the longest first."""
    if not isinstance(words, Mapping) or not all(isinstance(v, str) for v in words.values()):
        raise ConfigError('words are a table: words = { "p." = "pages" }')
    by_length = sorted(words, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, by_length))})(?!\w)", flags)
    table = {key.lower(): value for key, value in words.items()} if flags else dict(words)
    return lambda text: pattern.sub(lambda m: table[m[0].lower() if flags else m[0]], text)
