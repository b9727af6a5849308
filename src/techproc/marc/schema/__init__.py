"""MARC 21 as data: fields, indicators, subfields, what may be repeated, and the code lists.

`schema_of` gives the schema of a record by its leader: bibliographic, holdings or authority. A
library's own fields come from an Avram schema (`read_avram`) or as a list of tags.
"""

from techproc.marc.schema.avram import as_avram, read_avram
from techproc.marc.schema.codes import CodeList, code_list
from techproc.marc.schema.fields import (
    FORMATS,
    FieldRule,
    Schema,
    authority,
    bibliographic,
    format_of,
    holdings,
    is_local,
    schema_of,
)

__all__ = [
    "FORMATS",
    "CodeList",
    "FieldRule",
    "Schema",
    "as_avram",
    "authority",
    "bibliographic",
    "code_list",
    "format_of",
    "holdings",
    "is_local",
    "read_avram",
    "schema_of",
]
