"""What a test sees of values, errors and changes is what it would see in one process."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fairgrade.grading.student import student_object
from fairgrade.grading.training import State, write_state
from fairgrade.isolation.engine import Session
from fairgrade.isolation.remote.namespace import Namespace

STUDENT = """
import datetime, json, collections
import numpy as np
import pandas as pd

def give():
    return np.zeros(3)

def same(value):
    return value

def change_frame(frame):
    frame["b"] = frame["a"] * 2
    frame.drop(index=0, inplace=True)

def change_series(series):
    series.iloc[0] = 9

def rotate(queue):
    queue.rotate(1)

def fail(how):
    if how == "several":
        raise ValueError("a", (1, [2.5, None]), datetime.date(2020, 1, 1))
    if how == "file":
        return open("nothing-here.txt")
    if how == "json":
        return json.loads("{")
    if how == "frame":
        return pd.DataFrame({"a": [1]})["b"].sum()
    if how == "text":
        return b"\\xff".decode("utf-8")
    if how == "skip":
        import unittest
        raise unittest.SkipTest("no test today")
    raise Own(how)

class Own(LookupError):
    pass

class Item:
    pass

def items():
    return collections.deque([Item()]), collections.OrderedDict(a=Item()), pd.Series([Item(), 1])
"""


@pytest.fixture
def names(session: Session) -> Namespace:
    """A notebook whose functions give, change and fail."""
    assert session.run_cell(STUDENT).ok
    return Namespace(session.link)


def test_an_array_that_comes_back_can_be_written_into(names: Namespace) -> None:
    """It is the test's own; the student's next one is not affected."""
    array = names["give"]()
    array[0] = 5
    array -= 1
    array.sort()
    assert array.tolist() == [-1.0, -1.0, 4.0]
    assert names["give"]().tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    "value", [[1, 2], {"a": 1}, {1, 2}, np.zeros(2), pd.Series([1])], ids=lambda v: type(v).__name__
)
def test_an_argument_that_comes_back_is_the_argument(names: Namespace, value: Any) -> None:
    """A function that returns its argument returns the same object."""
    assert names["same"](value) is value
    assert names["same"](value=value) is value


def test_frames_and_queues_that_a_call_changes_are_changed(names: Namespace) -> None:
    """Data frames, series and deques are updated in place."""
    frame = pd.DataFrame({"a": [1, 2]})
    names["change_frame"](frame)
    assert frame.to_dict("list") == {"a": [2], "b": [4]}
    series = pd.Series([1, 2], name="n")
    names["change_series"](series)
    assert series.tolist() == [9, 2]
    queue = __import__("collections").deque([1, 2, 3])
    names["rotate"](queue)
    assert list(queue) == [3, 1, 2]


def test_exceptions_come_with_their_arguments_and_class(names: Namespace) -> None:
    """A test can look at errno, args and the like."""
    with pytest.raises(ValueError, match="a") as several:
        names["fail"]("several")
    assert several.value.args == ("a", (1, [2.5, None]), datetime.date(2020, 1, 1))
    with pytest.raises(FileNotFoundError) as file:
        names["fail"]("file")
    assert (file.value.errno, file.value.filename) == (2, "nothing-here.txt")
    with pytest.raises(UnicodeDecodeError):
        names["fail"]("text")
    with pytest.raises(__import__("json").JSONDecodeError, match="property name"):
        names["fail"]("json")
    with pytest.raises(KeyError):
        names["fail"]("frame")
    with pytest.raises(LookupError, match="mine"):
        names["fail"]("mine")


def test_an_exception_of_the_students_skips_no_test(names: Namespace) -> None:
    """A SkipTest of unittest would end a test without failing it."""
    with pytest.raises(Exception, match="no test today") as skipped:
        names["fail"]("skip")
    assert type(skipped.value).__name__ != "SkipTest"


def test_objects_within_other_containers_are_stood_in_for(names: Namespace) -> None:
    """Items of deques, frames and series are stand-ins, too."""
    queue, table, series = names["items"]()
    assert [type(item).__name__ for item in (queue[0], table["a"], series[0])] == ["Item"] * 3
    assert series[1] == 1


def test_a_state_is_written_into_the_students_own_model(session: Session, names: Namespace) -> None:
    """An array of the model's that came back is a copy: writing into it would leave the model as it was."""
    session.run_cell(
        "import numpy as np\nclass Model:\n    def __init__(self):\n"
        "        self.weights, self.bias = np.zeros(3), 0.0\n"
        "    def forward(self, x):\n        return float(self.weights @ x + self.bias)"
    )
    model = student_object(names["Model"]())
    write_state(model, State(np.array([1.0, 2.0, 3.0]), 0.5))
    assert model.forward(np.ones(3)) == 6.5
