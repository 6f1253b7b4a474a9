"""The global state around a test's calls: warnings filters, NumPy's error state, environment variables and the like.

In a kernel a student's function runs under the global state that the test has set. Here the state is sent along when
it differs from how the test began. What the student's code has set itself stays in force there.
"""

from __future__ import annotations

import importlib
import operator
import os
import sys
import types
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from fairgrade.isolation.worker.format import CannotCross

_PRINTED = ("precision", "threshold", "edgeitems", "linewidth", "suppress", "nanstr", "infstr", "sign", "floatmode")

Attribute = tuple[str, str]
"""The name of a module and of something it holds."""


class GlobalState:
    """The global state of the grading process, compared with how the current test cell began."""

    def __init__(self) -> None:
        self._watched: list[tuple[Any, Attribute, Any]] = []
        self._modules: dict[str, tuple[types.ModuleType, dict[str, Any]]] = {}
        self.begin()
        self._first = (
            self._stdin, self._base_environment, self._base_filters, self._base_errors, self._base_options,
            self._base_arguments, self._shows,
        )  # fmt: skip

    def restore(self) -> None:
        """Put back the state from before the first test, so that the tests of one notebook don't affect the next."""
        sys.stdin, environment, filters, errors, options, arguments, shows = self._first
        if _environment() != environment:
            wanted = _decoded(environment)
            for name in os.environ.keys() - wanted.keys():
                del os.environ[name]
            os.environ.update(wanted)
        warnings.filters[:] = filters  # type: ignore[index]
        warnings.showwarning, warnings._showwarnmsg_impl = shows  # type: ignore[attr-defined]
        np.seterr(**errors)
        printed: dict[str, Any] = dict(options)
        np.set_printoptions(**{key: printed[key] for key in _PRINTED})
        sys.argv[:] = arguments
        for module, before in self._modules.values():
            for name, value in before.items():
                if vars(module).get(name) is not value:
                    setattr(module, name, value)

    def keep(self, modules: Iterable[types.ModuleType]) -> None:
        """Remember what these modules hold, since a test is about to assign to them."""
        for module in modules:
            if module.__name__ not in self._modules:
                self._modules[module.__name__] = module, dict(vars(module))

    def begin(self, watched: Iterable[Attribute] = ()) -> None:
        """Note the state at the beginning of a test cell, which may replace the functions `watched`."""
        self._watched = []
        for module, name in watched:
            try:
                holder: Any = importlib.import_module(module) if module in sys.modules else None
            except ImportError:
                continue
            if hasattr(holder, name):
                self._watched.append((holder, (module, name), getattr(holder, name)))
                self.keep([holder])
        self._stdin, self._base_environment = sys.stdin, dict(_environment())
        self._shows: tuple[Any, Any] = (warnings.showwarning, getattr(warnings, "_showwarnmsg_impl", None))
        self._base_filters = list(warnings.filters)
        self._base_errors, self._base_options, self._base_arguments = np.geterr(), np.get_printoptions(), list(sys.argv)
        self._note()

    def _note(self) -> None:
        """Note the present state, to compare with it later."""
        self._seen_filters, self._seen_environment = list(warnings.filters), dict(_environment())
        self._seen_arguments, self._seen_kept = list(sys.argv), self._kept()
        self._seen_replaced = [getattr(holder, name, None) for holder, (_, name), _ in self._watched]

    def _kept(self) -> tuple[Any, ...]:
        """Return the parts that are replaced by another object when they change."""
        show = getattr(warnings, "_showwarnmsg_impl", None)
        return warnings.showwarning, show, _errors(), _options(), sys.stdin

    def changed(self) -> bool:
        """Tell whether the state has changed since the last call of this method, which comes before each question."""
        same = (
            all(map(operator.is_, self._kept(), self._seen_kept))
            and warnings.filters == self._seen_filters
            and sys.argv == self._seen_arguments
            and _environment() == self._seen_environment
        )
        if same and self._watched:
            now = [getattr(holder, name, None) for holder, (_, name), _ in self._watched]
            same = all(map(operator.is_, now, self._seen_replaced))
        if not same:
            self._note()
        return not same

    def described(self, pack: Callable[[Any], bytes]) -> dict[str, Any]:
        """Return what differs from how the test began, as values that can be sent."""
        found: dict[str, Any] = {}
        filters = list(warnings.filters)
        if filters != self._base_filters:
            added = len(filters) - len(self._base_filters)
            kept = added >= 0 and filters[added:] == self._base_filters
            found["filters"] = [[_filter(f) for f in (filters[:added] if kept else filters)], kept]
        shows = (warnings.showwarning, getattr(warnings, "_showwarnmsg_impl", None))
        if any(now is not before for now, before in zip(shows, self._shows, strict=True)):
            found["record"] = True
        if np.geterr() != self._base_errors:
            found["errors"] = dict(np.geterr())
        options: dict[str, Any] = dict(np.get_printoptions())
        changed = {key: options[key] for key in _PRINTED if options[key] != self._base_options[key]}  # type: ignore[literal-required]
        if changed:
            found["options"] = changed
        if _environment() != self._base_environment:
            now, base = dict(os.environ), _decoded(self._base_environment)
            found["environment"] = {
                n: now.get(n) for n in sorted(now.keys() | base.keys()) if now.get(n) != base.get(n)
            }
        if sys.argv != self._base_arguments:
            found["arguments"] = [str(argument) for argument in sys.argv]
        if sys.stdin is not self._stdin and hasattr(sys.stdin, "readline"):
            found["stdin"] = sys.stdin.readline
        replaced = [
            [module, name, getattr(holder, name)]
            for holder, (module, name), before in self._watched
            if getattr(holder, name, before) is not before
        ]
        found["replaced"] = [item for item in replaced if _can_cross(item, pack)]
        return {key: value for key, value in found.items() if value}


def _environment() -> dict[Any, Any]:
    data: dict[Any, Any] = os.environ._data  # type: ignore[attr-defined]  # comparing it decodes nothing
    return data


def _decoded(data: dict[Any, Any]) -> dict[str, str]:
    """Decode an environment; this is slow, so it is done only for one that has changed."""
    return {os.fsdecode(name): os.fsdecode(value) for name, value in data.items()}


def _options() -> Any:
    # NumPy keeps the same object until an option changes; a version that keeps none has to be asked for all of them.
    held = getattr(sys.modules.get("numpy._core.printoptions"), "format_options", None)
    return held.get() if held is not None else sys.intern(str(np.get_printoptions()))


def _errors() -> Any:
    held = getattr(sys.modules.get("numpy._core.umath"), "_extobj_contextvar", None)
    return held.get() if held is not None else sys.intern(str(np.geterr()))


def _filter(one: tuple[Any, ...]) -> list[Any]:
    action, message, category, module, line = one
    texts = [getattr(part, "pattern", part) for part in (message, module)]
    return [action, texts[0], [category.__module__, category.__qualname__], texts[1], line]


def _can_cross(item: Any, pack: Callable[[Any], bytes]) -> bool:
    try:
        pack(item)
    except CannotCross:
        return False
    return True
