"""A record of what a grader asks of a student's work: each call, each attribute read or set, in order."""

from __future__ import annotations

from typing import Any

import numpy as np

from fairgrade.grading import StudentObject, student_object


class CallRecorder:
    """Passes on all that is asked of a piece of work, and records it.

    Parameters
    ----------
    target : object
        The work.
    name : str
        Its name in the record.
    log : list of str
        The record, shared with the recorders of all objects that it returns.
    """

    def __init__(self, target: Any, name: str, log: list[str]) -> None:
        vars(self).update(_target=target, _name=name, _log=log)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Record the call, then make it."""
        given = [*map(_brief, args), *(f"{key}={_brief(value)}" for key, value in kwargs.items())]
        self._log.append(f"{self._name}({', '.join(given)})")
        return self._recorded(self._target(*args, **kwargs), "model" if isinstance(self._target, type) else "it")

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._target, name)
        if not callable(value):
            self._log.append(f"{self._name}.{name}")
        return self._recorded(value, f"{self._name}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        self._log.append(f"{self._name}.{name} = {_brief(value)}")
        setattr(self._target, name, value)

    def _recorded(self, value: Any, name: str) -> Any:
        """Return `value` if it is plain data, else a recorder of it."""
        return CallRecorder(value, name, self._log) if isinstance(student_object(value), StudentObject) else value


def _brief(value: Any) -> str:
    """Return a value on one line; of an array the shape and the first numbers."""
    if isinstance(value, np.ndarray):
        first = ", ".join(f"{number:.3g}" for number in value.ravel()[:3])
        return f"array of shape {value.shape}: {first}{', …' if value.size > 3 else ''}"
    text = f"{value:.4g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
