"""Modules that submissions import and that are not installed where they are graded."""

from __future__ import annotations

import importlib.util
import re
import sys

from nbformat import NotebookNode

_MISSING = re.compile(r"No module named '([A-Za-z_]\w{0,60})(?:\.[\w.]{0,100})?'")


def missing_modules(nb: NotebookNode) -> frozenset[str]:
    """Return the modules that a graded notebook's cells failed to import and that this process lacks, too.

    A student can forge the error that a cell shows, so the modules are looked up here.
    """
    found: set[str] = set()
    for cell in nb.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and output.ename in ("ModuleNotFoundError", "ImportError"):
                found.update(match[1] for match in _MISSING.finditer(output.evalue[:1000]))
    return frozenset(name for name in found - sys.modules.keys() if importlib.util.find_spec(name) is None)
