"""The effects of a call besides its value: printed text, changed arguments, random numbers drawn."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from fairgrade.isolation.worker import randomness
from fairgrade.isolation.worker.messages import Answer
from fairgrade.isolation.worker.mutation import copy_back


def has_effects(answer: Answer) -> bool:
    """Tell whether there is anything besides the value, which is rare."""
    _, _, changed, printed, state, names, shared = answer
    return bool(printed is not None or state is not None or changed or names is not None or shared is not None)


def apply(answer: Answer, args: list[Any], kwargs: Mapping[str, Any], watch: randomness.Watch) -> None:
    """Set the random generators to the student's state, copy changed arguments back, and print what was printed.

    Raises
    ------
    Exception
        Any, if the answer is malformed.
    """
    if answer.state is not None:
        randomness.restore(answer.state)
        watch.settle()
    for key, after in answer.changed or []:
        copy_back(args[key] if type(key) is int else kwargs[key], after)
    if answer.printed is not None:
        out, err = answer.printed
        for stream, text in ((sys.stdout, out), (sys.stderr, err)):
            if text:
                stream.write(str(text))
