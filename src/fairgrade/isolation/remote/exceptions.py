"""What the student's code raised, as an exception of this process."""

from __future__ import annotations

import builtins
import sys
from typing import Any

from fairgrade.isolation.remote.classes import RemoteClass
from fairgrade.isolation.remote.libraries import LIBRARIES, loaded

_SOURCES = (LIBRARIES | sys.stdlib_module_names) - {"unittest"}
"""Modules whose exceptions arrive as themselves. Those of unittest would end a test in other ways than by failing."""


def exception_of(content: Any, out_of_memory: str) -> BaseException:
    """Return the exception an answer describes: of the student's own class, or of the nearest one known here.

    Parameters
    ----------
    content : list
        The names of its class and bases, its message, its arguments, and a stand-in for it if its class is the
        student's own.
    out_of_memory : str
        What a MemoryError without a message says.

    Raises
    ------
    Exception
        Any, if `content` is malformed.
    """
    lineage, message, args, itself = content
    if isinstance(itself, Exception) and type(type(itself)) is RemoteClass:
        itself.args = (str(message),) if message else ()
        return itself
    for module, name in lineage:
        cls = _known(module, name)
        if cls is not None:
            given = tuple(args) if args else (str(message),) if message else ()
            # Python's own set attributes from their arguments, such as errno.
            error = _made(cls, given) if module == "builtins" else cls.__new__(cls)
            error.args = given[:2] if issubclass(cls, OSError) and len(given) > 2 else given
            if cls is MemoryError and not error.args:
                error.args = (out_of_memory,)
            return error
    return RuntimeError(f"{lineage[0][1]!s:.60}: {message!s:.1000}")


def _made(cls: Any, args: tuple[Any, ...]) -> BaseException:
    try:
        error: BaseException = cls(*args)
    except Exception:
        error = cls.__new__(cls)
    return error


def _known(module: Any, name: Any) -> Any:
    """Return an exception class of Python's or of a library's; None if there is none that may be raised here."""
    if module == "builtins":
        found = getattr(builtins, str(name), None)
    else:
        found = loaded(module, name) if isinstance(module, str) and module.partition(".")[0] in _SOURCES else None
    if not isinstance(found, type) or not issubclass(found, BaseException):
        return None
    # A KeyboardInterrupt here would look like the instructor's Ctrl-C.
    return found if issubclass(found, Exception) or found in (SystemExit, GeneratorExit) else None
