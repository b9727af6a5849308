"""ISO 2709: nothing is lost, whatever the damage."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pymarc
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from techproc.findings import Severity
from techproc.marc import Loaded, Quarantined, ReadOptions, encode, framing
from techproc.marc.forms import form_named
from techproc.marc.framing import LIMIT, frames


def make(control: str, title: str = "Café society /", **extra: str) -> pymarc.Record:
    """Return a small record."""
    record = pymarc.Record(leader="00000nam a2200000 a 4500")
    record.add_field(pymarc.Field("001", data=control))
    record.add_field(pymarc.Field("008", data="200101s2020    nyu           000 0 eng d"))
    indicators = pymarc.Indicators("1", "0")
    record.add_field(pymarc.Field("245", indicators, [pymarc.Subfield("a", title)]))
    for tag, value in extra.items():
        record.add_field(pymarc.Field(tag[1:], None, [pymarc.Subfield("a", value)]))
    return record


def data_of(*titles: str) -> list[bytes]:
    """Return the bytes of some records."""
    return [encode(make(f"r{i}", title)) for i, title in enumerate(titles)]


def read(data: bytes, assume: str | None = None) -> list[Loaded | Quarantined]:
    """Read bytes as ISO 2709 and check that the items hold every byte of them."""
    items = list(form_named("iso2709").read(io.BytesIO(data), ReadOptions(assume=assume)))
    at = items[0].offset if items else 0
    for item in items:
        assert item.offset == at
        raw = item.raw
        assert raw is not None
        assert len(raw) == item.length
        assert data[at : at + item.length] == raw
        at += item.length + item.padding
    assert at == len(data) or not items
    assert [item.number for item in items] == list(range(1, len(items) + 1))
    return items


def controls(items: list[Loaded | Quarantined]) -> list[str]:
    """Return the control numbers of the records that were read."""
    return [str(item.record["001"].data) for item in items if isinstance(item, Loaded)]


def rules(items: list[Loaded | Quarantined]) -> set[str]:
    """Return the rules of all findings that are more than information."""
    return {
        finding.rule
        for item in items
        for finding in item.findings
        if finding.severity is not Severity.INFO
    }


THREE = data_of("First book /", "Café society /", "Third book /")


def test_sound_records_come_back_byte_for_byte() -> None:
    """What is valid is read without a finding and written unchanged."""
    items = read(b"".join(THREE))
    assert rules(items) == set()
    assert [encode(item.record) for item in items if isinstance(item, Loaded)] == THREE


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "length too small": (lambda r: b"00100" + r[5:], "marc.length-mismatch"),
    "length too large": (lambda r: b"00990" + r[5:], "marc.length-mismatch"),
    "length not a number": (lambda r: b"  9 0" + r[5:], "marc.length-mismatch"),
    "length of the two records": (lambda r: b"%05d" % (2 * len(r)) + r[5:], "marc.length-mismatch"),
    "base address wrong": (lambda r: r[:12] + b"00025" + r[17:], "marc.base-address"),
    "leader not ASCII": (lambda r: r[:6] + b"\xe9" + r[7:], "marc.leader"),
    "leader a byte short": (lambda r: r[:23] + r[24:], "marc.leader"),
    "leader with a replacement character": (
        lambda r: r[:22] + b"\xef\xbf\xbd" + r[23:],
        "marc.leader",
    ),
    "record terminator gone": (lambda r: r[:-1], "marc.missing-terminator"),
    "field terminator gone": (
        lambda r: r.replace(b"d\x1e10", b"d10"),
        "marc.missing-terminator",
    ),
    "field terminator overwritten": (
        lambda r: r.replace(b"d\x1e10", b"d 10"),
        "marc.missing-terminator",
    ),
    "directory lengths in characters": (
        lambda r: r.replace(b"\x1fa", b"\x1fa" + "é".encode()),
        "marc.directory-rebuilt",
    ),
    "line ends after each field": (lambda r: r.replace(b"\x1e", b"\x1e\r\n"), "marc.line-ends"),
    "line ends after every 60 bytes": (
        lambda r: b"\n".join(r[at : at + 60] for at in range(0, len(r), 60)),
        "marc.line-ends",
    ),
    "leader blank": (lambda r: b" " * 24 + r[24:], "marc.length-mismatch"),
    "control character": (lambda r: r.replace(b"10\x1fa", b"10\x1fa\x01"), "marc.control-bytes"),
    "indicator missing": (lambda r: r.replace(b"10\x1fa", b"1\x1fa"), "marc.indicators"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_one_damaged_record_costs_no_other(name: str) -> None:
    """The damaged record is recovered with a finding, and its neighbours are untouched."""
    damage, rule = DAMAGE[name]
    items = read(THREE[0] + damage(THREE[1]) + THREE[2])
    assert controls(items) == ["r0", "r1", "r2"]
    assert rule in rules(items)
    assert not items[0].findings
    assert not items[2].findings


@pytest.mark.parametrize(
    "between",
    [
        b"\r\n",
        b"\n",
        b"\0\0\0",
        b"  \n",
        b"\x1a",
        b"\x1d",
        b"\x1d\r\n\x1d",
        b"\x1e\x1d",
        b"\xef\xbb\xbf",
    ],
)
def test_padding_between_records_is_noted_and_harmless(between: bytes) -> None:
    """Line ends and the like between records lose nothing."""
    items = read(between.join(THREE) + between)
    assert controls(items) == ["r0", "r1", "r2"]
    assert {f.rule for item in items for f in item.findings} == {"marc.padding"}


def test_stray_bytes_are_quarantined() -> None:
    """Text between records goes to quarantine with its offset, byte for byte."""
    items = read(THREE[0] + b"-- end of batch 1 --" + THREE[1])
    assert controls(items) == ["r0", "r1"]
    stray = items[1]
    assert isinstance(stray, Quarantined)
    assert stray.raw == b"-- end of batch 1 --"
    assert stray.finding.rule == "marc.stray-bytes"


def test_a_truncated_last_record_is_quarantined() -> None:
    """A record that breaks off is not loaded with half of its fields."""
    items = read(THREE[0] + THREE[1][:-30])
    assert controls(items) == ["r0"]
    assert items[1].findings[0].rule == "marc.truncated"
    assert items[1].findings[0].control == "r1"


@pytest.mark.parametrize("after", [b"", THREE[2]], ids=["at the end", "before another"])
def test_no_field_is_read_with_a_part_of_its_text(after: bytes) -> None:
    """One or both terminators may be missing; with a byte of text the record is cut off."""
    whole = read(THREE[1])[0].record  # type: ignore[union-attr]
    for missing in range(1, 40):
        found = read(THREE[0] + THREE[1][:-missing] + after)[1]
        if missing <= 2:
            assert isinstance(found, Loaded)
            assert str(found.record) == str(whole)
        else:
            assert isinstance(found, Quarantined), missing
            assert found.finding.rule == "marc.truncated"


def test_a_directory_in_another_order_than_the_data_is_sound() -> None:
    """Directory entries need not stand in the order of the fields."""
    raw = THREE[0]
    first, second = raw[24:36], raw[36:48]
    items = read(raw[:24] + second + first + raw[48:])
    assert rules(items) == set()
    record = items[0].record  # type: ignore[union-attr]
    assert [field.tag for field in record.fields] == ["008", "001", "245"]


@pytest.mark.parametrize(
    ("title", "encoding", "flag", "rule"),
    [
        ("Café société /", "utf-8", b" ", "marc.encoding-utf8"),
        ("Université de Genève /", "latin-1", b"a", "marc.encoding-latin"),
        ("Université de Genève /", "latin-1", b" ", "marc.encoding-latin"),
        ("“Smart quotes” – and dashes…", "cp1252", b"a", "marc.encoding-latin"),
        ("История России: учебник", "koi8-r", b"a", "marc.encoding-cyrillic"),
        ("История России: учебник", "cp1251", b" ", "marc.encoding-cyrillic"),
    ],
)
def test_the_bytes_decide_the_encoding(title: str, encoding: str, flag: bytes, rule: str) -> None:
    """Text is read right under a wrong leader/09, with a finding and its confidence."""
    raw = _with_title(title.encode(encoding), flag)
    item = read(raw)[0]
    assert isinstance(item, Loaded)
    assert item.record["245"]["a"] == title
    assert [f.rule for f in item.findings] == [rule]
    assert item.findings[0].confidence is not None
    assert 0.5 <= item.findings[0].confidence <= 1


def test_marc8_under_a_utf8_flag() -> None:
    """MARC-8 bytes that are flagged as UTF-8 are told by their marks."""
    item = read(_with_title(b"Dvo\xe9r\xe2ak, Anton\xe2in", b"a"))[0]
    assert isinstance(item, Loaded)
    assert item.record["245"]["a"] == "Dvořák, Antonín"
    assert item.encoding == "marc-8"


@pytest.mark.parametrize("title", ["Café Müller", "Göteborg, São Paulo, Hänssler", "東京都"])
def test_double_encoding_is_undone_and_single_is_left(title: str) -> None:
    """UTF-8 within UTF-8 is read as it was meant; right text is left alone."""
    twice = title.encode().decode("cp1252", "ignore").encode()
    if twice.decode().encode("cp1252", "ignore").decode("utf-8", "ignore") == title:
        item = read(_with_title(twice, b"a"))[0]
        assert isinstance(item, Loaded)
        assert item.record["245"]["a"] == title
        assert [f.rule for f in item.findings] == ["marc.encoding-double"]
    once = read(_with_title(title.encode(), b"a"))[0]
    assert isinstance(once, Loaded)
    assert once.record["245"]["a"] == title
    assert once.findings == ()


def test_assume_overrides_the_evidence() -> None:
    """What the caller knows is not second-guessed."""
    item = read(_with_title("Café".encode(), b" "), assume="latin-1")[0]
    assert isinstance(item, Loaded)
    assert item.record["245"]["a"] == "CafÃ©"
    assert item.findings == ()


def _with_title(title: bytes, flag: bytes) -> bytes:
    """Return a sound record with these bytes as its title, whatever they are."""
    fields = [b"r1\x1e", b"10\x1fa" + title + b"\x1e"]
    directory, start = b"", 0
    for tag, field in zip((b"001", b"245"), fields, strict=True):
        directory += tag + b"%04d%05d" % (len(field), start)
        start += len(field)
    base = 24 + len(directory) + 1
    leader = b"%05dnam %s22%05d a 4500" % (base + start + 1, flag, base)
    return leader + directory + b"\x1e" + b"".join(fields) + b"\x1d"


MARKS = st.sampled_from([b"\x1d", b"\x1e", b"\x1f", b"\n", b"\x1b", b"00024", b"\xff", b"a"])


@given(
    st.lists(
        st.tuples(st.integers(0, 700), st.integers(0, 40), st.one_of(MARKS, st.binary(max_size=6))),
        max_size=6,
    )
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_damage_loses_a_byte(edits: list[tuple[int, int, bytes]]) -> None:
    """However a file is cut and overwritten, every byte is in one record or in quarantine."""
    data = b"".join(THREE)
    for place, size, new in edits:
        data = data[:place] + new + data[place + size :]
    items = read(data)
    for item in items:
        if isinstance(item, Loaded):
            assert item.record.fields
            str(item.record)


@given(st.binary(max_size=400))
@example(b"99999nam a2200000 a 4500" + b"\x1e\x1d")
@example(b"00000" * 20)
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_accounted_for(data: bytes) -> None:
    """Random bytes never raise and never vanish."""
    read(data)


@given(st.integers(0, 2), st.integers(0, 170), st.integers(0, 255))
@settings(max_examples=600, deadline=None)
def test_one_wrong_byte_never_costs_a_neighbour(which: int, place: int, byte: int) -> None:
    """A single overwritten byte leaves the other two records as they were."""
    records = list(THREE)
    raw = records[which]
    place %= len(raw)
    records[which] = raw[:place] + bytes([byte]) + raw[place + 1 :]
    items = read(b"".join(records))
    good = {encode(i.record) for i in items if isinstance(i, Loaded) and not rules([i])}
    for i, neighbour in enumerate(THREE):
        if i != which:
            assert neighbour in good


class _Endless(io.RawIOBase):
    """A stream of one byte over and over, as long as asked for."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        size = min(size, self.left)
        self.left -= size
        return b"x" * size


def test_endless_data_without_a_terminator_is_bounded() -> None:
    """What never ends is handed out in pieces of bounded size."""
    pieces = list(frames(_Endless(5 * LIMIT)))  # type: ignore[arg-type]
    assert sum(len(piece.raw) for piece in pieces) == 5 * LIMIT
    assert max(len(piece.raw) for piece in pieces) <= LIMIT + (1 << 20)


def test_a_length_of_99999_in_a_short_file() -> None:
    """A length beyond the file's end neither blocks nor allocates."""
    items = read(b"99999nam a2200037   4500001000400000")
    assert isinstance(items[0], Quarantined)


def test_a_directory_of_absurd_size() -> None:
    """Tens of thousands of entries for one field are refused or read in bounded time."""
    raw = b"99999nam a2299999   4500" + b"001000400000" * 30_000 + b"\x1e123\x1e\x1d"
    items = read(raw)
    assert len(items) >= 1


@pytest.mark.slow
@given(st.data())
@settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))
def test_long_fuzzing_of_structure(data: st.DataObject) -> None:
    """The same as above, longer, with fields that are cut anywhere."""
    titles = data.draw(st.lists(st.text(max_size=30).filter(_plain), min_size=1, max_size=5))
    raw = b"".join(data_of(*titles))
    for _ in range(data.draw(st.integers(0, 8))):
        place = data.draw(st.integers(0, len(raw)))
        size = data.draw(st.integers(0, 30))
        raw = (
            raw[:place] + data.draw(st.one_of(MARKS, st.binary(max_size=12))) + raw[place + size :]
        )
    read(raw)


def _plain(text: str) -> bool:
    return not set(text) & set("\x1d\x1e\x1f") and text.isprintable()


def test_the_damaged_batch_of_the_how_to(fixtures: Path) -> None:
    """The shipped example: seven records recovered, each with its finding, two rejected."""
    items = read((fixtures / "marc" / "damaged.mrc").read_bytes())
    assert [type(item) for item in items].count(Loaded) == 7
    found = [{f.rule for f in item.findings} for item in items]
    assert found == [
        set(),
        {"marc.length-mismatch"},
        {"marc.encoding-utf8"},
        {"marc.encoding-marc8"},
        {"marc.padding"},
        {"marc.stray-bytes"},
        set(),
        {"marc.length-mismatch", "marc.missing-terminator"},
        {"marc.truncated"},
    ]
    assert items[-1].findings[0].control


def test_a_directory_is_read_by_its_entry_map() -> None:
    """ISO 2709 lets LDR/20-23 say how long an entry's numbers are; MARC 21 has 4 and 5 always."""
    raw = THREE[1]
    base = int(raw[12:17])
    entries = [raw[at : at + 12] for at in range(24, base - 1, 12)]
    made = b"".join(e[:3] + b"0" + e[3:7] + b"0" + e[7:] + b"x" for e in entries)
    grown = base + 3 * len(entries)
    size = len(raw) + 3 * len(entries)
    leader = b"%05d" % size + raw[5:12] + b"%05d" % grown + raw[17:20] + b"5610"
    (item,) = read(leader + made + raw[base - 1 :])
    assert isinstance(item, Loaded)
    assert rules([item]) == {"marc.directory", "marc.leader"}
    assert encode(item.record) == raw


@pytest.mark.parametrize("sign", ["‡".encode(), "ǂ".encode(), b"\x87", b"$", b"|"])
def test_a_sign_in_the_place_of_the_delimiter_is_read_as_that(sign: bytes) -> None:
    """A price, and the script in $6, hold no subfield."""
    record = make("r0", x020="0140328726 : $25.00", x880="245-01/$1", x500="| and |, ‡")
    record.add_field(
        pymarc.Field("650", None, [pymarc.Subfield("a", "Cats"), pymarc.Subfield("2", "x")])
    )
    (item,) = read(encode(record).replace(b"\x1f", sign))
    assert isinstance(item, Loaded)
    assert "marc.delimiter" in rules([item])
    assert [str(field) for field in item.record.fields] == [str(f) for f in record.fields]


def test_a_dollar_sign_in_one_field_is_no_delimiter() -> None:
    """Only what stands in every field's place for it is."""
    (item,) = read(encode(make("r0", x500="$a")).replace(b"  \x1fa$a", b"  $a$aa"))
    assert "marc.delimiter" not in rules([item])


def lacking(raw: bytes) -> bytes:
    """Take the indicators of the data fields away, as a program of archive.org's did."""
    return raw.replace(b"10\x1fa", b"\x1fa").replace(b"  \x1fa", b"\x1fa")


def test_what_is_short_all_over_does_not_break_off() -> None:
    """All fields are there, and the control fields whole: it was not cut at its end."""
    record = make("r0", **{f"x65{n}": f"Subject {n}" for n in range(8)})
    (item,) = read(lacking(encode(record)))
    assert isinstance(item, Loaded)
    assert [field.value() for field in item.record.fields] == [f.value() for f in record.fields]
    assert {"marc.indicators", "marc.directory-rebuilt"} <= rules([item])
    (cut,) = read(lacking(encode(record))[:-14] + b"\x1e\x1d")
    assert rules([cut]) == {"marc.truncated"}
    (squeezed,) = read(lacking(encode(record)).replace(b"           ", b" "))
    assert rules([squeezed]) == {"marc.truncated"}


def test_a_tag_with_a_blank_is_read_and_told() -> None:
    """A tag that lost a digit does not cost the record."""
    items = read(THREE[0].replace(b"245001", b"2 5001"))
    assert rules(items) == {"marc.tag"}
    assert controls(items) == ["r0"]


LONG = encode(
    make("r1", "A title of its own /", t250="2nd ed.", t300="12 p. ;", t500="Note.", t650="Cats.")
)
BASE = LONG.index(b"\x1e") + 1


def _mended(damaged: bytes) -> list[str]:
    """Return the fields of the record between two sound ones, which it must not cost."""
    items = read(THREE[0] + damaged + THREE[2])
    loaded = [item for item in items if isinstance(item, Loaded)]
    assert [encode(loaded[0].record), encode(loaded[-1].record)] == [THREE[0], THREE[2]]
    assert loaded[1].findings
    return [str(field) for field in loaded[1].record.fields]


@pytest.mark.parametrize("entry", range((BASE - 25) // 12))
def test_one_spoilt_entry_moves_no_field_to_another_tag(entry: int) -> None:
    """Wrong digits or rubbish in one entry: its field is the one that no other entry has."""
    sound = [str(field) for field in read(LONG)[0].record.fields]  # type: ignore[union-attr]
    at = 24 + 12 * entry
    for spoilt in (b"99990000", b"00030001", b"00000000", b"????????", b"\xff" * 8):
        assert _mended(LONG[: at + 3] + spoilt + LONG[at + 11 :]) == sound
    for digit in range(3, 12):
        for wrong in b"059":
            place = at + digit
            if LONG[place] != wrong:
                assert _mended(LONG[:place] + bytes([wrong]) + LONG[place + 1 :]) == sound


@pytest.mark.parametrize(
    "damaged",
    [
        b"00x12" + LONG[5:],
        b"?????" + LONG[5:-1],
        LONG[5:],
        LONG[: BASE - 1] + LONG[BASE:],
        LONG[: BASE - 1] + b" " + LONG[BASE:],
        LONG[:17] + b" " + LONG[17:],
        LONG[:20] + LONG[21:],
        LONG.replace(b"r1\x1e", b"r1 "),
        LONG[: BASE + 2] + LONG[BASE + 3 :],
    ],
)
def test_structure_is_mended_where_only_one_reading_is_possible(damaged: bytes) -> None:
    """Lengths that are none, terminators and bytes of the leader lost."""
    sound = [str(field) for field in read(LONG)[0].record.fields]  # type: ignore[union-attr]
    assert _mended(damaged) == sound


@given(
    st.lists(
        st.sampled_from(
            [*THREE, LONG[:BASE], LONG[5:40], b"0012345678901", b"00123", b"x\x1d", b" 45"]
        ),
        max_size=6,
    ),
    st.integers(0, 60),
)
@settings(max_examples=300, deadline=None)
def test_leaders_are_found_where_the_pattern_finds_them(parts: list[bytes], start: int) -> None:
    """Looking only near numbers overlooks none."""
    data = b"".join(parts)
    found = framing.LEADER.search(data, start)
    assert framing._find_leader(data, start, len(data)) == (found.start() if found else -1)
