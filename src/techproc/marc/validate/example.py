r"""A sound record, and what becomes of it when an example's lines are put in.

An example is lines of MARCMaker text: `=020  \\$a0306406152` takes the place of every 020 there is;
several lines of a tag are several fields; `=LDR  …` is the leader; `-245` takes a field out.
"""

from __future__ import annotations

from collections.abc import Iterable

import pymarc

from techproc.marc.mrk import parse_lines

__all__ = ["SOUND", "example_record"]

SOUND = r"""=LDR  00000cam a2200000 i 4500
=001  b1
=003  DLC
=005  20160301123000.0
=007  ta
=008  160101t20162015nyua\\\\\b\\\\001\0\eng\d
=010  \\$a  2015012345
=020  \\$a9780306406157$q(pbk.)
=022  0\$a0378-5955
=035  \\$a(OCoLC)12345678
=040  \\$aDLC$beng$erda$cDLC
=041  0\$aeng
=043  \\$an-us---
=050  00$aGC21$b.S65 2016
=082  00$a551.46$223
=100  1\$6880-01$aSmith, Ann,$d1950-$eauthor.
=245  14$aThe sea :$ba story /$cAnn Smith.
=264  \1$aNew York :$bPress,$c[2016]
=264  \4$c©2015
=300  \\$a200 pages :$billustrations ;$c23 cm
=336  \\$atext$btxt$2rdacontent
=337  \\$aunmediated$bn$2rdamedia
=338  \\$avolume$bnc$2rdacarrier
=490  1\$aOcean studies ;$vv. 2
=504  \\$aIncludes bibliographical references and index.
=650  \0$aOcean$xHistory$vSources.
=830  \0$aOcean studies ;$vv. 2.
=856  42$3Publisher description$uhttps://www.example.org/sea
=880  1\$6100-01/{dollar}1$a史密斯
=952  \\$pany$pthing""".splitlines()


def example_record(lines: Iterable[str] = ()) -> pymarc.Record:
    """Return the sound record with some lines put in.

    >>> example_record(["-880", "=245  00$aSea."])["245"]["a"]
    'Sea.'
    """
    lines = list(lines)
    changed = {line.lstrip("=-")[:3] for line in lines}
    made: list[str] = []
    placed: set[str] = set()
    for line in SOUND:
        tag = line[1:4]
        if tag not in changed:
            made.append(line)
        elif tag not in placed:
            placed.add(tag)
            made += [each for each in lines if each[:4] == f"={tag}"]
    made += [each for each in lines if each[0] == "=" and each[1:4] not in placed]
    return parse_lines(made).record
