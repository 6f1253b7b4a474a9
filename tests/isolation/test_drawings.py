"""Drawings of students are read by value: in the sandbox as in process, and whatever they hold."""

from __future__ import annotations

import inspect

import matplotlib.pyplot as plt
import numpy as np
import pytest

from fairgrade.grading import CheckFailed, StudentObject, drawn
from fairgrade.isolation.engine import Session
from fairgrade.isolation.remote.namespace import Namespace
from tests.gallery.figure import draw_fit, exercise, swaps_the_axes, with_plot_and_a_figure

SETUP = f"import matplotlib.pyplot as plt\nimport numpy as np\n{inspect.getsource(draw_fit)}"


@pytest.mark.parametrize("code", [draw_fit, swaps_the_axes, with_plot_and_a_figure], ids=lambda f: f.__name__)
def test_a_figure_earns_the_same_in_the_sandbox(session: Session, names: Namespace, code) -> None:
    item = exercise.misconceptions.get(code.__name__) or exercise.variants.get(code.__name__)
    function = item.code if item else code
    source = "\n".join(line for line in inspect.getsource(function).splitlines() if not line.startswith("@"))
    assert session.run_cell(f"{SETUP}\n{source}").ok
    score, here = exercise.grade(names[code.__name__]), exercise.grade(function)
    assert score.earned == here.earned
    assert [d.name for d in score.misconceptions] == [d.name for d in here.misconceptions]
    assert plt.get_fignums() == []


HOSTILE = {
    "several axes": ("def f():\n    return plt.subplots(2)", "2 sets of axes"),
    "no axes": ("def f():\n    return 3", "0 sets of axes"),
    "text in a line": (
        "class Line:\n    def get_linestyle(self): return '-'\n    def get_xydata(self): return 'abc'\n"
        "class Axes:\n    collections = []\n    def get_lines(self): return [Line()]\ndef f():\n    return Axes()",
        "other than numbers",
    ),
    "endless lines": (
        "import itertools\nclass Axes:\n    collections = []\n    def get_lines(self): return itertools.repeat(1)\n"
        "def f():\n    return Axes()",
        "too many to compare",
    ),
}


@pytest.mark.parametrize(("code", "message"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_drawing_fails_with_a_reason(session: Session, names: Namespace, code: str, message: str) -> None:
    assert session.run_cell(f"import matplotlib.pyplot as plt\n{code}").ok
    work = StudentObject(names["f"])
    with pytest.raises(CheckFailed, match=message):
        drawn(work(), "lines", "points")


def test_all_parts_are_values() -> None:
    def draw() -> plt.Axes:
        ax = plt.figure().subplots()
        ax.plot([0, 1], [2, 3], label="one")
        ax.bar([1, 2], [3, 4])
        ax.scatter([5.0], [6.0])
        ax.imshow(np.eye(2))
        ax.set(title="t", xlabel="x", ylabel="y", yscale="log", xlim=(0, 9))
        ax.legend()
        return ax

    parts = ("lines", "points", "bars", "images", "title", "xlabel", "ylabel", "xscale", "yscale", "legend", "xlim")
    seen = drawn(StudentObject(draw)(), *parts)
    np.testing.assert_equal(
        seen,
        {
            "lines": [np.array([[0.0, 2.0], [1.0, 3.0]])],
            "points": np.array([[5.0, 6.0]]),
            "bars": np.array([[1.0, 0.0, 3.0], [2.0, 0.0, 4.0]]),
            "images": [np.eye(2)],
            "title": "t", "xlabel": "x", "ylabel": "y", "xscale": "linear", "yscale": "log",
            "legend": ["one"], "xlim": np.array([0.0, 9.0]),
        },
    )  # fmt: skip


def test_the_order_of_drawing_makes_no_difference() -> None:
    def draw(*order: int) -> plt.Axes:
        ax = plt.figure().subplots()
        for number in order:
            ax.plot([0, 1], [number, 2])
            ax.scatter(number, 1)
        return ax

    work = StudentObject(draw)
    np.testing.assert_equal(drawn(work(1, 5, 3)), drawn(work(3, 1, 5)))


def test_a_part_that_does_not_exist_is_the_graders_error() -> None:
    with pytest.raises(ValueError, match="expected parts among lines"):
        drawn(None, "colour")
