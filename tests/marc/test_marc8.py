"""MARC-8 both ways."""

from __future__ import annotations

import io
import lzma
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.errors import NotEncodable
from techproc.marc import Loaded, _marc8tables, _plainmarc8, encode, iso2709, marc8, read, weights
from techproc.marc.scanner import COMPILED, run

LETTERS = (
    "abcXYZ 019.,;:/()"
    + "éèüñřžńąłøđþœß£©±°ªⱥơƯʹʻ"
    + "Ελληνικά"
    + "עברית"
    + "Русскийёґў"
    + "عربي"
    + "中国日本語한국"
)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Dvo\xe9r\xe2ak", "Dvořák"),
        (b"Nguy\xe3\xe4en", "Nguyễn"),
        (b"\xebi\xecUri\xe6i", "i︠U︡riĭ"),
        (b"\x1b(2yhxpaej\x1b(B", "שטרנבוך"),
        (b"\x1b(NmOSKWA\x1b(B", "Москва"),
        (b"\x1b$1!0T!CG\x1b(B", None),
        (b"H\x1bb2\x1bsO", "H₂O"),
        (b"x\x1bp2\x1bs", "x²"),
        (b"\x1bga\x1bs-rays", "α-rays"),
        (b"\x1b(SoPX\x1b(B", None),
        (b"\xb9" + b"8.99", "£8.99"),
        (b"Fat\xe2i&#x2019;s", "Fatí’s"),
        (b"\x88The \x89Title", "\x98The \x9cTitle"),
    ],
)
def test_real_values_decode(data: bytes, text: str | None) -> None:
    """Values found in records decode without an error, whatever set they switch to."""
    decoded, errors = marc8.decode(data)
    assert errors == 0
    if text is not None:
        assert decoded == text


def test_a_byte_in_no_table_is_counted_and_replaced() -> None:
    """Bytes without a meaning are not dropped silently."""
    assert marc8.decode(b"a\xffb") == ("a\ufffdb", 1)


def test_a_mark_without_a_letter_stays() -> None:
    """A mark at the end of a value is kept."""
    assert marc8.decode(b"prf\xe7")[0] == "prf\u0307"


def test_broken_escapes_and_short_triples_do_not_raise() -> None:
    """What is cut off in the middle of an escape or an East Asian character is decoded."""
    for cut in range(12):
        marc8.decode(b"\x1b$1!0T!CG\x1b(B"[:cut])


def test_what_marc8_lacks_is_a_reference_or_refused() -> None:
    """The caller chooses between `&#x…;` and an error that names the character."""
    assert marc8.encode("don’t") == b"don&#x2019;t"
    assert marc8.decode(b"don&#x2019;t") == ("don’t", 0)
    with pytest.raises(NotEncodable, match=r"’ \(U\+2019\)"):
        marc8.encode("don’t", references=False)


def test_values_end_in_ascii() -> None:
    """Each value goes back to the default sets before it ends."""
    for text in ("Москва", "中国", "H₂", "עברית"):
        assert marc8.encode(text)[-3:] == b"\x1b(B" or marc8.encode(text)[-2:] == b"\x1bs"


@given(st.text(alphabet=LETTERS, max_size=40))
def test_what_the_tables_hold_comes_back(text: str) -> None:
    """Encoding and decoding give the text back, in composed form."""
    text = unicodedata.normalize("NFC", text)
    assert marc8.decode(marc8.encode(text)) == (text, 0)


@given(st.text(max_size=30).filter(lambda t: "&#x" not in t))
def test_any_text_survives_by_references(text: str) -> None:
    """Nothing is lost on the way through MARC-8, canonical equivalence aside."""
    decoded, _ = marc8.decode(marc8.encode(text))
    expected = "".join(c for c in text)
    halves = {"\u0361": "", "\u0360": "", "\ufe20": "", "\ufe21": "", "\ufe22": "", "\ufe23": ""}
    table = str.maketrans(halves)
    same = unicodedata.normalize("NFD", decoded.translate(table))
    assert same == unicodedata.normalize("NFD", expected.translate(table)) or any(
        unicodedata.combining(c) or "\x80" <= c < "\xa0" or c < " " or "\ud800" <= c < "\ue000"
        for c in text
    )


@given(st.binary(max_size=60))
def test_no_bytes_raise(data: bytes) -> None:
    """Whatever the bytes, decoding gives text."""
    text, errors = marc8.decode(data)
    assert isinstance(text, str)
    assert errors >= 0


compiled = pytest.mark.skipif(not COMPILED, reason="the C core is not built")
# What records hold, in disorder: sets designated and left, marks, East Asian triples, references.
PIECES = st.sampled_from(
    [b"\x1b(N", b"\x1b(B", b"\x1b$1", b"\x1b)S", b"\x1b,2", b"\x1b$)1", b"\x1b)!E", b"\x1bb", b"\x1bs",
     b"\xe2e", b"\xe3\xe4e", b"\xeb", b"!0T", b"!CG", b"&#x2019;", b"&#xD800;", b"&#x1f;", b"mOSKWA",
     b"\x1b", b"\xb9", b"\x88", b"\x1f", b" "]
)  # fmt: skip


@compiled
@given(st.lists(st.one_of(PIECES, st.binary(max_size=4)), max_size=12), st.booleans())
@settings(max_examples=1500, deadline=None)
def test_both_cores_decode_the_same(pieces: list[bytes], references: bool) -> None:
    """The C core and its Python twin agree on any bytes."""
    data = b"".join(pieces)
    assert marc8.core().marc8_decode(data, references) == _plainmarc8.marc8_decode(data, references)


@compiled
def test_both_cores_know_every_code() -> None:
    """Each code of each set is the same character in both, with and without a mark before it."""
    singles = [bytes([byte]) for byte in range(256) if byte != 0x1B]
    for final in b"2N34QSgbpBE":
        for half in b"()":
            for code in singles:
                data = b"\x1b" + bytes([half, final]) + code + b"a"
                assert marc8.core().marc8_decode(data, True) == _plainmarc8.marc8_decode(data, True)
    for code in _marc8tables.tables()[0x31]:
        data = b"\x1b$1" + code.to_bytes(3, "big") + b"\x1b(Bx"
        assert marc8.core().marc8_decode(data, True) == _plainmarc8.marc8_decode(data, True)


def _written(item: Loaded, *encoding: str) -> bytes | str:
    """Return a record's bytes, or why it has none: its leader may be damaged."""
    try:
        return encode(item.record, *encoding)
    except NotEncodable as error:
        return str(error)


def _as_read(data: bytes) -> list[object]:
    return [
        (i.encoding, i.findings, str(i.record.leader), _written(i), _written(i, "marc-8"))
        if isinstance(i, Loaded)
        else i
        for i in read(io.BytesIO(data))
    ]


def _agree(monkeypatch: pytest.MonkeyPatch, data: bytes) -> int:
    """Check that records taken in C are those that the reader takes apart; return how many are."""
    quick = _as_read(data)
    taken = 0

    def count(*arguments: object) -> None:
        nonlocal taken
        taken += weights.core().marc8_record(arguments[0].data, arguments[0].at, True) is not None  # type: ignore[attr-defined]

    monkeypatch.setattr(iso2709, "_take_marc8", count)
    assert _as_read(data) == quick
    monkeypatch.undo()
    return taken


VALUES = st.lists(st.one_of(PIECES, st.binary(max_size=4)))


@compiled
@given(
    st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=4),
    st.integers(0, 500),
    st.binary(max_size=2),
)
@settings(max_examples=600, deadline=None)
def test_records_taken_in_c_are_those_the_reader_takes_apart(
    fields: list[tuple[list[bytes], list[bytes]]], place: int, patch: bytes
) -> None:
    """Sound or with a byte or two overwritten: the same record, findings and bytes."""
    bodies = [
        b"10\x1fa" + b"".join(one) + b"\x1fb" + b"".join(two) + b"\x1e" for one, two in fields
    ]
    directory, start = b"", 0
    for body in bodies:
        directory += b"245%04d%05d" % (len(body), start)
        start += len(body)
    base = 25 + len(directory)
    head = b"%05dnam  22%05d a 4500" % (base + start + 1, base)
    raw = head + directory + b"\x1e" + b"".join(bodies) + b"\x1d"
    place %= len(raw)
    raw = raw[:place] + patch + raw[place + len(patch) :]
    with pytest.MonkeyPatch.context() as monkeypatch:
        _agree(monkeypatch, raw + raw)


@compiled
@pytest.mark.slow
def test_real_records_taken_in_c(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 6,000 records flagged MARC-8, those with more than ASCII come out the same both ways."""
    data = lzma.decompress((shared_data / "marc" / "mixed-marc8.mrc.xz").read_bytes())
    assert _agree(monkeypatch, data) > 700


def test_a_record_in_marc8_keeps_its_bytes_and_its_leader() -> None:
    """Read and untouched it is written as it was; in UTF-8 its lengths and flag are new."""
    raw = b"00058nam  2200037   4500245002000000\x1e10\x1faDvo\xe9r\xe2ak, A.\x1e\x1d"
    raw = b"%05d" % len(raw) + raw[5:27] + b"%04d" % (len(raw) - 38) + raw[31:]
    (item,) = read(io.BytesIO(raw))
    assert isinstance(item, Loaded)
    assert (item.encoding, item.findings, item.raw) == ("marc-8", (), raw)
    assert encode(item.record, "marc-8") == raw
    made = encode(item.record)
    assert (made[9:10], run(made, 0, True, 1)[1]) == (b"a", len(made))
    assert item.record["245"]["a"] == "Dvořák, A."
    item.record["245"]["a"] = "Smetana"
    assert b"Smetana" in encode(item.record)
    assert str(item.record.leader)[9] == " "
