"""Attributes and names that tests read and set: always as they are now, with no more questions than needed."""

from __future__ import annotations

import pytest

from fairgrade.grading import StudentError, at_once, attributes, student_object
from fairgrade.isolation import expose
from fairgrade.isolation.engine import Session
from fairgrade.isolation.remote.namespace import Namespace

STUDENT = """
class Model:
    made = []
    def __init__(self):
        self.weight = 0.0
        Model.made.append(self)
    def train(self, step):
        self.weight += step
    def forward(self, x):
        return self.weight * x

class Keeper:
    def __init__(self):
        self.history = []
        self.size = 0
    def add(self, entry):
        self.history.append(entry)
        self.size += 1

def bump_all():
    for model in Model.made:
        model.weight += 10

def bump_after(callback):
    callback()
    bump_all()

class Meta(type):
    __hash__ = None

class Shy(metaclass=Meta):
    def __init__(self):
        self.weight = 3.0

class Positive:
    @property
    def rate(self):
        return 0.1
    @rate.setter
    def rate(self, value):
        if value <= 0:
            raise ValueError("not positive")
"""


@pytest.fixture
def model(session: Session, names: Namespace) -> Namespace:
    """The notebook's names."""
    assert session.run_cell(STUDENT).ok
    return names


def test_several_attributes_are_read_in_one_question(session: Session, model: Namespace) -> None:
    """Each of a student's objects is asked once for all that a test reads of it at a time."""
    keeper = student_object(model["Keeper"]())
    keeper.add(2.0)
    asked = session.link.questions
    assert attributes(keeper, "history", "size") == [[2.0], 1]
    assert session.link.questions == asked + 1


def test_attributes_of_an_object_of_this_process_are_its_own() -> None:
    """Without a sandbox there is nothing to ask, and a list is the object's list."""
    keeper = type("Keeper", (), {})()
    keeper.history, keeper.size = [], 0
    history, size = attributes(keeper, "history", "size")
    assert history is keeper.history
    assert size == 0


def test_a_missing_attribute_is_the_students_error(model: Namespace) -> None:
    """It reads as it does where attributes are read one by one."""
    with pytest.raises(StudentError, match="AttributeError: 'Keeper' object has no attribute 'weights'"):
        attributes(student_object(model["Keeper"]()), "size", "weights")


def test_special_attributes_are_no_way_in(model: Namespace) -> None:
    """What could not be read singly can't be read in a group either."""
    with pytest.raises(StudentError, match="__array_interface__"):
        attributes(student_object(model["Keeper"]()), "__array_interface__")


def test_an_attribute_is_read_as_it_is_now(model: Namespace) -> None:
    """A call of another function may have changed it."""
    first = student_object(model["Model"]())
    assert first.weight == 0
    model["bump_all"]()
    assert first.weight == 10


def test_an_attribute_is_read_as_it_is_after_a_callback(model: Namespace) -> None:
    """An object made while the student's code waits for the test is read after that code went on."""
    made = []
    model["bump_after"](expose(lambda: made.append(model["Model"]()) or 0))
    assert made[0].weight == 10


def test_what_a_test_sets_is_what_it_reads(model: Namespace) -> None:
    """And what the student's methods compute with."""
    second = student_object(model["Model"]())
    second.weight = 5.0
    assert second.weight == 5
    assert second.forward(2.0) == 10


def test_a_setter_that_raises_fails_the_assignment(model: Namespace) -> None:
    """The test learns of it where it assigns."""
    positive = student_object(model["Positive"]())
    positive.rate = 1.0
    with pytest.raises(StudentError, match="ValueError: not positive"):
        positive.rate = -1.0


def test_a_method_that_the_notebook_keeps_under_a_name_can_be_called(session: Session, model: Namespace) -> None:
    """It stays bound to its object."""
    assert session.run_cell("kept = Model()\nforward, train = kept.forward, kept.train").ok
    model["train"](4.0)
    assert model["forward"](2.0) == 8
    assert student_object(model["kept"]).weight == 4


def test_a_class_that_cannot_be_looked_up_is_read_like_any_other(model: Namespace) -> None:
    """Its metaclass makes it unhashable."""
    for _ in range(3):
        assert student_object(model["Shy"]()).weight == 3


REBINDS = """
def answer():
    return 1

def other():
    return 2

kept = answer

def swap():
    global answer
    answer = other
"""


def test_a_function_s_name_is_asked_for_once(session: Session, names: Namespace) -> None:
    """Calling it again takes one question, the call."""
    assert session.run_cell(REBINDS).ok
    assert names["answer"]() == 1
    asked = session.link.questions
    assert names["answer"]() == 1
    assert session.link.questions == asked + 1


@pytest.mark.parametrize("how", ["a call", "a cell"])
def test_a_name_that_means_another_function_is_noticed(session: Session, names: Namespace, how: str) -> None:
    """Whether a call or a cell has rebound it."""
    assert session.run_cell(REBINDS).ok
    assert (names["answer"](), names["kept"]()) == (1, 1)
    if how == "a call":
        names["swap"]()
    else:
        assert session.run_cell("answer = other").ok
    assert (names["answer"](), names["kept"]()) == (2, 1)


def test_a_name_that_is_gone_is_noticed(session: Session, names: Namespace) -> None:
    """It is missing, as in a kernel."""
    assert session.run_cell(REBINDS).ok
    assert names["answer"]() == 1
    assert session.run_cell("del answer").ok
    with pytest.raises(KeyError):
        names["answer"]


def test_a_container_that_is_read_is_the_students_own(model: Namespace) -> None:
    """What a test holds shows what the student's code does to it."""
    keeper = model["Keeper"]()
    history = keeper.history
    keeper.add(1.0)
    assert history == [1.0]
    assert keeper.history is history


def test_setting_calling_and_reading_are_one_question(session: Session, model: Namespace) -> None:
    """Each in its order; what the method returns comes along."""
    made = student_object(model["Model"]())
    before = session.link.questions
    result, values = at_once(made, assign={"weight": 2.0}, call=("forward", (3,), {}), read=("weight",))
    assert (result, values) == (6.0, [2.0])
    assert session.link.questions == before + 1


def test_what_fails_among_them_is_the_students(model: Namespace) -> None:
    """A setter that refuses, a method that is not there, and an attribute that is not."""
    positive, other = student_object(model["Positive"]()), student_object(model["Model"]())
    with pytest.raises(StudentError, match="not positive"):
        at_once(positive, assign={"rate": -1.0}, call=("rate", (), {}), read=())
    with pytest.raises(StudentError, match="nothing"):
        at_once(other, assign={}, call=("nothing", (), {}), read=())
    with pytest.raises(StudentError, match="missing"):
        at_once(other, assign={}, call=("train", (1,), {}), read=("missing",))


def test_names_of_the_machinery_are_refused(model: Namespace) -> None:
    """What could not be read one by one can't be read at once either."""
    made = student_object(model["Model"]())
    for asked in ({"assign": {"__dict__": {}}}, {"read": ("__globals__",)}, {"call": ("__reduce__", (), {})}):
        with pytest.raises(StudentError):
            at_once(made, **{"assign": {}, "call": ("forward", (1,), {}), "read": ()} | asked)
