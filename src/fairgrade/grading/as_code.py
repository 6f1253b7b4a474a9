"""Values as code that a student can paste into a cell."""

from __future__ import annotations

from typing import Any

import numpy as np

MAX_CHARACTERS = 160
"""Longer calls are not shown: nobody reads them."""


def call_as_code(name: str, arguments: tuple[Any, ...]) -> str:
    """Return a call as code, such as ``mse_loss(np.array([0.0, 1.0]), 3)``; `name` alone where that is long.

    Parameters
    ----------
    name : str
        The function's.
    arguments : tuple
    """
    code = f"{name}({', '.join(map(as_code, arguments))})"
    return f"`{code}`" if len(code) <= MAX_CHARACTERS else f"`{name}`"


def as_code(value: Any) -> str:
    """Return a value as the code that makes it; floats have the digits that make them again."""
    if isinstance(value, np.ndarray):
        dtype = (
            ""
            if value.dtype.kind in "bif" and value.size and value.dtype.itemsize in (1, 8)
            else f", dtype={value.dtype.name!r}"
        )
        return (
            f"np.array({as_code(value.tolist())}{dtype})" if value.size <= MAX_CHARACTERS else f"<{value.size} values>"
        )
    if isinstance(value, np.generic):
        return as_code(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return f"float('{value}')"
    if isinstance(value, list):
        return f"[{', '.join(map(as_code, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(as_code, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{as_code(key)}: {as_code(item)}' for key, item in value.items())}}}"
    if isinstance(value, np.random.Generator | np.random.RandomState):
        return "rng"
    if callable(value):
        return getattr(value, "__name__", "function")
    if type(value).__module__.startswith("pandas") and hasattr(value, "to_dict"):
        return f"pd.{type(value).__name__}({as_code(value.to_dict('list' if hasattr(value, 'columns') else dict))})"
    return repr(value)
