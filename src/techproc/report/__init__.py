"""What a run did: one self-contained HTML page to work from, and the same as JSON."""

from techproc.report.writing import write_report

__all__ = ["write_report"]
