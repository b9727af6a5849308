"""Lists and tables of labels."""

import pytest

from techproc.errors import InputError
from techproc.labels import BarcodeLabel, SpineLabel, TextLabel, Unprintable
from techproc.labels.inputs import read_labels
from techproc.labels.items import called


def test_a_plain_list_is_a_label_a_line():
    """Empty lines are passed over."""
    assert list(read_labels("QA76 .K5\n\n  QH541 \n", "spine")) == [
        SpineLabel(call_number="QA76 .K5"),
        SpineLabel(call_number="QH541"),
    ]
    assert list(read_labels("31234\n", "barcode")) == [BarcodeLabel(value="31234")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_mixes_kinds_in_its_order(delimiter):
    """Columns by name, whatever separates them."""
    rows = [
        ["kind", "Call Number", "barcode", "text", "prefix"],
        ["spine", "QA76 .K5", "31234", "", "REF"],
        ["barcode", "", "31234", "", ""],
        ["text", "", "", "Desk", ""],
    ]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert list(read_labels(text, "spine")) == [
        SpineLabel(call_number="QA76 .K5", prefix="REF", name="31234"),
        BarcodeLabel(value="31234"),
        TextLabel(lines=("Desk",)),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("call_number,copy\n,2", "the call number is empty"),
        ("kind,barcode,caption\nbarcode,,Lib", "the barcode is empty"),
        ("kind,text\nposter,x", "not 'poster'"),
        ("kind,barcode\nbarcode,3.1234E+13", "cut the barcode down to 3.1234E+13"),
        ("call_number,copy\nQA1,2,3", "3 cells under 2 headings"),
    ],
)
def test_a_wrong_row_names_its_line_and_spares_the_others(text, message):
    """The row comes as what cannot be printed; the one after it as its label."""
    wrong, right = read_labels(f"{text}\nspine,QA76,\n" if "kind" in text else f"{text}\nQA76,",
                               "spine", name="list.csv")  # fmt: skip
    assert isinstance(wrong, Unprintable)
    assert wrong.name == "list.csv, line 2"
    assert message in wrong.finding.message
    assert right is not None


def test_a_table_without_a_number_is_not_taken_for_a_list():
    """Its heading would be printed as a label otherwise, and each row whole."""
    with pytest.raises(InputError, match="no column is called call_number or barcode or text"):
        list(read_labels("title,copy\nEmma,2\n", "spine", name="list.csv"))


def test_an_unknown_column_is_refused():
    """Nothing of the table can be relied on then."""
    with pytest.raises(InputError, match="no column is called 'colour'"):
        list(read_labels("call_number,colour\nQA1,red", "spine", name="list.csv"))


def test_a_label_of_a_list_knows_its_line():
    """What cannot be printed is found in the list again."""
    first, second = read_labels("QA76 .K5\n\nQH541\n", "spine", name="list.txt")
    assert (called(first), called(second)) == ("list.txt, line 1", "list.txt, line 3")
    (named,) = read_labels("call_number,name\nQA76,31234\n", "spine", name="list.csv")
    assert called(named) == "31234"
