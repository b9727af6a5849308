"""What identifies a run, and what its report says of it as a whole."""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from techproc import __version__
from techproc.config import Policy, describe_keys
from techproc.errors import InputError
from techproc.files import explain_os_error

__all__ = ["facts_of"]


def facts_of(
    names: Sequence[str],
    paths: Sequence[str],
    policy: Policy,
    catalog: str | Path | None,
    source_files: Sequence[str],
    now: datetime.datetime | None,
) -> dict[str, Any]:
    """Return what identifies a run and what its report says of it."""
    inputs = [
        {"name": name, "sha256": _sha256(path)} for name, path in zip(names, paths, strict=True)
    ]
    keys = {name: value for name, value, _, _ in describe_keys(policy)}
    identity = hashlib.sha256(
        repr(
            (inputs, sorted(keys.items()), __version__,
             [(str(path), *_stamp(path)) for path in (catalog, *source_files) if path])
        ).encode()
    ).hexdigest()  # fmt: skip
    return {
        "fingerprint": identity,
        "started": _started(now).isoformat(timespec="seconds"),
        "version": __version__,
        "inputs": inputs,
        "catalog": str(catalog) if catalog else "",
        "sources": [*source_files, *policy.sources.targets],
        "policy": keys,
    }


def _started(now: datetime.datetime | None) -> datetime.datetime:
    """Return the moment of the run in UTC; SOURCE_DATE_EPOCH sets it where runs must be alike."""
    if now is None and (epoch := os.environ.get("SOURCE_DATE_EPOCH", "")).isdigit():
        now = datetime.datetime.fromtimestamp(int(epoch), datetime.UTC)
    return (now or datetime.datetime.now(datetime.UTC)).replace(tzinfo=None)


def _sha256(path: str) -> str:
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _stamp(path: str | Path) -> tuple[int, int]:
    try:
        status = Path(path).stat()
    except OSError as error:
        raise InputError(explain_os_error(path, error)) from error
    return status.st_size, status.st_mtime_ns
