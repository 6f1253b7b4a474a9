"""The jobs of the worker processes: grade the items of a bank, and run the notebook with them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from fairgrade.course import Course
from fairgrade.grading import Exercise, InfraError, NotAttempted, Passed, Submission, grading_for
from fairgrade.isolation.worker import syscalls
from fairgrade.notebook.cell import AssignmentCell
from fairgrade.verify.call_limits import does_not_end
from fairgrade.verify.findings import Finding, GradedItem, ItemKind, Section
from fairgrade.verify.in_process import GradedCall, RunnableNotebook, execute, graded_call

BROKEN_CHECK_CURE = "Mend the check: no score may be recorded while it breaks."


def end_with(parent: int) -> None:
    """Have this worker process end when the one that started it does, even if that is killed.

    The thread that starts the workers must outlive them: they end when it does.

    Parameters
    ----------
    parent : int
        The process that started this one.
    """
    if sys.platform == "linux":
        syscalls.die_with_parent()
        if os.getppid() != parent:  # it has ended before this was asked for
            os._exit(1)


class LoadedAssignment:
    """An assignment as a process has loaded it: its exercises and notebooks."""

    def __init__(self, root: Path, assignment: str) -> None:
        self.course = Course(root)
        self.assignment = assignment
        self.exercises = {exercise.name: exercise for exercise in self.course.exercises(assignment)}
        self.notebooks = [RunnableNotebook(path) for path in self.course.notebooks(assignment)]

    def student(self, seed: int) -> Submission:
        """Return the made-up student of that number."""
        return Submission(self.assignment, f"v{seed:03d}")

    def graded_by(self, cell: AssignmentCell) -> GradedCall | None:
        """Return the call of a grader in a test cell; None if there is none."""
        return graded_call(cell, self.course.graders(self.assignment))

    def tests_of(self, exercise: Exercise) -> Iterator[tuple[RunnableNotebook, AssignmentCell]]:
        """Yield the test cells that call an exercise, with their notebooks."""
        for notebook in self.notebooks:
            for cell in notebook.tests:
                call = self.graded_by(cell)
                if call and call.exercise is exercise:
                    yield notebook, cell

    def release_of(self, notebook: RunnableNotebook) -> Path:
        """Return where the release of a notebook belongs."""
        return self.course.root / "release" / self.assignment / notebook.path.name


@cache
def load(root: Path, assignment: str) -> LoadedAssignment:
    """Load an assignment, once per process."""
    os.environ.setdefault("MPLBACKEND", "Agg")  # a notebook's figures need no screen
    return LoadedAssignment(root, assignment)


def items(exercise: Exercise) -> Iterator[tuple[ItemKind, str, Any]]:
    """Yield all items of an exercise's bank: the reference, the variants, the misconceptions."""
    yield ItemKind.REFERENCE, "reference", exercise.reference
    for variant in exercise.variants.values():
        yield ItemKind.VARIANT, variant.name, variant.code
    for misconception in exercise.misconceptions.values():
        yield ItemKind.MISCONCEPTION, misconception.name, misconception.code


def grade(exercise: Exercise, kind: ItemKind, item: str, code: Any, student: Submission, **names: Any) -> GradedItem:
    """Grade one item for one student."""
    graded = partial(GradedItem, exercise.name, item, kind, student.student)
    with grading_for(student):
        try:
            score = exercise.grade(code, **names)
        except InfraError as error:
            return graded(broken=str(error), is_endless=does_not_end(code))
    return graded(
        earned=score.earned,
        failed={r.name: getattr(r.outcome, "reason", "") for r in score.results if not isinstance(r.outcome, Passed)},
        named=tuple(found.name for found in score.misconceptions),
        is_endless=does_not_end(code),
        seconds={r.name: r.seconds for r in score.results},
    )


# -- the jobs -------------------------------------------------------------------------------------


def grade_bank(root: Path, assignment: str, exercise: str, seed: int, times: int = 1) -> list[GradedItem]:
    """Grade a whole bank for one student; several times over, to see whether the results differ."""
    here = load(root, assignment)
    chosen = here.exercises[exercise]
    return [
        grade(chosen, kind, item, code, here.student(seed)) for _ in range(times) for kind, item, code in items(chosen)
    ]


def find_unseen(root: Path, assignment: str, exercise: str) -> list[Finding]:
    """Find the misconceptions and pairs that no probe tells from right work."""
    here = load(root, assignment)
    with grading_for(here.student(0)):
        unseen = here.exercises[exercise].unseen()
    return [
        Finding(
            Section.WRONG,
            f"{exercise}, {name}",
            "on the probes: expected it to do something else than right work, got the same on all of them.",
            "Add a probe that sees the difference; or, of two that cancel out, declare that one excludes the other.",
        )
        for name in unseen
    ]


def try_visible_tests(root: Path, assignment: str, exercise: str) -> list[Finding]:
    """Run the notebook's visible tests of an exercise on its reference and variants."""
    here = load(root, assignment)
    chosen = here.exercises[exercise]
    found = []
    for notebook in here.notebooks:
        tests = [cell for cell in notebook.tests if chosen.solution_name in cell.names.uses]
        if not tests:
            continue
        try:
            names = notebook.run()
        except Exception as error:
            return [_does_not_run(notebook, error)]
        right = [(item, code) for kind, item, code in items(chosen) if kind is not ItemKind.MISCONCEPTION]
        for item, code in right:
            for cell in tests:
                try:
                    execute(cell.visible, {**names, chosen.solution_name: code}, cell.name)
                except Exception as error:
                    found.append(
                        Finding(
                            Section.NOTEBOOK,
                            f"{cell.name}, {item}",
                            f"its visible tests: expected them to pass on right work, got {_brief(error)}",
                            "A student with this right solution would be told it is wrong: loosen the visible test.",
                        )
                    )
    return found


def try_stub(root: Path, assignment: str, exercise: str) -> list[Finding]:
    """Grade the untouched release: it earns nothing, and counts as not attempted."""
    here = load(root, assignment)
    chosen = here.exercises[exercise]
    for path in dict.fromkeys(here.release_of(notebook) for notebook, _ in here.tests_of(chosen)):
        if not path.is_file():
            continue
        release = RunnableNotebook(path)
        try:
            names = release.run()
        except Exception as error:
            return [_does_not_run(release, error)]
        with grading_for(here.student(0)):
            try:
                score = chosen.grade(names.get(chosen.solution_name), notebook=names)
            except InfraError as error:
                what = f"given the untouched stub: expected a score, got an error of the grader: {error}"
                return [Finding(Section.RIGHT, exercise, what, BROKEN_CHECK_CURE)]
        attempts = sum(not isinstance(result.outcome, NotAttempted) for result in score.results)
        if score.earned or attempts:
            return [
                Finding(
                    Section.NOTEBOOK,
                    f"release, {exercise}",
                    f"the untouched stub: expected 0 points and not attempted, got {score.earned:g} points and "
                    f"{attempts} checks that took it for an attempt.",
                    "Let the stub raise NotImplementedError, and no check pass before it has called the work.",
                )
            ]
    return []


def _does_not_run(notebook: RunnableNotebook, error: Exception) -> Finding:
    return Finding(
        Section.NOTEBOOK,
        notebook.path.name,
        f"its cells: expected them to run in order, got {_brief(error)}",
        "Run the notebook from the top in Jupyter, and mend the cell that stops.",
    )


def _brief(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def follow_knock_on(root: Path, assignment: str, exercise: str, seed: int) -> list[GradedItem]:
    """Grade other exercises in a notebook that is right but for each misconception of this one in turn.

    Others are those about the same work, and those whose solution reads this one's name.
    """
    here = load(root, assignment)
    chosen = here.exercises[exercise]
    found = []
    for notebook in here.notebooks:
        others = [
            other
            for other in here.exercises.values()
            if other.name != exercise
            and (cell := notebook.cell(other.solution_cell))
            and (other.solution_name == chosen.solution_name or chosen.solution_name in cell.names.uses)
        ]
        for wrong in chosen.misconceptions.values() if others else ():
            names = notebook.run({chosen.solution_cell: (chosen.solution_name, wrong.code)})
            for other in others:
                work, student = names.get(other.solution_name), here.student(seed)
                found.append(grade(other, ItemKind.MISCONCEPTION, wrong.name, work, student, notebook=names))
    return found
