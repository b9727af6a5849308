"""The technical services department of a library, as a package.

The names that most programs start with are here, each imported when it is first used; every stage
has a package of its own (`techproc.marc`, `techproc.catalog`, `techproc.classify`, …).

>>> from techproc import describe, read
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techproc._names import names_at

if TYPE_CHECKING:
    from techproc.catalog import Catalog
    from techproc.classify.callnumber import CallNumber, shelf_key
    from techproc.config import Policy, load_policy
    from techproc.errors import TechprocError
    from techproc.findings import Finding, Severity, Tally
    from techproc.marc import Loaded, Quarantined, read, write
    from techproc.marc.description import Description, describe
    from techproc.verify import Item

__all__ = [
    "CallNumber",
    "Catalog",
    "Description",
    "Finding",
    "Item",
    "Loaded",
    "Policy",
    "Quarantined",
    "Severity",
    "Tally",
    "TechprocError",
    "__version__",
    "describe",
    "load_policy",
    "read",
    "shelf_key",
    "write",
]

__version__ = "0.1.0"

__getattr__ = names_at(
    __name__,
    {
        "techproc.catalog": ("Catalog",),
        "techproc.classify.callnumber": ("CallNumber", "shelf_key"),
        "techproc.config": ("Policy", "load_policy"),
        "techproc.errors": ("TechprocError",),
        "techproc.findings": ("Finding", "Severity", "Tally"),
        "techproc.marc": ("Loaded", "Quarantined", "read", "write"),
        "techproc.marc.description": ("Description", "describe"),
        "techproc.verify": ("Item",),
    },
)
