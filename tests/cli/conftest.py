"""Running commands as the shell would, in this process."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from techproc_cli.main import main


@dataclass(frozen=True)
class Ran:
    """What a command did: exit code, standard output (bytes too) and standard error."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode("utf-8")


@pytest.fixture
def techproc(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run `techproc ARGUMENTS` and return what it did; `stdin` takes bytes."""

    def run(*arguments: object, stdin: bytes = b"") -> Ran:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in "12")
        monkeypatch.setattr(sys, "argv", ["techproc", *map(str, arguments)])
        monkeypatch.setattr(
            sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin), isatty=lambda: False)
        )
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        finally:
            monkeypatch.undo()
        return Ran(code, out.buffer.getvalue(), err.buffer.getvalue().decode())  # type: ignore[attr-defined]

    return run
