"""What tests read comes along with the answer before; it is never what was there before the student's code ran."""

from __future__ import annotations

import pytest

from fairgrade.grading import student_object
from fairgrade.isolation import expose
from fairgrade.isolation.engine import Session
from fairgrade.isolation.remote.namespace import Namespace
from fairgrade.isolation.remote.prefetch import MISSING, Foresight

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
"""


@pytest.fixture
def model(session: Session, names: Namespace) -> Namespace:
    """The notebook's names, after a first model was made, trained and read."""
    assert session.run_cell(STUDENT).ok
    first = student_object(names["Model"]())
    assert first.weight == 0
    first.train(1.0)
    assert (first.weight, first.forward(2.0)) == (1.0, 2.0)
    return names


def test_the_second_object_is_asked_no_more_than_it_has_to_do(session: Session, model: Namespace) -> None:
    make = student_object(model["Model"])
    asked = session.link.questions
    second = make()
    assert second.weight == 0
    second.train(2.0)
    assert second.weight == 2
    assert second.forward(3.0) == 6
    assert session.link.questions == asked + 3


def test_what_came_along_is_forgotten_when_the_students_code_runs(model: Namespace) -> None:
    second = student_object(model["Model"]())
    model["bump_all"]()
    assert second.weight == 10


def test_what_came_along_while_the_students_code_waits_is_forgotten_when_it_goes_on(model: Namespace) -> None:
    made = []
    model["bump_after"](expose(lambda: made.append(model["Model"]()) or 0))
    assert made[0].weight == 10


def test_what_a_test_sets_is_what_it_reads(model: Namespace) -> None:
    second = student_object(model["Model"]())
    second.weight = 5.0
    assert second.weight == 5
    assert second.forward(2.0) == 10


def test_a_method_that_the_notebook_keeps_under_a_name_can_be_called(session: Session, model: Namespace) -> None:
    assert session.run_cell("kept = Model()\nforward, train = kept.forward, kept.train").ok
    model["train"](4.0)
    assert model["forward"](2.0) == 8
    assert student_object(model["kept"]).weight == 4


def test_a_class_that_cannot_be_looked_up_is_read_attribute_by_attribute(model: Namespace) -> None:
    for _ in range(3):
        assert student_object(model["Shy"]()).weight == 3


def test_what_comes_along_unread_is_left_out_after_a_while() -> None:
    foresight, occasion = Foresight(), (object, "train")
    foresight.keep(1, occasion)
    foresight.learn(1, "weight", stays=False)
    for number in range(2, 5):
        assert foresight.names(occasion) == ["weight"]
        foresight.keep(number, occasion, [("weight", 1.0)])
        assert foresight.forget() == [1.0]
    assert foresight.names(occasion) == []


def test_what_is_read_now_and_then_stays() -> None:
    foresight, occasion = Foresight(), (object, "train")
    foresight.keep(1, occasion)
    foresight.learn(1, "weight", stays=False)
    for number in range(2, 9):
        foresight.keep(number, occasion, [("weight", float(number))])
        if number % 2 == 0:
            assert foresight.take(number, "weight") == number
            assert foresight.take(number, "weight") is MISSING
        foresight.forget()
    assert foresight.names(occasion) == ["weight"]


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
    assert session.run_cell(REBINDS).ok
    assert names["answer"]() == 1
    asked = session.link.questions
    assert names["answer"]() == 1
    assert session.link.questions == asked + 1


@pytest.mark.parametrize("how", ["a call", "a cell"])
def test_a_name_that_means_another_function_is_noticed(session: Session, names: Namespace, how: str) -> None:
    assert session.run_cell(REBINDS).ok
    assert (names["answer"](), names["kept"]()) == (1, 1)
    if how == "a call":
        names["swap"]()
    else:
        assert session.run_cell("answer = other").ok
    assert (names["answer"](), names["kept"]()) == (2, 1)


def test_a_name_that_is_gone_is_noticed(session: Session, names: Namespace) -> None:
    assert session.run_cell(REBINDS).ok
    assert names["answer"]() == 1
    assert session.run_cell("del answer").ok
    with pytest.raises(KeyError):
        names["answer"]


def test_a_container_that_came_along_is_the_students_own(model: Namespace) -> None:
    """What a test holds shows what the student's code does to it, whether it was asked for or came along."""
    for _ in range(3):
        student = model["Keeper"]()
        history = student.history
        student.add(1.0)
        assert history == [1.0]
        assert student.history is history


def test_what_is_asked_for_brings_along_what_is_read_with_it(session: Session, model: Namespace) -> None:
    """Of two attributes that are read together, one question tells both, though another object was made meanwhile."""
    make = student_object(model["Keeper"])
    for _ in range(2):
        student = make()
        assert (student.history, student.size) == ([], 0)
    student, _ = make(), make()
    asked = session.link.questions
    assert (student.history, student.size) == ([], 0)
    assert session.link.questions == asked + 1
