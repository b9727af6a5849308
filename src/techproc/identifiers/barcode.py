"""Item barcodes: the fourteen digits on library items and their check digit.

The usual scheme (Codabar or Code 39, 14 digits: type, institution, item, check digit) takes the
Luhn digit of ISO/IEC 7812-1; EAN-13 is what a shop's label carries.
"""

from __future__ import annotations

from techproc.findings import Finding, Severity

__all__ = ["RULES", "check", "luhn_digit"]

RULES = ("luhn", "ean13", "none")


def luhn_digit(digits: str) -> str:
    """Return the Luhn (mod 10) digit that follows `digits`.

    >>> luhn_digit("3117501234567")
    '7'
    """
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 if at % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def check(text: str, rule: str = "luhn") -> Finding | None:
    """Return what is wrong with a barcode under a rule, or None when nothing is.

    `rule` is "luhn" (14 digits, the last the Luhn digit), "ean13" or "none". Raises ValueError for
    another rule. The barcode is never changed: the label on the item is what it is.

    >>> check("31175012345677") is None
    True
    >>> check("31175012345670").rule
    'barcode.check-digit'
    >>> check("3117501234567X").rule
    'barcode.form'
    >>> check("3117501234567731175012345677").fix
    'it was scanned twice: delete one half'
    """
    if rule not in RULES:
        raise ValueError(f"{rule!r} is not a barcode rule; there are {', '.join(RULES)}")
    if rule == "none":
        return None
    length = 14 if rule == "luhn" else 13
    if not (text.isascii() and text.isdecimal() and len(text) == length):
        half = text[: len(text) // 2]
        twice = bool(half) and half * 2 == text
        return Finding(
            rule="barcode.form",
            message=f"barcode {text!r} is not {length} digits",
            fix="it was scanned twice: delete one half" if twice else "scan the label again",
        )
    body = text[:-1]
    if rule == "luhn":
        expected = luhn_digit(body)
    else:
        expected = str(-(sum(map(int, body[::2])) + 3 * sum(map(int, body[1::2]))) % 10)
    if expected == text[-1]:
        return None
    return Finding(
        rule="barcode.check-digit",
        message=f"barcode {text} ends in {text[-1]}, its check digit is {expected}",
        severity=Severity.ERROR,
        fix="scan the label again; a digit is wrong or two are transposed",
    )
