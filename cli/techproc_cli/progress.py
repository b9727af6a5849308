"""Progress on a terminal, with counts and the time left; silence in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress_bar"]

Show = Callable[[int, int | None, str], None]


@contextmanager
def progress_bar(*, quiet: bool = False, label: str = "") -> Iterator[Show]:
    """Yield a function (done, total or None, text) that shows progress on standard error.

    It shows nothing when standard error is no terminal or `quiet` is set.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda done, total, text: None
        return
    from rich.console import Console  # noqa: PLC0415  (only on a terminal)
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total, text: bar.update(
            task, completed=done, total=total, description=f"{label} {text}".strip()
        )
