from collections.abc import Sequence

def run(
    data: bytes | memoryview, at: int, final: bool, most: int, /
) -> tuple[list[tuple[bytes, bool]], int]: ...
def fields(record: bytes, /) -> tuple[list[str], list[str]]: ...
def xml_record(element: bytes, /) -> tuple[str, list[str], list[str]] | None: ...
def gather(
    data: bytes | memoryview,
    at: int,
    final: bool,
    most: int,
    columns: Sequence[tuple[bytes, bytes]],
    /,
) -> tuple[int, int, list[tuple[bytes, bytes, bytes]]]: ...
def subfields(
    data: bytes | memoryview, at: int, final: bool, most: int, /
) -> tuple[int, int, tuple[bytes, ...]]: ...
