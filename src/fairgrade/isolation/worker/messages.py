"""What a student's process sends, field by field: the one definition that both ends, and tests that forge, go by."""

from __future__ import annotations

from typing import Any, NamedTuple


class Done(NamedTuple):
    """A cell has ended: whether without an exception, its execution count, and the notebook's names if they changed."""

    kind: str
    ok: bool
    execution_count: int
    names: list[str] | None


class Callback(NamedTuple):
    """A call of a test's function, by number."""

    kind: str
    number: int
    args: list[Any]
    kwargs: dict[str, Any]


class Answer(NamedTuple):
    """What came of a question.

    Attributes
    ----------
    status : str
        One of STATUSES.
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
    changed: list[Any] | None = None
    printed: Any = None
    state: Any = None
    names: list[str] | None = None
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

    kind: str
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


STATUSES = ("ok", "error", "cannot")


class SameArgument:
    """In place of a value: the very object that the other side passed as this argument, by its place or name."""

    __slots__ = ("key",)

    def __init__(self, key: int | str) -> None:
        self.key = key
