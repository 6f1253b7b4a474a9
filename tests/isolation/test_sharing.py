"""Globals that a test assigns, and containers of the student's that a test holds: both sides see the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fairgrade.isolation import trusted_cells
from fairgrade.isolation.engine import Session
from fairgrade.isolation.remote.namespace import Namespace
from tests.notebooks import execute, grades, submission

STUDENT = """
import numpy as np
import pandas as pd
items, table, vector = [3, 1], {}, np.zeros(2)
also = items
frame = pd.DataFrame({"a": [2, 1]})

class Stack:
    def __init__(self):
        self.items = []
    def size(self):
        return len(self.items)

stack = Stack()

def scaled(x):
    return x * FACTOR

def sort(values):
    values.sort()

def put(x):
    table[x] = len(table)

def count():
    global counter
    counter += 1

def sizes():
    return [len(items), len(table), vector.sum(), len(frame)]

def spy():
    return secret
"""
SHARED = frozenset({"FACTOR", "counter", "helper", "options"})


@pytest.fixture
def names(session: Session) -> Namespace:
    """A notebook with containers and functions that read globals."""
    assert session.run_cell(STUDENT).ok
    return Namespace(session.link, SHARED)


def run(names: Namespace, source: str) -> Any:
    """What the test cell `source` ends with."""
    ran = trusted_cells.run(source, names, "t", 5.0)
    assert ran.error is None, ran.error
    return ran.value


def test_student_code_reads_what_a_test_assigns_to_a_shared_name(names: Namespace) -> None:
    """It is the value of a global there, and is gone when the test deletes it."""
    assert run(names, "FACTOR = 3\nfirst = scaled(2)\nFACTOR = 5\nfirst, scaled(2)") == (6, 10)
    assert (
        run(names, "del FACTOR\ntry:\n    scaled(2)\n    found = None\nexcept NameError as e:\n    found = e\nfound")
        is not None
    )


def test_what_a_test_assigns_to_any_other_name_stays_with_it(names: Namespace) -> None:
    """Student code can't read an expected answer."""
    with pytest.raises(NameError):
        names["spy"]()
    ran = trusted_cells.run("secret = 42\nspy()", names, "t", 5.0)
    assert isinstance(ran.error, NameError)


def test_a_shared_name_that_student_code_changes_is_changed_for_the_test(names: Namespace) -> None:
    """A `global` statement in student code has its effect."""
    assert run(names, "counter = 0\ncount()\ncount()\ncounter") == 2


def test_a_shared_function_of_the_tests_is_called_wherever_it_is_read(names: Namespace, session: Session) -> None:
    """Also in calls after the one that first used it."""
    session.run_cell("def outer(x):\n    return helper(x) + 1")
    assert run(names, "helper = lambda x: 10 * x\nfirst = outer(1)\nfirst, outer(2)") == (11, 21)


def test_a_container_in_a_shared_name_is_one_for_both(names: Namespace, session: Session) -> None:
    """Both see what the other puts into it."""
    session.run_cell("def note(x):\n    options['seen'].append(x)\n    return options.get('mode')")
    source = "options = {'seen': []}\nnote(1)\noptions['mode'] = 'fast'\nnote(2), options"
    assert run(names, source) == ("fast", {"seen": [1, 2], "mode": "fast"})


def test_what_a_test_puts_into_a_container_of_the_students_is_in_it(names: Namespace) -> None:
    """Also where it is an attribute of an object, or a frame."""
    source = "items.append(7)\ntable['k'] = 1\nvector[0] = 5\nframe.loc[2] = 9\nsizes()"
    assert run(names, source) == [3, 1, 5.0, 3]
    assert run(names, "stack.items.append(1)\nheld = stack.items\nheld.append(2)\nstack.size()") == 2


def test_a_container_that_student_code_changes_is_changed_for_the_test(names: Namespace) -> None:
    """A test that holds it sees the change, and gets the same object each time."""
    source = "held = table\nput('x')\nfirst = dict(held)\nput('y')\nfirst, held"
    assert run(names, source) == ({"x": 0}, {"x": 0, "y": 1})
    assert run(names, "sort(items)\nitems") == [1, 3]
    assert run(names, "vector is vector and items is also and items is items") is True


def test_what_a_test_has_put_in_is_there_for_the_next_cell(names: Namespace, session: Session) -> None:
    """Changes are sent before a cell of the student's runs."""
    run(names, "items.append(7)\nFACTOR = 2")
    ran = session.run_cell("(len(items), FACTOR)")
    assert ran.outputs[-1].data["text/plain"] == "(3, 2)"


def test_a_container_that_no_test_holds_is_forgotten(names: Namespace, session: Session) -> None:
    """Reading an attribute many times leaves nothing to be compared with each question."""
    run(names, "for i in range(50):\n    stack.items\n    vector")
    assert session.link.connection is not None
    assert len(session.link.connection.sharing.tied) <= 2


@pytest.mark.parametrize(
    "change", [["tied", 99, []], ["name", "__builtins__", {}], ["name", "secret", 1], ["other", 1, 1], [1], 5], ids=repr
)
def test_a_change_of_what_is_not_shared_ends_the_process(names: Namespace, session: Session, change: Any) -> None:
    """An answer can't change any other name or container of the test."""
    names["FACTOR"] = 1
    attack = f"""
import gc
server = next(o for o in gc.get_objects() if type(o).__name__ == "Server")
server._shared.changes = lambda tied: [{change!r}]
def go(): return 1
"""
    session.run_cell(attack)
    ran = trusted_cells.run("secret = 1\ngo()", names, "t", 5.0)
    assert type(ran.error).__name__ == "ProtocolViolation"
    assert dict.get(names, "secret") == 1


CELLS = {
    "a given stub": [
        ("given", "class Shape:\n    def area(self): return 0\ndef helper(x): return x"),
        ("solution", "class Shape:\n    def area(self): return 5", "pass"),
        ("test", 1, "assert Shape().area() == 5\nassert helper(2) == 2"),
    ],
    "a name a test left": [
        ("solution", "def f(i): return i * i", "pass"),
        ("test", 1, "for n in range(3):\n    result = f(n)\n    assert result == n * n"),
        ("solution", "result = 4 * 3", "pass"),
        ("test", 1, "assert result == 12"),
    ],
    "a stale name": [
        ("test", 0, "answer = 42"),
        ("solution", "answer = 6 * 7", "pass"),
        ("test", 1, "assert answer == 42"),
    ],
    "instances of given classes": [
        (
            "given",
            "class Base:\n    def a(self): return 1\nclass P(Base):\n    pass\nimport not_here\ndef late(): return 1",
        ),
        ("solution", "class Q(P):\n    def b(self): return 2\np = P()", "pass"),
        ("test", 1, "q = Q()\nassert q.a() + q.b() == 3 and isinstance(q, Base) and isinstance(p, P) and late()"),
    ],
}


@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
@pytest.mark.parametrize("case", CELLS)
def test_the_last_cell_of_the_source_that_binds_a_name_says_whose_it_is(case: str, right: bool, tmp_path: Path) -> None:
    """The scores are right for right and wrong work."""
    cells = CELLS[case]
    executed = execute(tmp_path, submission(cells, right=True), submission(cells, right=right))
    most = [cell[1] for cell in cells if cell[0] == "test"]
    assert grades(executed) == (most if right else [0] * len(most))


def test_large_containers_are_copies(names: Namespace, session: Session) -> None:
    """Comparing them with each question would take longer than most calls."""
    session.run_cell("huge = np.zeros(300_000)\nwide = pd.DataFrame(np.zeros((300_000, 1)))")
    assert np.asarray(names["huge"]).sum() == 0
    assert isinstance(names["wide"], pd.DataFrame)
    assert session.link.connection is not None
    assert session.link.connection.sharing.tied == {}
