"""Exercises grade: points by check, one price a mistake, names by value, faults of ours kept apart."""

from __future__ import annotations

import numpy as np
import pytest

from fairgrade.grading import (
    SCORE_MIME,
    CheckFailed,
    Exercise,
    Failed,
    InfraError,
    NotAttempted,
    Notebook,
    Passed,
    Submission,
    expect_close,
    expect_number,
    grading_for,
)


def double(x):
    return 2 * x


def make() -> Exercise:
    """An exercise on doubling a number, three points."""
    exercise = Exercise("double", points=3, reference=double)

    @exercise.check(points=2)
    def doubles(work, rng):
        """It doubles its argument."""
        x = float(rng.uniform(1, 2))
        expect_close(expect_number(work(x)), 2 * x, given=f"{x:.2f}")

    @exercise.check(points=1)
    def keeps_zero(work):
        """It leaves zero alone."""
        expect_close(expect_number(work(0.0)), 0.0)

    for x in (1.0, 2.5, -3.0):
        exercise.probe(named(f"at_{x}", lambda work, x=x: work(x)))

    exercise.misconception("It is times two, not squared.", loses=1)(squares)
    exercise.misconception("Add nothing.", loses=2)(adds_two)
    exercise.misconception("Give it back with return.", loses=2)(prints)
    exercise.misconception("Nothing works.", loses=3)(always_stops)
    return exercise


def named(name, function):
    function.__name__ = name
    return function


def squares(x):
    return x * x


def adds_two(x):
    return x + 2


def prints(x):
    print("it is", 2 * x)


def always_stops(x):
    raise ValueError("an error of its own")


def test_right_work_earns_all_points():
    """All checks pass and nothing is diagnosed."""
    score = make().grade(lambda x: x + x)
    assert (score.earned, score.misconceptions, score.attempted) == (3, (), True)
    assert [type(result.outcome) for result in score.results] == [Passed, Passed]


def test_a_misconception_is_named_and_paid_for_once():
    """Its price is what it costs, though the checks alone would charge more."""
    score = make().grade(squares)
    assert (score.by_checks, score.earned) == (1, 2)
    assert [diagnosis.name for diagnosis in score.misconceptions] == ["squares"]


def test_a_price_never_takes_points_that_checks_gave():
    """The price is an upper limit of the loss, not a fine."""
    score = make().grade(adds_two)
    assert (score.by_checks, score.earned) == (0, 1)


def test_other_mistakes_are_charged_by_their_checks():
    """Work like no known misconception has no name and earns what its checks earn."""
    score = make().grade(lambda x: 3 * x)
    assert (score.earned, score.misconceptions) == (1, ())


def test_printing_the_right_numbers_is_recognised_by_the_numbers():
    """Code that only prints is known by what it prints, so `pass` is not."""
    assert [d.name for d in make().grade(prints).misconceptions] == ["prints"]
    assert make().grade(prints).earned == 1
    assert make().grade(lambda x: print(f"{2 * x:.4f}")).earned == 1
    assert make().grade(lambda x: None).misconceptions == ()
    assert make().grade(lambda x: None).earned == 0


def test_errors_alike_give_a_name_but_no_price():
    """An error shows nothing of what is right, so it can't limit the loss."""
    score = make().grade(always_stops)
    assert (score.earned, [d.name for d in score.misconceptions]) == (0, ["always_stops"])
    assert make().grade(raises("another error")).misconceptions == ()


def raises(message):
    def work(x):
        raise ValueError(message)

    return work


def test_two_matches_give_no_name_unless_declared_the_same():
    """A diagnosis is unique, or it is none."""
    exercise = make()
    exercise.misconception("As squares.", loses=1, name="squares_too")(lambda x: x**2)
    assert exercise.grade(squares).misconceptions == ()
    exercise = make()
    exercise.misconception("As squares.", loses=1, name="squares_too", same_as=("squares",))(lambda x: x**2)
    assert [d.name for d in exercise.grade(squares).misconceptions] == ["squares"]


def test_fewer_than_three_probes_give_no_name():
    """Two values may agree by chance."""
    exercise = make()
    del exercise.probes["at_1.0"]
    assert exercise.grade(squares).misconceptions == ()


def test_the_stub_is_not_attempted():
    """Zero points, and no failure to explain."""

    def stub(x):
        raise NotImplementedError

    score = make().grade(stub)
    assert (score.earned, score.attempted) == (0, False)
    assert [type(result.outcome) for result in score.results] == [NotAttempted, NotAttempted]


def test_grading_twice_gives_the_same():
    """The same student gets the same inputs, another one others."""
    exercise, seen = make(), []

    def spy(x):
        seen.append(x)
        return 2 * x

    for student in ("s001", "s001", "s002"):
        with grading_for(Submission("a", student)):
            exercise.grade(spy)
    first, second, third = seen[0:2], seen[2:4], seen[4:6]
    assert first == second
    assert first[0] != third[0]


def test_code_that_draws_globally_is_graded_alike_each_time():
    """The global generators are seeded for each check, and put back."""
    drawn = []

    def spy(x):
        drawn.append(np.random.rand())
        return 2 * x

    np.random.seed(5)
    expected = np.random.rand()
    np.random.seed(5)
    for _ in range(2):
        make().grade(spy)
    assert drawn[:2] == drawn[2:]
    assert np.random.rand() == expected


def test_a_check_that_breaks_on_right_work_is_an_infra_error():
    """It is our fault, and no score may be recorded."""
    exercise = Exercise("broken", points=1, reference=double)

    @exercise.check(points=1)
    def breaks(work):
        """It is broken."""
        return {}["missing"]

    with pytest.raises(InfraError, match=r"breaks.*KeyError"):
        exercise.grade(double)


def test_a_check_that_breaks_on_odd_work_alone_fails_that_work():
    """What the reference passes and the student's value breaks is the student's."""
    exercise = Exercise("odd", points=1, reference=double)

    @exercise.check(points=1)
    def adds_up(work):
        """It gives something that adds up."""
        if work(2) + 1 != 5:
            raise CheckFailed("no")

    score = exercise.grade(lambda x: "four")
    assert score.earned == 0
    assert isinstance(score.results[0].outcome, Failed)
    assert "TypeError" in score.results[0].outcome.reason


def test_an_error_of_the_machine_is_an_infra_error():
    """A full disk while grading is not the student's fault, though the reference passes."""
    exercise, calls = Exercise("io", points=1, reference=double), []

    @exercise.check(points=1)
    def stumbles(work):
        """It meets a full disk."""
        calls.append(work)
        if len(calls) == 1:
            raise OSError("no space left")

    with pytest.raises(InfraError, match="no space left"):
        exercise.grade(double)


def test_points_that_do_not_add_up_are_an_infra_error():
    """An exercise of three points with checks worth two must not grade anybody."""
    exercise = Exercise("short", points=3, reference=double)
    exercise.check(points=2)(named("only", documented))
    with pytest.raises(InfraError, match="worth 3 points, got 2"):
        exercise.grade(double)


def documented(work):
    """It is there."""


def test_a_failure_that_names_nobody_we_know_is_an_infra_error():
    """A slip in a name is a fault of the grader."""
    exercise = Exercise("names", points=1, reference=double)

    @exercise.check(points=1)
    def names(work):
        """It names."""
        raise CheckFailed("no", misconception="unheard_of")

    with pytest.raises(InfraError, match="got unheard_of"):
        exercise.grade(double)


def test_a_check_needs_its_sentence():
    """Without a docstring the student would read nothing."""
    with pytest.raises(ValueError, match="expected a docstring"):
        Exercise("x", points=1, reference=double).check(points=1)(lambda work: None)


def test_a_check_asks_for_what_there_is():
    """A slip in a parameter's name shows when the check is written, not when a student is graded."""

    def asks(work, random):
        """It asks for something else."""

    with pytest.raises(ValueError, match="asks: expected the student's work and any of rng, notebook, got also random"):
        Exercise("x", points=1, reference=double).check(points=1)(asks)


def test_names_are_used_once():
    """A second misconception of the same name is a slip."""
    exercise = make()
    with pytest.raises(ValueError, match="'squares' twice"):
        exercise.misconception("Again.", loses=1)(squares)


def test_class_names_become_words():
    """AddsTheGradient is called adds_the_gradient, and shown as words."""
    exercise = make()
    exercise.misconception("Subtract it.", loses=1)(type("AddsTheGradient", (), {}))
    found = exercise.misconceptions["adds_the_gradient"]
    assert found.diagnosis.title == "Adds the gradient"


def test_a_note_of_a_check_is_kept():
    """What a check returns is said to who passed it."""
    exercise = Exercise("noted", points=1, reference=double)

    @exercise.check(points=1)
    def notes(work):
        """It passes."""
        return "Because it is."

    assert exercise.grade(double).results[0].outcome == Passed("Because it is.")


def test_the_score_is_a_plain_number_to_nbgrader():
    """The text is what nbgrader turns into partial credit; the data is for reports."""
    bundle = make().grade(squares)._repr_mimebundle_()
    assert bundle["text/plain"] == "2"
    assert set(bundle) == {"text/plain", "text/html", SCORE_MIME}
    data = bundle[SCORE_MIME]
    assert (data["earned"], data["points"], data["misconceptions"]) == (2, 3, ["squares"])
    assert [check["outcome"] for check in data["checks"]] == ["Failed", "Passed"]


def test_the_score_is_a_table_in_a_repl():
    """Each check with its points and reason, then the mistake's name and hint."""
    first, *rows = repr(make().grade(squares)).splitlines()
    assert first == "double: 2 of 3 points"
    assert [row.split()[:2] for row in rows if row.startswith("  fails")] == [["fails", "0/2"]]
    assert [row.split()[:2] for row in rows if row.startswith("  holds")] == [["holds", "1/1"]]
    assert rows[-1].startswith("  Squares (costs 1): ")


def test_the_work_may_use_other_names_of_the_notebook():
    """A check that asks for the notebook gets it."""
    exercise = Exercise("builds", points=1, reference=double)

    @exercise.check(points=1)
    def uses(work, notebook):
        """It agrees with the helper."""
        expect_close(expect_number(work(2.0)), expect_number(notebook.get("helper")(2.0)))

    assert exercise.grade(double, notebook={"helper": lambda x: 4.0}).earned == 1
    assert exercise.grade(double, notebook={"helper": lambda x: 5.0}).earned == 0


def test_a_score_is_remembered_for_the_same_work_in_the_same_notebook():
    """What another exercise asks for is what was charged; other work, notebooks and students are graded afresh."""
    exercise, notebook = make(), {"x": 1}
    with grading_for(Submission("a", "s001")):
        score = exercise.grade(squares, notebook=notebook)
        assert exercise.score_of(squares, notebook) is score
        assert exercise.score_of(adds_two, notebook).earned < 3
        assert exercise.score_of(squares, dict(notebook)) is not score
    score = exercise.grade(squares, notebook=notebook)
    with grading_for(Submission("a", "s002")):
        assert exercise.score_of(squares, notebook) is not score


def make_later(unless_charged) -> Exercise:
    """An exercise whose check asks for a number drawn at random, doubled."""
    exercise = Exercise("later", points=1, reference=double)

    @exercise.check(points=1, unless_charged=unless_charged)
    def doubles(work, rng):
        """It doubles."""
        x = float(rng.uniform(1, 2))
        expect_close(expect_number(work(x)), 2 * x, given=f"{x:.12f}")

    return exercise


def test_a_failure_that_is_charged_already_passes_with_a_note():
    """Other work fails the check in the same way, with the same random numbers; right work does not fail it."""
    notebook = Notebook({"helper": squares})

    def unless_charged(failure, work, names, again):
        assert again(double) is None
        return "Charged for `helper`." if again(names.get("helper")).reason == failure.reason else None

    exercise = make_later(unless_charged)
    assert exercise.grade(squares, notebook=notebook).results[0].outcome == Passed("Charged for `helper`.")
    assert exercise.grade(adds_two, notebook=notebook).earned == 0


def test_no_work_is_not_attempted_and_right_work_is_not_asked_about():
    """Whether a failure is charged already is asked of failures alone."""

    def unless_charged(*_):
        raise AssertionError("not asked for")

    def stub(x):
        raise NotImplementedError

    assert make_later(unless_charged).grade(double).earned == 1
    assert isinstance(make_later(unless_charged).grade(stub).results[0].outcome, NotAttempted)


def test_the_data_say_which_error_stopped_the_work():
    """A report tells work that stops from work that is wrong; a failed check of other work has no such entry."""
    stopped, wrong = (make().grade(work).to_dict()["checks"] for work in (always_stops, adds_two))
    assert [check.get("stopped_by") for check in stopped] == ["ValueError", "ValueError"]
    assert all("stopped_by" not in check for check in wrong)
