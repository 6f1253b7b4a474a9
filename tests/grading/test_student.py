"""The student's objects: what they raise is theirs, what they print is dropped."""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pytest

from fairgrade.grading import InfraError, Notebook, NotWritten, StudentError, StudentObject, each, quiet, student_object


def raising(error: BaseException):
    def function(*args, **kwargs):
        raise error

    return student_object(function)


@pytest.mark.parametrize(
    "error", [ValueError("bad"), SystemExit(3), RecursionError("deep"), MemoryError(), StopIteration()]
)
def test_an_error_of_the_students_is_the_students(error):
    """It becomes a StudentError that names the type."""
    with pytest.raises(StudentError, match=type(error).__name__):
        raising(error)()


def test_the_stub_is_not_written():
    """NotImplementedError means that nobody has tried yet."""
    with pytest.raises(NotWritten):
        raising(NotImplementedError())()


def test_the_first_of_many_calls_that_fails_ends_them():
    """The inputs after it are not tried."""
    tried = []

    def picky(x):
        tried.append(x)
        return 1 / (2 - x)

    with pytest.raises(StudentError, match="ZeroDivisionError"):
        each(student_object(picky), range(5))
    assert tried == [0, 1, 2]
    assert each(student_object(picky), [0, 1]) == [0.5, 1.0]


@pytest.mark.parametrize("of", [student_object, lambda function: function])
def test_each_takes_a_list_for_each_argument(of):
    """As ``map`` does, but lists of different lengths are a mistake of the test's."""
    assert each(of(pow), [2, 3, 4], [5, 2, 0]) == [32, 9, 1]
    with pytest.raises(ValueError, match="same length, got lengths"):
        each(of(pow), [2, 3, 4], [5, 2])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), InfraError("ours")])
def test_what_is_not_the_students_passes_through(error):
    """A timeout's interrupt and a fault of ours are not blamed on the student."""
    with pytest.raises(type(error)):
        raising(error)()


def test_a_long_message_is_shortened():
    """A megabyte of message does not reach the page."""
    with pytest.raises(StudentError) as failure:
        raising(ValueError("x" * 1_000_000))()
    assert len(failure.value.reason) < 300


def test_an_exception_that_cannot_be_printed_is_still_named():
    """The exception's own __str__ is student code, too."""

    class Nasty(Exception):
        def __str__(self):
            raise RuntimeError("no")

    with pytest.raises(StudentError, match="Nasty"):
        raising(Nasty())()


def test_an_object_can_be_used_like_itself():
    """Calls, attributes, items, length, iteration and repr go through; plain values come out plain."""

    class Model:
        size = 3

        def __init__(self):
            self.weights = np.zeros(2)

        def __getitem__(self, key):
            return key * 2

        def __len__(self):
            return 5

        def __iter__(self):
            return iter([1, Model])

        def __repr__(self):
            return "a model"

        def double(self, x):
            return 2 * x

    model = student_object(Model)()
    assert isinstance(model, StudentObject)
    assert (model.size, model.double(4), model[3], len(model), repr(model)) == (3, 8, 6, 5, "a model")
    model.weights = np.ones(2)
    assert model.weights.tolist() == [1, 1]
    plain, handle = model
    assert plain == 1
    assert isinstance(handle, StudentObject)


def test_an_object_that_is_passed_on_arrives_as_itself():
    """A model that a check has made is the student's own object for the function that is called with it."""

    class Model:
        size = 3

    model = student_object(Model)()
    assert student_object(lambda model, scale: (type(model) is Model, model.size * scale))(model, scale=2) == (True, 6)


def test_plain_values_stay_plain():
    """Numbers, arrays and containers are what they are; wrapping twice is wrapping once."""
    for value in (None, 1, 2.5, "x", [1], (2,), {"a": 1}, np.zeros(3), np.float64(2)):
        assert student_object(value) is value
    wrapped = student_object(print)
    assert student_object(wrapped) is wrapped


def test_what_is_printed_and_warned_is_dropped(capsys):
    """Neither stdout nor stderr sees it, and a warning is no error."""
    with quiet() as printed:
        print("the loss is 0.25, in 3 steps of -1e-3")
        print("to stderr", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        np.log(np.zeros(1))
    assert capsys.readouterr() == ("", "")
    assert printed.numbers() == [0.25, 3.0, -0.001]


def test_a_flood_of_output_is_cut():
    """What is kept is bounded, whatever is written."""
    with quiet() as printed:
        for _ in range(10_000):
            print("1234567890")
    assert len(printed.numbers()) < 1000


def test_names_of_the_notebook_are_looked_up():
    """A missing name is None, a function comes guarded."""
    notebook = Notebook({"gradients": lambda: 1 / 0, "n": 3})
    assert notebook.get("missing") is None
    assert notebook.get("n") == 3
    with pytest.raises(StudentError, match="ZeroDivisionError"):
        notebook.get("gradients")()
