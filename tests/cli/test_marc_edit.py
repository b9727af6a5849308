"""`techproc marc edit`, `recipes` and `patch`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"
LONGER = '[[step]]\nreplace = "245$a"\npattern = "^"\nwith = "x"'


@pytest.fixture
def sample(fixtures: Path) -> Path:
    return fixtures / "forms" / "sample.mrc"


def valid(name: str, text: str) -> list[Any]:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    values = [json.loads(line) for line in text.splitlines()]
    for value in values:
        jsonschema.validate(value, schema, cls=jsonschema.Draft202012Validator)
    return values


def test_edit_and_back(techproc: Callable[..., Any], sample: Path, tmp_path: Path) -> None:
    """The patch is written beside the output, and gives the file back byte for byte."""
    output = tmp_path / "edited.mrc"
    ran = techproc("marc", "edit", sample, "--recipe", "rda-upgrade", "-o", output)
    assert ran.code == 0, ran.err
    undo = tmp_path / "edited.mrc.undo.jsonl.gz"
    assert output.read_bytes() != sample.read_bytes() and undo.exists()
    back = tmp_path / "back.mrc"
    ran = techproc("marc", "patch", "apply", undo, output, "-o", back)
    assert ran.code == 0 and "every byte" in ran.err
    assert back.read_bytes() == sample.read_bytes()
    piped = techproc("marc", "patch", "apply", undo, "-", stdin=output.read_bytes())
    assert piped.raw == sample.read_bytes()


def test_a_patch_and_another_file(
    techproc: Callable[..., Any], sample: Path, tmp_path: Path
) -> None:
    """Record by record; what has changed since is refused with exit code 5, unless --partial."""
    output, undo = tmp_path / "edited.mrc", tmp_path / "undo.jsonl"
    techproc("marc", "edit", sample, "--recipe", "rda-upgrade", "-o", output, "--undo", undo)
    redo = tmp_path / "redo.jsonl"
    assert techproc("marc", "patch", "reverse", undo, "-o", redo).code == 0
    again = techproc("marc", "patch", "apply", redo, sample)
    assert again.code == 0 and again.raw == output.read_bytes()
    twice = techproc("marc", "patch", "apply", redo, output)
    assert twice.code == 5 and not twice.raw and "patch.stale" in twice.err
    partial = techproc("marc", "patch", "apply", redo, output, "--partial")
    assert partial.code == 1 and partial.raw == output.read_bytes()


def test_dry_run_shows_and_writes_nothing(
    techproc: Callable[..., Any], sample: Path, tmp_path: Path
) -> None:
    """A line a field before and after, no escape codes in a pipe; JSON as its schema says."""
    before = sorted(tmp_path.iterdir())
    ran = techproc("marc", "edit", sample, "--recipe", "rda-upgrade", "--dry-run")
    assert ran.code == 0 and "\x1b" not in ran.out
    assert "  + 336 __ $a text $b txt $2 rdacontent" in ran.out.splitlines()
    assert sorted(tmp_path.iterdir()) == before
    ran = techproc("marc", "edit", sample, "--recipe", "rda-upgrade", "--dry-run", "--json")
    shown = valid("marc-edit", ran.out)
    assert shown[-1]["summary"]["changed"] == len(shown) - 1 > 0
    ran = techproc("marc", "edit", sample, "--recipe", "rda-upgrade", "--dry-run", "-n", "1")
    assert ran.out.count("record ") == 1 and "more changed records" in ran.err


def test_show(techproc: Callable[..., Any], sample: Path, tmp_path: Path) -> None:
    """What a patch does, as text and as JSON."""
    undo = tmp_path / "undo.jsonl"
    techproc(
        "marc", "edit", sample, "--recipe", "rda-upgrade", "-o", tmp_path / "o", "--undo", undo
    )
    assert "  - 336 __ $a text" in techproc("marc", "patch", "show", undo).out
    assert valid("marc-patch-show", techproc("marc", "patch", "show", undo, "--json").out)


def test_a_recipe_that_never_ends(
    techproc: Callable[..., Any], sample: Path, tmp_path: Path
) -> None:
    """It is warned of; --fail-on warning makes that an exit code."""
    recipe = tmp_path / "longer.toml"
    recipe.write_text(LONGER)
    arguments = ("marc", "edit", sample, "--recipe", recipe, "--no-undo", "-o", "-")
    ran = techproc(*arguments)
    assert ran.code == 0 and "edit.not-idempotent" in ran.err
    assert techproc(*arguments, "--fail-on", "warning").code == 1
    assert "edit.not-idempotent" not in techproc(*arguments, "--once").err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--recipe", "rda"), "rda-upgrade"),
        (("--recipe", "nfc", "--set", "x"), "name=value"),
        (("--recipe", "nfc", "--set", "x=1"), "unknown parameter x"),
        (("--recipe", "nfc"), "--undo"),
        (("--recipe", "nfc", "--no-undo", "--json"), "-o FILE"),
        (("--recipe", "there/is/none.toml"), "no such file"),
    ],
)
def test_usage(
    techproc: Callable[..., Any], sample: Path, arguments: tuple[str, ...], said: str
) -> None:
    """Mistakes are exit code 2 and a sentence, before anything is read."""
    ran = techproc("marc", "edit", sample, *arguments)
    assert ran.code == 2 and said in ran.err and not ran.raw


def test_rejects_are_kept(techproc: Callable[..., Any], fixtures: Path, tmp_path: Path) -> None:
    """Exit code 3; the bytes are in --rejects, and in the patch."""
    damaged = fixtures / "marc" / "damaged.mrc"
    output, rejects = tmp_path / "o.mrc", tmp_path / "r.bin"
    ran = techproc(
        "marc", "edit", damaged, "--recipe", "9xx-cleanup", "-o", output, "--rejects", rejects
    )
    assert ran.code == 3 and rejects.read_bytes().startswith(b"-- page 2 of 3 --")
    back = techproc("marc", "patch", "apply", tmp_path / "o.mrc.undo.jsonl.gz", output)
    assert back.raw == damaged.read_bytes()


def test_in_place(techproc: Callable[..., Any], sample: Path, tmp_path: Path) -> None:
    """--force writes over the input itself; the patch brings it back."""
    file = tmp_path / "load.mrc"
    file.write_bytes(sample.read_bytes())
    assert techproc("marc", "edit", file, "--recipe", "nfd", "-o", file).code == 5
    assert (
        techproc("marc", "edit", file, "--recipe", "rda-upgrade", "-o", file, "--force").code == 0
    )
    undo = f"{file}.undo.jsonl.gz"
    assert techproc("marc", "patch", "apply", undo, file, "-o", file, "--force").code == 0
    assert file.read_bytes() == sample.read_bytes()


def test_recipes(techproc: Callable[..., Any]) -> None:
    """Listed, printed whole, and the transformations with their options."""
    assert "rda-upgrade" in techproc("marc", "recipes").out
    assert valid("marc-recipes", techproc("marc", "recipes", "--json").out)
    assert techproc("marc", "recipes", "nfc").out.startswith("title = ")
    assert "carrier" in techproc("marc", "recipes", "--transformations").out
    ran = techproc("marc", "recipes", "nfcc")
    assert ran.code == 2 and "did you mean nfc" in ran.err
