"""The fast way to a shelving key, for call numbers of an ordinary shape.

A call number's shape (letters A or a, digits 9, the rest as it is) decides how its key is put
together; only the characters differ. A library's numbers have few shapes (some 1,400 in 36,000 of
the Library of Congress), so for each a small function is made that slices a text of that shape
into its key, and everything else is left to the general way. Both give the same keys: a property
test holds them together.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["SHAPE_TABLE", "Maker", "fast_key", "shape_of"]

Maker = Callable[[str], str | None]

SHAPE_TABLE = bytes(
    ord("A") if 65 <= c <= 90 else ord("a") if 97 <= c <= 122 else ord("9") if 48 <= c <= 57 else c
    for c in range(256)
)
_MOST = 20_000  # shapes kept; a list with more is no list of call numbers

# The pieces a fast shape may have, in the order that the general scanner would find them.
_LETTERED = re.compile(r"(?P<letters>[Aa]{1,3})(?P<space> ?)(?P<number>9{1,4})(?P<decimal>\.9+)?")
_DEWEY = re.compile(r"(?P<number>999)(?P<decimal>\.9+)?(?![Aa]{2})")
_PIECE = re.compile(
    r" ?[.,]{0,2} ?(?:"
    r"(?P<cutter>(?<![Aa])[Aa]9+(?:[Aa](?=$| [^.]))?)(?![Aa](?!9))"
    r"|(?<=[ ])(?P<date>9{4}[Aa])(?![Aa9])"
    r"|(?<=[ .])(?P<ordinal>9{1,3})(?P<suffix>[Aa]{1,2})(?![Aa9])"
    r"|(?:(?<=[ ])|(?<=[Aa]\.))(?P<number>9+)(?![Aa9.])|-(?P<more>9+)(?![Aa9.])"
    r"|(?<=[ ])(?P<word>[Aa]+)\.?(?= |,|$|(?<=\.)9)"
    r")|[ .]+$"
)
_ORDINALS = frozenset({"st", "nd", "rd", "th", "d"})
_PADDED = {f"{n:03d}": f"{len(str(n))}{n}" for n in range(1000)}


def shape_of(text: str) -> bytes:
    """Return the shape of a text.

    >>> shape_of("QA76.9 .A5 1990b")
    b'AA99.9 .A9 9999a'
    """
    return text.encode("utf-8", "surrogatepass").translate(SHAPE_TABLE)


def fast_key(text: str, scheme: str, makers: dict[bytes, Maker | None]) -> str | None:
    """Return the key of a text of ordinary shape, or None when the general way is needed."""
    shape = shape_of(text)
    try:
        maker = makers[shape]
    except KeyError:
        maker = _maker(shape.decode("utf-8", "surrogatepass"), scheme) if shape.isascii() else None
        if len(makers) < _MOST:
            makers[shape] = maker
    return maker(text) if maker else None


def _maker(shape: str, scheme: str) -> Maker | None:
    """Return the function that slices texts of this shape into keys, or None."""
    head = None
    if scheme in ("lcc", "nlm", "auto"):
        head = _LETTERED.match(shape)
        dewey = False
    if head is None and scheme in ("ddc", "auto"):
        head = _DEWEY.match(shape)
        dewey = True
    if head is None:
        return None
    pieces, guards = _dewey_head(head) if dewey else _lettered_head(head, scheme)
    position, cutters = head.end(), 0
    while position < len(shape):
        piece = _PIECE.match(shape, position)
        if piece is None or piece.end() == position:
            return None
        start, end = piece.span(piece.lastgroup) if piece.lastgroup else (0, 0)
        if piece.lastgroup == "cutter":
            pieces.append(f"#{{t[{start}:{end}]}}")
            cutters += 1
        elif piece.lastgroup == "word":
            if not cutters and not (dewey and position == head.end()):
                return None
            pieces.append(f"{'#' if not cutters else chr(34)}{{t[{start}:{end}]}}")
            cutters += 1
        elif piece.lastgroup == "suffix":  # 2nd and 2d are one, as in the general way
            start, end = piece.span("ordinal")
            pieces.append(f"!{end - start}{{t[{start}:{end}]}}T")
            guards += [f"t[{start}] != '0'", f"t[{end}:{piece.end()}].lower() in o"]
        elif piece.lastgroup:
            digits = 4 if piece.lastgroup == "date" else end - start
            if digits > 9:
                return None
            pieces.append(f"!{digits}{{t[{start}:{end}]}}")
            guards.append(f"t[{start}] != '0'")
        position = piece.end()
    return _compiled("".join(pieces), guards, upper="a" in shape)


def _lettered_head(head: re.Match[str], scheme: str) -> tuple[list[str], list[str]]:
    guards = [f"t[{head.start('number')}] != '0'"]
    if scheme == "auto":
        if re.match(r"[Aa] ?9\.[Aa]", head.string):
            guards.append("t[0] not in 'Yy'")  # Y 4.A: a SuDoc number
        if head["space"] and len(head["letters"]) == 3 and len(head["number"]) == 3:
            guards.append("t[0] in 'Kk'")  # REF 025: Dewey with a prefix
    letters, number = head.end("letters"), head.start("number")
    end = head.end()
    return [f"1{{t[:{letters}]}} {len(head['number'])}{{t[{number}:{end}]}}"], guards


def _dewey_head(head: re.Match[str]) -> tuple[list[str], list[str]]:
    return [f"0{{p[t[:3]]}}{{t[3:{head.end()}]}}"], []


def _compiled(template: str, guards: list[str], *, upper: bool) -> Maker:
    # Written out as source, as dataclasses write __init__: only slices with numbers counted above.
    # The slices are made once, here.
    slices = dict.fromkeys(re.findall(r"t\[([0-9]*:[0-9]+)\]", template))
    names: dict[str, object] = {"p": _PADDED, "o": _ORDINALS}
    for place, bounds in enumerate(slices):
        first, _, last = bounds.partition(":")
        names[f"s{place}"] = slice(int(first or 0), int(last))
        template = template.replace(f"t[{bounds}]", f"t[s{place}]")
    source = f"lambda t: f{template!r}{'.upper()' if upper else ''}"
    if guards:
        source += f" if {' and '.join(guards)} else None"
    maker: Maker = eval(source, names)
    return maker
