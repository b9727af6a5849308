"""QR codes, by segno: the one two-dimensional code; a library of its own is well worth it here."""

from __future__ import annotations

from techproc.labels.barcodes import BarcodeValueError

__all__ = ["qr_modules"]


def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of a QR code, row by row, `True` for black; error correction M.

    Raises BarcodeValueError for a text that is empty or longer than a QR code holds.

    >>> len(qr_modules("https://example.org/1"))
    25
    """
    import segno  # noqa: PLC0415  only QR labels need it

    if not text:
        raise BarcodeValueError("the QR code has no text")
    try:
        code = segno.make_qr(text, error="m", boost_error=False)
    except segno.DataOverflowError as error:
        raise BarcodeValueError(
            f"{text[:40]}…: a QR code does not hold {len(text)} characters"
        ) from error
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)
