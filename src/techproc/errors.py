"""What raises. Problems in data are findings (`techproc.findings`), never exceptions.

::

    TechprocError
    ├── InputError           a file that is missing, empty, unreadable or not what it claims to be
    ├── ConfigError          an unknown key, a wrong type or an impossible value in a policy
    ├── CatalogError         a catalogue that is damaged, locked or from a newer version
    ├── RecordTooLarge       a record or field that ISO 2709 cannot hold
    ├── NotEncodable         text that the chosen character set cannot hold
    ├── DataLossRefused      going on would lose or overwrite data
    │   └── OutputExists     an output is there already and --force was not given
    ├── OutputError          an output that cannot be written: read-only place, full disk
    ├── SourceUnavailable    a server that does not answer, or answers with an error
    ├── LabelError           a label that cannot be printed as asked
    └── MissingExtra         an optional package is needed; the message names the extra
"""

__all__ = [
    "CatalogError",
    "ConfigError",
    "DataLossRefused",
    "InputError",
    "LabelError",
    "MissingExtra",
    "NotEncodable",
    "OutputError",
    "OutputExists",
    "RecordTooLarge",
    "SourceUnavailable",
    "TechprocError",
]


class TechprocError(Exception):
    """The root of everything this package raises on purpose.

    The message is complete: it names the file, the record and the field where there is one, and
    says what to do next.
    """


class InputError(TechprocError):
    """An input that is missing, empty, unreadable or not what it claims to be."""


class ConfigError(TechprocError):
    """An unknown key, a wrong type or an impossible value in a policy."""


class CatalogError(TechprocError):
    """A catalogue that is damaged, locked or written by a newer version."""


class RecordTooLarge(TechprocError):
    """A record over 99,999 bytes or a field over 9,999: ISO 2709 cannot hold it."""


class NotEncodable(TechprocError):
    """Text that the chosen character set cannot hold."""


class DataLossRefused(TechprocError):
    """Going on would lose or overwrite data."""


class OutputExists(DataLossRefused):
    """An output is there already and overwriting was not asked for."""


class OutputError(TechprocError):
    """An output that cannot be written: a read-only place, a full disk, a directory in the way."""


class SourceUnavailable(TechprocError):
    """A server that does not answer, or answers with an error."""


class LabelError(TechprocError):
    """A label that cannot be printed as asked."""


class MissingExtra(TechprocError):
    """An optional package is needed; the message names the extra that brings it."""
