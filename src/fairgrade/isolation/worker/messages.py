"""What the two processes say to each other, message by message: the one definition that both ends go by.

A message crosses as a list: its name, then its fields. :func:`frame` makes it, :func:`read` checks it; tests that forge
messages make them from the same classes.
"""

from __future__ import annotations

import types
import typing
from typing import Any, NamedTuple

from .format import WireError

# -- to the student's process ---------------------------------------------------------------------


class Ask(NamedTuple):
    """A question about an object.

    Attributes
    ----------
    operation : str
        A key of ``operations.OPERATIONS``, or one of the server's own.
    target : object
    args, kwargs : list, dict
    state : State or None
        Of the random generators, if it has changed.
    held : list or None
        The containers that tests hold, with new content where they have changed it.
    """

    operation: str
    target: Any
    args: list[Any]
    kwargs: dict[str, Any]
    state: list[Any] | int | None = None
    held: list[Any] | None = None


class RunCell(NamedTuple):
    """Run a cell."""

    source: str
    is_silent: bool


class Put(NamedTuple):
    """Write a file into the working directory, or append to it if it `continues` one."""

    path: str
    content: bytes
    continues: bool


class Pin(NamedTuple):
    """Run on these processors from now on."""

    processors: list[int]


class Tidy(NamedTuple):
    """Close what the calls of a test have left open."""


class Around(NamedTuple):
    """Put in force what a test has set, and nothing of what it set before."""

    described: dict[str, Any]


class BindNames(NamedTuple):
    """Bind and unbind names that a test shares."""

    given: dict[str, Any]
    gone: list[str]


class Held(NamedTuple):
    """Update the containers that tests hold."""

    containers: list[Any]


class Prepare(NamedTuple):
    """Import what tests need, before any student's code runs: tests will run in this process."""

    modules: list[str]


class Snapshot(NamedTuple):
    """Fork; a descriptor for the fork follows once the process is Ready."""


class RunTest(NamedTuple):
    """Run a test here."""

    order: dict[str, Any]


class Words(NamedTuple):
    """Wait in the channel until the test has ended, to be sent back with its verdict."""

    words: str


class Result(NamedTuple):
    """What a test's function returned."""

    value: Any


class Raised(NamedTuple):
    """What a test's function raised: its class and bases by module and name, arguments, and a number for itself."""

    lineage: list[list[str]]
    args: list[Any]
    number: int


# -- from it --------------------------------------------------------------------------------------


class Output(NamedTuple):
    """Something a cell shows, in nbformat's terms."""

    output: dict[str, Any]


class Done(NamedTuple):
    """A cell has ended: whether without an exception, its execution count, and the notebook's names if they changed."""

    ok: bool
    execution_count: int
    names: list[Any] | None


class Ready(NamedTuple):
    """The process waits for the descriptor of its fork."""


class Forked(NamedTuple):
    """The fork waits at its own channel."""


class ForkFailed(NamedTuple):
    """There is no fork."""

    reason: str


class Started(NamedTuple):
    """A test begins."""


class Judged(NamedTuple):
    """What came of a test: the words, whether it ended well, the number it ends with, and its error."""

    words: str
    ok: bool
    value: float | None
    error: list[Any] | None


class Callback(NamedTuple):
    """A call of a test's function, by number."""

    number: int
    args: list[Any]
    kwargs: dict[str, Any]


class Answer(NamedTuple):
    """What came of a question; its status is its name on the wire.

    Attributes
    ----------
    status : str
        ``ok``, ``error`` or ``cannot``.
    value : object
        The answer, what was raised, or why there is no answer that could cross.
    changed : list of [key, value] or None
        Arguments that the call changed.
    printed : (str, str) or None
        What it wrote to standard output and standard error.
    state : State or None
        Of the random generators, if they were used.
    names : list of str or None
        The notebook's, if they changed.
    shared : list or None
        What became of the names and containers that tests hold as well.
    """

    status: str
    value: Any
    # Most answers have none of these. Whoever applies them looks at their types.
    changed: Any = None
    printed: Any = None
    state: Any = None
    names: Any = None
    shared: Any = None


class ClassDescription(NamedTuple):
    """A class of the student's, before the first message that refers to it.

    Attributes
    ----------
    number : int
        Its reference.
    special : list of str
        Special methods that it or a base of it has.
    bases : list of int
        References of its bases that the notebook defines, which were described before.
    builtin_base : str
        The first of its bases that is Python's own, but for `object`.
    lineage : list of [module, name]
        It and its bases as far as the notebook does not define them.
    is_container : bool
        Whether its objects are compared by what they hold.
    """

    number: int
    name: str
    qualname: str
    module: str
    doc: str | None
    special: list[str]
    bases: list[int]
    builtin_base: str
    lineage: list[list[str]]
    is_container: bool


NAMES: dict[type, str] = {
    Ask: "do", RunCell: "run", Put: "put", Pin: "pin", Tidy: "tidy", Around: "around", BindNames: "names", Held: "held",
    Prepare: "prepare", Snapshot: "snapshot", RunTest: "test", Words: "words", Result: "result", Raised: "raise",
    Output: "out", Done: "done", Ready: "ready", Forked: "forked", ForkFailed: "failed", Started: "started",
    Judged: "judged", Callback: "callback", ClassDescription: "class",
}  # fmt: skip
_KINDS: dict[str, Any] = {name: kind for kind, name in NAMES.items()} | dict.fromkeys(("ok", "error", "cannot"), Answer)


def _types_of(hint: Any) -> frozenset[type]:
    """Return the classes a field may be of; none if it may be of any."""
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    return frozenset() if Any in options else frozenset(typing.get_origin(option) or option for option in options)


_TYPES = {
    kind: [(i, _types_of(hint)) for i, hint in enumerate(typing.get_type_hints(kind).values()) if _types_of(hint)]
    for kind in {*_KINDS.values()}
}


def frame(message: Any) -> list[Any]:
    """Return a message as it crosses."""
    return [*message] if type(message) is Answer else [NAMES[type(message)], *message]


def read(content: Any, *expected: type) -> Any:
    """Return the message in `content`, which is one of the `expected`.

    Raises
    ------
    WireError
        If it is none of them, or has another number of fields, or one of another type than it says.
    """
    name = content[0] if type(content) is list and content else None
    kind = _KINDS.get(name) if type(name) is str else None
    if kind not in expected:
        raise WireError("an unknown message")
    fields = content if kind is Answer else content[1:]
    if len(fields) != len(kind._fields):
        raise WireError(f"a message with {len(fields)} fields in place of {len(kind._fields)}")
    for i, allowed in _TYPES[kind]:
        if type(fields[i]) not in allowed:
            raise WireError(f"a message whose {kind._fields[i]} is a {type(fields[i]).__name__}")
    return tuple.__new__(kind, fields)  # which counts them no second time


class SameArgument:
    """In place of a value: the very object that the other side passed as this argument, by its place or name."""

    __slots__ = ("key",)

    def __init__(self, key: int | str) -> None:
        self.key = key
