"""The global state of a test, put in force in the student's process around the calls it tests."""

from __future__ import annotations

import builtins
import functools
import importlib
import os
import re
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np


class MirroredState:
    """Global state that a test has set, until it sets something else or a cell of the notebook runs."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], Any]] = []
        self._warned: list[list[Any]] = []

    def take_warned(self) -> list[list[Any]]:
        """Return the warnings since the last time, for a test that records them."""
        warned, self._warned = self._warned, []
        return warned

    def clear(self) -> None:
        """Take away all that was applied."""
        while self._undo:
            self._undo.pop()()

    def apply(self, described: dict[str, Any]) -> None:
        """Put in force what a test describes, and nothing of what it described before."""
        self.clear()
        for name, content in described.items():
            getattr(self, "_" + name)(content)

    def _filters(self, content: list[Any]) -> None:
        filters, kept = content
        made = [_filter_from(*one) for one in filters]
        before = list(warnings.filters)
        _set_filters(made + before if kept else made)
        self._undo.append(lambda: _set_filters(before))

    def _record(self, content: Any) -> None:
        before = warnings._showwarnmsg_impl  # type: ignore[attr-defined]

        def keep(message: Any) -> None:
            lineage = [[kind.__module__, kind.__qualname__] for kind in message.category.__mro__]
            self._warned.append(["warned", lineage, [str(message.message), str(message.filename), message.lineno]])

        warnings._showwarnmsg_impl = keep  # type: ignore[attr-defined]
        self._undo.append(lambda: setattr(warnings, "_showwarnmsg_impl", before))

    def _errors(self, content: dict[str, Any]) -> None:
        before = np.seterr(**content)
        self._undo.append(lambda: np.seterr(**before))

    def _options(self, content: dict[str, Any]) -> None:
        before: dict[str, Any] = dict(np.get_printoptions())
        np.set_printoptions(**content)
        self._undo.append(lambda: np.set_printoptions(**{key: before[key] for key in content}))

    def _environment(self, content: dict[str, str | None]) -> None:
        before = {name: os.environ.get(name) for name in content}
        _set_environment(content)
        self._undo.append(lambda: _set_environment(before))

    def _arguments(self, content: list[str]) -> None:
        before, sys.argv = sys.argv, content
        self._undo.append(lambda: setattr(sys, "argv", before))

    def _stdin(self, readline: Callable[[], str]) -> None:
        before = sys.stdin, builtins.input

        def ask(prompt: object = "") -> str:
            print(prompt, end="")  # noqa: T201
            line = readline()
            if not line:
                raise EOFError("EOF when reading a line")
            return line.removesuffix("\n")

        sys.stdin, builtins.input = _Lines(readline), ask
        self._undo.append(lambda: setattr(sys, "stdin", before[0]))
        self._undo.append(lambda: setattr(builtins, "input", before[1]))

    def _replaced(self, content: list[list[Any]]) -> None:
        for module, name, value in content:
            holder = importlib.import_module(module)
            before = getattr(holder, name)
            setattr(holder, name, value)
            self._undo.append(functools.partial(setattr, holder, name, before))


class _Lines:
    """What is left of a test's standard input."""

    def __init__(self, readline: Callable[[], str]) -> None:
        self.readline = readline

    def __iter__(self) -> Any:
        return iter(self.readline, "")

    def read(self) -> str:
        return "".join(self)

    def readlines(self) -> list[str]:
        return list(self)


def _filter_from(action: str, message: str | None, category: list[str], module: str | None, line: int) -> Any:
    kind = getattr(sys.modules.get(category[0]), category[1], Warning)
    return (
        action, None if message is None else re.compile(message, re.IGNORECASE), kind,
        None if module is None else re.compile(module), line,
    )  # fmt: skip


def _set_filters(filters: list[Any]) -> None:
    warnings.filters[:] = filters  # type: ignore[index]
    warnings._filters_mutated()  # type: ignore[attr-defined]


def _set_environment(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
