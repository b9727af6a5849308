from collections.abc import Callable, Sequence
from typing import Any

def run(
    data: bytes | memoryview, at: int, final: bool, most: int, /
) -> tuple[list[tuple[bytes, bool]], int]: ...
def load(
    data: bytes | memoryview,
    at: int,
    final: bool,
    most: int,
    number: int,
    offset: int,
    record: tuple[type, dict[str, Any]],
    item: tuple[type, dict[str, Any]],
    /,
) -> tuple[list[Any], int]: ...
def fields(record: bytes, /) -> tuple[list[str], list[str]]: ...
def rewrite(
    record: bytes, leader: str, fields: list[int | tuple[int | None, str, str]], /
) -> tuple[bytes, bytes, bool] | None: ...
def xml_record(element: bytes, /) -> tuple[str, list[str], list[str]] | None: ...
def grouped(
    record: bytes, tags: bytes, /
) -> tuple[dict[str, list[str]], dict[str, list[tuple[str, str, tuple[str, ...]]]]]: ...
def ask(
    data: dict[str, list[tuple[str, str, tuple[str, ...]]]],
    queries: tuple[tuple[tuple[str, ...], str, str], ...],
    /,
) -> list[Any]: ...
def gather(
    data: bytes | memoryview,
    at: int,
    final: bool,
    most: int,
    columns: Sequence[tuple[bytes, bytes]],
    odd: Callable[[int, int, int], tuple[int, Sequence[list[bytes]] | None] | None] | None = None,
    /,
) -> tuple[int, int, list[tuple[memoryview, memoryview, memoryview]]]: ...
def subfields(
    data: bytes | memoryview,
    at: int,
    final: bool,
    most: int,
    odd: Callable[[int, int, int], tuple[int, tuple[bytes, ...] | None] | None] | None = None,
    /,
) -> tuple[int, int, tuple[memoryview, ...]]: ...
def deltas(numbers: bytes | memoryview, ends: bool) -> bytes | memoryview: ...
def labels(data: bytes | memoryview, width: int, /) -> tuple[memoryview, memoryview]: ...
def marc8_load(
    sets: dict[int, bytes],
    codes: bytes,
    values: bytes,
    expand: Callable[[str], str],
    compose: Callable[[str], str],
    /,
) -> None: ...
def marc8_decode(value: bytes, references: bool, /) -> tuple[str, int]: ...
def marc8_record(
    data: bytes | memoryview, at: int, final: bool, /
) -> tuple[bytes, bytes] | None: ...
def weights_load(
    weights: bytes,
    unexplained: bytes,
    letters: bytes,
    latin: bytes,
    judge: Callable[[bytes, bytes], tuple[float, float, float, float] | None],
    /,
) -> None: ...
def weigh_text(text: bytes, flagged: bool, /) -> int: ...
def screen(tags: Sequence[str], texts: Sequence[str], table: bytes, /) -> list[int]: ...
def examine(
    record: bytes, leader: str, table: bytes, positions: bytes, /
) -> tuple[int, list[tuple[str, str, int]], dict[str, list[str]]]: ...
def by_tag(record: bytes, /) -> dict[str, list[str]]: ...
