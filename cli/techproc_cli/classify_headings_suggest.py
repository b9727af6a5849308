"""`classify headings suggest`, `evaluate` and `train`: subject headings from a heading index."""

from __future__ import annotations

import datetime
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
import platformdirs

from techproc.files import existing_output
from techproc.findings import Finding, Severity
from techproc_cli.classify_index import batches, evidence_lines, learning_options, show_scores
from techproc_cli.marc_inputs import Inputs, input_options
from techproc_cli.options import emit_json, json_option

if TYPE_CHECKING:
    from pymarc import Record

    from techproc.catalog import Catalog
    from techproc.classify.fields import Field
    from techproc.classify.headings.suggesting import HeadingSuggester, HeadingSuggestion

__all__ = ["evaluate", "folder_option", "index_folder", "suggest", "train"]

_LEAST = 0.1  # confidence: one in ten is still worth a look, less is not

folder_option = click.option(
    "--indexes", metavar="DIR",
    help="Where indexes of vocabularies are kept, instead of the user's cache.",
)  # fmt: skip

_index_option = click.option(
    "--index", "index_file", metavar="INDEX", help="Use this index of `classify headings train`."
)


def index_folder(indexes: str | None) -> Path:
    """Return where indexes of vocabularies are kept."""
    return Path(indexes) if indexes else Path(platformdirs.user_cache_dir("techproc"))


@click.command()
@input_options
@click.option(
    "--blind",
    is_flag=True,
    help="Suggest for records that have headings too; these and class numbers are unseen.",
)
@click.option(
    "--top",
    type=click.IntRange(1, 20),
    help="Always so many. Without it, as many as are worth it: none to five.",
)
@click.option(
    "--confidence",
    type=click.FloatRange(0, 1),
    help="Leave subdivisions off, and headings out, that are less sure.  [default: 0.1; with --top: 0]",
)
@_index_option
@click.option(
    "--catalog", "catalog_file", metavar="FILE",
    help="Count the headings of this catalogue's records of the same work.",
)  # fmt: skip
@click.option(
    "--vocabulary", metavar="CODE",
    help="Hold main headings against this index of a vocabulary (lcsh): what it does not use is "
    "given in the form that it does.",
)  # fmt: skip
@folder_option
@json_option
def suggest(
    *,
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    blind: bool,
    top: int | None,
    confidence: float | None,
    index_file: str | None,
    catalog_file: str | None,
    vocabulary: str | None,
    indexes: str | None,
    as_json: bool,
) -> None:
    """Suggest LC subject headings for records that have none, with confidence and evidence.

    Title, summary, contents, names, series, codes, class numbers, and what other records of the work
    have, are looked at; nothing is changed. With --blind, class numbers and the index's records of the
    work are not. Confidence is calibrated: of the headings given with 0.6, about six in ten are what a
    cataloguer gave.

    \b
    Example:
      techproc classify headings suggest examples/vendor.mrc --blind
    """  # fmt: skip
    from techproc.classify.fields import control_of  # noqa: PLC0415
    from techproc.classify.headings.clues import subjects, title_of  # noqa: PLC0415
    from techproc.classify.training import loaded_fields  # noqa: PLC0415

    asked = had = 0
    if confidence is None:
        confidence = 0.0 if top else _LEAST
    with ExitStack() as stack:
        suggester = _with_vocabulary(stack, _suggester(index_file), vocabulary, indexes)
        catalog = stack.enter_context(closing(_catalog(catalog_file))) if catalog_file else None
        inputs = stack.enter_context(Inputs(files, source_form, assume, rejects))
        for items in batches(inputs):
            others: list[list[list[Field]]] = []
            wanted: list[tuple[int, list[Field]]] = []
            for item, fields in zip(items, loaded_fields(items), strict=True):
                if not blind and subjects(fields):
                    had += 1
                else:
                    wanted.append((item.number, fields))
                    others.append(_resembling(catalog, item.record, fields) if catalog else [])
            asked += len(wanted)
            found = suggester.suggest_all(
                [fields for _, fields in wanted],
                top=top,
                blind=blind,
                confidence=confidence,
                others=others,
            )
            for (number, fields), suggestions in zip(wanted, found, strict=True):
                control = control_of(fields)
                title = title_of(fields)
                if finding := _finding(title, suggestions):
                    click.echo(str(finding.at(record=number, control=control or None)), err=True)
                if as_json:
                    listed = [each.as_json() for each in suggestions]
                    emit_json([{"record": control, "suggestions": listed}])
                else:
                    click.echo(_readable(control or f"record {number}", title, suggestions))
        left = f"; {had} have LCSH headings and were left alone" if had else ""
        click.echo(f"{asked} of {inputs.read} records asked for{left}", err=True)
        inputs.finish()


def _catalog(path: str) -> Catalog:
    from techproc.catalog import Catalog  # noqa: PLC0415

    return Catalog(path, readonly=True)


def _resembling(catalog: Catalog, record: Record, fields: list[Field]) -> list[list[Field]]:
    """Return the catalogue's records that may be of the work of a record, but for itself."""
    from techproc.classify.fields import control_of, fields_of  # noqa: PLC0415
    from techproc.marc.description import describe  # noqa: PLC0415
    from techproc.marc.keys import match_keys  # noqa: PLC0415

    own = control_of(fields)
    held = catalog.candidates(match_keys(describe(record)))
    return [fields_of(each.record) for each in held if not own or each.control != own]


def _suggester(index_file: str | None) -> HeadingSuggester:
    from techproc.classify.headings.suggesting import HeadingSuggester  # noqa: PLC0415

    return HeadingSuggester.load(index_file) if index_file else HeadingSuggester.starter()


def _with_vocabulary(
    stack: ExitStack, found: HeadingSuggester, vocabulary: str | None, indexes: str | None
) -> HeadingSuggester:
    if vocabulary is None:
        return found
    from techproc.classify.headings import open_vocabulary  # noqa: PLC0415
    from techproc.classify.headings.suggesting import HeadingSuggester  # noqa: PLC0415

    opened = stack.enter_context(open_vocabulary(vocabulary.lower(), index_folder(indexes)))
    return HeadingSuggester(found.index, found.bench, opened, numbered=found.numbered)


def _finding(title: str, suggestions: list[HeadingSuggestion]) -> Finding | None:
    if not title.strip():
        return Finding(
            rule="heading.no-title",
            message="the record has no title: headings rest on names, series and codes alone",
            severity=Severity.WARNING,
            path="245",
            fix="add 245 before headings are suggested",
        )
    if not suggestions:
        return Finding(
            rule="heading.nothing-to-suggest",
            message="no title, name or series of the record leads to a heading that is sure enough",
            severity=Severity.INFO,
            fix="add a summary (520) or contents (505), lower --confidence, or give --top",
        )
    return None


def _readable(name: str, title: str, suggestions: list[HeadingSuggestion]) -> str:
    lines = [f"{name}  {title}".rstrip()]
    for each in suggestions:
        parts = "".join(f" ${code} {text}" for code, text in each.subdivisions)
        sure = f"{each.confidence:.2f}"
        if parts:
            sure += f"  ({each.main} {each.main_confidence:.2f})"
        lines.append(f"  {each.tag} {each.main}{parts}  {sure}")
        lines += evidence_lines(each.evidence)
    return "\n".join(lines)


@click.command()
@input_options
@_index_option
@click.option("--numbers", is_flag=True, help="Look at the records' class numbers.")
@json_option
def evaluate(
    *,
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    numbers: bool,
    index_file: str | None,
    as_json: bool,
) -> None:
    """Score the suggestions on records that have headings: F1, calibration, what limits cost.

    Each record is judged blind, without its own headings and without the index's records of its
    work. F1@5 is with five headings a record, F1 with as many as are worth it; ECE is their expected
    calibration error; covered is the part of the records, the surest first, for which nine in ten
    surest headings are right. Below, for each --confidence, how many of five are right, how many
    records are given any, and how many of their headings are found.

    \b
    Example:
      techproc classify headings evaluate catalogue.mrc
    """
    from techproc.classify.headings import evaluation  # noqa: PLC0415
    from techproc.classify.training import loaded_fields  # noqa: PLC0415

    suggester = _suggester(index_file)
    with Inputs(files, source_form, assume, rejects) as inputs:
        records = loaded_fields(inputs.records())
        scores = evaluation.evaluate(suggester, records, numbers=numbers)
        show_scores(scores, evaluation.render_scores, "an LCSH heading", as_json=as_json)
        click.echo(f"{scores[0].records} of {inputs.read} records have LCSH headings", err=True)
        inputs.finish()


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...", required=True)
@learning_options
def train(
    *,
    files: tuple[str, ...],
    add_to: str | None,
    alone: bool,
    output: str,
    name: str,
    force: bool,
    as_json: bool,
) -> None:
    """Learn headings from your own records, in front of what ships.

    Those that have LCSH headings teach. Train again with --add-to when there are more; a record
    with a known control number is learned anew.

    \b
    Example:
      techproc classify headings train catalogue.mrc -o own.headings
    """
    if alone and add_to:
        raise click.UsageError("--alone and --add-to exclude each other")
    existing_output(Path(output), force=force)
    from techproc.classify.headings.building import HeadingLessons, build  # noqa: PLC0415
    from techproc.classify.headings.joining import join  # noqa: PLC0415
    from techproc.classify.headings.storage import load, save  # noqa: PLC0415
    from techproc.classify.headings.suggesting import HeadingSuggester  # noqa: PLC0415
    from techproc.classify.training import loaded_fields  # noqa: PLC0415

    base = None
    if not alone:
        base = load(add_to) if add_to else HeadingSuggester.starter().index
    lessons = HeadingLessons()
    with Inputs(files, None, None, None) as inputs:
        for fields in loaded_fields(inputs.records()):
            lessons.learn(fields)
        if not len(lessons):
            raise click.UsageError("no record has an LCSH heading: nothing to learn")
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        source = {"name": name, "records": len(lessons), "date": today}
        index = build(lessons, {"sources": [source]})
        if base is not None:
            index = join(base, index)
        save(index, output, force=force)
        learned, records, headings = len(lessons), len(index.records), len(index.string_main)
        if as_json:
            told = {"index": output, "learned": learned, "records": records, "headings": headings}
            emit_json([told])
        else:
            click.echo(
                f"{output}: {learned} records learned, {records} in all; {headings} headings"
            )
        inputs.finish()
