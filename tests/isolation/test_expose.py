"""Functions that a test passes: called during that call, as often as it takes, and dead afterwards."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import numpy as np
import pytest

from fairgrade.isolation.engine import Session
from fairgrade.isolation.errors import ProtocolViolation
from fairgrade.isolation.remote import expose
from fairgrade.isolation.remote.namespace import Namespace

STUDENT = """
import builtins
kept = []

def keep(f):
    kept.append(f)

def use():
    return kept[-1](3)

def slope(f, x, h=1e-6):
    return (f(x + h) - f(x - h)) / (2 * h)

def call(f, *args):
    return f(*args)

def compose(f, g):
    return lambda x: f(g(x))

def each(f, items):
    for item in items:
        yield f(item)

def same(f):
    return f

def guarded(f):
    try:
        f()
    except KeyError as error:
        return ["key", list(error.args)]
    except ArithmeticError as error:
        return [type(error).__name__, str(error)]

def reach(f):
    found = []
    for name in ("__globals__", "__code__", "__self__", "__func__", "__closure__", "__wrapped__", "function"):
        try:
            found.append(str(getattr(f, name)))
        except AttributeError:
            pass
    return found, type(f).__module__

def beyond(f, number):
    return f._call(number, (), {})

def total(items):
    return sum(items)

def kind(items):
    return type(items).__name__
"""


@pytest.fixture
def names(session: Session) -> Namespace:
    """A notebook that works with functions."""
    assert session.run_cell(STUDENT).ok
    return Namespace(session.link)


def test_a_tests_own_functions_are_called_with_the_values_student_code_chose(names: Namespace) -> None:
    """Lambdas, partials, bound methods and stand-ins can all be passed to student code."""
    seen: list[float] = []

    def square(x: float) -> float:
        seen.append(x)
        return x * x

    assert names["slope"](square, 3.0) == pytest.approx(6.0)
    assert seen == pytest.approx([3.0, 3.0])
    assert names["call"](lambda x: x + 1, 1) == 2
    assert names["call"](functools.partial(pow, 2), 3) == 8
    assert names["call"]("abc".replace, "a", "x") == "xbc"
    assert names["call"](np.vectorize(lambda x: x + 1), [1, 2]).tolist() == [2, 3]
    assert names["call"](names["slope"], np.sin, 0.0) == pytest.approx(1.0)


def test_a_function_is_dead_when_its_call_has_ended(names: Namespace) -> None:
    """Student code that kept it can't call it in a later call."""
    names["keep"](lambda x: 42)
    with pytest.raises(RuntimeError, match="the call that this function was passed to has ended"):
        names["use"]()


def test_in_a_cell_of_the_notebook_a_kept_function_cannot_be_called(names: Namespace, session: Session) -> None:
    """A cell fails with an exception that says so, and the process goes on."""
    asked: list[int] = []
    names["keep"](asked.append)
    ran = session.run_cell("kept[-1](3)")
    assert [node.ename for node in ran.outputs] == ["RuntimeError"]
    assert asked == []
    assert names["call"](lambda x: x, 5) == 5  # and the process lives


def test_what_a_call_returned_can_use_what_it_was_given(names: Namespace) -> None:
    """A composed function or a generator may call the functions it was made of."""
    composed = names["compose"](lambda x: x + 1, lambda x: 2 * x)
    assert composed(5) == 11
    assert names["compose"](composed, lambda x: x - 1)(5) == 9
    assert list(names["each"](lambda x: -x, [1, 2])) == [-1, -2]


def test_a_function_that_comes_back_is_the_tests_own(names: Namespace) -> None:
    """It is the same object, not a wrapper."""

    def own() -> int:
        return 1

    assert names["same"](own) is own


def test_what_a_function_raises_reaches_student_code_by_its_class_and_the_test_as_it_was(names: Namespace) -> None:
    """Student code can catch it; what it doesn't catch arrives as the very exception that was raised."""

    class Own(Exception):
        pass

    def fail(error: Exception) -> Any:
        raise error

    assert names["guarded"](lambda: {}["k"]) == ["key", ["k"]]
    assert names["guarded"](lambda: 1 / 0) == ["ZeroDivisionError", "division by zero"]
    own = Own("mine")
    with pytest.raises(Own) as caught:
        names["call"](lambda: fail(own))
    assert caught.value is own


def test_a_handle_shows_nothing_of_the_grading_process(names: Namespace) -> None:
    """Neither its attributes nor its globals lead anywhere."""
    found, module = names["reach"](lambda: 1)
    assert found == []
    assert "grading" not in module


@pytest.mark.parametrize("number", [-1, 99, 1 << 40, "0", None])
def test_a_number_that_was_never_given_ends_the_process(names: Namespace, number: Any) -> None:
    """Whoever sends one speaks to the grading process directly."""
    cause = "a call of something that was not exposed" if type(number) is int else "a message whose number is a"
    with pytest.raises(ProtocolViolation, match=cause):
        names["beyond"](lambda: 1, number)


def test_calls_are_counted(names: Namespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function or iterator of a test can't be called without end."""
    monkeypatch.setattr(expose, "MOST_CALLS", 20)
    assert names["total"](iter(range(10))) == 45
    with pytest.raises(RuntimeError, match="called more than 20 times"):
        names["total"](iter(range(50)))


def test_iterators_are_lent_item_by_item(names: Namespace) -> None:
    """An endless iterator can be passed, and no item is taken before it is asked for."""
    counted = itertools.count()
    assert names["total"](x for x in range(5)) == 10
    assert names["total"](map(abs, [-1, -2])) == 3
    assert names["call"](next, counted) == 0
    assert next(counted) == 1  # no more was taken than was asked for
    assert names["kind"](x for x in "ab") == "generator"
