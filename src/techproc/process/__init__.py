"""The main job: a trolley of new books goes in; records and labels come out."""

from techproc.process.arrival import Arrival, Outcome
from techproc.process.run import Progress, RunReport, process

__all__ = ["Arrival", "Outcome", "Progress", "RunReport", "process"]
