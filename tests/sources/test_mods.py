"""MODS made into MARC 21, element by element as LC maps them."""

from __future__ import annotations

import pytest
from lxml import etree

from techproc.sources.mods import record_from_mods

TITLE = "<titleInfo><title>T</title></titleInfo>"


def fields(body: str) -> list[str]:
    record, _ = record_from_mods(etree.fromstring(f"<mods>{body}</mods>"))
    return [str(field) for field in record.fields]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("<titleInfo type='uniform'><nonSort>The </nonSort><title>Bible</title>"
         "<partName>Genesis</partName></titleInfo>", r"=130  4\$aThe Bible.$pGenesis"),
        ("<name usage='primary'><namePart>Homer</namePart></name><titleInfo type='uniform'>"
         "<nonSort>L'</nonSort><title>Iliade</title></titleInfo>", "=240  12$aL'Iliade"),
        ("<titleInfo type='abbreviated'><title>J. X</title></titleInfo>", r"=210  0\$aJ. X"),
        ("<titleInfo type='translated'><title>X</title></titleInfo>", "=246  31$aX"),
        (f"{TITLE}<note type='Statement of Responsibility'>by A</note>", "=245  00$aT /$cby A."),
        (f"{TITLE}<physicalDescription><form authority='gmd'>sound recording</form>"
         "</physicalDescription>", "=245  00$aT$h[sound recording]."),
        ("<note type='Performers'>X</note>", r"=511  \\$aX"),
        ("<genre authority='marcgt'>novel</genre>", r"=655  \7$anovel$2marcgt"),
        ("<genre>novel</genre>", r"=655  \4$anovel"),
        ("<relatedItem type='host'><titleInfo><title>J</title></titleInfo><part><detail "
         "type='volume'><number>3</number></detail><extent unit='pages'><start>1</start>"
         "<end>9</end></extent></part><identifier type='issn'>1234-5679</identifier></relatedItem>",
         r"=773  0\$tJ$gvolume 3, pages 1-9$x1234-5679"),
        ("<relatedItem type='preceding'><titleInfo><title>Old</title></titleInfo></relatedItem>",
         "=780  00$tOld"),
        ("<relatedItem><location><url>http://a.org</url></location></relatedItem>",
         "=856  42$uhttp://a.org"),
        ("<relatedItem type='series'><titleInfo><title>S</title><partNumber>4</partNumber>"
         "</titleInfo></relatedItem>", r"=490  0\$aS ;$v4"),
        ("<subject authority='lcsh'><name type='corporate'><namePart>UN</namePart>"
         "<namePart>Council</namePart></name><topic>History</topic></subject>",
         r"=610  20$aUN$bCouncil$xHistory"),
        ("<subject><geographicCode authority='marcgac'>e-fr---</geographicCode></subject>",
         r"=043  \\$ae-fr---"),
        ("<identifier type='doi'>10.1/x</identifier>", r"=024  7\$a10.1/x$2doi"),
        ("<identifier type='PPN'>12</identifier>", r"=024  8\$a12$qppn"),
        ("<originInfo eventType='manufacture'><place><placeTerm>Ulm</placeTerm></place>"
         "<publisher>X</publisher></originInfo>", r"=264  \3$aUlm :$bX"),
        ("<originInfo><dateIssued>1999</dateIssued><copyrightDate>1998</copyrightDate>"
         "</originInfo>", r"=264  \4$c©1998"),
        ("<originInfo><dateIssued qualifier='questionable'>1999</dateIssued></originInfo>",
         r"=264  \1$c[1999?]"),
        ("<accessCondition type='use and reproduction'>CC0</accessCondition>", r"=540  \\$aCC0"),
        ("<name type='personal'><namePart>Doe, J.</namePart><namePart type='termsOfAddress'>Sir"
         "</namePart><role><roleTerm>friend</roleTerm></role></name>",
         r"=700  1\$aDoe, J.$cSir$efriend"),
        ("<classification authority='udc'>02</classification>", r"=080  \\$a02"),
        ("<tableOfContents displayLabel='Incomplete contents'>A</tableOfContents>",
         r"=505  1\$aA"),
    ],
)  # fmt: skip
def test_elements_go_where_lc_maps_them(body: str, wanted: str) -> None:
    """One element each."""
    assert wanted in fields(body)


def test_the_leader_and_008_say_what_mods_says() -> None:
    """Type, issuance, both dates, audience, form, country and language."""
    record, findings = record_from_mods(
        etree.fromstring(
            "<mods version='3.7'><typeOfResource>text</typeOfResource><targetAudience "
            "authority='marctarget'>juvenile</targetAudience><originInfo><place><placeTerm "
            "type='code' authority='marccountry'>nyu</placeTerm></place><dateIssued encoding='marc'"
            " point='start'>1990</dateIssued><dateIssued encoding='marc' point='end'>1995"
            "</dateIssued><issuance>monographic</issuance></originInfo><physicalDescription><form "
            "authority='marcform'>braille</form></physicalDescription><language><languageTerm>eng"
            "</languageTerm></language><recordInfo><recordCreationDate encoding='marc'>010203"
            "</recordCreationDate></recordInfo></mods>"
        )
    )
    assert record["008"].data == "010203m19901995nyu    jf     ||| ||eng d"
    assert str(record.leader)[5:8] == "nam"
    assert [f.rule for f in findings] == ["sources.converted-mods"]


def test_what_has_no_place_is_told_at_its_place() -> None:
    """Elements, attributes and kinds that are not known, with their paths."""
    _, findings = record_from_mods(
        etree.fromstring(
            "<mods><note type='odd' ID='n1'>X</note><part><text>2</text></part>"
            "<name type='alien'><namePart>Doe</namePart><etal/></name></mods>"
        )
    )
    assert [(f.path, f.message) for f in findings[1:]] == [
        ("note/@type", "not carried into MARC 21: 'odd'"),
        ("note/@ID", "not carried into MARC 21: 'n1'"),
        ("part/text", "not carried into MARC 21: '2'"),
        ("name/@type", "not carried into MARC 21: 'alien'"),
    ]
