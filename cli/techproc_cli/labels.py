"""`techproc labels`: what prints labels and cards."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import click

from techproc_cli import labels_tools
from techproc_cli.groups import CommandGroup
from techproc_cli.labels_job import Job, leave
from techproc_cli.labels_options import (
    barcode_options,
    card_options,
    item_options,
    kind_options,
    new_number_options,
    sheet_options,
    type_options,
)
from techproc_cli.labels_sources import (
    ItemSource,
    NewNumbers,
    barcodes_of,
    captioned,
    labels_from,
    pairs_of,
    spines_of,
)
from techproc_cli.options import config_option, force_option, read_policy

__all__ = ["labels"]


@click.group(cls=CommandGroup)
def labels() -> None:
    """Print spine, barcode and pocket labels and cards, exact to the stock; split call numbers.

    \b
    Example:
      techproc labels spine "QH541.15.C6 C25 2012" --stock avery-5160 -o spines.pdf
    """


for tool in (labels_tools.split, labels_tools.calibrate, labels_tools.stocks, labels_tools.ledger):
    labels.add_command(tool)


@labels.command()
@click.argument("call_numbers", nargs=-1, metavar="[CALLNUMBER]...")
@click.option("--from", "source", metavar="FILE", help="A list or CSV of call numbers; - is input.")
@item_options
@kind_options
@type_options
@sheet_options("spine.stock of the policy")
@config_option
@force_option
def spine(
    *, call_numbers: tuple[str, ...], source: str | None, config_file: str | None, **options: Any
) -> None:
    """Print spine labels for call numbers, a list or CSV of them, or the items of records.

    Records come from MARC files or, by a list of barcodes or by date, from the catalogue. A number
    that does not fit is set smaller, then broken again, then refused; nothing is cut.

    \b
    Example:
      techproc labels spine "QH541.15.C6 C25 2012" "R220.3 H2793Z c.2" -o spines.pdf
      techproc labels spine --marc finished.mrc --start 7 -o spines.pdf
      techproc labels spine --catalog catalogue.sqlite --since 2026-11-01 -o spines.pdf
    """
    policy = read_policy(config_file).spine
    items = ItemSource.taken_from(options)
    if not (call_numbers or source or items.asks):
        raise click.UsageError("give call numbers, --from, --marc, or --catalog with a choice")
    job = Job(policy, options, profile=options["profile"] or policy.profile)
    leave(job.print(spines_of(call_numbers, labels_from(source, "spine"), items, options)))


@labels.command()
@click.argument("values", nargs=-1, metavar="[BARCODE]...")
@click.option("--from", "source", metavar="FILE", help="A list or CSV of barcodes; - is input.")
@item_options
@new_number_options
@barcode_options
@sheet_options("barcode.stock of the policy")
@config_option
@force_option
def barcode(
    *, values: tuple[str, ...], source: str | None, config_file: str | None, **options: Any
) -> None:
    """Print barcode labels: given numbers, a list of them, those of items, or new ones.

    Bars stand on whole dots of the printer; a label that is too narrow is refused with the width
    that is needed. New numbers pass over those that items of --catalog have.

    \b
    Example:
      techproc labels barcode --sequence 31234000000016 --count 60 -o barcodes.pdf
      techproc labels barcode 31234000000016 --symbology code39 --x 0.19 -o one.pdf
    """
    policy = read_policy(config_file)
    items = ItemSource.taken_from(options)
    new = NewNumbers(options, items.catalog)
    if not (values or source or items.asks or new.asks):
        raise click.UsageError("give barcodes, --from, --marc, --sequence or --ledger")
    caption = options.pop("caption")
    check_digits = new.check_digit and policy.items.barcode_check == "luhn"
    job = Job(policy.barcode, options, check_digits=check_digits)
    with new as numbers:
        typed = barcodes_of((*values, *numbers), labels_from(source, "barcode"), items)
        line = policy.barcode.caption if caption is None else caption
        failed = job.print(captioned(typed, line))
    leave(failed)


@labels.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--spine", "spines", multiple=True, metavar="CALLNUMBER", help="A spine label more.")
@click.option("--barcode", "bars", multiple=True, metavar="NUMBER", help="A barcode label more.")
@click.option("--text", "texts", multiple=True, metavar="TEXT", help="A label of this text.")
@item_options
@kind_options
@new_number_options
@type_options
@barcode_options
@sheet_options("spine.stock of the policy")
@config_option
@force_option
def sheet(
    *,
    files: tuple[str, ...],
    spines: tuple[str, ...],
    bars: tuple[str, ...],
    texts: tuple[str, ...],
    config_file: str | None,
    **options: Any,
) -> None:
    """Print labels of all kinds on one sheet: tables, typed ones, items, new numbers, in this order.

    A row of a table (CSV; - is standard input) is a spine, barcode or text label by its column
    `kind`. An item has its spine label and then its barcode label.

    \b
    Example:
      techproc labels sheet labels.csv --stock avery-l7160 -o labels.pdf
      techproc labels sheet --marc new.mrc --text "New books" --stock avery-5160 -o labels.pdf
    """
    from techproc.labels import TextLabel  # noqa: PLC0415

    policy = read_policy(config_file)
    items = ItemSource.taken_from(options)
    new = NewNumbers(options, items.catalog)
    if not (files or spines or bars or texts or items.asks or new.asks):
        raise click.UsageError("give tables, --spine, --barcode, --text, items or new numbers")
    options["symbology"] = options["symbology"] or policy.barcode.symbology
    caption = options.pop("caption")
    job = Job(
        policy.spine,
        options,
        profile=options["profile"] or policy.spine.profile,
        check_digits=new.check_digit and policy.items.barcode_check == "luhn",
    )
    with new as numbers:
        tables = itertools.chain.from_iterable(labels_from(file, "spine") for file in files)
        found = itertools.chain(
            spines_of((), tables, None, options),
            spines_of(spines, (), None, options),
            barcodes_of(bars),
            (TextLabel(lines=tuple(text.split("\\n"))) for text in texts),
            spines_of((), pairs_of(items, options), None, options),
            barcodes_of(numbers),
        )
        line = policy.barcode.caption if caption is None else caption
        failed = job.print(captioned(found, line))
    leave(failed)


@labels.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@item_options
@card_options
@sheet_options("cards-letter")
@config_option
@force_option
def cards(*, files: tuple[str, ...], config_file: str | None, **options: Any) -> None:
    """Print the catalogue cards of MARC records by ISBD, in filing order.

    A record has a main card with its tracing, cards under its title, added entries and subjects,
    and a shelf-list card for each call number. What one card does not hold goes on on others.

    \b
    Example:
      techproc labels cards examples/catalogue.mrc --outlines -o cards.pdf
      techproc labels cards new.mrc --cards main,subject --filing word --stock cards-a4 -o c.pdf
    """
    from techproc.report.cards import KINDS, printed_cards  # noqa: PLC0415
    from techproc.report.holdings import with_all_items  # noqa: PLC0415

    policy = read_policy(config_file).spine
    items = ItemSource.taken_from(options)
    if not (files or items.asks):
        raise click.UsageError("give MARC files, or --catalog with --barcodes, --since or --until")
    profile = options["profile"] or policy.profile
    job = Job(replace(policy, stock="cards-letter", start=1), options, profile=profile)
    if options["piles"] and job.placed:
        raise click.UsageError("--piles fills whole sheets: leave --start, --skip and --order out")
    found = printed_cards(
        with_all_items(items.holdings(files), items.item_profile),
        job.stock,
        kinds=options["kinds"].split(",") if options["kinds"] else KINDS,
        order=options["filing"],
        piles=options["piles"],
        field=options["field"],
        capitals=not options["lower_case"],
        every_thesaurus=options["every_thesaurus"],
        style=job.style,
        profiles=job.profiles,
    )
    leave(job.print(found))
