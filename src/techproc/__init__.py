"""The technical services department of a library, as a package."""

__all__ = ["__version__"]

__version__ = "0.1.0"
