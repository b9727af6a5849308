"""MARC 21 as data: fields, indicators, subfields, what may be repeated, and the code lists.

`SCHEMAS` makes the schemas of the formats; `format_of` tells which a record is of by its leader. A
library's own fields come from an Avram schema (`read_avram`) or as a list of tags.
"""

from techproc.marc.schema.avram import as_avram, read_avram
from techproc.marc.schema.codes import CodeList, code_list
from techproc.marc.schema.fields import (
    SCHEMAS,
    FieldRule,
    Schema,
    authority,
    bibliographic,
    format_of,
    holdings,
    is_local,
)

__all__ = [
    "SCHEMAS",
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
]
