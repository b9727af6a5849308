"""The sources that a policy and the command line name, opened together and closed together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from techproc.config import SourcePolicy
from techproc.sources.cache import AnswerStore, Cached, default_cache
from techproc.sources.candidate import Source
from techproc.sources.local import LocalSource
from techproc.sources.openlibrary import OPEN_LIBRARY, OpenLibrarySource
from techproc.sources.sru_source import SruSource
from techproc.sources.targets import Target, find_targets, load_targets
from techproc.sources.transport import Limits, Network

__all__ = ["opened_sources"]


@contextmanager
def opened_sources(
    policy: SourcePolicy,
    files: Sequence[str | Path] = (),
    *,
    targets: Sequence[Target] | None = None,
    targets_file: str | Path | None = None,
    refresh: bool = False,
    journal: str | Path | None = None,
    openlibrary_url: str = OPEN_LIBRARY,
) -> Iterator[list[Source]]:
    """Yield the sources to ask, in order: local files, SRU targets, Open Library.

    `targets` are used instead of those the policy names by key. Sources on the network stand
    behind the answer cache; `refresh` asks them anew, and with `policy.offline` only the cache is
    asked. `journal` is a file of this run's answers, which a run that is started again uses.

    Raises InputError for a file that is missing, ConfigError for a target that is not known.
    """
    if targets is None:
        targets = find_targets(policy.targets, load_targets(targets_file)) if policy.targets else []
    sources: list[Source] = [LocalSource(path, key=str(path)) for path in files]
    limits = Limits(timeout=policy.timeout, deadline=policy.deadline)
    with ExitStack() as stack:
        if targets or policy.openlibrary:
            network = stack.enter_context(Network(policy.contact, limits=limits))
            cache = stack.enter_context(AnswerStore(policy.cache or default_cache()))
            notes = None
            if journal is not None:
                notes = stack.enter_context(AnswerStore(journal, hit_age=_EVER, miss_age=_EVER))
            remote: list[Source] = [
                SruSource(target, network, limits=limits, batch=policy.batch) for target in targets
            ]
            if policy.openlibrary:
                remote.append(OpenLibrarySource(network, url=openlibrary_url, limits=limits))
            sources += [
                Cached(source, cache, journal=notes, refresh=refresh, offline=policy.offline)
                for source in remote
            ]
        yield sources


_EVER = float("inf")
