"""The scanner: the C core and its Python twin give the same answers."""

from __future__ import annotations

import io
import lzma
from array import array
from dataclasses import FrozenInstanceError
from itertools import accumulate, pairwise
from pathlib import Path
from types import ModuleType

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.marc import Loaded, _plainscan, encode, iso2709, read, scanner
from techproc.marc.loaded import ReadOptions
from techproc.marc.scanned import RECORD, ScannedRecord

try:
    from techproc.marc import _scan

    CORES: list[ModuleType] = [_plainscan, _scan]
except ImportError:
    CORES = [_plainscan]


@pytest.fixture(params=CORES, ids=lambda core: core.__name__.rpartition(".")[2])
def core(request: pytest.FixtureRequest) -> ModuleType:
    """Each core that there is."""
    found: ModuleType = request.param
    return found


def make(control: str, *values: tuple[str, str, str]) -> bytes:
    """Return a record's bytes."""
    record = pymarc.Record(leader="00000nam a2200000 a 4500")
    record.add_field(pymarc.Field("001", data=control))
    for tag, code, value in values:
        record.add_field(pymarc.Field(tag, None, [pymarc.Subfield(code, value)]))
    return encode(record)


ONE = make("1", ("020", "a", "0306406152"), ("020", "a", "9780306406157"), ("245", "a", "Łódź"))
TWO = make("2", ("245", "a", "Plain"), ("245", "b", "rest"))
DATA = ONE + TWO


def test_a_run_ends_at_the_first_record_that_is_not_plain(core: ModuleType) -> None:
    """Plain records are handed out as they are, up to the first that is odd."""
    odd = TWO.replace(b"  \x1fb", b" \x1fb ")
    found, after = core.run(DATA + odd + ONE, 0, True, 100)
    assert found == [(ONE, False), (TWO, True)]
    assert after == len(DATA)


def test_a_record_at_the_end_waits_for_what_follows(core: ModuleType) -> None:
    """Unless it is known that nothing follows, the last record is not handed out yet."""
    assert core.run(DATA, 0, False, 100)[1] == len(ONE)
    assert core.run(DATA[:-1], 0, True, 100)[1] == len(ONE)


def test_items_are_made_whole(core: ModuleType) -> None:
    """Loaded records made by the scanner are those that the classes would make."""
    mould = (Loaded, {"form": "iso2709", "findings": (), "padding": 0})
    items, after = core.load(b"**" + DATA, 2, True, 100, 5, 70, RECORD, mould)
    assert after == 2 + len(DATA)
    for item, raw, offset, encoding in zip(
        items, (ONE, TWO), (70, 70 + len(ONE)), ("utf-8", "ascii"), strict=True
    ):
        assert item == Loaded(
            record=item.record, number=5 + items.index(item), offset=offset, length=len(raw),
            form="iso2709", encoding=encoding, raw=raw,
        )  # fmt: skip
        assert item.as_it_came
        with pytest.raises(FrozenInstanceError):
            item.number = 1
        assert type(item.record) is ScannedRecord
        assert item.record.raw == raw
        assert item.record.untouched
        assert item.record.as_marc() == raw
    with pytest.raises((TypeError, ValueError)):
        core.load(DATA, 0, True, 100, 1, 0, (1, {}), mould)


def test_gather_collects_values_by_record(core: ModuleType) -> None:
    """Values, their ends, and how many values there were by the end of each record."""
    columns = [(b"001", b""), (b"020", b"a"), (b"245", b"ab")]
    after, records, (control, isbn, title) = core.gather(DATA, 0, True, 100, columns)
    assert (after, records) == (len(DATA), 2)
    assert control[0] == b"12"
    assert isbn[0] == b"03064061529780306406157"
    assert list(memoryview(isbn[1]).cast("i")) == [0, 10, 23]
    assert list(memoryview(isbn[2]).cast("i")) == [0, 2, 2]
    assert bytes(title[0]).decode() == "ŁódźPlainrest"


def test_subfields_are_rows(core: ModuleType) -> None:
    """Each subfield and control field is a row that points into the data."""
    _, records, columns = core.subfields(DATA, 0, True, 100)
    assert records == 2
    record, field, tags, indicators, codes, ends, values = columns
    assert list(memoryview(record).cast("i")) == [0, 0, 0, 0, 1, 1, 1]
    assert list(memoryview(field).cast("i")) == [0, 1, 2, 3, 0, 1, 2]
    assert tags == b"001020020245001245245"
    assert indicators == b" " * 14
    assert codes == b" aaa ab"
    texts = [bytes(values[a:b]).decode() for a, b in pairwise(memoryview(ends).cast("i"))]
    assert texts == ["1", "0306406152", "9780306406157", "Łódź", "2", "Plain", "rest"]


def test_fields_by_tag_answer_what_is_asked(core: ModuleType) -> None:
    """Lists and texts, of all fields, of the first, and without those of another vocabulary."""
    control, data = core.grouped(ONE, b"001020")
    assert control == {"001": ["1"]}
    assert data == {"020": [("  ", "a", ("0306406152",)), ("  ", "a", ("9780306406157",))]}
    data["650"] = [(" 6", "ax", ("A", "B")), (" 0", "xa", ("C", "D"))]
    queries = (
        (("020", "650"), "a", "l"), (("020",), "a", "t"), (("020",), "a", "t1"),
        (("020",), "z", "t"), (("650",), "ax", "lo"), (("999",), "a", "l"),
    )  # fmt: skip
    assert core.ask(data, queries) == [
        ["0306406152", "9780306406157", "A", "D"], "0306406152 9780306406157", "0306406152", None,
        ["C", "D"], [],
    ]  # fmt: skip
    with pytest.raises(ValueError, match="plain"):
        core.grouped(b"no record", b"245")


def test_what_is_not_plain_is_refused_by_fields(core: ModuleType) -> None:
    """Only plain records can be taken apart."""
    assert core.fields(TWO) == (["001", "245", "245"], ["2", "  \x1faPlain", "  \x1fbrest"])
    with pytest.raises(ValueError, match="plain"):
        core.fields(TWO[:-1])


@pytest.mark.skipif(len(CORES) < 2, reason="the C core is not built")
@given(
    st.integers(1, 3), st.lists(st.integers(0, 2**24 - 1), max_size=2000), st.sampled_from([1, 300])
)
@settings(max_examples=60, deadline=None)
def test_both_cores_number_labels_alike(width: int, made: list[int], least: int) -> None:
    """However many labels there are; each number stands for the label it was given for."""
    made += range(least)
    data = b"".join(number.to_bytes(3, "little")[:width] for number in made)
    (numbers, distinct), other = (core.labels(data, width) for core in CORES)
    assert (numbers, distinct) == other
    places = numbers if len(numbers) == len(made) else memoryview(numbers).cast("i")
    found = b"".join(bytes(distinct[n * width : n * width + width]) for n in places)
    assert found == data


@pytest.mark.skipif(len(CORES) < 2, reason="the C core is not built")
@given(
    st.lists(st.integers(0, 2**31 - 1), max_size=300) | st.lists(st.integers(0, 300), max_size=300),
    st.integers(1, 3),
    st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_both_cores_pack_differences_alike(made: list[int], times: int, ends: bool) -> None:
    """Of any numbers, and of the sizes of values that end somewhere."""
    numbers = [min(each, 2**20) for each in made * times] if ends else made * times
    data = array("i", accumulate(numbers, initial=0) if ends else numbers).tobytes()
    packed, other = (core.deltas(data, ends) for core in CORES)
    assert packed == other


def _by_tag(core: ModuleType, raw: bytes) -> tuple[object, ...]:
    control, data = core.grouped(raw, b"001020245")
    every = tuple(((("020", "245"), "ab", how)) for how in ("l", "t", "l1", "to"))
    return control, data, core.ask(data, every)


def _same(data: bytes) -> None:
    columns = [(b"001", b""), (b"245", b"ab"), (b"020", b"")]
    answers = [
        (
            core.run(data, 0, True, 50),
            core.run(data, 0, False, 50),
            core.gather(data, 0, True, 50, columns),
            core.subfields(data, 0, True, 50),
            [_by_tag(core, raw) for raw, _ in core.run(data, 0, True, 50)[0]],
        )
        for core in CORES
    ]
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.skipif(len(CORES) < 2, reason="the C core is not built")
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(DATA)),
            st.integers(0, 3),
            st.one_of(
                st.binary(max_size=4), st.sampled_from([b"\x1f", b"\x1e", b"\xc3\xa9", b"9"])
            ),
        ),
        max_size=3,
    )
)
@settings(max_examples=400, deadline=None)
def test_both_cores_agree_on_damaged_data(edits: list[tuple[int, int, bytes]]) -> None:
    """Whatever was overwritten, inserted or cut, the two give the same answers."""
    data = DATA
    for place, size, new in edits:
        data = data[:place] + new + data[place + size :]
    _same(data)


@pytest.mark.skipif(len(CORES) < 2, reason="the C core is not built")
@given(st.integers(0, len(DATA) - 1), st.integers(0, 255))
@settings(max_examples=400, deadline=None)
def test_both_cores_agree_on_one_wrong_byte(place: int, byte: int) -> None:
    """The same for a single byte."""
    _same(DATA[:place] + bytes([byte]) + DATA[place + 1 :])


@pytest.mark.skipif(len(CORES) < 2, reason="the C core is not built")
@given(st.text(max_size=20).filter(lambda t: not set(t) & set("\x1d\x1e\x1f")))
@settings(max_examples=200, deadline=None)
def test_both_cores_agree_on_any_text(text: str) -> None:
    """The same for any characters in a field."""
    _same(make("9", ("245", "a", text)) + ONE)


@pytest.mark.parametrize("name", ["mixed-utf8", "mixed-marc8", "mixed-from-xml"])
def test_reading_gives_the_same_with_and_without_the_scanner(
    name: str, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records, encodings and findings do not depend on the fast path."""
    with lzma.open(shared_data / "marc" / f"{name}.mrc.xz") as stream:
        data = stream.read(400_000)
    data = data[: data.rfind(b"\x1d") + 1]
    fast = list(read(io.BytesIO(data)))
    monkeypatch.setattr(iso2709, "load", lambda data, at, *rest: ([], at))
    slow = list(iso2709.read_stream(io.BytesIO(data), ReadOptions(file="stream")))  # type: ignore[arg-type]
    assert len(fast) == len(slow)
    for one, other in zip(fast, slow, strict=True):
        assert (one.offset, one.length, one.findings) == (
            other.offset,
            other.length,
            other.findings,
        )
        if isinstance(one, Loaded):
            assert isinstance(other, Loaded)
            assert one.encoding == other.encoding
            assert str(one.record) == str(other.record)


def test_the_compiled_core_is_used_where_it_was_built() -> None:
    """Which core is in use can be asked."""
    assert (len(CORES) == 2) == scanner.COMPILED
