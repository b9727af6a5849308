"""Outputs are whole or not there, and nothing else is taken for one of them."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from techproc.errors import OutputError, OutputExists
from techproc.files import atomic_output


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    """An error within leaves the old one as it was, and nothing beside it."""
    target = tmp_path / "out"
    with atomic_output(target) as stream:
        stream.write(b"one")
        assert not target.exists()
    with pytest.raises(OutputExists), atomic_output(target):
        pass
    with pytest.raises(ZeroDivisionError), atomic_output(target, force=True) as stream:
        stream.write(b"two")
        raise ZeroDivisionError
    assert target.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [target]


def test_a_device_is_written_to_and_stays_one() -> None:
    """--force does not make a file of /dev/null, as root either; it is not "there already"."""
    for force in (False, True):
        with atomic_output(os.devnull, force=force) as stream:
            stream.write(b"nothing")
        assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_device_is_told_in_a_sentence() -> None:
    """The error of the system names the place and what to do."""
    with pytest.raises(OutputError, match="/dev/full: the disk is full"):  # noqa: SIM117
        with atomic_output("/dev/full") as stream:
            stream.write(b"x" * 1_000_000)


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    """What reads a named pipe gets the output."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    with atomic_output(pipe) as stream:
        stream.write(b"through")
    reader.join()
    assert read == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file that it points to is replaced."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"one")
    link.symlink_to(target)
    with pytest.raises(OutputExists), atomic_output(link):
        pass
    with atomic_output(link, force=True) as stream:
        stream.write(b"two")
    assert link.is_symlink()
    assert target.read_bytes() == b"two"


def test_an_error_is_told_with_the_name_of_its_own_file(tmp_path: Path) -> None:
    """Of several files that are written together, the one that cannot be is named."""
    with (
        pytest.raises(OutputError, match=r"/x{300}: the name is too long"),
        atomic_output(tmp_path / "first"),
        atomic_output(tmp_path / ("x" * 300)),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
