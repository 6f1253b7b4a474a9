"""The code of a group as a misconception of a grader: its text, and its place in the grader's file."""

from __future__ import annotations

import ast
import inspect
import json
import keyword
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from fairgrade.course import CourseError
from fairgrade.grading import Exercise

SHORTEST_LINE = 8
"""A shorter line of the reference, such as ``else:``, gives nothing away."""


@dataclass(frozen=True)
class BankEntry:
    """A misconception that could be added to a grader.

    Attributes
    ----------
    path : Path
        The grader's file.
    name : str
    text : str
        What is added at the end of the file.
    """

    path: Path
    name: str
    text: str

    def added(self) -> str:
        """Return the file's text with the entry at its end."""
        return f"{self.path.read_text(encoding='utf-8').rstrip()}\n\n\n{self.text}\n"


def entry_for(
    exercise: Exercise, modules: Iterable[ModuleType], example: str, *, name: str, hint: str, price: float
) -> BankEntry:
    """Write the entry of a misconception.

    Parameters
    ----------
    exercise : Exercise
    modules : iterable of ModuleType
        The assignment's graders.
    example : str
        The typical answer of a group, as :func:`fairgrade.discovery.typical_answer.typical_answer` returns it.
    name, hint : str
    price : float
        The points that it loses.

    Raises
    ------
    CourseError
        If the name or the hint won't do, or the answer can't stand in a grader as it is.
    """
    module, variable = _home_of(exercise, modules)
    _expect_name(name, exercise, module)
    _expect_hint(hint, exercise)
    definition = ast.unparse(_renamed(example, exercise.solution_name, name, set(vars(module))))
    text = json.dumps(hint, ensure_ascii=False)
    decorator = f"@{variable}.misconception(hint={text}, loses={price:g})"
    if len(decorator) > 120:
        decorator = f"@{variable}.misconception(\n    hint={text},\n    loses={price:g},\n)"
    return BankEntry(Path(inspect.getfile(module)), name, f"{decorator}\n{definition}")


def _home_of(exercise: Exercise, modules: Iterable[ModuleType]) -> tuple[ModuleType, str]:
    """Return the module that holds the last misconception, else the reference, and its name for the exercise."""
    named = {
        module.__name__: (module, variable)
        for module in modules
        for variable, value in vars(module).items()
        if value is exercise
    }
    misconceptions = [one.code for one in exercise.misconceptions.values()]
    for code in [*reversed(misconceptions), exercise.reference]:
        if (home := getattr(code, "__module__", None)) in named:
            return named[home]
    raise CourseError(f"{exercise.name}: expected a module of the graders that defines it, found none.")


def _expect_name(name: str, exercise: Exercise, module: ModuleType) -> None:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise CourseError(f"--name {name}: expected a name as Python has them, such as divides_by_one_less.")
    banks = (exercise.misconceptions, exercise.variants, exercise.checks, exercise.probes, vars(module))
    if any(name in bank for bank in banks):
        raise CourseError(f"--name {name}: expected a name that {exercise.name} has not yet, got one that it has.")


def _expect_hint(hint: str, exercise: Exercise) -> None:
    if not hint.strip():
        raise CourseError("--hint: expected a sentence that says where to look, got nothing.")
    try:
        lines = {line.strip() for line in inspect.getsource(exercise.reference).splitlines()}
    except (OSError, TypeError):  # a value has no lines
        return
    shown = [line for line in lines if len(line) >= SHORTEST_LINE and line.removeprefix("return ") in hint]
    if shown:
        raise CourseError(f"--hint: expected no line of the reference, got one: {shown[0]}. Say where to look instead.")


def _renamed(example: str, solution_name: str, name: str, bound: set[str]) -> ast.stmt:
    """Return the definition under its new name, with all that it needs inside it."""
    *before, main = ast.parse(example).body
    if not isinstance(main, ast.FunctionDef | ast.ClassDef) or main.name != solution_name:
        raise CourseError(
            f"{solution_name}: expected an answer that ends with its definition. Write the entry by hand."
        )
    before = [step for step in before if not _is_bound(step, bound)]
    if before and isinstance(main, ast.ClassDef):
        raise CourseError(f"{solution_name}: expected a class that stands alone, got one that needs more of its cell. "
                          f"Write the entry by hand.")  # fmt: skip
    for node in ast.walk(ast.Module([main, *before], [])):
        if isinstance(node, ast.Name) and node.id == solution_name:
            node.id = name
    main.name = name
    main.body = [*before, *main.body]
    return main


def _is_bound(step: ast.stmt, bound: set[str]) -> bool:
    """Whether a step imports what the grader's module has already."""
    if not isinstance(step, ast.Import | ast.ImportFrom):
        return False
    return all((alias.asname or alias.name.partition(".")[0]) in bound for alias in step.names)
