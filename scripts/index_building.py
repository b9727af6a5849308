"""What the scripts that build indexes share: arguments, records, which work is on which side, progress."""

from __future__ import annotations

import argparse
import datetime
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from techproc import marc
from techproc.classify.fields import Field
from techproc.classify.training import loaded_fields

__all__ = ["arguments", "records", "side", "tell"]


def arguments(description: str) -> argparse.ArgumentParser:
    """Return the arguments of every such script: records, --name, --out, --date."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("records", nargs="+", type=Path)
    parser.add_argument("--name", required=True, help="said in every suggestion")
    parser.add_argument("--out", type=Path, default=Path("src/techproc/classify/data"))
    parser.add_argument("--date", default=datetime.datetime.now(datetime.UTC).date().isoformat())
    return parser


def records(paths: Iterable[Path]) -> Iterator[list[Field]]:
    """Yield the fields of the records of files that could be read."""
    for path in paths:
        yield from loaded_fields(i for i in marc.read(path) if isinstance(i, marc.Loaded))


def side(work: int) -> Literal["teach", "check"] | None:
    """Return what a work is held out for: 17 in 100 teach the judges, 8 calibrate them.

    A work is on one side only: the draw goes by its hash.
    """
    draw = work * 2654435761 % 2**32 / 2**32
    return None if draw < 0.75 else "teach" if draw < 0.92 else "check"


def tell(text: str) -> None:
    """Say on standard error what is done, and after how many seconds."""
    sys.stderr.write(f"{text} after {time.process_time():.0f} s\n")
