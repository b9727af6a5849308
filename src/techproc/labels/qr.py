"""QR codes (ISO/IEC 18004, model 2, error correction M): a text as rows of modules.

The text is divided into numeric, alphanumeric and byte segments so that it takes the fewest bits;
the mask is the one with the least penalty. `benchmarks/barcodes.py` holds the modules against those of zint.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, Final

import numpy as np

from techproc.labels.barcodes import BarcodeValueError
from techproc.labels.qrmasks import MASKS, penalty

__all__ = ["qr_modules"]

Modules = np.ndarray[Any, np.dtype[np.bool_]]

# Error correction M, versions 1 to 40: check codewords of a block, and the number of blocks.
_CHECKS: Final = (
    10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
    26, *(28,) * 19,
)  # fmt: skip
_BLOCKS: Final = (
    1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
    17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
)  # fmt: skip
_ALPHANUMERIC: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
# Bits of the character count by mode, for versions to 9, to 26 and to 40.
_COUNT_BITS: Final = (
    {"N": 10, "A": 9, "B": 8},
    {"N": 12, "A": 11, "B": 16},
    {"N": 14, "A": 13, "B": 16},
)
_FIRST: Final = operator.itemgetter(0)
_FORMAT_M: Final = 0  # the two bits of error correction M in the format information


def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of a QR code, row by row, `True` for black, without its quiet zone.

    Raises BarcodeValueError for a text that is empty or longer than a QR code holds.

    >>> len(qr_modules("https://example.org/1"))
    25
    """
    if not text:
        raise BarcodeValueError("the QR code has no text")
    # A character is a byte from here on. Readers tell UTF-8 by its form; of Latin-1, which the
    # standard supposes, some take short runs for other sets.
    plain = text.encode("utf-8").decode("latin-1")
    for version in range(1, 41):
        bits = _segments(plain, version)
        room = 8 * _data_codewords(version)
        if len(bits) <= room:
            break
    else:
        raise BarcodeValueError(f"{text[:40]}…: a QR code does not hold {len(text)} characters")
    codewords = _with_checks(_padded(bits, room), version)
    frame, free = _frame(version)
    frame = frame.copy()
    _place(frame, free, codewords)
    rows, columns = np.indices(frame.shape)
    masked = []
    for number, mask in enumerate(MASKS):
        code = frame ^ (mask(rows, columns) & free)
        _write_format(code, number)
        masked.append(code)
    best = min(masked, key=penalty)
    return tuple(tuple(row) for row in best.tolist())


def _segments(text: str, version: int) -> str:
    """Return the text as bits, in the segments of modes that take the fewest."""
    counts = _COUNT_BITS[(version > 9) + (version > 26)]
    found = []
    for mode, group in itertools.groupby(zip(_modes(text, counts), text, strict=True), _FIRST):
        piece = "".join([character for _, character in group])
        found.append(_segment(mode, piece, counts))
    return "".join(found)


def _modes(text: str, counts: dict[str, int]) -> str:
    """Return the mode of each character (N, A or B), so that all takes the fewest bits.

    Costs are in sixths of a bit: a figure takes 3 1/3 bits, a sign of the alphanumeric set 5 1/2.
    """
    heads = {mode: (4 + counts[mode]) * 6 for mode in "NAB"}
    costs = dict(heads)
    came: list[dict[str, str]] = []
    for character in text:
        here = {"B": costs["B"] + 48}
        if character in _ALPHANUMERIC:
            here["A"] = costs["A"] + 33
        if character in _ALPHANUMERIC[:10]:
            here["N"] = costs["N"] + 20
        source = {mode: mode for mode in here}
        for mode in "NAB":
            for other in "NAB":
                if other == mode or other not in source or source[other] != other:
                    continue
                cost = -(-here[other] // 6) * 6 + heads[mode]
                # Figures that cost as much either way get a segment of their own, as zint has them.
                tie = mode == "A" and other == "N" and cost == here.get(mode)
                if mode not in here or cost < here[mode] or tie:
                    here[mode], source[mode] = cost, other
        costs = here
        came.append(source)
    mode = min("NAB", key=lambda m: costs[m])
    found = ""
    for source in reversed(came):
        mode = source[mode]
        found += mode
    return found[::-1]


def _segment(mode: str, text: str, counts: dict[str, int]) -> str:
    """Return one segment as bits: mode, count and data."""
    if mode == "N":
        groups = [text[at : at + 3] for at in range(0, len(text), 3)]
        data = "".join([f"{int(group):0{(4, 7, 10)[len(group) - 1]}b}" for group in groups])
        return f"0001{len(text):0{counts[mode]}b}{data}"
    if mode == "A":
        values = [_ALPHANUMERIC.index(character) for character in text]
        pairs = zip_longest(values[::2], values[1::2])
        data = "".join([f"{a:06b}" if b is None else f"{45 * a + b:011b}" for a, b in pairs])
        return f"0010{len(text):0{counts[mode]}b}{data}"
    data = "".join([f"{ord(character):08b}" for character in text])
    return f"0100{len(text):0{counts[mode]}b}{data}"


def _padded(bits: str, room: int) -> list[int]:
    """Return bits as codewords, with the terminator and the padding of the standard."""
    bits += "0" * min(4, room - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = [int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)]
    return words + [(0xEC, 0x11)[at % 2] for at in range(room // 8 - len(words))]


def _raw_codewords(version: int) -> int:
    """Return the codewords that a version has room for, data and checks."""
    modules = (16 * version + 128) * version + 64
    if version > 1:
        count = version // 7 + 2
        modules -= (25 * count - 10) * count - 55
    return (modules - 36 * (version > 6)) // 8


def _data_codewords(version: int) -> int:
    return _raw_codewords(version) - _CHECKS[version - 1] * _BLOCKS[version - 1]


def _with_checks(data: list[int], version: int) -> list[int]:
    """Return data in blocks with their Reed-Solomon codewords, woven together."""
    count, checks = _BLOCKS[version - 1], _CHECKS[version - 1]
    short, longer = divmod(len(data), count)
    blocks: list[list[int]] = []
    at = 0
    for number in range(count):
        size = short + (number >= count - longer)
        blocks.append(data[at : at + size])
        at += size
    corrections = [_remainder(block, _generator(checks)) for block in blocks]
    woven = [word for words in zip_longest(*blocks) for word in words if word is not None]
    return woven + [word for words in zip(*corrections, strict=True) for word in words]


def _times(a: int, b: int) -> int:
    """Return a product in the field of 256 elements over x^8 + x^4 + x^3 + x^2 + 1."""
    product = 0
    while b:
        product ^= a * (b & 1)
        a = (a << 1) ^ (0x11D * (a >> 7))
        b >>= 1
    return product


@functools.cache
def _generator(degree: int) -> tuple[tuple[int, ...], ...]:
    """Return the generator polynomial's coefficients, each as its products with all bytes."""
    polynomial = [1]
    root = 1
    for _ in range(degree):
        shifted = [*polynomial, 0]
        polynomial = [
            high ^ _times(low, root) for high, low in zip(shifted, [0, *polynomial], strict=True)
        ]
        root = _times(root, 2)
    return tuple(tuple(_times(c, byte) for byte in range(256)) for c in polynomial[1:])


def _remainder(block: Sequence[int], generator: tuple[tuple[int, ...], ...]) -> list[int]:
    rest = [0] * len(generator)
    for word in block:
        factor = word ^ rest[0]
        rest = [
            low ^ products[factor] for low, products in zip([*rest[1:], 0], generator, strict=True)
        ]
    return rest


@functools.cache
def _frame(version: int) -> tuple[Modules, Modules]:
    """Return the modules that are the same in every code of a version, and which are free."""
    size = 17 + 4 * version
    code: Modules = np.zeros((size, size), dtype=np.bool_)
    free: Modules = np.ones((size, size), dtype=np.bool_)
    code[6, ::2] = code[::2, 6] = True  # timing
    free[6, :] = free[:, 6] = False
    for row, column in ((3, 3), (3, size - 4), (size - 4, 3)):  # finders with their white
        top, left = max(row - 4, 0), max(column - 4, 0)
        free[top : row + 5, left : column + 5] = False
        code[top : row + 5, left : column + 5] = False
        _draw_square(code, row, column, 3)
    free[8, :9] = free[:9, 8] = free[8, size - 8 :] = free[size - 8 :, 8] = False  # format
    centres = _alignments(version)
    for row in centres:
        for column in centres:
            if (row, column) not in ((6, 6), (6, size - 7), (size - 7, 6)):
                free[row - 2 : row + 3, column - 2 : column + 3] = False
                _draw_square(code, row, column, 2)
    if version > 6:
        bits = _bch(version, 12, 0x1F25)
        for at in range(18):
            row, column = at // 3, size - 11 + at % 3
            code[row, column] = code[column, row] = bits >> at & 1
            free[row, column] = free[column, row] = False
    return code, free


def _draw_square(code: Modules, row: int, column: int, reach: int) -> None:
    """Draw a finder (3) or alignment pattern (2): rings about their centre."""
    for away in range(reach, -1, -1):
        ring = slice(row - away, row + away + 1), slice(column - away, column + away + 1)
        code[ring] = away != reach - 1


def _alignments(version: int) -> list[int]:
    if version == 1:
        return []
    count = version // 7 + 2
    step = 26 if version == 32 else (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    last = 10 + 4 * version
    return [6, *sorted(last - step * at for at in range(count - 1))]


def _place(code: Modules, free: Modules, codewords: Sequence[int]) -> None:
    """Write codewords into the free modules, two columns at a time, upward and downward by turns."""
    bits = np.unpackbits(np.array(codewords, dtype=np.uint8)).tolist()
    for bit, (row, column) in zip(bits, _path(free), strict=False):
        code[row, column] = bit


def _path(free: Modules) -> Iterator[tuple[int, int]]:
    size = free.shape[0]
    upward = True
    for right in [*range(size - 1, 6, -2), *range(5, 0, -2)]:
        for row in range(size - 1, -1, -1) if upward else range(size):
            for column in (right, right - 1):
                if free[row, column]:
                    yield row, column
        upward = not upward


def _bch(value: int, length: int, generator: int) -> int:
    """Return a value followed by its check bits, `length` of them."""
    rest = value << length
    for at in range(rest.bit_length() - 1, length - 1, -1):
        if rest >> at & 1:
            rest ^= generator << (at - length)
    return value << length | rest


def _write_format(code: Modules, mask: int) -> None:
    bits = _bch(_FORMAT_M << 3 | mask, 10, 0x537) ^ 0x5412
    size = code.shape[0]
    rows = [0, 1, 2, 3, 4, 5, 7, 8, *range(size - 7, size)]
    for at in range(15):
        bit = bits >> at & 1
        code[rows[at], 8] = bit
        code[8, size - 1 - at if at < 8 else (7 if at == 8 else 14 - at)] = bit
    code[size - 8, 8] = True
