"""The commands in the documentation run, and links lead somewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(?:console|sh|bash)\n(.*?)^```", re.DOTALL | re.MULTILINE)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
EXIT = re.compile(r"#\s*exit (\d+)\s*$")
# What sets an environment up is tried on a fresh clone by .ci/run, what asks servers by no test.
ELSEWHERE = re.compile(
    r"sh (examples|tests)/run\.sh|\.ci/run|--target|--openlibrary|sources (?:check|scan)|trolley\.csv vendor\.mrc"
)


def commands(page: Path) -> list[tuple[str, list[str]]]:
    """The commands of a page, each with the lines that it should print."""
    found: list[tuple[str, list[str]]] = []
    for block in BLOCK.findall(page.read_text("utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif found and line.strip() and not line.startswith("…"):
                found[-1][1].append(line.rstrip())
    return found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A copy of what the commands name, as it stands at the root of the project."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copytree(ROOT / "tests" / "fixtures", tmp_path / "tests" / "fixtures")
    shutil.copy(ROOT / "README.md", tmp_path)
    return tmp_path


WITH_COMMANDS = [page for page in PAGES if commands(page) and "reference" not in page.parts]


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=[page.name for page in WITH_COMMANDS])
def test_the_commands_of_a_page_run(page: Path, place: Path) -> None:
    """Each exits as the page says, and prints the lines that the page shows."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {
        **os.environ,
        "PATH": path,
        "HOME": str(place),
        "NO_COLOR": "1",
        "COLUMNS": "100",
    }
    for command, lines in commands(page):
        if ELSEWHERE.search(command):
            continue
        ran = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=place, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        wanted = EXIT.search(command)
        assert ran.returncode == int(wanted[1] if wanted else 0), (
            f"{command}\n{ran.stdout}{ran.stderr}"
        )
        for line in lines:
            assert line in ran.stdout + ran.stderr, f"{command}\nshould print: {line}\n{ran.stdout}"


WITH_PYTHON = [page for page in PAGES if PYTHON.search(page.read_text("utf-8"))]


@pytest.mark.parametrize("page", WITH_PYTHON, ids=[page.name for page in WITH_PYTHON])
def test_the_python_of_a_page_runs(page: Path, place: Path) -> None:
    """The examples of a page run one after the other, without a warning."""
    code = "\n".join(PYTHON.findall(page.read_text("utf-8")))
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=place, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link is to a file that is there."""
    for link in LINK.findall(page.read_text("utf-8")):
        if "://" not in link and not link.startswith("mailto:"):
            assert (page.parent / link).exists(), link


@pytest.mark.parametrize("folder", ["how-to", "explanation"])
def test_every_page_is_on_the_map(folder: str) -> None:
    """docs/README.md names each how-to and explanation."""
    text = (ROOT / "docs" / "README.md").read_text("utf-8")
    for page in (ROOT / "docs" / folder).glob("*.md"):
        assert f"({folder}/{page.name})" in text, page.name
