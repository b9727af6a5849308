"""Builds the optional C cores; everything else is declared in pyproject.toml.

Without a compiler the build goes on, and Python and numpy do the same work.
"""

from pathlib import Path

from setuptools import Extension, setup

SCANNER = Path("src/techproc/marc/_c")
_CORES = {
    "techproc.marc._scan": sorted(map(str, SCANNER.glob("*.c"))),
    "techproc._fold": ["src/techproc/_fold.c"],
    "techproc.dedupe._rows": ["src/techproc/dedupe/_rows.c"],
}

setup(
    ext_modules=[
        Extension(
            name,
            sources,
            depends=sorted(map(str, SCANNER.glob("*.h"))),
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            py_limited_api=True,
            optional=True,
        )
        for name, sources in _CORES.items()
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},  # one wheel for 3.11 and later
)
