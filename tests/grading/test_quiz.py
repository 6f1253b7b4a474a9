"""Multiple-choice questions."""

from __future__ import annotations

import importlib

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


UNITS = importlib.import_module("tests.gallery.units").exercise


def of_units(**changed):
    return UNITS.grade({**UNITS.reference, **changed})


@pytest.mark.parametrize(
    "changed",
    [{"q1": "c, a"}, {"q1": ["A", "C"]}, {"q1": {"a", "c"}}, {"q2": 9.8}, {"q2": "981 cm/s^2"}, {"q2": " 9.81"},
     {"q2": "+9.81e0m/s^2"}, {"q3": "Gradient-Descent."}, {"q3": "steepest  descent"}],
)  # fmt: skip
def test_other_forms_of_right_answers_earn_their_points(changed):
    assert of_units(**changed).earned == 4


@pytest.mark.parametrize(
    ("changed", "earned", "named", "said"),
    [
        ({"q1": "A"}, 3, ["forgets_times"], "not the right options"),
        ({"q1": "ABC"}, 3, ["gives_ratios_a_unit"], "not the right options"),
        ({"q1": "ACX"}, 3, [], "no option X"),
        ({"q1": 3}, 3, [], "letters in quotes"),
        ({"q2": 4.9}, 3, ["takes_half"], "4.9 m/s^2 is not right"),
        ({"q2": "9.81 cm/s^2"}, 3, [], "0.0981 m/s^2 is not right"),
        ({"q2": "9.81 furlong"}, 3, [], "'furlong' is not one of m/s^2, cm/s^2"),
        ({"q2": "9,81"}, 3, [], "a point before the decimals"),
        ({"q2": float("nan")}, 3, [], "not a number"),
        ({"q2": True}, 3, [], "not a number"),
        ({"q2": "9" * 10_000}, 3, [], "not a number"),
        ({"q3": "gradient ascent"}, 2, ["goes_up"], "not one of the right answers"),
        ({"q3": ["gradient descent"]}, 2, [], "not text in quotes"),
        ({"q3": " "}, 2, [], "No answer yet"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_wrong_answer_says_what_is_wrong_and_not_what_is_right(changed, earned, named, said):
    score = of_units(**changed)
    assert (score.earned, [d.name for d in score.misconceptions]) == (earned, named)
    assert said in score.to_html().replace("&#39;", "'")
    assert ("It is 9.81" in score.to_html()) is ("q2" not in changed)


def test_a_quiz_knows_small_letters_and_spaces_as_right(quiz):
    assert quiz.variants["small_letters_and_spaces"].code == {"q1": " b ", "q2": " a "}
