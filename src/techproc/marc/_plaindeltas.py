"""Whole numbers as packed differences, as Parquet writes them (DELTA_BINARY_PACKED), in numpy."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

__all__ = ["packed", "varint", "zigzag"]

_Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
_BLOCK, _GROUP = 128, 32  # numbers; each group of a block has a width of its own


def packed(numbers: bytes | memoryview, ends: bool) -> bytes:
    """Return the differences of numbers (int32), or those of the sizes of values with such ends.

    All get the least width of 0, 1, 8, 16 or 32 bits that holds them, so that packing them is a
    change of type.

    >>> packed(np.array([7, 8, 8, 9], np.int32).data, False).hex(" ")[:14]
    '00 01 01 01 01'
    """
    deltas = np.diff(np.frombuffer(numbers, np.int32).astype(np.int64), 2 if ends else 1)
    if not len(deltas):
        return b""
    least = int(deltas.min())
    deltas -= least
    width = next(bits for bits in (0, 1, 8, 16, 32) if int(deltas.max()) < 1 << bits)
    blocks = -(-len(deltas) // _BLOCK)
    # What is packed, and before each block what its packing is.
    before = np.frombuffer(varint(zigzag(least)) + bytes([width] * 4), np.uint8)
    page = np.empty((blocks, len(before) + _BLOCK // 8 * width), np.uint8)
    page[:, : len(before)] = before
    if width:
        padded = np.zeros(blocks * _BLOCK, np.int64)
        padded[: len(deltas)] = deltas
        page[:, len(before) :] = _packed(padded, width).reshape(blocks, _BLOCK // 8 * width)
    # A group that no difference is in is left out.
    unused = (blocks * _BLOCK - len(deltas)) // _GROUP * (_GROUP // 8) * width
    return page.tobytes()[: page.size - unused]


def _packed(numbers: _Array, width: int) -> _Array:
    if width == 1:
        return np.packbits(numbers.astype(np.uint8), bitorder="little")
    return numbers.astype(f"<u{width // 8}").view(np.uint8)


def zigzag(number: int) -> int:
    """Return a number without a sign that stands for one with a sign, small for small ones."""
    return number << 1 if number >= 0 else (-number << 1) - 1


def varint(number: int) -> bytes:
    """Return a number in bytes of seven bits, the low ones first, all but the last marked."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
