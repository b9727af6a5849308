"""Features from pymarc and from bytes, with and without numbers."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from pymarc import MARCReader

from techproc.classify.features import features, same_work, words
from techproc.classify.fields import fields_of, scan_fields, split_records
from techproc.classify.kinds import KINDS


def test_bytes_and_records_say_the_same(examples: Path) -> None:
    """Reading the bytes gives the fields that pymarc gives, in the same order."""
    data = (examples / "catalogue.mrc").read_bytes()
    records = list(MARCReader(data, to_unicode=True, force_utf8=True))
    raws = list(split_records(data))
    assert len(raws) == len(records) > 100
    scanned = 0
    for raw, record in zip(raws, records, strict=True):
        fields = scan_fields(raw)
        if fields is not None and record is not None:
            assert fields == fields_of(record)
            scanned += 1
    assert scanned > 100


def test_other_bytes_need_the_careful_reader() -> None:
    """MARC-8, a broken directory and rubbish are not scanned."""
    assert scan_fields(b"00026nam  2200025   4500\x1e") is None
    assert scan_fields(b"") is None
    assert scan_fields(b"00050nam a2200037   4500245001x00000\x1e") is None


def test_blind_looks_at_no_number() -> None:
    """Without `numbers`, no feature comes from a class number field."""
    own = [
        ("050", "00", (("a", "S591"),)),
        ("082", "00", (("a", "631.4"),)),
        ("060", "  ", (("a", "W1"),)),
    ]
    rest = [("245", "10", (("a", "Soil"),))]
    assert features(own + rest) == features(rest)
    told = {KINDS[f.kind].name for f in features(own + rest, numbers=True)}
    assert {"Dewey number", "LC number"} <= told


def test_vocabularies_are_kept_apart() -> None:
    """A medical heading is an index term, not a subject heading of LC."""
    lcsh = features([("650", " 0", (("a", "Neoplasms"),))])
    mesh = features([("650", "12", (("a", "Neoplasms"),))])
    assert "heading" in {KINDS[f.kind].name for f in lcsh}
    assert "heading" not in {KINDS[f.kind].name for f in mesh}


def test_editions_are_one_work() -> None:
    """Case, marks and the subtitle do not make another work; another title does."""
    one = [("100", "1 ", (("a", "Müller, A."),)), ("245", "10", (("a", "Böden :"), ("b", "x")))]
    two = [("100", "1 ", (("a", "Muller, A"),)), ("245", "10", (("a", "BODEN"),))]
    other = [("100", "1 ", (("a", "Muller, A"),)), ("245", "10", (("a", "Wasser"),))]
    assert same_work(one) == same_work(two) != same_work(other)


@given(st.text(max_size=60))
def test_words_are_stable(text: str) -> None:
    """The words of the words of any text are those words."""
    found = words(text)
    assert words(" ".join(found)) == found


@given(
    st.lists(st.tuples(st.sampled_from(["245", "650", "100", "008", "653"]), st.text(max_size=45)))
)
def test_no_text_breaks_the_features(parts: list[tuple[str, str]]) -> None:
    """Whatever stands in the fields, features come out, each once."""
    fields = [
        (tag, text if tag == "008" else "10", () if tag == "008" else (("a", text), ("x", text)))
        for tag, text in parts
    ]
    found = features(fields, numbers=True)
    assert len({(f.kind, f.text) for f in found}) == len(found)
