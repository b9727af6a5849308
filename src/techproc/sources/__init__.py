"""Copy cataloguing: records fetched by ISBN from servers and files, attributed, ranked, merged.

`techproc.sources.opening.opened_sources` opens what a policy names; it is not imported here, so
that work with local files alone loads nothing of the network.
"""

from techproc.sources.candidate import Answer, Candidate, Source
from techproc.sources.gathering import Gathered, gather
from techproc.sources.local import LocalSource
from techproc.sources.merging import Merged, merge
from techproc.sources.ranking import Ranked, rank

__all__ = [
    "Answer",
    "Candidate",
    "Gathered",
    "LocalSource",
    "Merged",
    "Ranked",
    "Source",
    "gather",
    "merge",
    "rank",
]
