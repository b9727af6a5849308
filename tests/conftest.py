"""Fixtures that every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]

# A busy machine is no fault of the code: no test fails for the time of one example.
settings.register_profile("techproc", deadline=None)
settings.load_profile("techproc")


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The folder of small made and real files that the tests read."""
    return ROOT / "tests" / "fixtures"


@pytest.fixture(scope="session")
def examples() -> Path:
    """The shipped example batch."""
    return ROOT / "examples"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data beside the project; tests that want it skip without it."""
    data = ROOT.parent / "shared" / "data"
    if not data.is_dir():
        pytest.skip("the real data (../shared/data) is not beside this checkout")
    return data
