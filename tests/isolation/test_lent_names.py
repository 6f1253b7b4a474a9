"""Right functions lent to a notebook in a sandbox: found under their names, for a while, and by nobody afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fairgrade.grading import Notebook, StudentError
from fairgrade.isolation.engine import Session
from fairgrade.isolation.remote.namespace import Namespace

STUDENT = """
import numpy as np

def slope(x, error):
    return x + error

also_called = slope
kept = []

def step(x, error):
    return slope(x, error)

def step_by_the_other_name(x, error):
    return also_called(x, error)

def needs(x):
    return missing(x, 2.0)

def keeps(x, error):
    kept.append(slope)
    return slope(x, error)

def calls_what_it_kept(x, error):
    return kept[-1](x, error)

def calls_with(value):
    return slope(value, 2.0)

def dies():
    import os
    os._exit(1)

def rebinds():
    global slope
    slope = kept[-1]
"""


def right(x: Any, error: Any) -> Any:
    return x * error


@pytest.fixture
def notebook(session: Session, names: Namespace) -> Notebook:
    """A notebook whose `slope` is wrong, and where `missing` was never written."""
    assert session.run_cell(STUDENT).ok
    return Notebook(names)


def test_the_notebooks_own_code_finds_what_is_lent(notebook: Notebook) -> None:
    """Under its name and under others of the same function, for the time of the block."""
    step, other = notebook.get("step"), notebook.get("step_by_the_other_name")
    assert step(np.array([3.0]), 2.0) == [5.0]
    with notebook.lending({"slope": right}) as lent:
        np.testing.assert_array_equal(step(np.array([3.0]), 2.0), [6.0])
        assert other(3.0, 2.0) == 6.0
        assert lent["slope"].calls == 2
    assert step(3.0, 2.0) == 5.0
    assert other(3.0, 2.0) == 5.0


def test_what_is_not_written_is_lent_and_gone_again(notebook: Notebook) -> None:
    """A name that the notebook lacks is there for the time of the block."""
    needs = notebook.get("needs")
    with notebook.lending({"missing": right}):
        assert needs(4.0) == 8.0
    with pytest.raises(StudentError, match="NameError"):
        needs(4.0)
    assert notebook.get("missing") is None


def test_what_student_code_keeps_is_of_no_use_after_the_block(notebook: Notebook) -> None:
    """The handle is dead, also where it was put under the name in place of the student's own."""
    with notebook.lending({"slope": right}):
        assert notebook.get("keeps")(3.0, 2.0) == 6.0
        notebook.get("rebinds")()
    assert notebook.get("step")(3.0, 2.0) == 5.0
    with pytest.raises(StudentError, match="that is over"):
        notebook.get("calls_what_it_kept")(3.0, 2.0)


def test_a_process_that_dies_is_lent_to_again(notebook: Notebook) -> None:
    """Within the block the replayed notebook has what is lent; after it, its own."""
    step = notebook.get("step")
    with notebook.lending({"slope": right}):
        with pytest.raises(StudentError):
            notebook.get("dies")()
        assert notebook.get("step")(3.0, 2.0) == 6.0
    assert step(3.0, 2.0) == 5.0


def test_a_process_that_dies_at_the_end_has_its_own_functions_again(notebook: Notebook) -> None:
    """Whoever is replayed after the block was lent nothing."""
    with notebook.lending({"slope": right}), pytest.raises(StudentError):
        notebook.get("dies")()
    assert notebook.get("step")(3.0, 2.0) == 5.0


HOSTILE = [
    "'text'",
    "object()",
    "[['a'], 2]",
    "np.zeros(5_000_000)",
    "np.array([None])",
    "{'a': 1}",
    "{'a': 'text'}",
    "{'a': {'b': 1.0}}",
    "{1: 1.0}",
    "lambda: 1",
    "[object()]",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_what_is_lent_takes_numbers_only(session: Session, notebook: Notebook, value: str) -> None:
    """Anything else ends in an error of the student's call, and the grading process goes on."""
    assert session.run_cell(f"def hostile():\n    return slope({value}, 2.0)").ok
    with notebook.lending({"slope": right}):
        with pytest.raises(StudentError):
            notebook.get("hostile")()
        assert notebook.get("step")(3.0, 2.0) == 6.0


def test_a_product_of_two_large_arguments_is_refused(session: Session, notebook: Notebook) -> None:
    """A column times a row is as large as both multiplied: the grading process would have to hold it."""
    assert session.run_cell("def hostile():\n    return slope(np.ones((9000, 1)), np.ones((1, 9000)))").ok
    with notebook.lending({"slope": right}), pytest.raises(StudentError, match="expected fewer numbers"):
        notebook.get("hostile")()


def test_a_dictionary_of_arrays_is_lent_to(session: Session, notebook: Notebook) -> None:
    """The parameters of a model, by name, are an argument like the arrays in it."""
    code = "def scaled(x):\n    return slope({'W': x, 'b': 1.0}, 2.0)"
    assert session.run_cell(code).ok
    with notebook.lending({"slope": lambda params, factor: {key: factor * value for key, value in params.items()}}):
        found = notebook.get("scaled")(np.array([1.0, 3.0]))
    assert (found["W"].tolist(), found["b"]) == ([2.0, 6.0], 2.0)


def test_items_of_a_dictionary_count_as_arguments_that_can_be_multiplied(session: Session, notebook: Notebook) -> None:
    """A column times a row of one dictionary is as large as both multiplied."""
    code = "def hostile():\n    return slope({'a': np.ones((9000, 1)), 'b': np.ones((1, 9000))}, 2.0)"
    assert session.run_cell(code).ok
    with notebook.lending({"slope": right}), pytest.raises(StudentError, match="expected fewer numbers"):
        notebook.get("hostile")()


def test_calls_without_end_are_stopped(hurried: Session) -> None:
    """The time of a call is limited however often it calls back."""
    assert hurried.run_cell(STUDENT).ok
    notebook = Notebook(Namespace(hurried.link))
    assert hurried.run_cell("def endless():\n    while True:\n        slope(1.0, 2.0)").ok
    with notebook.lending({"slope": right}), pytest.raises(StudentError, match="stopped after"):
        notebook.get("endless")()
    assert notebook.get("step")(3.0, 2.0) == 5.0
