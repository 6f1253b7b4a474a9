"""What cost a class most comes first, with an example that shows nobody."""

from __future__ import annotations

import pytest

from fairgrade.grading import Exercise
from fairgrade.report.class_results import ClassMember, Stage
from fairgrade.report.examples import MAX_READ, some_of
from fairgrade.report.lecture import FindingKind, LectureFinding, findings_of
from tests.report.graded_class import score


def starts_at_one(x: float) -> float:
    first = 1
    return x - first


@pytest.fixture
def banks() -> dict[str, Exercise]:
    """An exercise with one known mistake."""
    exercise = Exercise("e", points=2, reference=abs)
    exercise.misconception(hint="Count from zero.", loses=1)(starts_at_one)
    return {"e": exercise}


def member(passed: tuple[bool, bool], *names: str, answer: str = "", attempted: bool = True) -> ClassMember:
    """A student with two exercises, the second of them right."""
    scores = {"test_e": score(passed, names, attempted=attempted), "test_o": score() | {"exercise": "o"}}
    return ClassMember("s", Stage.COMPLETE, 0.0, {}, scores, answers={"e": answer})


def test_findings_are_ordered_by_what_they_cost(banks: dict[str, Exercise]) -> None:
    """Named mistakes, wrong answers without a name and answers left open; what full marks have is no finding."""
    members = [
        *[member((False, True), "starts_at_one", answer=f"def e(x):\n    return x - 1  # {n}") for n in range(4)],
        *[member((False, False), answer=f"def e(x):\n    return {n}") for n in (7, 7, 9)],
        *[member((False, False), attempted=False)],
        member((True, True)),
    ]
    unexplained, named, left_open = findings_of(members, banks)
    assert (unexplained.kind, unexplained.students, unexplained.of, unexplained.lost) == (
        FindingKind.UNEXPLAINED, 3, 9, 6.0,
    )  # fmt: skip
    assert unexplained.hint == "Most of them fail this check (3 of 3): It counts."
    assert unexplained.answer == "def e(x):\n    return 7"
    assert unexplained.source == "A typical answer; 2 of 3 read like it"
    assert (named.title, named.hint, named.students, named.lost) == ("Starts at one", "Count from zero.", 4, 4.0)
    assert named.answer == "def e(x):\n    return x - 1"
    assert (left_open.kind, left_open.lost, left_open.answer) == (FindingKind.LEFT_OPEN, 2.0, "")


def test_the_graders_have_an_example_where_few_students_do(banks: dict[str, Exercise]) -> None:
    """No code of one or two students is shown."""
    (found,) = findings_of([member((False, True), "starts_at_one", answer="def e(x): return ada")] * 2, banks)
    assert found.answer == "def e(x: float) -> float:\n    first = 1\n    return x - first"
    assert found.source == "The mistake as the graders have it"


def test_mistakes_of_one_answer_share_its_loss(banks: dict[str, Exercise]) -> None:
    """Its code is an example of neither of them."""
    found = findings_of([member((False, False), "starts_at_one", "gone", answer="def e(x): ...")] * 3, banks)
    assert {(one.name, one.lost) for one in found} == {("starts_at_one", 3.0), ("gone", 3.0)}
    assert [one.answer for one in found if one.name == "gone"] == [""]


def test_blank_submissions_and_missing_graders_are_no_trouble() -> None:
    """Who has written nothing at all has left no exercise open; names are read without their graders."""
    blank = ClassMember("s", Stage.BLANK, 0.0, {}, {"test_e": score((False, False), attempted=False)})
    assert findings_of([blank] * 3, {}) == []
    (found,) = findings_of([member((False, True), "starts_at_one", answer="def e(): ...")] * 3, {})
    assert found == LectureFinding(FindingKind.MISCONCEPTION, "e", "starts_at_one", "Starts at one", "", 3, 3, 3.0)


def test_of_a_large_class_an_even_choice_is_read() -> None:
    """Reading the code of thousands would take a minute."""
    everybody = [str(number) for number in range(2500)]
    chosen = some_of(everybody)
    assert chosen == everybody[:: 2500 // MAX_READ]
    assert [len(some_of(everybody[:n])) for n in (0, MAX_READ, MAX_READ + 1)] == [0, MAX_READ, MAX_READ // 2 + 1]
