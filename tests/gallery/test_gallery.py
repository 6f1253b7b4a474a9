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

    assert exercise.grade(stub).earned == 0
    assert not exercise.grade(stub).attempted


def test_what_returns_nothing_is_asked_for_its_return(exercise: Exercise) -> None:
    score = exercise.grade(lambda *_: None)
    assert score.earned == 0
    assert inspect.isclass(exercise.reference) or "`return`" in str(score.to_dict())


def test_a_grader_is_short(exercise: Exercise) -> None:
    code = Path(importlib.import_module(exercise.reference.__module__).__file__ or "").read_text()
    assert sum(bool(line.strip()) for line in code.splitlines()) <= 40
