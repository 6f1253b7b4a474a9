"""Containers that change: which kinds there are, and how one is given the content of another in place."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

import numpy as np

from .values import pandas_values

_MUTABLE = frozenset(map(id, (list, dict, set, np.ndarray, bytearray, deque, OrderedDict, Counter, defaultdict)))
_OWN_MUTABLE = (list, dict, set, bytearray, np.ndarray, deque)


def is_mutable(kind: type) -> bool:
    """Whether values of this very kind cross by value and can be changed in place."""
    if id(kind) in _MUTABLE:
        return True
    try:
        return kind.__name__ in ("DataFrame", "Series") and pandas_values.is_of_pandas(kind)
    except Exception:  # a class may have a metaclass that answers nothing
        return False


def copy_back(before: Any, after: Any) -> None:
    """Give `before`, which a test passed to student code, the content the code left in its copy."""
    if type(before).__module__ == "__main__" and isinstance(after, dict):  # an instance of a given class
        vars(before).clear()
        vars(before).update(after)
    elif pandas_values.is_of_pandas(type(before)):
        pandas_values.replace(before, after)
    elif isinstance(before, np.ndarray) and isinstance(after, np.ndarray):
        if before.shape == after.shape and before.dtype == after.dtype and before.flags.writeable:
            np.copyto(before, after)
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) == len(after):
            for i, item in enumerate(after):
                before[i] = _kept(before[i], item)
        else:
            before[:] = after
    elif isinstance(before, dict) and isinstance(after, dict):
        kept = {key: _kept(before.get(key), item) for key, item in after.items()}
        before.clear()
        before.update(kept)
    elif isinstance(before, set) and isinstance(after, set):
        before.clear()
        before.update(after)
    elif isinstance(before, bytearray) and isinstance(after, bytes | bytearray):
        before[:] = after
    elif isinstance(before, deque) and isinstance(after, deque):
        before.clear()
        before.extend(after)


def _kept(before: Any, after: Any) -> Any:
    """`before` with its content updated if both are the same kind of container, else `after`."""
    if type(before) is not type(after) or not isinstance(before, _OWN_MUTABLE):
        return after
    if isinstance(before, np.ndarray) and (before.shape != after.shape or before.dtype != after.dtype):
        return after
    copy_back(before, after)
    return before
