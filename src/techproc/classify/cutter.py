"""LC Cutter numbers from the table of the Shelflisting Manual (G 63), interpolated.

The table names a few letters for each digit and leaves the letters between them to the cataloguer,
who looks at the shelf-list. Read naively it breaks the alphabet (Smith S65 before Spencer S64).
Here each digit's room is shared out among all the letters that fall to it, so that the number
never runs against the alphabet; the manual's own examples come out as printed. The table proposes,
`techproc.classify.shelving` fits the number into the shelf.
"""

from __future__ import annotations

import bisect
import itertools
import math

from techproc.text import fold

__all__ = ["cutter_position", "lc_cutter"]

# Where the room of each second letter begins, on the scale of two digits (22 to 99.99). A letter
# that the table names begins at the table's digit; letters between share what is left under it.
_Room = tuple[str, float]
_VOWEL: tuple[_Room, ...] = (
    ("", 22.0), ("a", 22.2), ("b", 23.0), ("c", 27.5), ("d", 33.0), ("e", 36.5), ("f", 37.0),
    ("g", 37.5), ("h", 38.2), ("i", 38.6), ("j", 39.6), ("k", 39.7), ("l", 43.0), ("m", 46.5),
    ("n", 53.0), ("o", 59.5), ("p", 63.0), ("q", 69.5), ("r", 73.0), ("s", 83.0), ("t", 85.6),
    ("u", 92.0), ("v", 93.3), ("w", 94.6), ("x", 96.2), ("y", 97.2), ("z", 98.5),
)  # fmt: skip
_S: tuple[_Room, ...] = (
    ("", 22.0), ("a", 23.0), ("b", 29.5), ("c", 29.55), ("ch", 33.0), ("ci", 38.6), ("d", 39.9),
    ("e", 43.0), ("f", 49.5), ("g", 49.7), ("h", 53.0), ("i", 55.2), ("j", 59.25), ("k", 59.35),
    ("l", 59.6), ("m", 63.4), ("n", 65.2), ("o", 65.3), ("p", 67.6), ("q", 69.6), ("r", 69.8),
    ("s", 69.9), ("t", 73.0), ("u", 83.0), ("v", 89.5), ("w", 93.0), ("x", 94.95), ("y", 95.0),
    ("z", 98.0),
)  # fmt: skip
_CONSONANT: tuple[_Room, ...] = (
    ("", 22.0), ("a", 33.0), ("b", 39.7), ("c", 39.75), ("d", 39.95), ("e", 43.0), ("f", 48.6),
    ("g", 48.65), ("h", 48.7), ("i", 53.0), ("j", 58.6), ("k", 58.65), ("l", 58.7), ("m", 59.7),
    ("n", 59.75), ("o", 63.0), ("p", 69.7), ("q", 69.95), ("r", 73.0), ("s", 79.5), ("t", 79.9),
    ("u", 83.0), ("v", 89.5), ("w", 89.6), ("x", 89.9), ("y", 93.0), ("z", 99.0),
)  # fmt: skip
# Qa–Qt take 2–29; Qu goes by its third letter; Qv–Qz close the letter.
_Q: tuple[_Room, ...] = (
    ("", 22.0), ("a", 27.9), ("b", 29.0), ("ua", 33.0), ("ub", 39.5), ("ue", 43.0), ("uf", 49.5),
    ("ui", 53.0), ("uj", 59.5), ("uo", 63.0), ("up", 69.5), ("ur", 73.0), ("us", 79.5),
    ("ut", 83.0), ("uu", 89.5), ("uy", 93.0), ("uz", 96.5), ("v", 97.0), ("w", 98.0),
)  # fmt: skip
_GROUPS = ("abcd", "efgh", "ijkl", "mno", "pqrs", "tuv", "wxyz")
_LETTER_AT = {
    letter: (group + place / len(letters)) / 7
    for group, letters in enumerate(_GROUPS)
    for place, letter in enumerate(letters)
}
_LETTER_WIDTH = {letter: 1 / (7 * len(letters)) for letters in _GROUPS for letter in letters}


def lc_cutter(text: str, digits: int = 2) -> str:
    """Return the LC Cutter that the table proposes for a heading or a filing title.

    `digits` is how many follow the letter (more only where the number is short of them). The
    number never ends in 0 or 1; a heading that begins with a numeral has A12–A19. Raises
    ValueError for text without a Latin letter or digit to begin with: romanise it first. Source:
    LC Shelflisting Manual G 63.

    >>> [lc_cutter(t) for t in ("Campbell", "Schreiber", "Import", "Clark", "Qadduri", "1984")]
    ['C36', 'S37', 'I48', 'C58', 'Q28', 'A15']
    >>> lc_cutter("Campbell", 1), lc_cutter("Campbell", 4)
    ('C3', 'C3637')
    """
    letter, position = cutter_position(text)
    whole = int(position)
    if digits <= 1 and whole // 10 > 1:
        return f"{letter}{whole // 10}"
    number, rest = str(whole), position - whole
    for _ in range(digits - 2):
        rest *= 8  # the digits 2 to 9
        step = min(int(rest), 7)
        number += str(2 + step)
        rest -= step
    return letter + number


def cutter_position(text: str) -> tuple[str, float]:
    """Return the letter and the place of a heading on the scale of two digits, 12 to 99.99.

    Among headings with one letter the place never falls as the headings rise in filing order.
    Raises ValueError for text that has no Latin letter or digit to begin with.

    >>> cutter_position("Smith") < cutter_position("Spencer")
    True
    """
    word = fold(text)
    if not word:
        raise ValueError(f"{text!r} has nothing to make a Cutter from")
    if word[0].isascii() and word[0].isdigit():
        return "A", _numeral(word)
    if not ("a" <= word[0] <= "z"):
        raise ValueError(f"{text!r} does not begin with a Latin letter or digit; romanise it first")
    first, rest = word[0], word[1:]
    return first.upper(), _in_rooms(first, rest)


def _numeral(word: str) -> float:
    """Numerals in numeric order, by their size: 1 is A12, 1984 A15, a hundred million A19."""
    leading = "".join(itertools.takewhile("0123456789".__contains__, word))
    return 12 + min(math.log10(int(leading) + 1), 7.999)


def _fill(rooms: tuple[_Room, ...]) -> tuple[list[str], list[float]]:
    """Return the names and beginnings of all rooms, the letters between two names sharing out."""
    names, begins = [""], [rooms[0][1]]
    for (name, begin), (following, end) in zip(rooms[1:], (*rooms[2:], ("", 100.0)), strict=True):
        end = min(end, math.floor(begin / 10) * 10 + 10)  # noqa: PLW2901
        stop = (
            following[len(name) - 1 : len(name)] if following[: len(name) - 1] == name[:-1] else ""
        )
        letters = range(ord(name[-1]), ord(stop or "{"))
        for place, code in enumerate(letters):
            names.append(name[:-1] + chr(code))
            begins.append(begin + (end - begin) * place / len(letters))
        if not letters:  # "c" before "ch"
            names.append(name)
            begins.append(begin)
    return names, begins


_ROOMS = {
    letter: _fill({"s": _S, "q": _Q}.get(letter, _VOWEL if letter in "aeiou" else _CONSONANT))
    for letter in "abcdefghijklmnopqrstuvwxyz"
}


def _in_rooms(first: str, rest: str) -> float:
    """Return the place of what follows the first letter."""
    names, begins = _ROOMS[first]
    index = bisect.bisect_right(names, rest) - 1
    begin = begins[index]
    end = begins[index + 1] if index + 1 < len(begins) else 100.0
    end = min(end, math.floor(begin / 10) * 10 + 10)
    after = rest[len(names[index]) :]
    place = _place(after) if rest.startswith(names[index]) else 1 - 1e-9
    if begin % 10 != 3 or end - begin <= 3:
        return min(begin + (end - begin) * place, math.nextafter(end, 0))
    # As many groups of third letters as fit have the table's digits; the rest share what is left.
    exact = min(7, math.ceil(end - begin) - 1)
    if 7 * place < exact:
        return begin + 7 * place
    squeezed = (7 * place - exact) / (7 - exact)
    return min(begin + exact + (end - begin - exact) * squeezed, math.nextafter(end, 0))


def _place(letters: str) -> float:
    """Return where letters stand between nothing (0) and the end of the alphabet (1)."""
    if not letters:
        return 0.0
    base, width = _LETTER_AT.get(letters[0]), _LETTER_WIDTH.get(letters[0], 0.0)
    if base is None:  # a blank or digit files before a, another script after z
        base, width = (0.0, 0.001) if letters[0] < "a" else (0.999, 0.0)
    elif letters[0] == "a":
        base, width = 0.001, width - 0.001
    fraction = 0.0
    for power, char in enumerate(letters[1:9], 1):
        code = ord(char) - 95 if "a" <= char <= "z" else int(char > "z") * 27
        fraction += code / 28**power
    return base + width * fraction
