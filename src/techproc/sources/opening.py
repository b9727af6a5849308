"""The sources that a policy and the command line name, opened together and closed together."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from techproc.config import SourcePolicy
from techproc.sources.cache import AnswerStore, Cached, default_cache
from techproc.sources.candidate import Source
from techproc.sources.held import local_source
from techproc.sources.openlibrary import OPEN_LIBRARY, OpenLibrarySource
from techproc.sources.sru_source import SruSource
from techproc.sources.targets import Target, find_targets, load_targets
from techproc.sources.transport import Limits, Network

__all__ = ["network_of", "opened_sources", "remote_sources"]

_EVER = float("inf")


@contextmanager
def opened_sources(
    policy: SourcePolicy,
    files: Sequence[str | Path] = (),
    *,
    targets: Sequence[Target] | None = None,
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
    names = [Path(path).name for path in files]
    local: list[Source] = [
        local_source(path, key=str(path) if names.count(name) > 1 else name)
        for path, name in zip(files, names, strict=True)
    ]
    with ExitStack() as stack:
        yield local + _remote(
            policy,
            stack,
            targets=targets,
            refresh=refresh,
            journal=journal,
            openlibrary_url=openlibrary_url,
        )


def remote_sources(policy: SourcePolicy) -> list[Source]:
    """Return the sources on the network that a policy names, behind the answer cache.

    They are closed when the last of them is let go; `opened_sources` closes them at a known time.
    Raises ConfigError for a target that is not known.
    """
    stack = ExitStack()
    sources = _remote(policy, stack)
    holder = _Holder()
    weakref.finalize(holder, stack.close)
    for source in sources:
        if isinstance(source, Cached):
            source.holder = holder
    return sources


def network_of(policy: SourcePolicy) -> Network:
    """Return the network as a policy wants it, to be closed: contact, timeout and deadline."""
    limits = Limits(timeout=policy.timeout, deadline=policy.deadline)
    return Network(policy.contact, limits=limits)


class _Holder:
    """Lives as long as the sources that share what it stands for."""


def _remote(
    policy: SourcePolicy,
    stack: ExitStack,
    *,
    targets: Sequence[Target] | None = None,
    refresh: bool = False,
    journal: str | Path | None = None,
    openlibrary_url: str = OPEN_LIBRARY,
) -> list[Source]:
    if targets is None:
        targets = find_targets(policy.targets, load_targets()) if policy.targets else []
    if not targets and not policy.openlibrary:
        return []
    network = stack.enter_context(network_of(policy))
    limits = network.limits
    cache = stack.enter_context(AnswerStore(policy.cache or default_cache()))
    notes = None
    if journal is not None:
        notes = stack.enter_context(AnswerStore(journal, hit_age=_EVER, miss_age=_EVER))
    remote: list[Source] = [
        SruSource(target, network, limits=limits, batch=policy.batch) for target in targets
    ]
    if policy.openlibrary:
        remote.append(
            OpenLibrarySource(
                network, url=openlibrary_url, limits=limits, marc=policy.openlibrary_marc
            )
        )
    return [
        Cached(source, cache, journal=notes, refresh=refresh, offline=policy.offline)
        for source in remote
    ]
