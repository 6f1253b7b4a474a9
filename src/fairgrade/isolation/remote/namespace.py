"""The global names of a test: the instructor's first, then the student's, as values or stand-ins."""

from __future__ import annotations

import builtins
import contextlib
import importlib
import re
import types
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from contextlib import AbstractContextManager
from typing import Any

from fairgrade.isolation.remote.classes import RemoteClass, name_class
from fairgrade.isolation.remote.link import Link
from fairgrade.notebook.code import imports_of

_OUTPUT = re.compile(r"Out|_{1,3}|_\d+|_oh")
"""Names that IPython gives to the results of cells."""

_REPLACES = re.compile(r"patch|\w\.\w+\s*=[^=]")
"""The source of a test that may replace what a module holds."""


class Namespace(dict[str, Any]):
    """The globals of a test.

    A name that the instructor's cells or Python itself define wins over the same name in the student's notebook, so
    nobody can hand a test another ``abs`` or ``np``. The student's names are looked up each time they are used, since
    a call may have changed them.

    What a test assigns is not sent to the student's process, for it may be the answer. The exceptions are the names
    in `shared`, which the solution in the source notebook reads.

    Parameters
    ----------
    link : Link
    shared : frozenset of str
    """

    def __init__(
        self, link: Link, shared: frozenset[str] = frozenset(), used: frozenset[tuple[str, str]] = frozenset()
    ) -> None:
        super().__init__(__name__="__main__", __builtins__=builtins)
        self._link = link
        self._shared = shared
        self._used = used
        self.assigned: set[str] = set()
        self.history = [""]
        link.globals, link.assigned = self, self.assigned

    def __setitem__(self, name: str, value: Any) -> None:
        if name in self._shared:
            self.assigned.add(name)
        super().__setitem__(name, value)

    def begin(self, source: str) -> None:
        """Note that a test cell with this source begins."""
        self._link.begin_test(self._used if _REPLACES.search(source) else ())

    def keep_modules(self, source: str) -> None:
        """Remember what the modules hold that this test cell may assign to; call it before output is redirected."""
        if _REPLACES.search(source):
            modules = [value for value in dict.values(self) if type(value) is types.ModuleType]
            self._link.global_state.keep(_with_parts([*modules, *_imported(imports_of(source))], source))

    def shell(self, command: str) -> list[str]:
        """Run a shell command in the student's process, and return the lines it prints."""
        lines = self._link.do("shell", None, (command,), {})
        return [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []

    def give(self, names: Iterable[str]) -> None:
        """Let these names mean from here on what the student's notebook says, as after running its cell in a kernel.

        A module stays the instructor's.
        """
        for name in names:
            if type(dict.get(self, name)) is not types.ModuleType:
                self.pop(name, None)
                self.assigned.discard(name)

    @property
    def students(self) -> frozenset[str]:
        """Names that the student's notebook defines."""
        return self._link.names

    def __missing__(self, name: str) -> Any:
        if name in ("In", "_ih"):
            return self.history
        if _OUTPUT.fullmatch(name):
            return self._link.get(name)
        if name not in self._link.names or hasattr(builtins, name):
            raise KeyError(name)
        value = self._link.get(name)
        if type(value) is RemoteClass:
            name_class(value, name)
        return value

    def _fairgrade_lending(self, lent: Mapping[str, Callable[..., Any]]) -> AbstractContextManager[None]:
        """Have the student's code find these functions under these names: :mod:`fairgrade.grading.lent_functions`."""
        return self._link.lending(lent)

    def _students(self) -> list[str]:
        return [name for name in self._link.names if not dict.__contains__(self, name)]

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or name in self._link.names

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of `name`, or `default`."""
        try:
            return self[name]
        except KeyError:
            return default

    def __iter__(self) -> Iterator[str]:
        yield from dict.__iter__(self)
        yield from self._students()

    def __len__(self) -> int:
        return dict.__len__(self) + len(self._students())

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        return KeysView(self)

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        return ItemsView(self)

    def values(self) -> ValuesView[Any]:  # type: ignore[override]
        return ValuesView(self)

    def copy(self) -> dict[str, Any]:
        """Return all names with their present values."""
        return {name: self[name] for name in self}


def _imported(names: Iterable[str]) -> Iterator[types.ModuleType]:
    """Return the modules among some dotted names."""
    for name in names:
        with contextlib.suppress(Exception):  # a name that is no module; or one that the cell itself can't import
            yield importlib.import_module(name)


def _with_parts(modules: Iterable[types.ModuleType], source: str) -> Iterator[types.ModuleType]:
    """Return some modules, and submodules that the source names: with ``np.random.seed = ...``, also ``np.random``."""
    paths = {tuple(path.split(".")[1:-1]) for path in re.findall(r"\w+(?:\.\w+)+", source)}
    for module in modules:
        yield module
        for path in paths:
            found: Any = module
            for name in path:
                found = vars(found).get(name) if type(found) is types.ModuleType else None
                if type(found) is types.ModuleType:
                    yield found
