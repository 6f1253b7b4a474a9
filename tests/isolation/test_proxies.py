"""Stand-ins answer as the student's objects would, and believe nothing they should not."""

from __future__ import annotations

import inspect
import math
import random
import types
from typing import Any

import numpy as np
import pytest

from fairgrade.grading import State, StudentError, each, read_state, student_object, write_state
from fairgrade.grading.seeding import seed_globally
from fairgrade.isolation import expose, trusted_cells
from fairgrade.isolation.engine import Session
from fairgrade.isolation.errors import LimitMet
from fairgrade.isolation.remote.namespace import Namespace
from fairgrade.isolation.worker import randomness
from fairgrade.isolation.worker.mutation import copy_back

STUDENT = '''
import numpy as np
import math as maths

def add(a, b=2, *rest, scale: float = 1.0, **more) -> float:
    """Add two numbers."""
    return (a + b) * scale

def change(array, numbers, table):
    array[0] = 9
    numbers.append(4)
    table["new"] = [1]

class Model:
    """A model."""
    kind = "linear"
    def __init__(self):
        self.weights = np.zeros(3)
        self.log = []
    def train(self, step):
        self.weights = self.weights + step
        self.log.append(step)
        return self
    def predict(self, x):
        return float(self.weights @ x)
    @property
    def norm(self):
        return float(np.abs(self.weights).sum())
    def __len__(self):
        return 3

class Sly:
    def __eq__(self, other): return True
    def __lt__(self, other): return True
    def __sub__(self, other): return 0.0
    __hash__ = None
    __array_interface__ = {"shape": (4,), "typestr": "|u1", "data": (4096, True), "version": 3}
sly = Sly()

def lies():
    return Sly()

def prints(what):
    print(what, end="")

def draws():
    import random
    return np.random.rand(), random.random()

def fails():
    return {}["missing"]

def interrupts():
    raise KeyboardInterrupt

def call(f, *args):
    return f(*args)
'''


@pytest.fixture(autouse=True)
def student(session: Session) -> None:
    assert session.run_cell(STUDENT).ok


def test_a_function_can_be_called_and_asked_about_itself(names: Namespace) -> None:
    """Its name, docstring, signature and source are those of the student's function."""
    add = names["add"]
    assert add(1) == 3
    assert add(1, 5, scale=2.0) == 12.0
    assert (add.__name__, add.__doc__, callable(add), inspect.isfunction(add)) == (
        "add",
        "Add two numbers.",
        True,
        True,
    )
    assert str(inspect.signature(add)) == "(a, b=2, *rest, scale: float = 1.0, **more) -> float"
    assert inspect.getsource(add).startswith("def add(a, b=2")


def test_arguments_changed_in_place_are_copied_back(names: Namespace) -> None:
    """Arrays, lists and dicts that a call changes are changed for the test, too."""
    array, numbers, table = np.zeros(2), [1], {"old": 1}
    names["change"](array, numbers, table)
    assert array.tolist() == [9.0, 0.0]
    assert numbers == [1, 4]
    assert table == {"old": 1, "new": [1]}


def test_a_function_is_called_with_each_of_many_inputs_in_one_question(session: Session, names: Namespace) -> None:
    """`each` asks once, however many inputs there are."""
    model = student_object(names["Model"]())
    model.train(2.0)
    predict, add = model.predict, student_object(names["add"])
    asked = session.link.questions
    assert each(predict, np.arange(6.0).reshape(2, 3)) == [6.0, 24.0]
    assert each(add, [1, 2, 3]) == [3.0, 4.0, 5.0]
    assert each(add, [1, 2, 3], [10, 20, 30]) == [11.0, 22.0, 33.0]
    assert session.link.questions == asked + 3


def test_no_inputs_ask_no_question(session: Session, names: Namespace) -> None:
    """Where there is nothing to call a function with, nobody is asked, and nobody can take too long to answer."""
    session.run_cell("def double(x):\n    return 2 * x")
    double = student_object(names["double"])
    asked = session.link.questions
    assert each(double, []) == []
    assert session.link.questions == asked


def test_the_first_of_many_calls_that_fails_fails_them(session: Session, names: Namespace) -> None:
    """The calls after it are not made."""
    session.run_cell("seen = []\ndef picky(x):\n    seen.append(x)\n    assert x < 2, 'too large'")
    with pytest.raises(StudentError, match="too large"):
        each(student_object(names["picky"]), [1, 2, 3])
    assert names["seen"] == [1, 2]


def test_inputs_of_many_calls_are_copied_back(session: Session, names: Namespace) -> None:
    """Each input that its call changes is changed for the test, also rows of an array."""
    inputs = [np.ones(2), [1, 2]]
    session.run_cell("def double(x):\n    x[0] *= 2")
    each(student_object(names["double"]), inputs)
    assert inputs[0].tolist() == [2.0, 1.0]
    assert inputs[1] == [2, 2]
    rows = np.ones((2, 2))
    each(student_object(names["double"]), rows)
    assert rows.tolist() == [[2.0, 1.0], [2.0, 1.0]]


def test_copying_back_keeps_the_containers_within(names: Namespace) -> None:
    """A test that holds an inner list or array sees the change in it."""
    inner = np.zeros(2)
    outer = [inner, [1]]
    second = outer[1]
    copy_back(outer, [np.ones(2), [1, 2]])
    assert inner.tolist() == [1.0, 1.0]
    assert second == [1, 2]


def test_an_instance_behaves_as_in_process(names: Namespace) -> None:
    """Its type, attributes, methods, properties and length are those of the student's object."""
    Model = names["Model"]
    model = Model()
    assert isinstance(model, Model)
    assert (type(model).__name__, Model.kind, Model.__doc__, len(model)) == ("Model", "linear", "A model.", 3)
    assert model.weights.tolist() == [0, 0, 0]
    model.weights = np.array([1.0, -2.0, 3.0])
    assert model.norm == 6.0
    assert model.predict(np.ones(3)) == 2.0
    assert model.train(1.0) is model
    assert model.weights.tolist() == [2.0, -1.0, 4.0]
    assert model.log == [1.0]
    assert hasattr(model, "predict")
    assert not hasattr(model, "nothing")
    assert sorted(vars(model)) == ["log", "weights"]
    with pytest.raises(AttributeError):
        model.norm = 1.0


def test_attributes_read_again_are_those_of_now(names: Namespace) -> None:
    """Neither a call nor an assignment leaves an old value behind."""
    model = names["Model"]()
    for step in range(1, 5):
        model.train(1.0)
        assert model.weights.tolist() == [step] * 3
        model.log = [7]
        assert model.log == [7]


@pytest.mark.parametrize("make", ["lies", "sly"])
def test_an_object_that_equals_everything_equals_nothing(names: Namespace, make: str) -> None:
    """Special methods of the student's can't make an object pass for a number."""
    thing = names["lies"]() if make == "lies" else names["sly"]
    assert (thing == 5) is False
    assert (thing != 5) is True
    assert (thing == 1.0) is False
    assert (np.array([1.0]) == thing) is False
    with pytest.raises(TypeError, match="does not support ufuncs"):
        np.equal(np.array([1.0]), thing)
    with pytest.raises(TypeError, match="expected values, got an object of the student's class 'Sly'"):
        _ = thing - 5
    with pytest.raises(TypeError):
        _ = thing < 5
    assert np.asarray(thing).dtype == object
    with pytest.raises(TypeError):
        np.testing.assert_allclose(thing, 0.0)


def test_what_a_call_prints_is_printed_here(names: Namespace, capsys: pytest.CaptureFixture[str]) -> None:
    """It goes to the standard output of the test."""
    names["prints"]("hello")
    assert capsys.readouterr().out == "hello"


def test_the_global_random_states_are_carried_across(names: Namespace) -> None:
    """Test and student code draw from the same generators in turn, as in a kernel."""
    np.random.seed(3), random.seed(4)
    got = [*names["draws"](), np.random.rand(), random.random(), *names["draws"]()]
    np.random.seed(3), random.seed(4)
    a, b, c = ([np.random.rand(), random.random()] for _ in range(3))
    assert got == [*a, *b, *c]


def test_a_seed_crosses_as_a_seed_unless_something_was_drawn_since(names: Namespace) -> None:
    """Either way the student's code draws what it would have drawn here."""
    watch = randomness.Watch()
    for drawn in (lambda: None, random.random, np.random.rand, random.gauss, np.random.randn):
        seed_globally(5)
        drawn()
        assert watch.explained_by(5) == (drawn() is None)
        assert not watch.explained_by(6)
        seed_globally(5)
        drawn()
        want = [np.random.rand(), random.random(), np.random.randn(), random.gauss()]
        seed_globally(5)
        drawn()
        assert [*names["draws"](), np.random.randn(), random.gauss()] == want


def test_exceptions_arrive_by_name(names: Namespace) -> None:
    """Python's own exceptions arrive as themselves, except for those that would end the grading process."""
    with pytest.raises(KeyError, match="missing"):
        names["fails"]()
    # Not as itself: it would look like the instructor's own Ctrl-C.
    with pytest.raises(RuntimeError, match="KeyboardInterrupt"):
        names["interrupts"]()


def test_a_value_that_cannot_cross_says_which_and_what_to_do(names: Namespace) -> None:
    """The message names the argument and what to pass instead."""
    with pytest.raises(LimitMet, match=r"argument 2: can't pass a object: pass numbers, strings"):
        names["call"](abs, object())


def test_exposed_functions_run_here_and_known_ones_there(names: Namespace) -> None:
    """A function of Python's or of a library's is sent by its name."""
    seen: list[Any] = []
    assert names["call"](expose(seen.append), 3) is None
    assert seen == [3]
    assert names["call"](np.sin, 0.5) == np.sin(0.5)
    assert names["call"](sorted, [2, 1]) == [1, 2]


def test_names_answer_as_globals_do(names: Namespace, session: Session) -> None:
    """The namespace lists, finds and misses names as a dict of globals does."""
    names["own"] = 1
    assert "add" in names
    assert "nothing" not in names
    assert names.get("nothing") is None
    assert {"add", "Model", "own"} <= set(names)
    ran = trusted_cells.run(
        "('add' in globals(), 'add' in dir(), 'own' in locals(), len(globals()) > 5)", names, "t", 5
    )
    assert ran.value == (True, True, True, True)


def test_pythons_and_the_instructors_names_win(names: Namespace, session: Session) -> None:
    """Student code can't replace a builtin or an import of the instructor's for a test."""
    names["np"] = np
    session.run_cell("abs = len = 5\nnp = None")
    ran = trusted_cells.run("abs(-1), len([]), np.pi > 3", names, "t", 5)
    assert ran.value == (1, 0, True)


def test_a_module_is_the_known_one_only_if_the_instructor_imports_it(names: Namespace, session: Session) -> None:
    """Other modules of the notebook are stand-ins."""
    assert isinstance(names["maths"], types.ModuleType)
    assert names["maths"].sqrt(4) == 2.0
    session.link.modules = frozenset({"math"})
    session.run_cell("import math as mathematics")
    assert names["mathematics"] is math


def test_a_state_that_is_written_is_the_models_own(session: Session, names: Namespace) -> None:
    """The weights that arrive here are a copy: what is written into it has to be sent back."""
    assert session.run_cell("class Unit(Model):\n    bias = 0.0").ok
    unit = student_object(names["Unit"]())
    write_state(unit, State(np.array([1.0, 2.0, 3.0]), 0.5))
    assert read_state(unit, 3).weights.tolist() == [1.0, 2.0, 3.0]
    assert unit.predict(np.array([1.0, 1.0, 1.0])) == 6.0
