"""Multiple-choice questions."""

from __future__ import annotations

import pytest

from fairgrade.grading import Exercise, NotAttempted, Passed, add_question


@pytest.fixture
def quiz() -> Exercise:
    """Two questions, right answers B and A."""
    exercise = Exercise("quiz", points=2, reference={"q1": "B", "q2": "A"}, solution_name="answers")
    for question, right, wrong in (("q1", "B", "A"), ("q2", "A", "B")):
        add_question(
            exercise,
            question,
            sentence=f"Question {question}.",
            right=right,
            why=f"{question} is so.",
            wrong={wrong: (f"confuses_{question}", "Think again.")},
        )
    return exercise


@pytest.mark.parametrize(
    "answers", [{"q1": "B", "q2": "A"}, {"q1": " b ", "q2": "a"}, {"q2": "A", "q1": "B", "q9": "Z"}]
)
def test_right_letters_earn_their_points(quiz, answers):
    """Case, space and additions don't matter; who is right reads why."""
    score = quiz.grade(answers)
    assert score.earned == 2
    assert score.results[0].outcome == Passed("q1 is so.")


def test_a_wrong_letter_is_named_and_the_right_one_is_not(quiz):
    """Two wrong answers are two misconceptions; the page gives no answer away."""
    score = quiz.grade({"q1": "A", "q2": "B"})
    assert (score.earned, [d.name for d in score.misconceptions]) == (0, ["confuses_q1", "confuses_q2"])
    assert "is so" not in score.to_html()


def test_blank_answers_are_not_attempted(quiz):
    """A question left open costs only itself."""
    score = quiz.grade({"q1": "", "q2": "A"})
    assert score.earned == 1
    assert isinstance(score.results[0].outcome, NotAttempted)
    assert not quiz.grade({}).attempted


@pytest.mark.parametrize("answers", [["B", "A"], None, "BA", 3, {"q1": 1, "q2": ["A"]}, {"q1": "C", "q2": "BA"}])
def test_other_forms_earn_nothing_and_break_nothing(quiz, answers):
    """A list, a number or an option that does not exist get a clear reason."""
    score = quiz.grade(answers)
    assert score.earned == 0
    assert score.misconceptions
