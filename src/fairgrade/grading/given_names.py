"""The names of the student's notebook, as a test passes them to ``grade``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fairgrade.grading.outcomes import InfraError
from fairgrade.grading.student import Notebook, StudentObject

Names = Mapping[str, Any] | Notebook | None
"""The names of the student's notebook, such as ``globals()`` in a test cell."""


def notebook_of(names: Names) -> Notebook:
    """Return the notebook with these names."""
    return names if isinstance(names, Notebook) else Notebook(names)


def expect_names(names: Names, work: Any, solution_name: str, earlier: Iterable[str]) -> None:
    """Fail unless right functions can be lent to work that builds on earlier work.

    Work in this process finds them in its own globals. In another process only the names of its notebook lead there.

    Raises
    ------
    InfraError
        If the work is in another process, and the names are not those of its notebook.
    """
    target = work._target if isinstance(work, StudentObject) else work
    # Asked of the types: no object of the student's can claim to be a stand-in, or the names of a notebook.
    if isinstance(names, Notebook) or hasattr(type(names), "_fairgrade_lending"):
        return
    if hasattr(type(target), "_fairgrade_is_stand_in"):
        given = "none" if names is None else f"a {type(names).__name__}"
        raise InfraError(
            f"grade({solution_name}): expected the notebook's names, since it builds on "
            f"{' and '.join(f'`{name}`' for name in earlier)}; got {given}. "
            f"Write `exercise.grade({solution_name}, notebook=globals())` in the test cell."
        )
