"""``fairgrade promote`` on a class graded by the real command."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from fairgrade.course import CourseError
from fairgrade.discovery.bank_entry import entry_for
from tests.autograde.classes import ASSIGNMENT
from tests.conftest import run
from tests.discovery.a_class import an_exercise, graded_course

NEEDS_A_TEXT = 'def double(x):\n    return len("hello") * np.std(x)'
"""A typical answer is shown without texts, and does something else without this one."""

HINT = "By how many is the sum divided?"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return graded_course(tmp_path_factory.mktemp("class") / "course", {"s008": NEEDS_A_TEXT})


def groups(course: Path) -> list[dict[str, object]]:
    said = run("fairgrade", "discover", ASSIGNMENT, "--json", "groups.json", cwd=course)
    assert said.returncode == 0, said.stdout
    found: list[dict[str, object]] = json.loads((course / "groups.json").read_text())["groups"]
    return found


def promote(course: Path, group: object, *words: str) -> subprocess.CompletedProcess[str]:
    return run("fairgrade", "promote", str(group), *words, cwd=course)


def graders(course: Path) -> str:
    return (course / "graders" / ASSIGNMENT / "__init__.py").read_text()


@pytest.mark.slow
@pytest.mark.xdist_group("promote")
def test_a_group_is_refused_shown_promoted_and_gone(course: Path) -> None:
    """What is refused or only shown leaves the grader as it is; what is promoted is named at the next grading."""
    before, (first, *others) = graders(course), groups(course)
    needs_a_text = next(group for group in others if group["students"] == 1 and "times" in str(group["relation"]))
    named = ("--name", "divides_by_one_less", "--hint", HINT)
    for words, code, message in (
        ((first["id"], *named), 0, "Nothing is written"),
        ((first["id"], *named, "--price", "4", "--yes"), 2, "at most 3, got 4"),
        ((needs_a_text["id"], *named, "--yes"), 2, "the example does not do what the answers do"),
        ((first["id"], "--name", "forgets_the_root", "--hint", HINT), 2, "a name that double has not yet"),
        ((f"{ASSIGNMENT}/double/000000", *named), 2, f"which are: {first['id']},"),
    ):
        said = promote(course, *map(str, words))
        assert (said.returncode, message in " ".join(said.stdout.split())) == (code, True), said.stdout
        assert graders(course) == before

    said = promote(course, first["id"], *named, "--names", "--yes")
    assert said.returncode == 0, said.stdout
    assert "+def divides_by_one_less(x):" in said.stdout
    assert "students: s004, s005, s006" in said.stdout
    assert graders(course).startswith(before.rstrip())

    graded = run("fairgrade", "autograde", ASSIGNMENT, "--jobs", "1", cwd=course)
    assert graded.returncode == 0, graded.stdout
    assert [group["id"] for group in groups(course)] == [group["id"] for group in others]


EXERCISE = an_exercise()


def entry(example: str, **words: str) -> str:
    module = ModuleType(EXERCISE.reference.__module__)
    module.__file__ = __file__
    module.__dict__.update(double=EXERCISE, np=None)
    given = {"name": "adds_up", "hint": HINT, **words}
    return entry_for(EXERCISE, [module], example, price=1.5, **given).text


def test_what_an_answer_needs_is_moved_into_its_definition() -> None:
    text = entry(
        "import numpy as np\nimport math\n\ndef v1(x):\n    return x\n\ndef double(x):\n    return double(v1(x))"
    )
    assert text == (
        f'@double.misconception(hint="{HINT}", loses=1.5)\n'
        "def adds_up(x):\n    import math\n\n    def v1(x):\n        return x\n    return adds_up(v1(x))"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"name": "2nd"}, "expected a name as Python has them"),
        ({"name": "class"}, "expected a name as Python has them"),
        ({"name": "numbers_3_1"}, "has not yet"),
        ({"hint": " "}, "expected a sentence"),
    ],
)
def test_names_and_hints_that_will_not_do_are_refused(words: dict[str, str], message: str) -> None:
    EXERCISE.probes.setdefault("numbers_3_1", lambda work: None)
    with pytest.raises(CourseError, match=message):
        entry("def double(x):\n    return x", **words)


def test_a_class_that_needs_more_of_its_cell_is_for_a_person() -> None:
    with pytest.raises(CourseError, match="by hand"):
        entry("v1 = 3\n\nclass double:\n    pass")
