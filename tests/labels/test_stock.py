"""Stock: every sheet of the table adds up, and a library's own is held to the same."""

import pytest

from techproc.errors import ConfigError, LabelError
from techproc.findings import Severity
from techproc.labels.stock import builtin_stock, load_stock, stock_named

GOOD = '[mine]\npage = "a4"\ncolumns = 2\nrows = 3\nleft = 10\ntop = 10\nwidth = 90\nheight = 50\n'


@pytest.mark.parametrize("stock", builtin_stock().values(), ids=lambda stock: stock.key)
def test_every_sheet_adds_up(stock):
    """No overlap, nothing off the page; a source and a confidence; margins even unless low."""
    assert [f for f in stock.check() if f.severity is Severity.ERROR] == []
    assert stock.source
    assert stock.confidence in ("high", "medium", "low")
    right = stock.page_width - (stock.place(stock.columns)[0] + stock.width)
    bottom = stock.page_height - (stock.place(stock.count)[1] + stock.height)
    if stock.confidence != "low":
        assert right == pytest.approx(stock.left, abs=0.06)
        assert bottom == pytest.approx(stock.top, abs=0.06)


def test_the_table_has_what_libraries_buy():
    """At least forty parts, of the makers that libraries order from."""
    stocks = builtin_stock().values()
    assert len(stocks) >= 40
    assert {"Avery", "Demco", "Gaylord", "Dymo", "Brother", "Herma"} <= {s.vendor for s in stocks}


def test_equivalents_are_found():
    """A part that is the same sheet under another number is that sheet."""
    assert stock_named("8160").key == "avery-5160"
    assert stock_named("Gaylord JD-ML3000").key == "avery-5160"


def test_places_go_by_rows_or_columns():
    """Label 2 stands beside label 1, or below it."""
    stock = stock_named("avery-5160")
    assert stock.place(2) == (pytest.approx(74.6125), pytest.approx(12.7))
    assert stock.place(2, "columns") == (pytest.approx(4.7625), pytest.approx(38.1))


def test_a_library_adds_its_own_sheet(tmp_path):
    """A TOML table, with pitch taken from the label's size when it is not given."""
    file = tmp_path / "stock.toml"
    file.write_text(GOOD)
    found = load_stock(file)["mine"]
    assert (found.page_width, found.pitch_x, found.count) == (210.0, 90.0, 6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("pitch_x = 80", "overlap"),
        ("columns = 3", "reach from 10 to 280 mm of a page of 210"),
        ("rows = 0", "no label down"),
        ("hight = 3", "did you mean height"),
        ('page = "a44"', "page takes"),
        ('width = "wide"', "number of millimetres"),
        ("width = nan", "number of millimetres"),
        ("height = inf", "number of millimetres"),
        ('kind = "rolls"', "kind takes sheet or roll"),
        ("regions = 5", "takes a list of labels"),
        ('regions = [{ use = "spine", x = 0 }]', "label 1 has use, x, y, width, height"),
        (
            'regions = [{ use = "barcode", x = 0, y = 0, width = 9, height = 9 }]',
            "use takes spine or pocket, not 'barcode'",
        ),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(tmp_path, change, message):
    """The error names the file, the stock and the measure."""
    key = change.split(" =")[0]
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"{key} =")]
    file = tmp_path / "stock.toml"
    file.write_text("\n".join([*lines, change]))
    with pytest.raises(ConfigError, match=rf"stock\.toml: \[mine\].*{message}"):
        load_stock(file)


def test_an_unknown_stock_is_refused():
    """With where to look."""
    with pytest.raises(LabelError, match="labels stocks"):
        stock_named("avery-9999999")
