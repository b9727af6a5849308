"""What was found before: a baseline, so that only what is new is reported."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techproc.errors import InputError
from techproc.files import explain_os_error
from techproc.findings import Finding

__all__ = ["Baseline"]


class Baseline:
    """Findings of an earlier run, told by control number, rule, place and message.

    Each one excuses one finding: a fault that has become more frequent is reported.
    """

    def __init__(self) -> None:
        self._known: Counter[tuple[str | None, ...]] = Counter()

    @classmethod
    def read(cls, path: str | Path) -> Baseline:
        """Read what `marc validate --json` printed; raises InputError for anything else."""
        known = cls()
        try:
            with Path(path).open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, 1):
                    value = json.loads(line)
                    if not isinstance(value, dict) or not ({"rule", "summary"} & set(value)):
                        raise InputError(f"{path}: line {number} is no finding")
                    if "rule" in value:
                        known._known[_key(value)] += 1
        except OSError as error:
            raise InputError(explain_os_error(path, error)) from error
        except ValueError as error:
            raise InputError(f"{path}: not what `marc validate --json` prints: {error}") from None
        return known

    def excuses(self, finding: Finding) -> bool:
        """Return True, once, for a finding that was there before."""
        key = _key(finding.as_json())
        if self._known[key] <= 0:
            return False
        self._known[key] -= 1
        return True


def _key(value: Mapping[str, Any]) -> tuple[str | None, ...]:
    return tuple(value.get(name) for name in ("control", "rule", "path", "message"))
