"""Builds the optional C scanner; everything else is declared in pyproject.toml.

Without a compiler the build goes on and the pure Python scanner does the same work.
"""

from pathlib import Path

from setuptools import Extension, setup

CORE = Path("src/techproc/marc/_c")

setup(
    ext_modules=[
        Extension(
            "techproc.marc._scan",
            sorted(map(str, CORE.glob("*.c"))),
            depends=[str(CORE / "scan.h")],
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            py_limited_api=True,
            optional=True,
        )
    ]
)
