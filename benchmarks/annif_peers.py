"""Omikuji and Annif's TF-IDF for the benchmarks of `classify`: their environment, texts, results."""

from __future__ import annotations

import json
import subprocess
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from techproc.classify.fields import Field

__all__ = ["run", "text_of"]

PEERS = ("omikuji", "scikit-learn")
SCRIPT = Path(__file__).with_name("omikuji_peer.py")
_SHOWN = {
    "245": "abnp",
    "100": "a",
    "110": "ab",
    "111": "a",
    "440": "a",
    "490": "a",
    "505": "at",
    "520": "a",
}
Ranked = list[tuple[str, float]]


def text_of(fields: Sequence[Field]) -> str:
    """Return title, summary, contents, creator and series of a record as one text."""
    values = [
        value
        for tag, _, subfields in fields
        if tag in _SHOWN
        for code, value in subfields
        if code in _SHOWN[tag]
    ]
    return " ".join(" ".join(values).split())


def _python(folder: Path) -> Path:
    """Return the Python of an environment that has the peers, made when it is not there."""
    python = folder / "bin" / "python"
    if not python.is_file():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
    return python


def run(
    folder: Path, train: Sequence[tuple[str, Sequence[str]]], test: Sequence[str]
) -> dict[str, tuple[str, list[Ranked]]]:
    """Return for each peer what it cost, and for each text its ten best labels with scores.

    `folder` is the environment of the peers; `train` are texts with their labels.
    """
    with tempfile.TemporaryDirectory() as place:
        at = Path(place)
        rows = [("train", train), ("test", [(text, ()) for text in test])]
        for name, pairs in rows:
            lines = (json.dumps({"text": t, "labels": list(labels)}) + "\n" for t, labels in pairs)
            (at / f"{name}.jsonl").write_text("".join(lines), "utf-8")
        done = subprocess.run(
            [_python(folder), SCRIPT, place], capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"the peers failed: {done.stderr.strip().splitlines()[-1:]}")
            return {}
        results = {}
        for line in (at / "results.jsonl").read_text("utf-8").splitlines():
            told = json.loads(line)
            found = (at / f"{told['name']}.jsonl").read_text("utf-8").splitlines()
            cost = (
                f"learned in {told['learned_s']} s CPU, {told['peak_mb']} MB, "
                f"{told['records_s']} records a CPU second"
            )
            results[told["name"]] = (cost, [[(n, s) for n, s in json.loads(f)] for f in found])
        return results
