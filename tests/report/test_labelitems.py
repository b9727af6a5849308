"""Labels of the items that records carry."""

from pymarc import Field, Indicators, Record, Subfield

from techproc.labels import SpineLabel
from techproc.report.labelitems import spine_labels


def test_a_number_read_from_a_field_has_title_and_author_too():
    """A spine and pocket set prints them whichever way the number was found."""
    record = Record()
    record.add_field(
        Field("001", data="ocm1"),
        Field("050", Indicators(" ", "4"), [Subfield("a", "QA76"), Subfield("b", ".K5")]),
        Field("100", Indicators("1", " "), [Subfield("a", "Austen, Jane,")]),
        Field("245", Indicators("1", "0"), [Subfield("a", "Emma /")]),
    )
    assert list(spine_labels([record], field="050$ab")) == [
        SpineLabel(call_number="QA76 .K5", title="Emma", author="Austen, Jane", name="ocm1")
    ]
