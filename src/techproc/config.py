"""Policy: `techproc.toml` read into frozen dataclasses; an unknown key is an error.

Order, first wins: command-line flag, `TECHPROC_SECTION_KEY` in the environment, ./techproc.toml,
the user's configuration, the default here. Each key's documentation stands beside its default and
is what `techproc config show` and the reference print.
"""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from techproc.errors import ConfigError
from techproc.files import explain_os_error

__all__ = [
    "BarcodeLabelPolicy",
    "ChoosePolicy",
    "ClassifyPolicy",
    "ItemPolicy",
    "LibraryPolicy",
    "MatchPolicy",
    "MergePolicy",
    "Policy",
    "SourcePolicy",
    "SpineLabelPolicy",
    "ValidatePolicy",
    "VerifyPolicy",
    "describe_keys",
    "load_policy",
    "name_hint",
    "policy_from",
    "read_toml",
]


def _key(default: Any, doc: str) -> Any:
    """Declare a key with its documentation."""
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryPolicy:
    """The library whose records these become."""

    language: str = _key("eng", "language of cataloguing (MARC code) wanted in 040 $b")
    organization: str = _key(
        "", "MARC organization code added as 040 $d; empty: 040 is not touched"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePolicy:
    """Where candidates are looked for."""

    offline: bool = _key(False, "never touch the network")
    targets: tuple[str, ...] = _key((), "SRU targets to ask, by their keys in `sources list`")
    openlibrary: bool = _key(False, "ask Open Library too")
    openlibrary_marc: bool = _key(
        True, "fetch the library records that Open Library's editions were made from"
    )
    contact: str = _key("", "URL or address sent in the User-Agent; Open Library asks for one")
    timeout: float = _key(20.0, "seconds to wait for one answer")
    deadline: float = _key(60.0, "seconds that one target may take for one batch, retries included")
    batch: int = _key(25, "ISBNs asked for in one request where the target allows it")
    cache: str = _key("", "path of the answer cache; empty: in the user's cache directory")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePolicy:
    """How the best of several candidate records is chosen: points for each criterion."""

    margin: int = _key(
        25, "points by which another record must be better to replace a delivered one"
    )
    encoding_level: int = _key(
        40, "points for a full record (LDR/17 blank), falling with the level"
    )
    authenticated: int = _key(15, "points for an authentication code in 042 (pcc, lcode, …)")
    national_library: int = _key(10, "points for 040 $a or $c of a national library (DLC, DNB, …)")
    language: int = _key(20, "points for 040 $b in the library's language of cataloguing")
    rda: int = _key(5, "points for a record described by RDA (040 $e rda)")
    class_number: int = _key(8, "points for each of 050 and 082")
    headings: int = _key(3, "points for each subject heading, up to five")
    vocabularies: tuple[str, ...] = _key(
        ("lcsh", "mesh", "fast"), "subject vocabularies that count, by their codes in 6XX $2"
    )
    completeness: int = _key(
        2, "points for each of 010, 1XX or 7XX, 245 $c, 264/260, 300, 33X, 490, 505, 520"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyPolicy:
    """How strictly a record is compared with the item in hand."""

    title_similarity: float = _key(
        0.92, "similarity (0–1) from which two titles proper agree when a typist erred"
    )
    date_slack: int = _key(1, "years by which dates may differ and still be compatible")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchPolicy:
    """When two records are one."""

    duplicate: float = _key(0.93, "probability from which two records are the same edition")
    group: float = _key(
        0.77, "probability from which records are shown as one group; merging needs `duplicate`"
    )
    review: float = _key(0.03, "probability from which a person should look")
    candidates: int = _key(40, "records of the catalogue compared with an arrival at most")
    weights: str = _key(
        "", "file of match weights (scripts/learn_match_weights.py); empty: the shipped ones"
    )
    factors: tuple[str, ...] = _key(
        (), 'factors by which a field\'s points are multiplied, such as "subjects = 0.5"'
    )
    vetoes: tuple[str, ...] = _key(
        (), 'strength of a veto: no, review or off, such as "language = review"'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePolicy:
    """What a record keeps of those that are merged into it; the best of `choose` leads."""

    union: tuple[str, ...] = _key(
        ("010", "027", "041", "050", "082", "246", "5XX", "6XX", "7XX", "880"),
        "tags of which every different field is kept, X for any digit, besides identifiers (020, "
        "022, 024, 028, 035) and 856, which always are; of others the leader's",
    )
    items: tuple[str, ...] = _key(
        ("9XX",), "tags of which every field is kept, equal ones too, besides 841 to 878"
    )
    old_numbers: str = _key("019", "tag that takes the old control numbers; empty: none does")
    join: tuple[str, ...] = _key(
        (),
        "tags whose fields are joined when they agree, 1XX with 7XX too: what one lacks is taken from "
        "the other",
    )
    entries: bool = _key(
        False, "another record's main entry becomes an added entry where it is not the leader's"
    )
    codes: bool = _key(
        False, "positions of 006, 007 and 008 that the leader leaves uncoded are taken from others"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifyPolicy:
    """Class numbers and call numbers."""

    scheme: Literal["lcc", "ddc"] = _key("lcc", "scheme of the library's call numbers")
    delivered: Literal["missing", "always"] = _key(
        "missing",
        "delivered records for which class numbers are suggested: those without a number of the "
        "library's scheme, or always; scanned items always get suggestions",
    )
    index: str = _key(
        "",
        "evidence index that class numbers are suggested from, made by `classify train`; empty: the "
        "starter index",
    )
    suggestions: int = _key(3, "class numbers suggested for each scheme at most")
    confidence: float = _key(0.5, "calibrated confidence under which no number is suggested")
    accept: float = _key(
        0.9, "calibrated confidence from which a suggested full number is used without review"
    )
    dewey_item_number: Literal["cutter", "author3", "sanborn", "none"] = _key(
        "cutter",
        "second line of a Dewey call number: LC Cutter fitted into the shelf-list, first three "
        "letters of the main entry, Cutter-Sanborn from sanborn_table, or none",
    )
    sanborn_table: str = _key(
        "", "CSV file of names and numbers that dewey_item_number = sanborn reads; none ships"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPolicy:
    """The local item field that the library system loads."""

    profile: Literal["koha", "evergreen", "plain"] = _key(
        "koha",
        "koha: 952; evergreen: 852 with subfields $b $c $g $h $j $p $t $y; plain: 852 with 876",
    )
    branch: str = _key("MAIN", "owning and holding library when the arrival names none")
    location: str = _key("STACKS", "shelving location when the arrival names none")
    item_type: str = _key("BK", "item type or circulation modifier")
    currency: str = _key("", "currency code put before prices in 020 $c; empty: as typed")
    barcode_check: Literal["luhn", "none"] = _key(
        "luhn", "check digit of the library's barcodes: luhn (14 digits) or none"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineLabelPolicy:
    """The spine label sheet."""

    stock: str = _key("online-ol975", "label stock, by its key in `labels stocks`")
    profile: str = _key("auto", "splitting profile, by its name in `labels split --list`")
    start: int = _key(1, "first label of the sheet to print on, counted from 1 by rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class BarcodeLabelPolicy:
    """The barcode label sheet."""

    stock: str = _key("avery-5160", "label stock, by its key in `labels stocks`")
    symbology: Literal["codabar", "code39", "code39mod43", "code128", "itf"] = _key(
        "codabar", "barcode symbology"
    )
    caption: str = _key("", "line above the bars, such as the library's name")
    start: int = _key(1, "first label of the sheet to print on, counted from 1 by rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatePolicy:
    """How `marc validate` holds records against MARC 21."""

    profile: Literal["default", "strict", "copy-cataloguing", "vendor-ebooks", "minimal"] = _key(
        "default", "which rules are in force, and how grave they are"
    )
    ignore: tuple[str, ...] = _key((), "rules that are left out, by their ids")
    local: tuple[str, ...] = _key(
        (), 'local fields, such as "012" or "85X"; tags with a 9 or a letter are local anyway'
    )
    schema: str = _key("", "file with an Avram schema (JSON) of the library's own fields")
    waivers: str = _key("", "file of waivers (TOML): findings that the library lives with")
    punctuation: Literal["leader", "isbd", "none"] = _key(
        "leader", "ISBD punctuation between subfields: as LDR/18 says, wanted, or unwanted"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything a library decides; each section of `techproc.toml` is one attribute."""

    library: LibraryPolicy = field(default_factory=LibraryPolicy)
    sources: SourcePolicy = field(default_factory=SourcePolicy)
    choose: ChoosePolicy = field(default_factory=ChoosePolicy)
    verify: VerifyPolicy = field(default_factory=VerifyPolicy)
    match: MatchPolicy = field(default_factory=MatchPolicy)
    merge: MergePolicy = field(default_factory=MergePolicy)
    classify: ClassifyPolicy = field(default_factory=ClassifyPolicy)
    items: ItemPolicy = field(default_factory=ItemPolicy)
    validate: ValidatePolicy = field(default_factory=ValidatePolicy)
    spine: SpineLabelPolicy = field(default_factory=SpineLabelPolicy)
    barcode: BarcodeLabelPolicy = field(default_factory=BarcodeLabelPolicy)


def load_policy(path: str | Path, base: Policy | None = None) -> Policy:
    """Return the policy of a TOML file laid over `base` (the defaults without one).

    Raises ConfigError naming file, key and what is allowed: for a file that cannot be read or is
    not TOML, an unknown key, a wrong type.
    """
    return policy_from(read_toml(path), where=str(path), base=base)


def read_toml(path: str | Path) -> dict[str, Any]:
    """Return the tables of a TOML file; raise ConfigError when it cannot be read or is none."""
    try:
        return tomllib.loads(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigError(explain_os_error(path, error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from error


_SHOWN = 15  # names, where none is near


def name_hint(name: str, known: Iterable[str], prefix: str = "") -> str:
    """Return what to say after a name that is none: the nearest that is, or those there are.

    >>> name_hint("reveiw", ["duplicate", "review"])
    'did you mean review?'
    >>> name_hint("x", ["duplicate", "review"])
    'known: duplicate, review'
    """
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return f"did you mean {prefix}{near[0]}?"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN + 3 else ""
    return f"known: {', '.join(names[:_SHOWN] if more else names)}{more}"


def policy_from(mapping: Mapping[str, Any], *, where: str, base: Policy | None = None) -> Policy:
    """Return the policy that a mapping of sections describes, laid over `base`.

    >>> policy_from({"match": {"review": 0.4}}, where="example").match.review
    0.4
    >>> policy_from({"match": {"reveiw": 0.4}}, where="example")
    Traceback (most recent call last):
    ...
    techproc.errors.ConfigError: example: unknown key match.reveiw; did you mean match.review?
    """
    policy: Policy = _overlay(base or Policy(), mapping, where, "")
    return policy


def describe_keys(policy: Policy) -> Iterator[tuple[str, Any, str, str]]:
    """Yield (section.key, value, type, documentation) for every key of a policy."""
    for section in dataclasses.fields(policy):
        part = getattr(policy, section.name)
        hints = typing.get_type_hints(type(part))
        for key in dataclasses.fields(part):
            yield (
                f"{section.name}.{key.name}",
                getattr(part, key.name),
                _type_name(hints[key.name]),
                key.metadata["doc"],
            )


def _overlay(base: Any, mapping: Mapping[str, Any], where: str, prefix: str) -> Any:
    hints = typing.get_type_hints(type(base))
    changes = {}
    for name, value in mapping.items():
        if name not in hints:
            hint = name_hint(name, hints, prefix)
            raise ConfigError(f"{where}: unknown key {prefix}{name}; {hint}")
        current = getattr(base, name)
        if dataclasses.is_dataclass(current):
            if not isinstance(value, Mapping):
                raise ConfigError(f"{where}: {prefix}{name} is a section: write [{prefix}{name}]")
            changes[name] = _overlay(current, value, where, f"{prefix}{name}.")
        else:
            changes[name] = _coerce(value, hints[name], f"{where}: {prefix}{name}")
    return dataclasses.replace(base, **changes)


def _coerce(value: Any, wanted: Any, where: str) -> Any:
    origin = typing.get_origin(wanted)
    if origin is Literal:
        if value in typing.get_args(wanted):
            return value
    elif origin is tuple:
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
    elif wanted is float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    elif isinstance(value, wanted) and not (wanted is int and isinstance(value, bool)):
        return value
    raise ConfigError(f"{where} = {value!r} is not allowed; it takes {_type_name(wanted)}")


def _type_name(wanted: Any) -> str:
    origin = typing.get_origin(wanted)
    if origin is Literal:
        return "one of " + ", ".join(repr(choice) for choice in typing.get_args(wanted))
    if origin is tuple or isinstance(wanted, types.GenericAlias):
        return "a list of strings"
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}
    return names[wanted]
