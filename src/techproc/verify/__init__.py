"""Verification: is this record the one for the item in hand?

`verify` compares author, title, edition, publisher, date, ISBN, extent, series and language of an
item (or of a record) with a record, gives a verdict for each with the rule and its source, and one
for all: same edition, other edition, other work, unsure.
"""

from techproc.verify.comparison import ElementVerdict, Verification, compare, verify
from techproc.verify.item import Item
from techproc.verify.prepared import Prepared, prepare
from techproc.verify.rules import RULES, Rule

__all__ = [
    "RULES",
    "ElementVerdict",
    "Item",
    "Prepared",
    "Rule",
    "Verification",
    "compare",
    "prepare",
    "verify",
]
