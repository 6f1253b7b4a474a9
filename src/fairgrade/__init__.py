"""fairgrade: fair, safe and fast grading of numerical-Python assignments on nbgrader."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("fairgrade")
