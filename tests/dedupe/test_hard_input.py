"""Files that are hard on blocking and on memory: one title ten thousand times, and copies of all."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from techproc.dedupe.engine import find_in_files


@pytest.fixture(scope="module")
def one_title(tmp_path_factory, book) -> Path:
    """Ten thousand records called "Annual report", each of its own company."""
    path = tmp_path_factory.mktemp("hard") / "reports.mrc"
    plain = book(
        "c00000", "Annual report", author="", publisher="Company p00000,", year="1999",
        pages="p00000 p.",
    ).as_marc()  # fmt: skip
    with path.open("wb") as out:
        for i in range(10_000):
            data = plain.replace(b"p00000", b"p%05d" % i).replace(b"c00000", b"c%05d" % i)
            out.write(data.replace(b"1999", b"%04d" % (1000 + i % 1000)))
    return path


@pytest.mark.slow
def test_ten_thousand_records_of_one_title(one_title):
    """The common keys are left out and reported; nothing runs together."""
    run = find_in_files([one_title])
    try:
        common = [f for f in run.findings if f.rule == "dedupe.common-key"]
        assert any("title:annual report" in finding.message for finding in common)
        assert run.tally.read == 10_000
        assert run.compared < 10_000 * 60
        assert all(len(cluster.records) < 7 or cluster.flags for cluster in run.clusters)
    finally:
        run.close()


# The start has made its own data; the limit is what comes on top of it.
FIND = """
import resource, sys
from techproc.dedupe.engine import find_in_files
from techproc.errors import TechprocError
status = open("/proc/self/status").read().split()
start = int(status[status.index("VmData:") + 1]) << 10
resource.setrlimit(resource.RLIMIT_DATA, (start + (int(sys.argv[2]) << 20),) * 2)
try:
    run = find_in_files([sys.argv[1]], processes=int(sys.argv[3]))
except TechprocError as error:
    print(error)
else:
    print(run.tally.read, len(run.clusters), len(run.certain), len(run.edges))
    run.close()
"""


@pytest.fixture(scope="module")
def copies(tmp_path_factory, book) -> Path:
    """Ten thousand records six times each; ten of them at a time are editions of one work."""
    path = tmp_path_factory.mktemp("copies") / "copies.mrc"
    plain = book(
        "c00000", "The taaaaa of uaaaaa", author="O'Brian aaaaaw,", year="1999", pages="261 p. ;"
    ).as_marc()
    with path.open("wb") as out:
        for work in range(1000):
            words = hashlib.md5(b"%d" % work).digest()
            name = bytes(97 + byte % 26 for byte in words[:5])
            data = plain
            for word in (b"taaaaa", b"uaaaaa", b"aaaaaw"):
                data = data.replace(word, word.replace(b"aaaaa", name))
            for edition in range(10):
                one = data.replace(b"1999", b"%d" % (1900 + 7 * edition))
                one = one.replace(b"261 p", b"%d p" % (120 + 31 * edition))
                for copy in range(6):
                    number = 60 * work + 6 * edition + copy
                    out.write(one.replace(b"c00000", b"c%05d" % number))
    return path


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited and read as Linux does")
@pytest.mark.parametrize(
    ("megabytes", "processes", "told"),
    [
        (200, 2, "60000 10000 10000 1770000"),
        (25, 1, "memory ran out at"),
    ],
)
def test_memory_is_limited(copies, megabytes, processes, told):
    """1.8 million pairs worth a look fit in 200 MB, in which they would not as objects.

    With too little memory the run ends in a sentence.
    """
    command = [sys.executable, "-c", FIND, copies, megabytes, processes]
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith(told)
