"""An XML record as a conversion reads it: its elements, and what of them has been taken."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from techproc.sources.leftovers import Value
from techproc.sources.safexml import local_name

__all__ = ["SourceElement"]

_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_LAYOUT = frozenset({
    "{http://www.w3.org/1999/xlink}type", "{http://www.w3.org/XML/1998/namespace}space",
})  # fmt: skip


class SourceElement:
    """One element: its text, attributes and children, with the paths that a cataloguer knows.

    Attributes that say how the document is written (xsi:…, xlink:type, xml:space, the version of the schema
    on the record) say nothing of a book and are not read.
    """

    __slots__ = ("_own", "attributes", "children", "name", "path", "text")

    def __init__(self, element: etree._Element, path: str = "") -> None:
        self.name = local_name(element)
        self.path = path
        pieces = [element.text, *(child.tail for child in element)]
        own = " ".join(" ".join(piece for piece in pieces if piece).split())
        self._own = Value(path or self.name, own)
        self.text = " ".join("".join(str(part) for part in element.itertext()).split())
        self.attributes = {
            name.rpartition("}")[2]: Value(f"{path}/@{name.rpartition('}')[2]}".lstrip("/"), value)
            for name, value in (
                (str(n), " ".join(str(v).split())) for n, v in element.attrib.items()
            )
            if not name.startswith(_INSTANCE)
            and name not in _LAYOUT
            and (path or name != "version")
        }
        self.children = [
            SourceElement(child, f"{path}/{local_name(child)}".lstrip("/"))
            for child in element
            if local_name(child)
        ]

    def all(self, *names: str) -> list[SourceElement]:
        """Return the children with these names, in order."""
        return [child for child in self.children if child.name in names]

    def filled(self, *names: str) -> list[SourceElement]:
        """Return the children with these names that hold a text, in order."""
        return [child for child in self.all(*names) if child.text]

    def under(self, *names: str) -> list[SourceElement]:
        """Return what holds a text and is reached by a path of names below this element."""
        found = [self]
        for name in names:
            found = [child for element in found for child in element.filled(name)]
        return found

    def take(self) -> str:
        """Return the whole text of the element, which counts as carried; attributes do not."""
        for element in self.walk():
            element._own.taken = True
        return self.text

    @property
    def own(self) -> str:
        """The text of the element itself, without what its children say."""
        return self._own.text

    def take_own(self) -> str:
        """Return the element's own text, which counts as carried."""
        return self._own.take()

    def taken(self, *names: str) -> list[str]:
        """Take the texts below a path of names; empty ones are left out."""
        return [text for element in self.under(*names) if (text := element.take())]

    def get(self, *names: str) -> str:
        """Return, and take, the first of these attributes that is there; "" without one."""
        for name in names:
            if name in self.attributes:
                return self.attributes[name].take()
        return ""

    def read(self, name: str, *known: str) -> str:
        """Return an attribute in small letters; only a value that is known here is taken."""
        value = self.peek(name).lower()
        return self.get(name).lower() if value in known else value

    def peek(self, name: str) -> str:
        """Return an attribute without taking it."""
        return self.attributes[name].text if name in self.attributes else ""

    def walk(self) -> Iterator[SourceElement]:
        """Yield the element and all below it, in the order of the document."""
        yield self
        for child in self.children:
            yield from child.walk()

    def values(self) -> Iterator[Value]:
        """Yield everything that can be left over."""
        for element in self.walk():
            yield element._own
            yield from element.attributes.values()
