"""What a test has in force holds for the student's code that it calls, and for nothing after it."""

from __future__ import annotations

import copy
import io
import statistics
from typing import Any

import matplotlib.colors
import numpy as np
import pytest

from fairgrade.isolation import trusted_cells
from fairgrade.isolation.engine import Session
from fairgrade.isolation.remote.namespace import Namespace
from fairgrade.isolation.student_process import Zygote

STUDENT = """
import os, random, sys, warnings
import numpy as np
import matplotlib.pyplot as plt

def divide(x):
    return 1 / np.array([x])

def show(x):
    print(np.array([x]))

def warn(kind=UserWarning):
    warnings.warn("careful", kind)
    return 1

def matrix():
    return np.matrix([[1]])

def ask():
    return int(input("n? "))

def draw():
    return random.random()

def variable():
    return os.environ.get("COURSE_MODE")

def argument():
    return sys.argv[1]

class Own(UserWarning):
    pass

class Items(list):
    def last(self):
        return self[-1]

class Table(dict):
    def names(self):
        return list(self)

class Sly(list):
    def __eq__(self, other):
        return True
    __hash__ = None

class Model:
    kind = "linear"
    def __init__(self):
        self.log = []
    def note(self):
        self.log.append(1)

class Point:
    pass

items, table, sly, model = Items([1, 2]), Table(a=1), Sly([1, 2]), Model()
figure, axes = plt.subplots()

async def later():
    return 3

def move(point):
    point.x += 1
    return point

def total(anything):
    return float(np.sum(anything))
"""


@pytest.fixture
def names(session: Session) -> Namespace:
    """A notebook that asks, warns, prints and draws."""
    assert session.run_cell(STUDENT).ok
    used = frozenset({("random", "random"), ("builtins", "input")})
    return Namespace(session.link, frozenset(), used)


def run(names: Namespace, source: str) -> Any:
    """What the test cell `source` ends with."""
    ran = trusted_cells.run(source, names, "t", 5.0)
    assert ran.error is None, ran.error
    return ran.value


def test_numpys_error_state_and_print_options_hold_for_a_call(names: Namespace) -> None:
    """A student's function runs under `np.errstate` and `np.printoptions` of the test."""
    source = """
import numpy as np
with np.errstate(divide="raise"):
    try:
        divide(0.0)
    except FloatingPointError as e:
        first = str(e)
first, divide(0.0).tolist()
"""
    assert run(names, source) == ("divide by zero encountered in divide", [np.inf])
    printed = trusted_cells.run(
        "import numpy as np\nwith np.printoptions(precision=2):\n    show(1.2345)\nshow(1.2345)", names, "t", 5
    )
    assert printed.printed.split() == ["[1.23]", "[1.2345]"]


def test_a_students_own_error_state_stays_in_force_where_a_test_sets_none(names: Namespace, session: Session) -> None:
    """It is in force again after a test that set another."""
    session.run_cell("np.seterr(all='raise');")
    with pytest.raises(FloatingPointError):
        names["divide"](0.0)
    assert run(names, "import numpy as np\nwith np.errstate(all='ignore'):\n    x = divide(0.0)\nx.tolist()") == [
        np.inf
    ]


def test_warnings_are_recorded_by_their_class(names: Namespace) -> None:
    """A test that records warnings gets those of student code."""
    source = """
import warnings
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    warn(DeprecationWarning)
    warn(Own)
[(w.category.__name__, str(w.message)) for w in seen]
"""
    assert run(names, source) == [("DeprecationWarning", "careful"), ("UserWarning", "careful")]


def test_warnings_that_a_test_makes_errors_or_ignores_are(names: Namespace, session: Session) -> None:
    """The test's warnings filters hold for a call, and only for it."""
    error = "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('error')\n    warn()"
    assert type(trusted_cells.run(error, names, "t", 5).error) is UserWarning
    session.run_cell("warnings.simplefilter('error')")
    ignored = (
        "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n"
        "    x = warn(), matrix()\nx[0]"
    )
    assert run(names, ignored) == 1
    with pytest.raises(UserWarning):
        names["warn"]()


def test_environment_arguments_and_input_hold_for_a_call(names: Namespace) -> None:
    """What a test patches is found by the student's function."""
    source = """
import os, sys, io
from unittest import mock
with mock.patch.dict(os.environ, {"COURSE_MODE": "fast"}), mock.patch.object(sys, "argv", ["p", "a"]):
    found = [variable(), argument()]
with mock.patch("sys.stdin", io.StringIO("4\\n5\\n")):
    found += [ask(), ask()]
with mock.patch("builtins.input", return_value="6"):
    found.append(ask())
found + [variable()]
"""
    assert run(names, source) == ["fast", "a", 4, 5, 6, None]


def test_a_function_of_a_module_that_a_test_replaces_is_replaced(names: Namespace, session: Session) -> None:
    """Student code calls the test's function in place of the module's."""
    source = (
        "import random\nold = random.random\nrandom.random = lambda: 0.5\nx = draw()\n"
        "random.random = old\nx, draw() != 0.5"
    )
    assert run(names, source) == (0.5, True)
    run(names, "import random\nkept = random.random\nrandom.random = lambda: 0.5\ndraw()")
    ran = session.run_cell("random.random() == 0.5")
    run(names, "random.random = kept")
    assert ran.outputs[-1].data["text/plain"] == "False"


def test_what_a_test_replaces_in_a_module_ends_with_its_notebook(names: Namespace, session: Session) -> None:
    """Whether the student's code uses it or not: the next notebook is graded in the same process."""
    mean, seed = statistics.mean, np.random.seed
    run(names, "import statistics, numpy as np\nstatistics.mean = None\nnp.random.seed = print")
    assert (statistics.mean, np.random.seed) == (None, print)
    session.link.global_state.restore()
    assert (statistics.mean, np.random.seed) == (mean, seed)


def test_ipythons_names_and_magics_work_in_a_test(names: Namespace, session: Session) -> None:
    """Magics that need no kernel do what they do in one."""
    session.run_cell("41 + 1")
    names.history.append("41 + 1")
    assert run(names, "'41' in ''.join(In), _, 42 in Out.values()") == (True, 42, True)
    assert trusted_cells.run("%%time\nx = 2 + items[0]\nassert x == 3", names, "t", 5).error is None
    assert trusted_cells.run("display(5)", names, "t", 5).printed == "5\n"
    captured = trusted_cells.run("%%capture out\nshow(1)", names, "t", 5)
    assert captured.error is None
    assert names["out"].stdout == "[1]\n"
    assert run(names, "await later()") == 3


def test_a_shell_command_of_a_test_runs_in_the_sandbox(names: Namespace, zygote: Zygote) -> None:
    """It sees the student's folder, and nothing of the grading process."""
    ran = trusted_cells.run("lines = !echo hi\nlines[0]", names, "t", 5)
    if zygote.backend == "landlock":  # where nothing can be started
        assert isinstance(ran.error, PermissionError)
    else:
        assert ran.value == "hi"


def test_containers_with_methods_of_their_own_are_what_they_hold(names: Namespace) -> None:
    """A subclass of list or dict is compared by its content, whatever its methods say."""
    assert run(names, "items == [1, 2], items.last(), isinstance(items, list), items != [1]") == (True, 2, True, True)
    assert run(names, "table == {'a': 1}, table.names(), table == {}") == (True, ["a"], False)
    assert run(names, "sly == [5]") is False  # whatever its own class says


def test_objects_of_libraries_say_their_class(names: Namespace) -> None:
    """`isinstance` finds the library's class."""
    assert run(names, "import matplotlib.pyplot\n"
        "isinstance(axes, matplotlib.axes.Axes), isinstance(axes, matplotlib.figure.Figure)") == (
        True, False,
    )  # fmt: skip
    assert run(names, "vars(Model)['kind'], 'note' in Model.__dict__, 'other' in vars(Model)") == (
        "linear",
        True,
        False,
    )


def test_a_students_object_is_copied_where_it_is(names: Namespace) -> None:
    """`copy` and `deepcopy` make another object of the student's."""
    deep, flat = copy.deepcopy(names["model"]), copy.copy(names["model"])
    names["model"].note()
    assert [len(m.log) for m in (names["model"], deep, flat)] == [1, 0, 1]


def test_objects_of_libraries_and_of_given_classes_are_passed_as_copies(names: Namespace, session: Session) -> None:
    """The student's process makes its own from what the library says, and changes come back."""

    class Point:
        def __init__(self) -> None:
            self.x = 1

    Point.__module__, Point.__qualname__ = "__main__", "Point"
    names["Point"] = Point
    point = Point()
    assert names["move"](point) is point
    assert point.x == 2
    session.run_cell(
        "import io, pandas\ndef lines(file):\n"
        "    return [line.strip() for line in file]\ndef kind(x):\n    return type(x).__name__"
    )
    assert names["lines"](io.StringIO("a\nb")) == ["a", "b"]
    assert names["kind"](matplotlib.colors.Normalize(0, 1)) == "Normalize"
    assert names["kind"](np.random.default_rng(0)) == "Generator"
