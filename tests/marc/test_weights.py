"""The C core weighs single-byte encodings as Python does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.marc import evidence, latin, weights
from techproc.marc.scanner import COMPILED

NAMES = ["", *weights.SINGLE]
PIECES = st.one_of(
    st.binary(max_size=5),
    st.text("éèüÉñß–“Жжяоеа ab", max_size=6).map(lambda text: text.encode("cp1252", "ignore")),
    st.text("ЖжяоеаНИ ab", max_size=6).map(lambda text: text.encode("koi8-r")),
    st.text("ЖжяоеаНИ ab", max_size=6).map(lambda text: text.encode("cp1251")),
    st.text("aeoАé ", max_size=3).map(str.encode),
    st.sampled_from(
        [b"\xe2e", b"\xe8u", b"\xeai", b"\xeci\xeda", b"\xb1", b"\x1b(N", b"\x88", b"Az"]
    ),
)


def weighed_in_python(data: bytes, flagged: bool) -> str:
    """Return the encoding that the C core should name: none for what it leaves alone.

    That is UTF-8, and what may be MARC-8 or Latin-1.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        found = evidence.weigh(data, flagged)
        doubtful = found.latin is not None
        return found.encoding if found.encoding in NAMES and not doubtful else ""
    return ""


def expected_names(data: bytes, flagged: bool) -> tuple[str, ...]:
    """Return what the C core may say: nothing, too, where the odds go against the weights."""
    expected = weighed_in_python(data, flagged)
    if expected == "cp1252" and not flagged and latin.odds(data) > latin.BEYOND_DOUBT:
        return "", expected
    return (expected,)


@pytest.mark.skipif(not COMPILED, reason="without the C core")
@given(st.lists(PIECES, max_size=30), st.booleans())
@settings(max_examples=1500, deadline=None)
def test_both_cores_weigh_the_same(pieces: list[bytes], flagged: bool) -> None:
    """Any bytes are in the same encoding to both; UTF-8 and mixed text is in none of the four."""
    data = b"".join(pieces) + b"\x1e"
    name = NAMES[weights.core().weigh_text(data, flagged)]
    if data.isascii():
        return  # no encoding to weigh
    assert name in expected_names(data, flagged)


@pytest.mark.skipif(not COMPILED, reason="without the C core")
@given(st.binary(min_size=1, max_size=4), st.sampled_from([b"", b"a", b"A", b"1"]), st.booleans())
@settings(max_examples=1500, deadline=None)
def test_one_run_weighs_the_same(high: bytes, before: bytes, flagged: bool) -> None:
    """Short runs after and before each kind of byte."""
    high = bytes(byte | 0x80 for byte in high)
    for after in (b"a", b"E", b"1", b"\x1b", b"\x1e"):
        data = before + high + after + b"\x1e"
        name = NAMES[weights.core().weigh_text(data, flagged)]
        assert name in expected_names(data, flagged)
