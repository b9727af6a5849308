"""Writing a report: arrivals are streamed, so a large run needs no more memory than a small one."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

__all__ = ["write_report"]


def write_report(
    arrivals: Iterable[Mapping[str, Any]],
    run: Mapping[str, Any],
    *,
    html_file: Path,
    json_file: Path,
) -> None:
    """Write `report.html` and `report.json` of a run.

    `run` is what is said of the whole (totals, inputs, policy, findings); each of `arrivals` is a
    JSON object as docs/reference/schemas/report.schema.json describes it. The page holds the same
    objects and needs neither network nor another file.
    """
    page = resources.files("techproc.report").joinpath("page.html").read_text("utf-8")
    head, _, tail = page.partition("/*REPORT*/")
    title = html.escape(f"{run['title']}")
    with (
        html_file.open("w", encoding="utf-8", newline="\n") as shown,
        json_file.open("w", encoding="utf-8", newline="\n") as data,
    ):
        shown.write(head.replace("<!--TITLE-->", title))
        for piece in _pieces(arrivals, run):
            data.write(piece)
            # "</script>" in a title must not end the script, nor "<!--" begin a comment.
            shown.write(piece.replace("<", "\\u003c"))
        shown.write(tail)


def _pieces(arrivals: Iterable[Mapping[str, Any]], run: Mapping[str, Any]) -> Iterator[str]:
    yield '{"run": ' + json.dumps(run, ensure_ascii=False, indent=1) + ',\n"arrivals": ['
    separator = "\n"
    for arrival in arrivals:
        yield separator + json.dumps(arrival, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"
