"""The rules, a module a family; what is here is in force where a profile says so.

A new rule goes into the module of its family: make it with `rule`, with its source and its two
examples, and yield it from a function marked with `field_check` or `record_check`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from techproc.marc.validate.registry import Rule, rules
from techproc.marc.validate.rules import (
    agreement,
    callnumbers,
    carriers,
    codes,
    dates,
    dependents,
    fields,
    fixedfields,
    linkage,
    numbers,
    online,
    presence,
    punctuation,
    titles,
    urls,
)

__all__ = ["FAMILIES", "RULES"]

# Each of them has put its rules on the list by being imported.
FAMILIES = (
    fields, presence, dependents, fixedfields, titles, numbers, codes, callnumbers, dates,
    agreement, carriers, online, linkage, urls, punctuation,
)  # fmt: skip


RULES: Mapping[str, Rule] = MappingProxyType(rules)
