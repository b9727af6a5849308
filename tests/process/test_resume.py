"""A run that is killed at any moment goes on, and ends as if nothing had happened."""

from __future__ import annotations

import datetime
import os
import random
import signal
import time
from pathlib import Path

import pytest

from techproc.errors import DataLossRefused, OutputExists
from techproc.process import process
from techproc.process.staging import JOURNAL, OUTPUTS, STAGING

EXAMPLES = Path(__file__).parents[2] / "examples"
NOW = datetime.datetime(2026, 1, 5, 9, 0)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


def run(folder: Path, *, kill_after: float | None = None) -> bool:
    """Run the example in a child process; return whether it lived to its end."""
    child = os.fork()
    if not child:
        code = 1
        try:
            process(
                [str(EXAMPLES / "trolley.csv"), str(EXAMPLES / "vendor.mrc")],
                folder,
                catalog=EXAMPLES / "catalogue.mrc",
                source_files=[str(EXAMPLES / "copy-source.mrc")],
                now=NOW,
            )
            code = 0
        finally:
            os._exit(code)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(status) == 0
    return True


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """The outputs of an uninterrupted run, and the seconds it took."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    run(folder.with_name("warm-up"))
    started = time.monotonic()
    assert run(folder)
    return {name: (folder / name).read_bytes() for name in OUTPUTS}, time.monotonic() - started


def check(points: int, whole: tuple[dict[str, bytes], float], tmp_path: Path) -> int:
    """Kill a run at each of so many moments, some of them twice; return how many kills hit."""
    outputs, seconds = whole
    chance = random.Random(points)
    hits = 0
    for point in range(points):
        folder = tmp_path / str(point)
        hits += not run(folder, kill_after=seconds * (point + 0.5) / points)
        journal = folder / STAGING / JOURNAL
        if journal.exists() or not (folder / "report.json").exists():
            # What is there is whole: outputs are moved into place, never written there.
            for name in OUTPUTS:
                if (folder / name).exists():
                    assert (folder / name).read_bytes() == outputs[name], (point, name)
            if point % 3 == 0:
                hits += not run(folder, kill_after=seconds * chance.random())
            if journal.exists() or not (folder / "report.json").exists():
                assert run(folder)
        for name in OUTPUTS:
            assert (folder / name).read_bytes() == outputs[name], (point, name)
        left = {path.name for path in folder.iterdir()} - set(OUTPUTS)
        assert left <= {STAGING}
        assert not left or not any((folder / STAGING).iterdir())
    return hits


def test_a_killed_run_goes_on(whole: tuple[dict[str, bytes], float], tmp_path: Path) -> None:
    """Killed at five moments, it ends each time with the bytes of an uninterrupted run."""
    assert check(5, whole, tmp_path)


@pytest.mark.slow
def test_a_run_killed_at_sixty_moments_goes_on(
    whole: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    """Sixty moments spread over the whole run, every third of them killed twice."""
    assert check(60, whole, tmp_path) >= 50


def test_a_finished_folder_is_not_run_over(tmp_path: Path) -> None:
    """Outputs that are there are kept unless force says otherwise."""
    folder = tmp_path / "out"
    arrivals = [str(EXAMPLES / "trolley.csv")]
    process(arrivals, folder, now=NOW)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(OutputExists, match="--force"):
        process(arrivals, folder, now=NOW)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    process(arrivals, folder, now=NOW, force=True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_an_unfinished_run_of_other_inputs_is_not_mixed_in(tmp_path: Path) -> None:
    """A journal belongs to its inputs: another command does not go on with it."""
    folder = tmp_path / "out"
    child = os.fork()
    if not child:
        process(
            [str(EXAMPLES / "trolley.csv")],
            folder,
            now=NOW,
            progress=lambda progress: os.kill(os.getpid(), signal.SIGKILL),
        )
        os._exit(0)
    os.waitpid(child, 0)
    with pytest.raises(DataLossRefused, match="unfinished run"):
        process([str(EXAMPLES / "vendor.mrc")], folder, now=NOW)
    assert process([str(EXAMPLES / "trolley.csv")], folder, now=NOW).tally.read == 57
