"""Laying an incoming record over an existing one, by rules that say what is protected."""

from techproc.marc.overlay.applying import Overlaid, overlay
from techproc.marc.overlay.assembling import Dropped, Placed
from techproc.marc.overlay.loads import Laid, overlay_loads
from techproc.marc.overlay.rules import ACTIONS, OverlayRule, OverlayRules, load_rules, presets

__all__ = [
    "ACTIONS",
    "Dropped",
    "Laid",
    "Overlaid",
    "OverlayRule",
    "OverlayRules",
    "Placed",
    "load_rules",
    "overlay",
    "overlay_loads",
    "presets",
]
