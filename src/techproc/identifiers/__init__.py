"""The numbers that name books and things: ISBN, ISSN, LCCN, OCLC number, item barcode.

Each module reads one kind of number as records and people write it and says what is wrong with
it; none repairs a number, for a "repaired" ISBN is somebody else's.
"""

__all__: list[str] = []
