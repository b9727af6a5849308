"""Patches: shown, applied, reversed, and files given back byte for byte."""

from __future__ import annotations

import io
from pathlib import Path

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.errors import DataLossRefused, InputError
from techproc.marc import Loaded, encode, patchfile, read
from techproc.marc.fielddiff import FieldText
from techproc.marc.patch import (
    Content,
    Patcher,
    RecordPatch,
    apply_operations,
    content_digest,
    content_of,
    patch_between,
    plain_digest,
    reverse,
    write_content,
)
from techproc.marc.scanned import ScannedRecord

LEADER = "00000nam a2200000 i 4500"
FIELDS = st.lists(
    st.tuples(
        st.sampled_from(["245", "650", "880"]),
        st.sampled_from(["10\x1faSea", "10\x1faSee", "  \x1fbÉté\x1fcx", "00\x1fa"]),
    ),
    max_size=7,
)
CONTENTS = st.tuples(
    st.sampled_from([LEADER, "00000cas a2200000 a 4500"]),
    FIELDS.map(lambda fields: [("001", "1"), *fields]),
)


def sample(fixtures: Path) -> list[bytes]:
    """Return the sample's records as bytes."""
    items = read(fixtures / "forms" / "sample.mrc")
    return [item.raw for item in items if isinstance(item, Loaded) and item.raw]


@given(CONTENTS, CONTENTS)
def test_a_patch_makes_one_record_the_other_and_back(before: Content, after: Content) -> None:
    """Applying gives what was compared; reversing gives what there was; both through JSON."""
    patch = patch_between(1, before, after)
    assert apply_operations(before, patch.operations) == after
    assert patch.digest == content_digest(before) and patch.result == content_digest(after)
    back = reverse(patch)
    assert apply_operations(after, back.operations) == before
    assert reverse(back) == patch
    operations = tuple(patchfile.Operation.from_json(o.as_json()) for o in patch.operations)
    assert operations == patch.operations


@given(CONTENTS, CONTENTS, CONTENTS)
def test_a_patch_is_refused_by_another_record(
    before: Content, after: Content, other: Content
) -> None:
    """A record that is not what the patch expects is left alone, and said to be stale."""
    patch = patch_between(1, before, after)
    patcher = Patcher([patch])
    record = pymarc.Record()
    write_content(record, other)
    applied = patcher.apply(record)
    if content_digest(other) == patch.digest:
        assert applied is not None and not list(patcher.unused())
    else:
        assert applied is None
        assert content_of(record) == other
        assert [f.rule for f in patcher.unused()] == ["patch.stale"]


def test_the_digest_of_plain_bytes_is_that_of_the_record(fixtures: Path) -> None:
    """The short way to the digest comes to the same."""
    for raw in sample(fixtures):
        if patchfile.is_plain(raw):
            assert plain_digest(raw) == content_digest(content_of(ScannedRecord.plain(raw)))


def test_a_patch_for_a_record_that_is_not_there() -> None:
    """It is said, with the number and control number that it was made for."""
    patch = patch_between(7, (LEADER, [("001", "x")]), (LEADER, [("001", "x"), ("003", "y")]))
    (finding,) = Patcher([patch]).unused()
    assert (finding.rule, finding.record, finding.control) == ("patch.no-record", 7, "x")


def made(path: Path, raws: list[bytes]) -> tuple[bytes, bytes]:
    """Write a patch that undoes a change of each record; return the files before and after."""
    before, after = patchfile.Marker(), patchfile.Marker()
    result = []
    with path.open("wb") as stream:
        stream.write(patchfile.header_line("test", "iso2709"))
        stream.write(patchfile.splice_line(0, 0, b"\xff\xff stray"))
        before.add(b"\xff\xff stray")
        for number, raw in enumerate(raws, 1):
            record = ScannedRecord.plain(raw)
            old = content_of(record)
            if number % 2:
                record.add_field(pymarc.Field("599", None, [pymarc.Subfield("a", "Été")]))
                record.leader = pymarc.Leader(old[0][:17] + "3" + old[0][18:])
            patch = reverse(patch_between(number, old, content_of(record)))
            new = encode(record)
            stream.write(patchfile.patch_line(patch, after.bytes, len(new)))
            before.add(raw)
            after.add(new)
            result.append(new)
        stream.write(patchfile.end_line(len(raws), after.mark(), before.mark()))
    return b"\xff\xff stray" + b"".join(raws), b"".join(result)


def test_a_file_is_given_back_byte_for_byte(fixtures: Path, tmp_path: Path) -> None:
    """Records are rewritten, bytes that were no record are put back; another file is refused."""
    raws = [raw for raw in sample(fixtures) if patchfile.is_plain(raw)]
    assert len(raws) > 2
    before, after = made(tmp_path / "p", raws)
    output = io.BytesIO()
    patch = patchfile.PatchFile(tmp_path / "p")
    assert patchfile.restore(patch, io.BytesIO(after), output) == len(raws)
    assert output.getvalue() == before
    for other in (after[:-1] + b"x", after + b"\n", before):
        with pytest.raises(DataLossRefused):
            patchfile.restore(patch, io.BytesIO(other), io.BytesIO())


def test_a_broken_patch_is_refused(fixtures: Path, tmp_path: Path) -> None:
    """Without its last line, or with a line that is none, it is no patch."""
    path = tmp_path / "p"
    raws = [raw for raw in sample(fixtures) if patchfile.is_plain(raw)]
    made(path, raws)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(InputError, match="breaks off"):
        patchfile.PatchFile(path)
    path.write_bytes(b"".join([*lines[:2], b'{"record": 1}\n', *lines[2:]]))
    with pytest.raises(InputError, match="line 3"):
        list(patchfile.PatchFile(path).splices())
    path.write_bytes(b"".join(lines[1:]))
    with pytest.raises(InputError, match="no patch"):
        patchfile.PatchFile(path)


def test_raw_bytes_are_kept(tmp_path: Path) -> None:
    """Bytes that writing anew would not give travel in the patch."""
    content: Content = (LEADER, [("001", "1")])
    fields: list[FieldText] = [("001", "1"), ("500", "  \x1faX")]
    patch = reverse(patch_between(1, content, (LEADER, fields)), raw=b"\x00anything\xff")
    path = tmp_path / "p"
    path.write_bytes(
        patchfile.header_line("t", "iso2709")
        + patchfile.patch_line(patch, 0, 5)
        + patchfile.end_line(1, None, None)
    )
    (found,) = patchfile.PatchFile(path).splices()
    assert found == patchfile.Splice(0, 5, patch, b"\x00anything\xff")
    assert isinstance(found.patch, RecordPatch)
