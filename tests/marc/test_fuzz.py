"""A short run of the fuzzer, as CI has time for; `scripts/fuzz_reader.py --seconds 600` is a long one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "fuzz_reader.py"


@pytest.mark.slow
def test_a_short_run_of_the_fuzzer(tmp_path: Path) -> None:
    """Twenty seconds of mutated records of every form: nothing raised, nothing lost unsaid."""
    command = [sys.executable, str(SCRIPT), "--seconds", "20"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failed" in done.stdout
