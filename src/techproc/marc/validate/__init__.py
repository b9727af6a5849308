"""Holding records against MARC 21: the schema, the code lists, and rules beyond them.

A rule stands beside the code that checks it, in `techproc.marc.validate.rules`, one module a family;
profiles say which are in force. Nothing is changed.
"""

from techproc.marc.validate.baseline import Baseline
from techproc.marc.validate.profiles import PROFILES, profile
from techproc.marc.validate.registry import Fault, Rule
from techproc.marc.validate.rules import RULES
from techproc.marc.validate.validator import Validator
from techproc.marc.validate.waivers import Waivers

__all__ = ["PROFILES", "RULES", "Baseline", "Fault", "Rule", "Validator", "Waivers", "profile"]
