"""`techproc classify suggest`, `train` and `evaluate`: class numbers from an evidence index."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

from techproc.files import existing_output
from techproc.findings import Finding, Severity
from techproc_cli.marc_inputs import Inputs, input_options
from techproc_cli.options import emit_json, force_option, json_option

if TYPE_CHECKING:
    from techproc.classify.fields import Field
    from techproc.classify.suggest import Suggester, Suggestion
    from techproc.classify.trace import Evidence
    from techproc.marc import Loaded

__all__ = [
    "batches", "evaluate", "evidence_lines", "learning_options", "show_scores", "suggest", "train",
]  # fmt: skip

_BATCH = 128
_F = TypeVar("_F", bound=Callable[..., Any])


class _Score(Protocol):
    def as_json(self) -> dict[str, Any]: ...


_S = TypeVar("_S", bound=_Score)
_scheme_option = click.option(
    "--scheme",
    type=click.Choice(["lcc", "ddc"]),
    default="lcc",
    show_default=True,
    help="Library of Congress or Dewey numbers.",
)
_index_option = click.option(
    "--index", "index_file", metavar="INDEX", help="Use this index of `classify train`."
)
_suggester_option = click.option(
    "--suggester",
    "suggesters",
    multiple=True,
    metavar="'NAME KEY=VALUE...'",
    help="Ask another suggester too, such as 'annif url=http://127.0.0.1:5000 project=lcc "
    "weight=0.25'.",
)


def _suggester(index_file: str | None) -> Suggester:
    from techproc.classify.suggest import Suggester  # noqa: PLC0415  numpy comes with it

    return Suggester.load(index_file) if index_file else Suggester.starter()


@click.command()
@input_options
@_scheme_option
@click.option(
    "--top", type=click.IntRange(1), default=3, show_default=True, help="Numbers a record."
)
@click.option(
    "--confidence",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Cut each number at the deepest level that is so sure; leave it out when none is.",
)
@click.option("--blind", is_flag=True, help="Look at no number of the record's own (to evaluate).")
@_suggester_option
@_index_option
@click.option(
    "--captions",
    "captions_file",
    metavar="FILE",
    help="Captions you hold a licence for: lines of a number, a tab and a caption.",
)
@json_option
def suggest(
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    scheme: str,
    top: int,
    confidence: float,
    blind: bool,
    suggesters: tuple[str, ...],
    index_file: str | None,
    captions_file: str | None,
    as_json: bool,
) -> None:
    """Suggest class numbers for records, each with its confidence and evidence.

    Confidence is calibrated: of the numbers given with 0.8, about eight in ten are right. A record
    whose title, headings and names say nothing gets no suggestion.

    What another suggester says counts by its weight: with 0.25, a quarter of its score is added to
    three quarters of our confidence.

    \b
    Example:
      techproc classify suggest vendor.mrc --scheme lcc --top 3
    """
    from techproc.classify.advice import open_adviser, suggest_with  # noqa: PLC0415
    from techproc.classify.fields import control_of  # noqa: PLC0415
    from techproc.classify.outline import caption, load_captions  # noqa: PLC0415

    captions = load_captions(captions_file) if captions_file else {}
    advisers = [open_adviser(text) for text in suggesters]
    suggester = _suggester(index_file)
    kind: Any = scheme
    with Inputs(files, source_form, assume, rejects) as inputs:
        place = 0
        for items in batches(inputs):
            batch, found = suggest_with(
                suggester, advisers, items, kind, top=top, blind=blind, confidence=confidence
            )
            for fields, suggestions in zip(batch, found, strict=True):
                place += 1
                control = control_of(fields)
                if not suggestions:
                    finding = Finding(
                        rule="classify.nothing-to-suggest",
                        message="no title, heading or name of the record leads to a number",
                        severity=Severity.INFO,
                        record=place,
                        control=control or None,
                        fix="add subject headings, or lower --confidence",
                    )
                    click.echo(str(finding), err=True)
                if as_json:
                    listed = [
                        {**each.as_json(), "caption": caption(each.number, captions)}
                        for each in suggestions
                    ]
                    emit_json([{"record": control, "suggestions": listed}])
                else:
                    click.echo(
                        _readable(control or f"record {place}", fields, suggestions, captions)
                    )
        inputs.finish()


def batches(inputs: Inputs) -> Iterator[list[Loaded]]:
    """Yield the records that were read, so many together as are quick to suggest for."""
    records = iter(inputs.records())
    while batch := list(islice(records, _BATCH)):
        yield batch


def _readable(
    name: str, fields: list[Field], suggestions: list[Suggestion], captions: dict[str, str]
) -> str:
    from techproc.classify.outline import caption  # noqa: PLC0415

    titles = [v for tag, _, parts in fields if tag == "245" for c, v in parts if c in "ab"]
    lines = [f"{name}  {' '.join(titles)}".rstrip()]
    for each in suggestions:
        steps = ", ".join(f"{s.number} {s.confidence:.2f}" for s in each.steps)
        meaning = caption(each.number, captions)
        lines.append(f"  {each.number}  {each.confidence:.2f}  {each.level}  ({steps})")
        if meaning:
            lines.append(f"      {meaning}")
        lines.append(
            f"      {each.supporting} records for it, {each.contradicting} for other numbers"
        )
        lines += evidence_lines(each.evidence)
    return "\n".join(lines)


def evidence_lines(evidence: Iterable[Evidence]) -> list[str]:
    """Return the evidence for a suggestion for reading, a line each."""
    lines = []
    for item in evidence:
        numbers = f" [{', '.join(item.numbers)}]" if item.numbers else ""
        lines.append(f"      {item.count} of {item.total}  {item.kind}: {item.text}{numbers}")
    return lines


def learning_options(command: _F) -> _F:
    """Add the options of every command that learns an index from records."""
    for option in (
        json_option,
        force_option,
        click.option(
            "--name", default="own records", show_default=True, help="Named in the evidence."
        ),
        click.option("-o", "--output", required=True, metavar="INDEX", help="The index to write."),
        click.option("--alone", is_flag=True, help="Learn from these records alone."),
        click.option("--add-to", metavar="INDEX", help="Add to this index instead of what ships."),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--catalog", "catalog_file", metavar="FILE", help="Learn from this catalogue too.")
@learning_options
def train(
    files: tuple[str, ...],
    catalog_file: str | None,
    add_to: str | None,
    alone: bool,
    output: str,
    name: str,
    force: bool,
    as_json: bool,
) -> None:
    """Learn class numbers from your own records, in front of the starter index.

    Each of your records counts as three of the starter's. Train again with --add-to when there are
    more; a record with a known control number is learned anew.

    \b
    Example:
      techproc classify train catalogue.mrc -o own.index
    """
    if not files and not catalog_file:
        raise click.UsageError("name files of records, or --catalog FILE")
    if alone and add_to:
        raise click.UsageError("--alone and --add-to exclude each other")
    existing_output(Path(output), force=force)
    from techproc.classify.storage import load, save  # noqa: PLC0415
    from techproc.classify.training import train as learn  # noqa: PLC0415

    base = None if alone else load(add_to) if add_to else _suggester(None).index
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    with Inputs(files, None, None, None) as inputs:
        index = learn(_to_learn(inputs, catalog_file), name=name, date=today, base=base)
        learned = index.about["sources"][-1]["records"]
        if not learned:
            raise click.UsageError("no record has a usable LC or Dewey number: nothing to learn")
        save(index, output, force=force)
        result = {"index": output, "learned": learned, "records": len(index)}
        if as_json:
            emit_json([result])
        else:
            click.echo(f"{output}: {learned} records learned, {len(index)} in all")
        inputs.finish()


def _to_learn(inputs: Inputs, catalog_file: str | None) -> Iterator[list[Field]]:
    from techproc.classify.fields import fields_of  # noqa: PLC0415
    from techproc.classify.training import loaded_fields  # noqa: PLC0415

    yield from loaded_fields(inputs.records())
    if catalog_file:
        from techproc.catalog import Catalog  # noqa: PLC0415

        with closing(Catalog(catalog_file, readonly=True)) as catalog:
            for held in catalog.records():
                yield fields_of(held.record)


@click.command()
@input_options
@click.option("--title-only", is_flag=True, help="Look at the title alone, as for a new arrival.")
@click.option(
    "--scheme",
    "schemes",
    type=click.Choice(["lcc", "ddc"]),
    multiple=True,
    help="Score this scheme alone.",
)
@_suggester_option
@_index_option
@json_option
def evaluate(
    files: tuple[str, ...],
    source_form: str | None,
    assume: str | None,
    rejects: str | None,
    title_only: bool,
    schemes: tuple[str, ...],
    suggesters: tuple[str, ...],
    index_file: str | None,
    as_json: bool,
) -> None:
    """Score the suggestions on records that have numbers: accuracy, calibration, coverage.

    Each record is judged blind, without its own numbers and without the index's records of its
    work. ECE is the expected calibration error; covered is the part of the records, the surest
    first, for which nine in ten first suggestions are right; unseen numbers are not in the index.
    With another suggester, its advice is pooled in: try several weights.

    \b
    Example:
      techproc classify evaluate catalogue.mrc
    """
    from techproc.classify import evaluation  # noqa: PLC0415
    from techproc.classify.advice import open_adviser, suggest_with  # noqa: PLC0415
    from techproc.classify.kinds import TITLE  # noqa: PLC0415
    from techproc.classify.numbers import class_number  # noqa: PLC0415
    from techproc.classify.training import loaded_fields  # noqa: PLC0415

    if title_only and suggesters:
        raise click.UsageError("--title-only and --suggester exclude each other")
    advisers = [open_adviser(text) for text in suggesters]
    suggester = _suggester(index_file)
    wanted: Any = schemes or ("lcc", "ddc")
    kinds = TITLE if title_only else None
    with Inputs(files, source_form, assume, rejects) as inputs:
        scores = []
        if advisers:
            told: dict[Any, list[Any]] = {scheme: [] for scheme in wanted}
            for items in batches(inputs):
                for scheme in wanted:
                    batch, found = suggest_with(
                        suggester, advisers, items, scheme, top=10, blind=True
                    )
                    numbers = [class_number(fields, scheme) for fields in batch]
                    told[scheme] += [(n, f) for n, f in zip(numbers, found, strict=True) if n]
            for scheme, pairs in told.items():
                scores += evaluation.score_suggestions(pairs, suggester.views(scheme))
        else:
            tests = list(evaluation.examples(loaded_fields(inputs.records())))
            for scheme in wanted:
                scores += evaluation.evaluate(suggester, tests, scheme, kinds=kinds)
        show_scores(
            scores, evaluation.render_scores, "a usable LC or Dewey number", as_json=as_json
        )
        inputs.finish()


def show_scores(
    scores: Sequence[_S], render: Callable[[Sequence[_S]], str], scored: str, *, as_json: bool
) -> None:
    """Print the scores of an `evaluate`; UsageError when no record has what is `scored`."""
    if not scores:
        raise click.UsageError(f"no record has {scored}: nothing to score")
    if as_json:
        emit_json(score.as_json() for score in scores)
    else:
        click.echo(render(scores))
