"""Each grader of the gallery is short, and tells right from wrong by name."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

from fairgrade.grading import Exercise, Submission, grading_for

SUBJECTS = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith(("test_", "__")))
STUDENTS = [Submission("gallery", f"s{number:03}") for number in range(5)]


@pytest.fixture(params=SUBJECTS)
def exercise(request: pytest.FixtureRequest) -> Exercise:
    """The exercise of one subject."""
    found: Exercise = importlib.import_module(f"tests.gallery.{request.param}").exercise
    return found


def test_right_work_earns_everything(exercise: Exercise) -> None:
    for student in STUDENTS:
        with grading_for(student):
            for code in (exercise.reference, *(variant.code for variant in exercise.variants.values())):
                score = exercise.grade(code)
                assert score.earned == exercise.points, score.to_dict()


def test_a_misconception_is_named_and_costs_its_price(exercise: Exercise) -> None:
    for student in STUDENTS:
        with grading_for(student):
            for name, misconception in exercise.misconceptions.items():
                score = exercise.grade(misconception.code)
                assert [d.name for d in score.misconceptions] == [name], score.to_dict()
                assert score.earned == exercise.points - misconception.loses, score.to_dict()


def test_what_is_not_written_earns_nothing(exercise: Exercise) -> None:
    def stub(*_: object) -> None:
        raise NotImplementedError

    blank = stub if callable(exercise.reference) else dict.fromkeys(exercise.reference, "")
    assert exercise.grade(blank).earned == 0
    assert not exercise.grade(blank).attempted


def test_what_returns_nothing_is_asked_for_its_return(exercise: Exercise) -> None:
    score = exercise.grade(lambda *_: None)
    assert score.earned == 0
    returns = exercise.reference is not importlib.import_module("tests.gallery.printing").print_squares
    assert not (inspect.isfunction(exercise.reference) and returns) or "`return`" in str(score.to_dict())


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_grader_is_short(subject: str) -> None:
    code = (Path(__file__).parent / f"{subject}.py").read_text()
    assert sum(bool(line.strip()) for line in code.splitlines()) <= 40
