"""What libraries were before the student's code ran, to be put back before a test runs among the student's objects.

What is put back: the functions, classes and methods of every module that was loaded by then. What is not: data, such
as settings of a library, and whatever student code changed in the middle of a C extension's memory.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import types
from typing import Any

_WRAPPED = (classmethod, property)
_HEAP_TYPE = 1 << 9
_STUDENTS = ("__main__", "__mp_main__")
_MISSING = object()


class Pristine:
    """A copy of which function stands behind which name."""

    def __init__(self) -> None:
        self._modules: dict[str, Any] = {}
        self._tables: list[tuple[Any, dict[str, Any]]] = []
        self._codes: dict[Any, tuple[Any, Any, Any]] = {}
        self._finders = list(sys.meta_path), list(sys.path_hooks)
        self.take()

    def take(self) -> None:
        """Remember what has been loaded since the last time."""
        for name, module in list(sys.modules.items()):
            if name in self._modules or name in _STUDENTS:
                continue
            self._modules[name] = module
            if type(module) is types.ModuleType:
                self._remember(module)
                for value in list(vars(module).values()):
                    if isinstance(value, type) and value.__module__ == name and value.__flags__ & _HEAP_TYPE:
                        self._remember(value)

    def _remember(self, owner: Any) -> None:
        table = {name: value for name, value in list(vars(owner).items()) if callable(value) or type(value) in _WRAPPED}
        self._tables.append((owner, table))
        for value in table.values():
            function = value.__func__ if isinstance(value, staticmethod | classmethod) else value
            for code in (function, getattr(function, "__wrapped__", None)):
                if type(code) is types.FunctionType:
                    self._codes[code] = code.__code__, code.__defaults__, code.__kwdefaults__

    def restore(self) -> None:
        """Put back what has been replaced or removed; what has been added stays."""
        sys.settrace(None)
        sys.setprofile(None)
        threading.settrace(None)
        threading.setprofile(None)
        sys.meta_path[:], sys.path_hooks[:] = self._finders
        sys.modules.update(self._modules)
        for owner, table in self._tables:
            now = vars(owner)
            for name, value in table.items():
                if now.get(name, _MISSING) is not value:
                    with contextlib.suppress(AttributeError, TypeError):
                        setattr(owner, name, value)
        for function, (code, defaults, keywords) in self._codes.items():
            if function.__code__ is not code:
                function.__code__ = code
            if function.__defaults__ is not defaults:
                function.__defaults__ = defaults
            if function.__kwdefaults__ is not keywords:
                function.__kwdefaults__ = keywords
