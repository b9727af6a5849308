"""LCSH headings that were replaced, for catalogues that still have them.

The published vocabularies list what is current, not what it replaced. These are changes that LC
announced; each line is a fact about a heading. Patterns stand for whole families. A library that
loads LC's authority records (`sources`) has every reference, and these are not needed.
"""

from __future__ import annotations

import re

from techproc.text import fold

__all__ = ["current_form"]

_CHANGES = """
Aeroplanes = Airplanes
Afro-American * = African American *
Afro-Americans = African Americans
Aged = Older people
Aliens = Noncitizens
Illegal aliens = Illegal immigration
Automatic data processing = Electronic data processing
Cookery = Cooking
Cookery, * = Cooking, *
Cookery (*) = Cooking (*)
Coloured persons = Black people
Blacks = Black people
Brothers and sisters = Siblings
Negroes = African Americans
Electronic calculating-machines = Computers
European War, 1914-1918 = World War, 1914-1918
Gipsies = Romanies
Gypsies = Romanies
Freedmen = Freed persons
Handicapped = People with disabilities
Handicapped children = Children with disabilities
Homosexuals = Gay people
Gays = Gay people
Love stories = Romance fiction
Mentally handicapped = People with mental disabilities
Moving-picture industry = Motion picture industry
Moving-pictures = Motion pictures
Moving-picture actors and actresses = Motion picture actors and actresses
Physically handicapped = People with disabilities
Slave insurrections = Slave rebellions
Slaves = Enslaved persons
Slaves' writings = Enslaved persons' writings
Slaves' writings, * = Enslaved persons' writings, *
Vietnamese Conflict, 1961-1975 = Vietnam War, 1961-1975
Wireless telegraph = Telegraph, Wireless
Women's liberation movement = Feminism
Visually handicapped = People with visual disabilities
"""


def _table() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    single: dict[str, str] = {}
    families: list[tuple[re.Pattern[str], str]] = []
    for line in _CHANGES.strip().splitlines():
        old, new = line.split(" = ")
        if "*" in old:
            pattern = re.escape(old).replace(r"\*", "(.+)")
            families.append((re.compile(pattern, re.IGNORECASE), new))
        else:
            single[fold(old)] = new
    return single, families


_SINGLE, _FAMILIES = _table()


def current_form(main: str) -> str | None:
    """Return what a main heading was replaced by; None for one that no change is known of.

    >>> current_form("Moving-pictures"), current_form("Cookery, French"), current_form("Cats")
    ('Motion pictures', 'Cooking, French', None)
    """
    found = _SINGLE.get(fold(main))
    if found is not None:
        return found
    for pattern, new in _FAMILIES:
        match = pattern.fullmatch(main)
        if match:
            return new.replace("*", match.group(1))
    return None
