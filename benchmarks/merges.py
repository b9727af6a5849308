"""Merging measured: a union catalogue's own cases, by its preset, and by reason where they differ.

    python benchmarks/merges.py [--show PART]

Reads ../shared/data/dedupe/melinda: 551 cases of Melinda's merge reducers (NatLibFi, MIT), each a base,
a source and the record it expects. Base leads here, by the preset `melinda`. A case is told by the first
of these that holds:

- exact: leader, fields, their order, subfields and indicators are the expected ones;
- but for order or provenance: the same without the order of fields, without $9 and the note (583 "MERGED
  FROM") that Melinda keeps of a merge, and without the 001 and 005 that it takes off for a new one;
- but for fields of a later step: the case runs one step of Melinda's; what that leaves in the source
  (`modifiedSource`) is added here.

The rest is told by the reason that most of Melinda's cases have in common with others; see REASONS. With
--show the cases whose name has PART in it are printed, field by field.
"""

from __future__ import annotations

import argparse
import json
import tarfile
from collections import Counter, defaultdict
from pathlib import Path

import pymarc
from pymarc import Field, Indicators, Subfield

from techproc.dedupe.survivorship import merge_records, merge_rules
from techproc.text import fold

DATA = Path(__file__).parents[2] / "shared" / "data" / "dedupe" / "melinda" / "fixtures.tar.xz"
REASONS = {
    "leader": "only the leader differs: Melinda takes the better encoding level",
    "error": "Melinda refuses the pair: types or levels of the records differ",
    "codes": "only 006 to 008 differ: Melinda ranks single codes by tables of its own",
    "kept here": "Melinda leaves out what is kept here: fields or subfields, none is lacking",
    "numbers": "only link numbers ($6, $8) differ",
    "marks": "only punctuation, case, spacing or indicators differ",
    "terms": "Melinda writes text that neither record has: terms, relators, qualifiers, notes in Finnish",
    "joined": "the same subfields are spread over fields otherwise: other fields were joined",
    "lacking": "Melinda takes something that is left here to the leader",
}


def cases():
    """Return the cases by name, each with its files read."""
    found = defaultdict(dict)
    with tarfile.open(DATA) as archive:
        for member in archive.getmembers():
            folder, _, name = member.name.rpartition("/")
            if "merge-reducers" in folder and name.endswith(".json") and name[0] != ".":
                found[folder.partition("reducers/test-fixtures/reducers/")[2]][name[:-5]] = (
                    json.load(archive.extractfile(member))
                )
    return {name: dict(one, step=name[5:8] if name.startswith("field00") else "")
            for name, one in sorted(found.items()) if "merged" in one}  # fmt: skip


def record(data):
    """Return a record of Melinda's JSON; its leaders are kept as they are when whole."""
    made = pymarc.Record()
    if len(data.get("leader") or "") == 24:
        made.leader = pymarc.Leader(data["leader"])
    for field in data["fields"]:
        if "subfields" in field:
            parts = [Subfield(one["code"], one.get("value") or "") for one in field["subfields"]]
            marks = Indicators(field.get("ind1") or " ", field.get("ind2") or " ")
            made.fields.append(Field(field["tag"], marks, parts))
        else:
            made.fields.append(Field(field["tag"], data=field.get("value") or ""))
    return made


def rows(fields, drop=""):
    """Return fields as (tag, indicators, subfields), without the subfields to drop."""
    return [
        (one.tag, "", (("", one.data),))
        if one.control_field
        else (
            one.tag,
            "".join(one.indicators),
            tuple((part.code, part.value) for part in one.subfields if part.code not in drop),
        )
        for one in fields
    ]


def provenance(fields):
    """Return the fields, sorted, without what tells of the merge itself."""
    own = [
        one for one in fields
        if one.tag not in ("001", "005") and "MERGED FROM" not in (one.get("a") or "" if not one.control_field else "")
    ]  # fmt: skip
    return Counter(rows(own, "9"))


def plain(row):
    tag, _, parts = row
    return tag, tuple((code, fold(value) or value) for code, value in parts)


def parts_of(counted):
    return Counter((code, fold(v) or v) for _, _, parts in counted.elements() for code, v in parts)


def outcome(one):
    """Return how a case came out, a key of REASONS where it differs."""
    if one.get("metadata", {}).get("expectedError"):
        return "error"
    base, source, wanted = (record(one[name]) for name in ("base", "source", "merged"))
    got = merge_records(base, [source], merge_rules("melinda")).record
    found = _outcome(one, [base, source], got, wanted)
    if str(got.leader) != str(wanted.leader) and found not in REASONS:
        return "leader"
    return found


def _outcome(one, inputs, got, wanted):
    """Return how the fields came out."""
    if rows(got.fields) == rows(wanted.fields):
        return "exact"
    ours, theirs = provenance(got.fields), provenance(wanted.fields)
    if ours == theirs:
        return "but for order or provenance"
    later = Counter()
    if one["step"]:  # the step for one control field, which copies no others
        ours, theirs = (
            Counter({row: n for row, n in side.items() if row[0] == one["step"]})
            for side in (ours, theirs)
        )
    elif "modifiedSource" in one:
        later = provenance(record(one["modifiedSource"]).fields)
    if not theirs - ours and not (ours - theirs) - later:
        return "but for fields of a later step"
    return reason(ours, theirs, inputs)


def reason(got, wanted, inputs):
    """Return why the fields differ."""
    lacking, more = wanted - got, got - wanted
    tags = {row[0] for row in (lacking + more)}
    if tags <= {"006", "007", "008"}:
        return "codes"
    numbers = [Counter(rows_without(side, "68")) for side in (lacking, more)]
    if numbers[0] == numbers[1]:
        return "numbers"
    if Counter(map(plain, lacking.elements())) == Counter(map(plain, more.elements())):
        return "marks"
    ours, theirs = parts_of(got), parts_of(wanted)
    if not theirs - ours:
        return "kept here" if ours - theirs else "joined"
    known = Counter()
    for one in inputs:
        known += parts_of(Counter(rows(one.fields, "9")))
    new = {part for part in theirs - ours if part[0] not in "68" and part not in known}
    return "terms" if new else "lacking"


def rows_without(side, codes):
    return [
        (tag, marks, tuple(part for part in parts if part[0] not in codes or not part[0]))
        for tag, marks, parts in side.elements()
    ]


def show(name, one):
    """Print the fields that only one side has."""
    base, source, wanted = (record(one[part]) for part in ("base", "source", "merged"))
    got = merge_records(base, [source], merge_rules("melinda")).record
    print(f"{name}: {outcome(one)}; {one.get('metadata', {}).get('description', '')}")
    for sign, fields in ((" B", base), (" S", source)):
        print(*(f"{sign} {field}" for field in fields.fields), sep="\n")
    ours, theirs = (Counter(map(str, side.fields)) for side in (got, wanted))
    print(
        *(f" + {text}" for text in theirs - ours),
        *(f" - {text}" for text in ours - theirs),
        sep="\n",
    )


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--show", metavar="PART")
    given = parser.parse_args()
    every = cases()
    if given.show:
        for name, one in every.items():
            if given.show in name:
                show(name, one)
        return
    found = {name: outcome(one) for name, one in every.items()}
    count = Counter(found.values())
    print(f"{len(every)} merges")
    for name in ("exact", "but for order or provenance", "but for fields of a later step"):
        print(f"{count[name]:4}  {name}")
    print("the rest:")
    for name, text in sorted(REASONS.items(), key=lambda item: -count[item[0]]):
        print(f"{count[name]:4}  {text}")


if __name__ == "__main__":
    main()
