"""Calibration: a printer's fault is found from its marks, and undone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.errors import ConfigError, LabelError
from techproc.labels.calibration import (
    Calibration,
    as_toml,
    load_calibration,
    marks,
    read_marks,
    solve,
)

PRINTERS = st.builds(
    Calibration,
    offset_x=st.floats(-3, 3),
    offset_y=st.floats(-3, 3),
    scale_x=st.floats(0.99, 1.01),
    scale_y=st.floats(0.99, 1.01),
    skew=st.floats(-0.5, 0.5),
)


@given(PRINTERS)
def test_a_printer_is_found_from_its_four_marks(printer):
    """What is aimed with the solved calibration lands within 0.02 mm all over the page."""
    measured = [printer.lands(x, y) for x, y in marks(215.9, 279.4)]
    found = solve(215.9, 279.4, measured)
    for x, y in ((5, 5), (100, 140), (210, 270)):
        landed = printer.lands(*found.aim(x, y))
        assert landed == (pytest.approx(x, abs=0.02), pytest.approx(y, abs=0.02))


@given(PRINTERS, st.floats(0, 210), st.floats(0, 297))
def test_aiming_undoes_landing(printer, x, y):
    """aim is the inverse of lands."""
    assert printer.aim(*printer.lands(x, y)) == (pytest.approx(x), pytest.approx(y))


def test_a_calibration_survives_its_file(tmp_path):
    """What is written is read."""
    file = tmp_path / "printer.toml"
    printer = Calibration(offset_x=0.5, scale_y=0.998, skew=-0.1)
    file.write_text(as_toml(printer))
    assert load_calibration(file) == printer


@pytest.mark.parametrize(
    "content",
    [
        "ofset_x = 1",
        "skew = 'a'",
        "scale_x = 2",
        "= 1",
        "offset_x = 200",
        "offset_y = nan",
    ],
)
def test_a_wrong_file_is_refused(tmp_path, content):
    """Unknown keys, words, and printers that cannot be."""
    file = tmp_path / "printer.toml"
    file.write_text(content)
    with pytest.raises(ConfigError, match=r"printer\.toml"):
        load_calibration(file)


@pytest.mark.parametrize(
    "texts", [["A=1"], ["A=1,2", "A=1,2"], ["E=1,2"], ["A=1,2", "C=3,4"], ["A=x,y"], ["A=nan,2"]]
)
def test_marks_are_written_one_way(texts):
    """Each once, from A on, with two numbers."""
    with pytest.raises(LabelError):
        read_marks(texts)


def test_a_slip_of_the_ruler_is_refused():
    """A mark over a centimetre out, or two marks, do not make a calibration."""
    with pytest.raises(LabelError, match="mark B"):
        solve(210, 297, [(20, 20), (150, 20), (20, 277)])
    with pytest.raises(LabelError, match="2 marks"):
        solve(210, 297, [(20, 20), (190, 20)])
