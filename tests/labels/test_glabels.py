"""gLabels template files."""

import pytest

from techproc.errors import InputError
from techproc.labels.glabels import read_glabels

TEMPLATES = """<?xml version="1.0"?>
<Glabels-templates xmlns="http://snaury.users.sf.net/glabels/3.0/">
  <Template brand="Avery" part="5160" size="US-Letter" description="Address Labels">
    <Label-rectangle id="0" width="189pt" height="72pt" round="5pt">
      <Layout nx="3" ny="10" x0="11.25pt" y0="36pt" dx="200.25pt" dy="72pt"/>
    </Label-rectangle>
  </Template>
  <Template brand="Avery" part="8160" equiv="5160"/>
  <Template brand="Roll" part="1" size="Other" width="54mm" height="25mm">
    <Label-rectangle width="54mm" height="2.5cm">
      <Layout nx="1" ny="1" x0="0pt" y0="0pt" dx="0pt" dy="0pt"/></Label-rectangle>
  </Template>
  <Template brand="Disc" part="CD" size="A4"><Label-cd/></Template>
  <Template brand="Disc" part="DVD" equiv="CD"/>
  <Template brand="Odd" part="1" size="A4">
    <Label-rectangle width="200mm" height="10mm">
      <Layout nx="2" ny="1" x0="0mm" y0="0mm" dx="200mm" dy="10mm"/></Label-rectangle>
  </Template>
</Glabels-templates>
"""


def test_rectangles_are_read_and_the_rest_is_said(tmp_path):
    """Sizes in any unit, equivalents, rolls; discs and impossible sheets are findings."""
    (tmp_path / "made-templates.xml").write_text(TEMPLATES)
    (tmp_path / "broken-templates.xml").write_text("<Glabels")
    found, findings = read_glabels(tmp_path)
    assert set(found) == {"avery-5160", "avery-8160", "roll-1"}
    sheet = found["avery-8160"]
    assert (sheet.width, sheet.count) == (66.675, 30)
    assert sheet.pitch_x == pytest.approx(70.644, abs=1e-3)
    assert (found["roll-1"].kind, found["roll-1"].height) == ("roll", 25.0)
    assert len(findings) == 4
    assert "Disc DVD: is as CD" in findings[-1].message


def test_a_folder_without_templates_is_refused(tmp_path):
    """And one that is not there."""
    with pytest.raises(InputError, match="no gLabels templates"):
        read_glabels(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        read_glabels(tmp_path / "none")
