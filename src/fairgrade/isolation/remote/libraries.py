"""Libraries that both processes have: what can be sent by its name, and what a name that was sent means here."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable
from typing import Any

import numpy as np

LIBRARIES = frozenset(
    [
        "numpy", "scipy", "pandas", "matplotlib", "mpl_toolkits", "sympy", "sklearn", "networkx", "seaborn",
        "statsmodels", "nltk", "PIL", "skimage", "cv2", "numba", "torch", "xgboost", "plotly", "mpmath", "bs4",
    ]
)  # fmt: skip
"""Libraries of which both processes have the same copy, so that a name means the same in both."""


def _is_shared(module: str) -> bool:
    top = module.partition(".")[0]
    return top in LIBRARIES or top in sys.stdlib_module_names


def module_name(value: Any) -> str | None:
    """Return the name by which the student's process can import a module, too; None if `value` is no module."""
    name = getattr(value, "__name__", None)
    if type(value) is types.ModuleType and isinstance(name, str) and sys.modules.get(name) is value:
        return name
    return None


def name_of(value: Any) -> list[str] | None:
    """Return the module and qualified name of a function, type or module that the student's process has as well."""
    module = module_name(value)
    if module is not None:
        return [module, ""] if _is_shared(module) else None
    module = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if module is None:
        # Ufuncs, and methods of built-in types such as str.upper, name no module.
        owner = getattr(value, "__objclass__", None)
        module = "numpy" if isinstance(value, np.ufunc) else getattr(owner, "__module__", None)
    if not isinstance(module, str) or not isinstance(name, str) or not _is_shared(module):
        return None
    homes = ["scipy.special", module] if isinstance(value, np.ufunc) else [module]
    for home in homes:
        found: Any = sys.modules.get(home)
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is value:
            return [home, name]
    return None


def loaded(module: Any, name: Any) -> Any:
    """Return what a module that is imported here holds; None if nothing. A name that was sent imports nothing."""
    return getattr(sys.modules.get(module), str(name), None) if isinstance(module, str) else None


def known_class(lineage: Iterable[Any]) -> type | None:
    """Return the first class of a library's, or of Python's containers, among the bases that were sent by name."""
    for module, name in lineage:
        if module == "builtins":
            return {"list": list, "dict": dict, "set": set, "tuple": tuple}.get(name)
        if isinstance(module, str) and module.partition(".")[0] in LIBRARIES:
            found = loaded(module, name)
            if isinstance(found, type):
                return found
    return None
