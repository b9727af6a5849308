"""Checking a target: is it there, does it find what it holds, and does it say no to nonsense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from techproc.errors import SourceUnavailable
from techproc.sources.cql import clause
from techproc.sources.openlibrary import OpenLibrarySource
from techproc.sources.sru import Refused, SruClient
from techproc.sources.sru_source import SruSource
from techproc.sources.targets import Target
from techproc.sources.transport import Network

__all__ = ["Check", "Step", "check_openlibrary", "check_target"]

NONSENSE_ISBN = "9789999999991"  # valid in form; its registrant is the last one, never assigned
_NONSENSE_INDEX = "techproc.nosuchindex"
_FAMOUS = "9780131103627"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One question put to a target: `passed` is None where it could not be put."""

    name: str
    passed: bool | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Everything that was found out about a target."""

    key: str
    url: str
    steps: tuple[Step, ...]

    @property
    def usable(self) -> bool:
        """True when no step failed."""
        return all(step.passed is not False for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        """Return the check as the JSON object that `techproc sources check --json` prints."""
        return {
            "target": self.key,
            "url": self.url,
            "usable": self.usable,
            "steps": [{"name": s.name, "passed": s.passed, "text": s.text} for s in self.steps],
        }


def check_target(target: Target, network: Network) -> Check:
    """Return what an SRU target does with five questions; after a dead one no more are put."""
    client = SruClient(target, network)
    steps = [_explain(client)]
    if steps[0].passed is not False:
        source = SruSource(target, network) if target.isbn else None
        steps += [
            _canary(target, source),
            _nonsense_index(client),
            _nonsense_isbn(target, client),
        ]
    return Check(key=target.key, url=target.url, steps=tuple(steps))


def check_openlibrary(network: Network, url: str) -> Check:
    """Return whether Open Library answers, finds a famous book and nothing for a nonsense ISBN."""
    source = OpenLibrarySource(network, url=url, marc=False)
    answer = source.by_isbn([_FAMOUS, NONSENSE_ISBN])
    if answer.unavailable:
        steps = (Step(name="reach", passed=False, text=answer.unavailable),)
        return Check(key=source.key, url=url, steps=steps)
    found = bool(answer.candidates.get(_FAMOUS))
    nothing = not answer.candidates.get(NONSENSE_ISBN)
    return Check(
        key=source.key,
        url=url,
        steps=(
            Step(name="reach", passed=True, text="it answers"),
            Step(
                name="canary", passed=found, text=f"{_FAMOUS} {'found' if found else 'not found'}"
            ),
            Step(name="nonsense ISBN", passed=nothing, text="nothing" if nothing else "found"),
        ),
    )


def _explain(client: SruClient) -> Step:
    """Reachability and explain: a server without explain may be a good one all the same."""
    try:
        said = client.explain()
    except SourceUnavailable as error:
        try:
            client.search(clause("", "techproc"), size=1)
        except Refused:
            pass  # it answers in SRU
        except SourceUnavailable:
            return Step(name="reach", passed=False, text=str(error))
        return Step(name="reach", passed=True, text="it answers, without an explain record")
    wrong = []
    if said.schemas and client.target.schema not in said.schemas:
        wrong.append(f"schema {client.target.schema} is not among {', '.join(said.schemas)}")
    if said.indexes and client.target.isbn and client.target.isbn not in said.indexes:
        wrong.append(f"index {client.target.isbn} is not among those it lists")
    text = f"{said.title or 'it answers'}; {len(said.indexes)} indexes"
    if said.maximum_records:
        text += f", at most {said.maximum_records} records a page"
    return Step(name="reach", passed=True, text="; ".join([text, *wrong]))


def _canary(target: Target, source: SruSource | None) -> Step:
    if source is None or not target.canary:
        why = "no ISBN index is known" if source is None else "no canary ISBN is known"
        return Step(name="canary", passed=None, text=why)
    answer = source.by_isbn([target.canary])
    found = len(answer.candidates.get(target.canary, ()))
    if found:
        return Step(name="canary", passed=True, text=f"{target.canary}: {found} found")
    detail = answer.unavailable or "; ".join(f.message for f in answer.findings) or "not found"
    return Step(name="canary", passed=False, text=f"{target.canary}: {detail}")


def _nonsense_index(client: SruClient) -> Step:
    name = "nonsense index"
    if client.target.query == "pqf":
        return Step(name=name, passed=None, text="it takes no CQL")
    try:
        response = client.search(clause(_NONSENSE_INDEX, "x"), size=1)
    except Refused as error:
        return Step(name=name, passed=True, text=f"refused: {error.diagnostics[0]}")
    except SourceUnavailable as error:
        return Step(name=name, passed=False, text=str(error))
    if response.count or response.records:
        text = f"{response.count} hits: it answers an unknown index with anything"
        return Step(name=name, passed=False, text=text)
    return Step(
        name=name, passed=True, text="0 hits without a diagnostic: a wrong index looks like a miss"
    )


def _nonsense_isbn(target: Target, client: SruClient) -> Step:
    name = "nonsense ISBN"
    if not target.isbn or target.query == "pqf":
        return Step(name=name, passed=None, text="no CQL index for ISBNs is known")
    try:
        response = client.search(clause(target.isbn, NONSENSE_ISBN), size=1)
    except SourceUnavailable as error:
        return Step(name=name, passed=False, text=str(error))
    if response.count or response.records:
        return Step(name=name, passed=False, text=f"{response.count} hits for an ISBN of nothing")
    return Step(name=name, passed=True, text="nothing, as is right")
