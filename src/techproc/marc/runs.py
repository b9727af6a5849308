"""ISO 2709 cut into blocks that can be read elsewhere, in another process.

The items that come of the blocks are those of `iso2709.read_stream`, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from techproc.marc.framing import Frame, Window, next_frame
from techproc.marc.iso2709 import LARGEST, read_alone, read_plain
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions
from techproc.marc.scanner import gather

__all__ = ["Block", "cut", "read_block"]

_RUN = 250  # records to a block, and as many more at most


@dataclass(slots=True)
class Block:
    """Consecutive items of an input: runs of plain records with their offset, and single frames."""

    first: int  # the number of the first item
    items: int = 0
    pieces: list[tuple[int, bytes] | Frame] = field(default_factory=list)


def cut(stream: BinaryIO, options: ReadOptions) -> Iterator[Block]:
    """Yield the blocks of a stream, in order; what is no record is in them too."""
    window = Window(stream)
    leading = window.skip_leading()
    block = Block(options.first)
    while window.ensure(1):
        count = 0
        if not leading and options.assume is None:
            window.ensure(LARGEST)
            after, count, _ = gather(window.data, window.at, window.ended, _RUN, ())
        if count:
            block.pieces.append((window.offset + window.at, window.data[window.at : after]))
            window.at = after
        else:
            block.pieces.append(next_frame(window, leading))
            leading, count = 0, 1
        block.items += count
        if block.items >= _RUN:
            yield block
            block = Block(block.first + block.items)
    if block.items:
        yield block


def read_block(block: Block, options: ReadOptions) -> Iterator[Loaded | Quarantined]:
    """Yield the items of a block."""
    number = block.first
    for piece in block.pieces:
        if isinstance(piece, Frame):
            yield read_alone(piece, number, options)
            number += 1
        else:
            offset, data = piece
            items = read_plain(data, number, offset)
            yield from items
            number += len(items)
