"""Recall of `marc validate`: 2,000 faults of 45 kinds planted in clean records, one at a time.

    python benchmarks/validate_recall.py [--seed N] [--faults N]

Clean records are those of lc-books-2016-dev and mixed-utf8 in which the default profile finds
neither error nor warning, and nothing at the place where a fault is planted. A fault counts as found
when a finding that was not there before stands at its place (the field, and where the kind is about
one the subfield, indicator or position; where two fields contradict each other, either of them).
The kinds are taken from the standard and from what QA Catalogue, MARC::Lint and cataloguers name.
"""

from __future__ import annotations

import argparse
import copy
import lzma
import random
import string
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pymarc
from pymarc import Field, Indicators, Subfield

from techproc.findings import Finding
from techproc.marc import Loaded, read
from techproc.marc.fixed import layout, material
from techproc.marc.schema import bibliographic, is_local
from techproc.marc.validate import Validator

DATA = Path(__file__).parents[2] / "shared" / "data" / "marc"
SCHEMA = bibliographic()
Places = set[str]
Kind = Callable[[pymarc.Record, random.Random], Places | None]
KINDS: dict[str, Kind] = {}


def kind(plant: Kind) -> Kind:
    KINDS[plant.__name__.replace("_", " ")] = plant
    return plant


def pick(record: pymarc.Record, rng: random.Random, *tags: str, code: str = "") -> Field | None:
    found = [f for f in record.get_fields(*tags) if not code or f.get(code)]
    return rng.choice(found) if found else None


def data_field(record: pymarc.Record, rng: random.Random) -> Field | None:
    """Choose a field that MARC 21 defines, without a link, whose $a is text."""
    found = [
        f for f in record.fields
        if not f.control_field and f.tag in SCHEMA.fields and f.tag != "880" and "6" not in f
        and not SCHEMA.fields[f.tag].any_subfield and not SCHEMA.fields[f.tag].obsolete
    ]  # fmt: skip
    return rng.choice(found) if found else None


def change(field: Field, code: str, value: str) -> None:
    at = next(i for i, s in enumerate(field.subfields) if s.code == code)
    field.subfields[at] = Subfield(code, value)


def put(record: pymarc.Record, tag: str, at: int, value: str) -> None:
    text = record[tag].data or ""
    record[tag].data = text[:at] + value + text[at + len(value) :]


def other_digit(text: str, rng: random.Random) -> str:
    at = rng.choice([i for i, c in enumerate(text) if c.isdigit()])
    return text[:at] + rng.choice([d for d in "0123456789" if d != text[at]]) + text[at + 1 :]


@kind
def isbn_with_a_wrong_digit(record, rng):
    field = pick(record, rng, "020", code="a")
    if field is None or not field["a"][:10].isdigit():
        return None
    number, _, rest = field["a"].partition(" ")
    change(field, "a", f"{other_digit(number, rng)} {rest}".strip())
    return {"020$a"}


@kind
def isbn_too_short(record, rng):
    field = pick(record, rng, "020", code="a")
    if field is None or not field["a"][:10].isdigit():
        return None
    at = rng.randrange(9)
    change(field, "a", field["a"][:at] + field["a"][at + 1 :])
    return {"020$a"}


@kind
def issn_with_a_wrong_digit(record, rng):
    record.add_ordered_field(
        Field("022", Indicators("0", " "), [Subfield("a", other_digit("0378-5955", rng))])
    )
    return {"022$a"}


@kind
def lccn_with_a_letter(record, rng):
    field = pick(record, rng, "010", code="a")
    if field is None:
        return None
    value = field["a"].rstrip()
    at = rng.randrange(len(value) - 3, len(value))
    change(field, "a", value[:at] + rng.choice("xOlI") + value[at + 1 :])
    return {"010$a"}


@kind
def oclc_number_with_a_letter(record, rng):
    record.add_ordered_field(
        Field("035", Indicators(" ", " "), [Subfield("a", f"(OCoLC)12{rng.choice('OlxZ')}45678")])
    )
    return {"035$a"}


@kind
def linked_isbn_with_a_wrong_digit(record, rng):
    number = other_digit("9780306406157", rng)
    subfields = [Subfield("i", "Online version:"), Subfield("t", "Sea"), Subfield("z", number)]
    record.add_ordered_field(Field("776", Indicators("0", "8"), subfields))
    return {"776$z"}


@kind
def no_title_field(record, rng):
    record.remove_fields("245")
    return {"245"}


@kind
def no_008(record, rng):
    record.remove_fields("008")
    return {"008"}


@kind
def title_without_a(record, rng):
    field = record["245"]
    if any(code in field for code in "knp"):
        return None
    field.subfields = [s for s in field.subfields if s.code != "a"]
    return {"245$a"}


@kind
def length_of_008(record, rng):
    text = record["008"].data
    at = rng.randrange(18, 40)
    record["008"].data = text[:at] + (text[at + 1 :] if rng.random() < 0.5 else " " + text[at:])
    return {"008"}


@kind
def undefined_field(record, rng):
    tag = rng.choice(
        [
            t
            for t in (f"{n:03d}" for n in range(10, 900))
            if t not in SCHEMA.fields and not is_local(t)
        ]
    )
    record.add_ordered_field(Field(tag, Indicators(" ", " "), [Subfield("a", "Text.")]))
    return {tag}


@kind
def undefined_subfield(record, rng):
    field = data_field(record, rng)
    free = [
        c
        for c in string.ascii_lowercase + string.digits + "A#"
        if c not in SCHEMA.fields[field.tag].subfields and c != "9"
    ]
    code = rng.choice(free)
    field.subfields.insert(rng.randrange(1, len(field.subfields) + 1), Subfield(code, "text"))
    return {f"{field.tag}${code}"}


def _indicator(record, rng, which):
    field = data_field(record, rng)
    allowed = SCHEMA.fields[field.tag].indicators[which]
    free = [c for c in " 0123456789" if c not in allowed]
    if not free:
        return None
    values = list(field.indicators)
    values[which] = rng.choice(free)
    field.indicators = Indicators(*values)
    return {f"{field.tag}@{which + 1}"}


@kind
def undefined_first_indicator(record, rng):
    return _indicator(record, rng, 0)


@kind
def undefined_second_indicator(record, rng):
    return _indicator(record, rng, 1)


@kind
def subfield_repeated(record, rng):
    field = data_field(record, rng)
    once = [s for s in field.subfields if not SCHEMA.fields[field.tag].subfields.get(s.code, True)]
    if not once:
        return None
    doubled = rng.choice(once)
    field.subfields.insert(field.subfields.index(doubled) + 1, doubled)
    return {f"{field.tag}${doubled.code}"}


@kind
def field_repeated(record, rng):
    once = [
        f
        for f in record.fields
        if f.tag in SCHEMA.fields and not SCHEMA.fields[f.tag].repeatable and f.tag >= "010"
    ]
    field = copy.deepcopy(rng.choice(once))
    change(field, field.subfields[-1].code, field.subfields[-1].value + " again")
    record.add_ordered_field(field)
    return {field.tag}


@kind
def field_twice(record, rng):
    field = data_field(record, rng)
    if not SCHEMA.fields[field.tag].repeatable:
        return None
    record.add_ordered_field(copy.deepcopy(field))
    return {field.tag}


@kind
def empty_subfield(record, rng):
    field = data_field(record, rng)
    code = rng.choice(field.subfields).code
    change(field, code, rng.choice(["", " ", "  "]))
    return {f"{field.tag}${code}"}


@kind
def control_character(record, rng):
    field = data_field(record, rng)
    code, value = rng.choice(field.subfields)
    at = rng.randrange(len(value) + 1)
    change(field, code, value[:at] + rng.choice("\x00\x07\x0a\x0d\x1b\x7f\x85\x9d") + value[at:])
    return {f"{field.tag}${code}"}


@kind
def nonfiling_count_that_splits_a_word(record, rng):
    field = record["245"]
    title = field.get("a") or ""
    inside = [
        n
        for n in range(1, min(10, len(title) - 1))
        if title[n].isalpha() and title[n - 1].isalpha()
    ]
    if not inside:
        return None
    field.indicators = Indicators(field.indicator1, str(rng.choice(inside)))
    return {"245@2"}


@kind
def article_that_is_filed_on(record, rng):
    field = record["245"]
    language = record["008"].data[35:38]
    article = {"eng": "The", "ger": "Die", "fre": "Les", "spa": "Los", "ita": "Il"}.get(language)
    if article is None or field.indicator2 != "0" or not (field.get("a") or "")[:1].isalpha():
        return None
    change(field, "a", f"{article} {field['a']}")
    return {"245@2"}


@kind
def word_skipped_as_an_article(record, rng):
    field = record["245"]
    word, blank, rest = (field.get("a") or "").partition(" ")
    if (
        field.indicator2 != "0"
        or not blank
        or not 4 <= len(word) <= 8
        or not rest[:1].isalpha()
        or not word.isascii()
        or not word.isalpha()
    ):
        return None
    field.indicators = Indicators(field.indicator1, str(len(word) + 1))
    return {"245@2"}


@kind
def year_in_008_that_the_imprint_does_not_name(record, rng):
    data = record["008"].data
    field = pick(record, rng, "260", "264", code="c")
    if data[6] != "s" or not data[7:11].isdigit() or field is None or data[7:11] not in field["c"]:
        return None
    put(record, "008", 7, str(int(data[7:11]) + rng.choice([-20, -10, -2, 3, 9, 10])))
    return {"008/07-10", "260$c", "264$c"}


@kind
def dates_that_do_not_go_with_their_type(record, rng):
    if record["008"].data[6] != "s":
        return None
    put(record, "008", 11, rng.choice(["199x", "201 ", "19", "2001", "    "[:3] + "9"]))
    return {"008/07-14"}


@kind
def language_of_008(record, rng):
    put(record, "008", 35, rng.choice(["enq", "xxx", "ENG", "en ", "zzz", "fra", "deu"]))
    return {"008/35-37", "041$a"}


@kind
def place_of_008(record, rng):
    put(record, "008", 15, rng.choice(["qqq", "NYU", "us ", "zz ", "uk ", "usa"]))
    return {"008/15-17"}


@kind
def undefined_code_in_008(record, rng):
    elements = [e for e in layout("008", material(record) or "") if e.codes and e.start >= 18]
    element = rng.choice(elements)
    free = [c for c in "bcdehijklmnpqrtuvwxyz3456789@" if c not in element.codes]
    if not free or (element.end - element.start > 1 and not element.each):
        return None
    put(record, "008", element.start, rng.choice(free))
    return paths(element)


def paths(element) -> Places:
    last = element.end - 1
    return {f"008/{element.start:02d}" + (f"-{last:02d}" if last > element.start else "")}


@kind
def undefined_code_in_the_leader(record, rng):
    at = rng.choice([5, 6, 7, 8, 17, 18, 19])
    leader = str(record.leader)
    record.leader = pymarc.Leader(leader[:at] + rng.choice("xyX@9") + leader[at + 1 :])
    return {f"LDR/{at:02d}"}


@kind
def undefined_code_in_007(record, rng):
    record.remove_fields("007")
    at, text = rng.choice([(0, "zu"), (1, "ta"), (1, "cr |n"), (3, "vd cvaiz"), (4, "sd fsngnn")])
    code = "x" if at == 0 else rng.choice("XY@")
    record.add_ordered_field(Field("007", data=text[:at] + code + text[at + 1 :]))
    return {f"007/{at:02d}"}


@kind
def language_code_of_041(record, rng):
    code = rng.choice(["enq", "english", "en", "ENG", "fra"])
    record.remove_fields("041")
    record.add_ordered_field(
        Field(
            "041",
            Indicators("1", " "),
            [Subfield("a", record["008"].data[35:38]), Subfield("h", code)],
        )
    )
    return {"041$h"}


@kind
def area_code(record, rng):
    record.remove_fields("043")
    code = rng.choice(["n-us", "n-us-zz", "us-----", "n-usz--", "e-gb---", "a-xx---"])
    record.add_ordered_field(Field("043", Indicators(" ", " "), [Subfield("a", code)]))
    return {"043$a"}


@kind
def shape_of_an_lc_class_number(record, rng):
    field = pick(record, rng, "050", code="a")
    if field is None or field["a"].startswith("MLC"):
        return None
    value = field["a"]
    letters = "".join(c for c in value[:3] if c.isalpha())
    change(
        field,
        "a",
        rng.choice(
            [
                value[len(letters) :] + letters,
                letters,
                value.lower(),
                f"{letters}.{value[len(letters) :]}",
                f" {value}",
            ]
        ),
    )
    return {"050$a"}


@kind
def shape_of_a_dewey_number(record, rng):
    field = pick(record, rng, "082", code="a")
    if field is None or not field["a"][:3].isdigit():
        return None
    value = field["a"]
    change(
        field,
        "a",
        rng.choice(
            [
                value[1:],
                value.replace(".", ",") if "." in value else value + "123",
                "x" + value,
                value[:3] + "." + value[3:] + ".1.x",
            ]
        ),
    )
    return {"082$a"}


@kind
def torn_880(record, rng):
    field = pick(record, rng, "880", code="6")
    if field is None:
        return None
    tag = field["6"][:3]
    change(field, "6", field["6"][:4] + "77" + field["6"][6:])
    return {"880$6", f"{tag}$6"}


@kind
def misspelt_link(record, rng):
    field = next((f for f in record.fields if not f.control_field and "6" in f), None)
    if field is None:
        return None
    change(field, "6", field["6"].replace("-", rng.choice(["", "/", "-0-", "x"]), 1))
    return {f"{field.tag}$6"}


@kind
def source_of_a_heading(record, rng):
    source = rng.choice([None, "fest", "lcsh.", "Fast", "gndd"])
    subfields = [Subfield("a", "Sea")] + ([Subfield("2", source)] if source else [])
    record.add_ordered_field(
        Field(rng.choice(["650", "651", "655"]), Indicators(" ", "7"), subfields)
    )
    return {f"{tag}$2" for tag in ("650", "651", "655")}


@kind
def content_media_carrier(record, rng):
    record.remove_fields("336", "337", "338")
    sound = {"336": ("text", "txt"), "337": ("unmediated", "n"), "338": ("volume", "nc")}
    tag, wrong = rng.choice([
        ("336", ("text", "tex")), ("336", ("still image", "txt")), ("336", ("performed music", "prm")),
        ("337", ("computer", "c")), ("338", ("online resource", "cr")), ("338", ("volume", "nv")),
        ("337", ("audio", "n")), ("338", ("microfiche", "nc")),
    ])  # fmt: skip
    for each, right in sound.items():
        term, code = wrong if each == tag else right
        record.add_ordered_field(
            Field(
                each,
                Indicators(" ", " "),
                [
                    Subfield("a", term),
                    Subfield("b", code),
                    Subfield(
                        "2", {"336": "rdacontent", "337": "rdamedia", "338": "rdacarrier"}[each]
                    ),
                ],
            )
        )
    if str(record.leader)[6] != "a":
        return None
    return (
        {f"{t}${c}" for t in ("336", "337", "338") for c in "ab"}
        if tag != "336"
        else {"336$a", "336$b"}
    )


@kind
def form_of_item(record, rng):
    if record.get_fields("338") or str(record.leader)[6] != "a":
        return None
    for tag, term, code, source in (
        ("336", "text", "txt", "rdacontent"),
        ("337", "unmediated", "n", "rdamedia"),
        ("338", "volume", "nc", "rdacarrier"),
    ):
        record.add_ordered_field(
            Field(
                tag,
                Indicators(" ", " "),
                [Subfield("a", term), Subfield("b", code), Subfield("2", source)],
            )
        )
    put(record, "008", 23, rng.choice("oabqs"))
    return {"008/23", "338$b"}


@kind
def address(record, rng):
    url = rng.choice(
        [
            "https//www.example.org/a",
            "www.example.org/a",
            "http://www.example.org/a b",
            "http:/example.org",
            "https://",
            "htp//example",
            "http://www.example.org/x<y>",
        ]
    )
    record.add_ordered_field(Field("856", Indicators("4", "2"), [Subfield("u", url)]))
    return {"856$u"}


@kind
def second_main_entry(record, rng):
    if not record.get_fields("100", "110", "111"):
        return None
    there = record.get_fields("100", "110", "111")[0].tag
    tag = rng.choice([t for t in ("100", "110", "130") if t != there])
    indicators = Indicators({"100": "1", "110": "2", "130": "0"}[tag], " ")
    record.add_ordered_field(Field(tag, indicators, [Subfield("a", "Sea, Club of.")]))
    return {"100", "110", "111", "130"}


@kind
def series_that_is_not_traced(record, rng):
    if record.get_fields("490", "800", "810", "811", "830", "440"):
        return None
    record.add_ordered_field(Field("490", Indicators("1", " "), [Subfield("a", "Sea studies")]))
    return {"490@1", "490"}


@kind
def heading_without_its_a(record, rng):
    field = pick(record, rng, "650", "651", "700", "710", "600", code="a")
    if field is None or len(field.subfields) < 2 or (field.tag == "710" and "b" in field):
        return None
    field.subfields = [s for s in field.subfields if s.code != "a"]
    return {f"{field.tag}$a", field.tag}


@kind
def relator_code(record, rng):
    code = rng.choice(["auq", "author", "aut.", "edx", "AUT"])
    record.add_ordered_field(
        Field("700", Indicators("1", " "), [Subfield("a", "Sea, Ann,"), Subfield("4", code)])
    )
    return {"700$4"}


@kind
def missing_mark_of_isbd(record, rng):
    if str(record.leader)[18] not in "ai":
        return None
    tag, code = rng.choice(
        [("245", "c"), ("245", "b"), ("300", "c"), ("300", "b"), ("260", "b"), ("264", "b")]
    )
    field = pick(record, rng, tag, code=code)
    if field is None:
        return None
    at = next(i for i, s in enumerate(field.subfields) if s.code == code)
    if at == 0:
        return None
    before = field.subfields[at - 1]
    if before.value.rstrip()[-1:] not in ":;/=,":
        return None
    field.subfields[at - 1] = Subfield(before.code, before.value.rstrip().rstrip(":;/=,").rstrip())
    return {f"{tag}${before.code}"}


@kind
def bracket_without_its_partner(record, rng):
    field = pick(record, rng, "245", "260", "264", "300", code="a")
    mark, (code, value) = (
        rng.choice("[]()"),
        rng.choice([s for s in field.subfields if s.code in "abc"]),
    )
    at = rng.randrange(len(value))
    change(field, code, value[:at] + mark + value[at:])
    return {field.tag, f"{field.tag}${code}"}


def clean_records(validator: Validator, most: int) -> list[pymarc.Record]:
    """Return records without an error or a warning, of both files by turns."""
    found = []
    for name, share in (("lc-books-2016-dev", most * 3 // 4), ("mixed-utf8", most // 4)):
        with tempfile.NamedTemporaryFile(suffix=".mrc") as file:
            with lzma.open(DATA / f"{name}.mrc.xz") as stream:
                file.write(stream.read(40 << 20))
            file.flush()
            taken = 0
            for item in read(file.name):
                if taken >= share:
                    break
                if isinstance(item, Loaded) and not item.findings:
                    record = item.record
                    if (
                        all(f.severity == "info" for f in validator.validate(record))
                        and "245" in record
                    ):
                        found.append(record)
                        taken += 1
    return found


def trial(
    plant: Kind,
    name: str,
    records: list[pymarc.Record],
    number: int,
    rng: random.Random,
    validator: Validator,
) -> list[Finding] | None:
    """Plant a fault in one of the records; return what is found at its place, None when it can't be."""
    source = records[(number * 7919 + len(name) * 31) % len(records)]
    record = copy.deepcopy(source)
    before = Counter((f.rule, f.path, f.message) for f in validator.validate(source))
    try:
        places = plant(record, rng)
    except (KeyError, IndexError, StopIteration, TypeError, AttributeError, ValueError):
        return None  # this record has nothing to plant it in
    if not places or any(path in places for _, path, _ in before):
        return None
    new = [f for f in validator.validate(record) if not before[f.rule, f.path, f.message]]
    return [f for f in new if f.path in places]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=2_000)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    validator = Validator.with_profile()
    records = clean_records(validator, 4000)
    rng.shuffle(records)
    each = -(-options.faults // len(KINDS))
    print(f"{len(records):,} clean records, {len(KINDS)} kinds, seed {options.seed}\n")
    print("| kind | planted | found at its place | as error or warning |\n|---|---:|---:|---:|")
    total: Counter[str] = Counter()
    for name, plant in KINDS.items():
        counts: Counter[str] = Counter(planted=0)
        for number in range(each * 400):
            if counts["planted"] == each:
                break
            found = trial(plant, name, records, number, rng, validator)
            if found is not None:
                counts["planted"] += 1
                counts["found"] += bool(found)
                counts["grave"] += any(f.severity != "info" for f in found)
        total.update(counts)
        print(f"| {name} | {counts['planted']} | {counts['found']} | {counts['grave']} |")
    print(f"| all | {total['planted']:,} | {total['found']:,} ({100 * total['found'] / total['planted']:.2f} %) "
          f"| {total['grave']:,} |")  # fmt: skip


if __name__ == "__main__":
    main()
