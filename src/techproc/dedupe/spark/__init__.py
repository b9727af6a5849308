"""Duplicates on a Spark cluster: the stages of the engine on one machine, its very functions."""

from techproc.dedupe.spark.job import SparkRun, find_on_spark

__all__ = ["SparkRun", "find_on_spark"]
