"""Annif as a suggester of class numbers, through its REST API.

After the OpenAPI description that Annif serves at ``/v1/openapi.json`` (version v1):
``POST /v1/projects/{project}/suggest-batch`` takes up to 32 documents and gives for each its
results (uri, label, notation, score). An Annif older than 1.0 has no such address; each document is
then asked about alone, at ``/suggest``.

The number is a result's notation; where the vocabulary has none, its label or the end of its URI,
when that is a number of the scheme asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlencode

from pymarc import Record

from techproc.classify.advice import Advice
from techproc.classify.numbers import Scheme, usable
from techproc.errors import ConfigError, SourceUnavailable
from techproc.sources.transport import Limits, Network, shown

__all__ = ["Annif", "open_annif", "text_of"]

_BATCH = 32
_SETTINGS = {"url": "", "project": "", "contact": "", "timeout": "20"}
# What a text about a record is made of: titles, summary, contents, subjects.
_TEXT = {"245": "abnp", "240": "a", "520": "a", "505": "at", "653": "a"}


def open_annif(settings: Mapping[str, str]) -> Annif:
    """Return the suggester that settings describe: url, project, and if need be contact, timeout.

    Raises ConfigError for a setting that is missing, unknown or impossible.
    """
    unknown = sorted(set(settings) - set(_SETTINGS))
    if unknown:
        raise ConfigError(f"annif: unknown setting {unknown[0]}; known: {', '.join(_SETTINGS)}")
    given = {**_SETTINGS, **settings}
    for key in ("url", "project"):
        if not given[key]:
            raise ConfigError(
                f"annif: {key} is missing; write: annif url=http://127.0.0.1:5000 project=PROJECT"
            )
    try:
        timeout = float(given["timeout"])
    except ValueError:
        timeout = 0.0
    if timeout <= 0:
        raise ConfigError(f"annif: timeout={given['timeout']} is no number of seconds")
    limits = Limits(timeout=timeout, deadline=3 * timeout, rate=0)
    return Annif(Network(given["contact"], limits=limits), given["url"], given["project"])


def text_of(record: Record) -> str:
    """Return what an uncontrolled-text suggester reads of a record: title, summary, subjects.

    >>> from pymarc import Field, Indicators, Record, Subfield
    >>> record = Record()
    >>> title = [Subfield("a", "Soil fertility /"), Subfield("c", "A. Mensah.")]
    >>> record.add_field(Field("245", Indicators("1", "0"), title))
    >>> text_of(record)
    'Soil fertility /'
    """
    parts = []
    for field in record.fields:
        codes = "avxyz" if field.tag[0] == "6" and field.tag != "653" else _TEXT.get(field.tag, "")
        if codes:
            parts += [s.value for s in field.subfields if s.code in codes]
    return " ".join(" ".join(parts).split())


class Annif:
    """One project of one Annif, asked over the network."""

    def __init__(self, network: Network, url: str, project: str) -> None:
        self._network = network
        self._base = f"{url.rstrip('/')}/v1/projects/{quote(project, safe='')}"
        self._alone = False
        self.name = f"annif {project}"

    def advise(
        self, records: Sequence[Record], scheme: Scheme, *, limit: int
    ) -> list[list[Advice]]:
        """Return for each record at most `limit` numbers of the scheme.

        Raises SourceUnavailable when Annif does not answer, does not know the project, or answers
        something else than its description says.
        """
        texts = [text_of(record) for record in records]
        told: list[list[Advice]] = [[] for _ in texts]
        asked = [at for at, text in enumerate(texts) if text]
        for start in range(0, len(asked), _BATCH):
            some = asked[start : start + _BATCH]
            results = self._results([texts[at] for at in some], limit)
            for at, found in zip(some, results, strict=True):
                told[at] = list(_advice(found, scheme))[:limit]
        return told

    def _results(self, texts: Sequence[str], limit: int) -> list[Any]:
        if not self._alone:
            documents = [{"document_id": str(at), "text": text} for at, text in enumerate(texts)]
            answer = self._ask(
                "suggest-batch",
                json.dumps({"documents": documents}).encode(),
                "application/json",
                {"limit": str(limit)},
            )
            if answer is not None:
                return self._in_order(answer, len(texts))
            self._alone = True
        results = []
        for text in texts:
            body = urlencode({"text": text, "limit": limit}).encode()
            answer = self._ask("suggest", body, "application/x-www-form-urlencoded", None)
            if answer is None:
                raise SourceUnavailable(
                    f"{shown(self._base)}: there is no such project; see /v1/projects there"
                )
            results.append(self._list(answer))
        return results

    def _ask(
        self, what: str, body: bytes, content_type: str, params: Mapping[str, str] | None
    ) -> Any:
        """Return the JSON of an answer; None where nothing is at the address (404, 405)."""
        url = f"{self._base}/{what}"
        reply = self._network.post(
            url,
            body,
            params,
            content_type=content_type,
            accept="application/json",
            allowed=frozenset({404, 405}),
        )
        if reply.status >= 400:
            return None
        try:
            return json.loads(reply.body)
        except ValueError as error:
            raise SourceUnavailable(f"{shown(url)}: its answer is not JSON") from error

    def _in_order(self, answer: Any, count: int) -> list[Any]:
        """Return the results of a batch in the order of the documents, whatever order they have."""
        if not isinstance(answer, list) or len(answer) != count:
            raise SourceUnavailable(f"{shown(self._base)}: its answer is not one list a document")
        results: list[Any] = [None] * count
        for place, each in enumerate(answer):
            found = self._list(each)
            name = each.get("document_id")
            at = int(name) if isinstance(name, str) and name.isdecimal() else place
            if not at < count or results[at] is not None:
                raise SourceUnavailable(f"{shown(self._base)}: its answer names other documents")
            results[at] = found
        return results

    def _list(self, answer: Any) -> list[Any]:
        found = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(found, list):
            raise SourceUnavailable(f"{shown(self._base)}: its answer has no results")
        return found


def _advice(results: Sequence[Any], scheme: Scheme) -> Iterator[Advice]:
    """Yield the results that are numbers of the scheme, each once, as they come."""
    seen: set[str] = set()
    for result in results:
        if not isinstance(result, dict):
            continue
        score = result.get("score")
        if not isinstance(score, int | float) or not score > 0:
            continue
        label = str(result.get("label") or "")
        tail = unquote(str(result.get("uri") or "").rstrip("/").rsplit("/", 1)[-1])
        for text in (str(result.get("notation") or ""), label, tail):
            if number := usable(text, scheme):
                if number not in seen:
                    seen.add(number)
                    yield Advice(number, min(float(score), 1.0), "" if label == text else label)
                break
