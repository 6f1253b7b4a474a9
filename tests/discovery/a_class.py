"""A small class: an exercise on the spread of numbers, right answers, and wrong ones of several kinds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from fairgrade.discovery.class_answers import WrongAnswer
from fairgrade.grading import Exercise, Submission, grading_for
from fairgrade.grading.signature import decode
from tests.autograde.classes import ASSIGNMENT, hand_in, make_course
from tests.conftest import run

GRADER = """
import numpy as np

from fairgrade.grading import Exercise


def reference(x):
    return np.sqrt(np.mean((x - np.mean(x)) ** 2))


double = Exercise("double", points=3, reference=reference)


@double.inputs(n=(3, 8))
def numbers(rng, n):
    return rng.normal(2, 3, n)


double.agrees_with_the_reference(points=3)


@double.misconception(hint="The root is missing.", loses=3)
def forgets_the_root(x):
    return np.mean((x - np.mean(x)) ** 2)
"""

RIGHT = "def double(x):\n    return np.std(x)"
KNOWN = "def double(x):\n    return np.var(x)"
ONE_LESS = (
    "# by Erika Mustermann\ndef double(erikas_list):\n    'my homework'\n    return np.std(erikas_list, ddof=1)",
    "def double(x):\n    mustermann = x - x.mean()\n    return (mustermann @ mustermann / (len(x) - 1)) ** 0.5",
    "def double(values):\n    return np.std(values, ddof=1)  # Max",
)
ABSOLUTE = "def double(x):\n    return np.mean(np.abs(x - np.mean(x)))"
ANSWERS = {
    **{f"s00{i}": RIGHT for i in (1, 2)},
    "s003": KNOWN,
    **{f"s00{i}": text for i, text in enumerate(ONE_LESS, start=4)},
    "s007": ABSOLUTE,
}


def graded_course(folder: Path, more: Mapping[str, str] = MappingProxyType({})) -> Path:
    """The course with its class, and further answers by student, graded by the real command."""
    make_course(folder)
    (folder / "graders" / ASSIGNMENT / "__init__.py").write_text(GRADER)
    source = folder / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    text = (
        source.read_text().replace("return 2 * x", "return np.std(x)").replace("double(np.float64(1.5)) == 3", "True")
    )
    source.write_text(text)
    made = run("nbgrader", "generate_assignment", ASSIGNMENT, "--force", cwd=folder)
    assert made.returncode == 0, made.stdout
    for student, code in {**ANSWERS, **more}.items():
        hand_in(folder, student, code)
    graded = run("fairgrade", "autograde", ASSIGNMENT, "--jobs", "1", cwd=folder)
    assert graded.returncode == 0, graded.stdout
    return folder


def an_exercise() -> Exercise:
    """The exercise of the small class, by itself."""
    names: dict[str, object] = {"__name__": "graders_of_the_small_class"}
    exec(GRADER, names)
    exercise = names["double"]
    assert isinstance(exercise, Exercise)
    return exercise


def wrong_answer(exercise: Exercise, work: object, student: str = "s001", source: str = "") -> WrongAnswer:
    """An answer graded in this process, as it would be read from results."""
    with grading_for(Submission(ASSIGNMENT, student, "salt")):
        score = exercise.grade(work).to_dict()
    failed = tuple(check["sentence"] for check in score["checks"] if check["outcome"] == "Failed")
    lost = score["points"] - score["earned"]
    return WrongAnswer(student, exercise.name, decode(score["signature"]), lost, failed, (), source)
