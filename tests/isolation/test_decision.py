"""A test cell's parts: the hidden one is always run, and what then decides the points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from fairgrade.grading import InfraError
from fairgrade.nbgrader.autoscores import autoscores_of
from tests.notebooks import cell, execute, grades, hidden, notebook_of

RIGHT, WRONG = "def f(x):\n    return 2 * x", "def f(x):\n    return x + 2"


def graded(
    tmp_path: Path, work: str, test: str, points: float = 6, *, tags: tuple[str, ...] = (), **config: Any
) -> NotebookNode:
    """The test's cell, over this work."""
    source = notebook_of(cell("solution", work), cell("test", test, points, tags=tags, grade_id="t"))
    return execute(tmp_path, source, None, **config).cells[1]


def earned(test_cell: NotebookNode) -> float | None:
    """What nbgrader gives for it."""
    return grades(notebook_of(test_cell))[0]


CASES = [
    # The hidden part ends in a number: that is the score, whatever the visible part does.
    ("assert f(3) == 6\n" + hidden("5 if f(2) == 4 else 0"), 5.0, 5.0),
    ("assert f(1) == 3\n" + hidden("5 if f(2) == 4 else 0"), 5.0, 5.0),
    ("import numpy as np\nassert f(3) == 6\n" + hidden("float(np.float64(1.5))"), 1.5, 1.5),
    # It has none: a failing part is 0, as in stock nbgrader.
    ("assert f(3) == 6\n" + hidden("assert f(2) == 4"), 6.0, 0.0),
    (hidden("assert f(3) == 6") + "\nassert f(2) == 4", 6.0, 0.0),
    ("assert f(2) == 4\n" + hidden("assert f(3) == 6"), 6.0, 0.0),
    ("assert f(3) == 6\n" + hidden("assert f(2) == 4\nTrue"), 6.0, 0.0),
    # A number that is not at the end of the cell, or not hidden, excuses nothing.
    ("assert f(3) == 6\n" + hidden("5") + "\nassert f(2) == 4", 6.0, 0.0),
    ("assert f(3) == 6\n" + hidden("score = 5") + "\nscore", 5.0, 0.0),
    ("assert f(3) == 6\n5", 5.0, 0.0),
    # A hidden part that fails is 0, whatever another one says.
    (hidden("assert f(3) == 6") + "\n" + hidden("5"), 5.0, 0.0),
    # Each region's own lines may stand within a statement: then the cell is one part.
    ("def test():\n    assert f(3) == 6\n" + hidden("    assert f(2) == 4") + "\ntest()\n5", 5.0, 0.0),
]


@pytest.mark.parametrize("tags", [(), ("in-sandbox",)], ids=["isolated", "in-sandbox"])
def test_what_decides_the_points(tmp_path: Path, tags: tuple[str, ...]) -> None:
    """Visible and hidden parts and the number they end with give the same points in both kinds of tests."""
    for test, right, wrong in CASES:
        assert earned(graded(tmp_path, RIGHT, test, tags=tags)) == right, test
        assert earned(graded(tmp_path, WRONG, test, tags=tags)) == wrong, test


def test_the_visible_parts_error_stays_readable(tmp_path: Path) -> None:
    """It comes first, as an output that costs nothing; the hidden part's own is not quoted."""
    test = "assert f(3) == 6, 'expected twice 3'\n" + hidden("print('secret')\n2.5")
    outputs = graded(tmp_path, WRONG, test).outputs
    assert [output.output_type for output in outputs] == ["display_data", "stream", "execute_result"]
    assert outputs[0].data["text/plain"].splitlines() == [
        "In test cell t, line 1",
        "----> 1 assert f(3) == 6, 'expected twice 3'",
        "AssertionError: expected twice 3",
    ]


def test_the_hidden_part_sees_what_the_visible_one_left(tmp_path: Path) -> None:
    """As far as the visible part came before it failed."""
    test = "cases = [1, 2, 3]\nassert f(3) == 6\ncases = []\n" + hidden("len(cases)")
    assert earned(graded(tmp_path, RIGHT, test)) == 0
    assert earned(graded(tmp_path, WRONG, test)) == 3


def test_lines_are_counted_as_in_the_cell(tmp_path: Path) -> None:
    """An error is shown at its line of the whole cell, whichever part it is in."""
    test = "x = 1\n" + hidden("y = 2") + "\nassert f(3) == 7  # shown"
    error = graded(tmp_path, RIGHT, test).outputs[-1]
    assert "----> 5 assert f(3) == 7  # shown" in error.traceback


def test_an_answer_that_cannot_be_handed_over_is_for_a_person_to_look_at(tmp_path: Path) -> None:
    """Points of other checks stand; the cell is flagged with the reason, and the next test goes on."""
    large = "import numpy as np\ndef f(x):\n    return np.zeros(3_000_000)"
    limits = {"message_bytes": 1 << 20}
    for test, points in (("assert f(1).sum() == 0", 0.0), ("try:\n    f(1)\nexcept Exception: pass\n2", 2.0)):
        made = graded(tmp_path, large, test, Isolation=limits)
        assert earned(made) == points
        assert "where 1048576 is the limit" in made.metadata["fairgrade"]["review"]
        marks = autoscores_of(notebook_of(made))
        assert marks.scores == {"t": points}
        assert list(marks.review) == ["t"]
    assert made.outputs[-1].output_type == "execute_result"


def test_what_earns_all_points_needs_nobody_to_look(tmp_path: Path) -> None:
    """A limit that the test met on its way does not matter then."""
    test = "try:\n    f(object())\nexcept Exception: pass\n6"
    assert "fairgrade" not in graded(tmp_path, RIGHT, test).metadata


def test_what_only_one_process_could_do_is_no_silent_zero(tmp_path: Path) -> None:
    """The cell is flagged for review, and says so."""
    for test in ("f(object())", "%env COURSE=1", "%%bash\nls"):
        made = graded(tmp_path, RIGHT, test)
        assert earned(made) == 0
        assert made.outputs[-1].ename == "NeedsReview", test
        assert autoscores_of(notebook_of(made)).review, test


def test_wrong_work_needs_nobody_to_look(tmp_path: Path) -> None:
    """Failing, missing, endless and dying work gets 0 points without review."""
    for work in (WRONG, "", "def f(x): 1 / 0", "def f(x):\n    while True: pass", "import os\ndef f(x): os._exit(0)"):
        made = graded(tmp_path, work, "assert f(3) == 6", Isolation={"call_timeout_s": 0.5})
        assert earned(made) == 0
        assert "fairgrade" not in made.metadata, work


def test_more_points_than_the_cell_has_are_for_a_person_to_look_at(tmp_path: Path) -> None:
    """The test's own arithmetic may be wrong, or it takes a number from the student's code."""
    made = graded(tmp_path, RIGHT, "f(4)")
    assert earned(made) == 0
    assert "more points than the cell has" in made.metadata["fairgrade"]["review"]


GRADER = """
from fairgrade.grading import Exercise
twice = Exercise("twice", points=5, reference=lambda x: 2 * x)
@twice.check(points=5)
def doubles(f):
    \"\"\"It doubles.\"\"\"
    assert f(3) == 6
"""


def test_a_graders_points_have_to_be_the_cells(tmp_path: Path) -> None:
    """More or fewer is a fault of the course, and no submission is graded."""
    assert earned(graded(tmp_path, RIGHT, GRADER + "twice.grade(f)", points=5)) == 5
    for points in (4, 6):
        with pytest.raises(InfraError, match=f"expected as many points as its grader gives, 5, got {points}"):
            graded(tmp_path, RIGHT, GRADER + "twice.grade(f)", points=points)


def test_graders_are_refused_in_the_sandbox(tmp_path: Path) -> None:
    """Student code could read them there; it is the test's fault, and no student's."""
    with pytest.raises(InfraError, match="expected a test without graders"):
        graded(tmp_path, RIGHT, "from graders.ps import twice\ntwice.grade(f)", tags=("in-sandbox",))


FIGURES = """
import matplotlib.pyplot as plt
drawn = []
class Figure(plt.Figure):
    def draw(self, renderer):
        drawn.append(1)
        super().draw(renderer)
def f(x):
    plt.figure(FigureClass=Figure)
    if x > 1:
        plt.show()
    return 2 * x
"""


def test_figures_of_a_tested_call_are_never_drawn(tmp_path: Path) -> None:
    """Not by the call that shows them, and not by the next cell: that is an honest student's time."""
    source = notebook_of(
        cell("solution", FIGURES),
        cell("test", "assert [f(1), f(2), f(1)] == [2, 4, 2]", 1),
        cell("solution", "plt.figure(FigureClass=Figure)\nopened = len(plt.get_fignums())"),
        cell("test", "assert opened == 1 and len(drawn) == 1", 2),
    )
    executed = execute(tmp_path, source)
    assert grades(executed) == [1.0, 2.0]
    assert [output.output_type for output in executed.cells[2].outputs] == ["display_data"]


TIMED = """
from fairgrade.grading import Exercise
twice = Exercise("twice", points=4, reference=lambda x: 2 * x)
@twice.check(points=1)
def at_first(f):
    \"\"\"It doubles 1.\"\"\"
    assert f(1) == 2
@twice.check(points=1)
def often(f):
    \"\"\"It doubles 3, a hundred times.\"\"\"
    assert [f(3) for _ in range(100)] == [6] * 100
@twice.check(points=1)
def then(f):
    \"\"\"It doubles 2.\"\"\"
    assert f(2) == 4
@twice.check(points=1)
def at_last(f):
    \"\"\"It doubles 0.\"\"\"
    assert f(0) == 0
"""


def test_the_check_that_uses_up_the_time_is_the_one_that_fails_for_it(tmp_path: Path) -> None:
    """Those after it have a little time of their own; the message says how long it took, and of how much."""
    slow = "import time\ndef f(x):\n    time.sleep(0.2 if x == 3 else 0)\n    return 2 * x"
    limits = {"cell_timeout_s": 6.0, "call_timeout_s": 3.0}
    made = graded(tmp_path, slow, TIMED + "twice.grade(f)", points=4, Isolation=limits)
    score = made.outputs[-1].data["application/vnd.fairgrade.score+json"]
    assert {check["name"]: check["earned"] for check in score["checks"]} == {
        "at_first": 1, "often": 0, "then": 1, "at_last": 1,
    }  # fmt: skip
    assert "at the end of the 6 s for the whole test" in score["checks"][1]["reason"]


def test_an_assignment_may_have_more_time_than_the_others(tmp_path: Path) -> None:
    """The course allows half a second; this assignment has its own limit."""
    slow = "import time\ndef f(x):\n    time.sleep(0.8)\n    return 2 * x"
    limits = {"cell_timeout_s": 5.0, "call_timeout_s": 0.5}
    assert earned(graded(tmp_path, slow, "assert f(3) == 6", Isolation=limits)) == 0
    more = {**limits, "assignments": {"ps": {"call_timeout_s": 5.0}}}
    assert earned(graded(tmp_path, slow, "assert f(3) == 6", Isolation=more)) == 6
