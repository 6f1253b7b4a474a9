"""An exercise can be graded from a reference and inputs alone."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from fairgrade.grading import CheckFailed, Exercise, InfraError, StudentError, expect_raises
from fairgrade.grading.as_code import as_code, call_as_code
from fairgrade.grading.student import student_object


def clipped(values, low):
    if low > 0:
        raise ValueError("low must not be positive")
    return np.maximum(values, low)


def exercise_of(reference=clipped):
    exercise = Exercise("clipped", points=2, reference=reference)

    @exercise.inputs(low=(-1.0, 0.0, 2.0))
    def some_values(rng, low):
        return rng.normal(size=4), low

    exercise.agrees_with_the_reference(points=2)
    return exercise


def reason(work, exercise=None):
    """What the student reads of the one check."""
    (result,) = (exercise or exercise_of()).run_checks(work)
    return getattr(result.outcome, "reason", None)


def test_each_combination_of_parameters_is_an_input():
    exercise = exercise_of()
    assert [one.name for one in exercise.all_inputs] == [f"some_values_low_{low}" for low in (-1.0, 0.0, 2.0)]
    assert reason(clipped) is None


def test_the_message_shows_the_call_as_code_that_gives_the_same():
    """The failing case can be pasted into a cell."""
    text = reason(np.minimum)
    call = text.partition("`")[2].rpartition("`")[0]
    assert call.startswith("clipped(np.array([")
    values = eval(ast.unparse(ast.parse(call)), {"np": np, "clipped": lambda *arguments: arguments})
    assert values[0].shape == (4,)


def test_what_raises_is_asked_for_the_same_class():
    """A subclass counts, another class and no exception do not."""

    class Positive(ValueError):
        pass

    def with_own_class(values, low):
        if low > 0:
            raise Positive
        return np.maximum(values, low)

    assert reason(with_own_class) is None
    assert "expected ValueError to be raised, got ndarray" in reason(np.maximum)
    assert "expected ValueError, got KeyError" in reason(
        lambda values, low: {}["?"] if low > 0 else np.maximum(values, low)
    )


def test_arguments_and_random_generators_stay_as_the_reference_leaves_them():
    def in_place(values, low):
        result = clipped(values, low)
        values[:] = 0
        return result

    def draws(values, low):
        np.random.random()
        return clipped(values, low)

    assert "Your code changes `values`" in reason(in_place)
    assert "global random generator" in reason(draws)


def test_a_reference_that_changes_its_argument_asks_for_that():
    def fills(values):
        values[:] = values.max()

    exercise = Exercise("fills", points=1, reference=fills)

    @exercise.inputs
    def some_values(rng):
        return rng.normal(size=3)

    exercise.agrees_with_the_reference(points=1)
    assert reason(fills, exercise) is None
    assert "`values` after `fills(" in reason(lambda values: None, exercise)


def test_the_kind_of_an_arrays_numbers_has_a_name_and_a_price():
    """Real numbers where whole ones are asked for fail the check, and are told from right work by their kind alone."""
    exercise = Exercise("ranks", points=3, reference=lambda x: np.argsort(np.argsort(x)))

    @exercise.inputs
    def numbers(rng):
        return rng.normal(size=6)

    exercise.agrees_with_the_reference(points=3)

    @exercise.misconception(hint="Ranks are whole numbers.", loses=1)
    def returns_real_numbers(x):
        return np.argsort(np.argsort(x)).astype(float)

    @exercise.variant
    def a_list(x):
        return [int(rank) for rank in np.argsort(np.argsort(x))]

    score = exercise.grade(returns_real_numbers)
    assert (float(score), [named.name for named in score.misconceptions]) == (2, ["returns_real_numbers"])
    assert float(exercise.grade(a_list)) == 3
    assert exercise.unseen() == []


def test_without_inputs_nothing_is_graded():
    exercise = Exercise("f", points=1, reference=abs)
    exercise.agrees_with_the_reference(points=1)
    with pytest.raises(InfraError, match="expected inputs"):
        exercise.run_checks(abs)


def test_inputs_that_the_reference_does_not_take_are_refused():
    """Else all work that raises TypeError would agree with it."""
    exercise = Exercise("clipped", points=1, reference=clipped)

    @exercise.inputs
    def one_alone(rng):
        return rng.normal(size=4)

    exercise.agrees_with_the_reference(points=1)
    with pytest.raises(InfraError, match="expected arguments of clipped, got 1"):
        exercise.run_checks(lambda: 1)


def test_an_unknown_tolerance_is_refused():
    with pytest.raises(ValueError, match="expected a number or one of exact, formula"):
        Exercise("f", points=1, reference=abs).agrees_with_the_reference(1, tolerance="rough")


def test_a_scenario_ends_as_with_the_reference():
    """What was seen of the work is compared, wherever it was seen."""
    exercise = Exercise("Stack", points=1, reference=list)

    @exercise.scenario(points=1)
    def the_last_comes_first(Stack, rng):
        """The last one in is the first one out."""
        stack = Stack()
        for number in rng.integers(0, 99, 3):
            stack.append(int(number))
        return [stack.pop(), stack.pop()]

    class Queue(list):
        def pop(self):
            return super().pop(0)

    assert reason(list, exercise) is None
    assert "Item 0 of your work" in reason(Queue, exercise)
    assert set(exercise.probes) == {f"the_last_comes_first_{n}" for n in range(1, 6)}


def test_an_exception_is_expected_by_class_and_message():
    def work(x):
        raise KeyError(f"no {x}")

    function = student_object(work)
    expect_raises(KeyError, lambda: function("thing"), match="No thing")
    expect_raises((ValueError, LookupError), lambda: function("thing"))
    with pytest.raises(CheckFailed, match="lacks 'other'"):
        expect_raises(KeyError, lambda: function("thing"), match="other")
    with pytest.raises(CheckFailed, match="expected ValueError, got KeyError"):
        expect_raises(ValueError, lambda: function("thing"))
    with pytest.raises(StudentError):
        function("thing")


@pytest.mark.parametrize(
    "value",
    [1, -0.1, True, None, "a'b", [1.5, "x"], (1,), (1, 2), {"a": [1]}, float("inf"), np.array([[1.0, 2.0]]),
     np.array([1, 2]), np.array([True]), np.array([1.5], dtype=np.float32), np.array([])],
    ids=repr,
)  # fmt: skip
def test_code_of_a_value_makes_it_again(value):
    again = eval(as_code(value), {"np": np, "float": float})
    np.testing.assert_array_equal(again, value)
    assert getattr(again, "dtype", None) == getattr(value, "dtype", None)


def test_a_long_call_is_not_shown():
    assert call_as_code("f", (np.zeros(100),)) == "`f`"
