"""Copy cataloguing: records fetched by ISBN from servers and files, attributed, ranked, merged."""

from techproc.sources.candidate import Answer, Candidate, Source
from techproc.sources.gathering import Gathered, gather
from techproc.sources.held import CatalogSource, local_source
from techproc.sources.local import LocalSource
from techproc.sources.merging import Merged, merge
from techproc.sources.opening import opened_sources, remote_sources
from techproc.sources.ranking import Ranked, rank

__all__ = [
    "Answer",
    "Candidate",
    "CatalogSource",
    "Gathered",
    "LocalSource",
    "Merged",
    "Ranked",
    "Source",
    "gather",
    "local_source",
    "merge",
    "opened_sources",
    "rank",
    "remote_sources",
]
