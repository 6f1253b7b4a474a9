"""A tiny made-up course: one exercise, `area`, that meets its bars; tests plant one fault each."""

from __future__ import annotations

from pathlib import Path

import nbformat

from tests.notebooks import cell, notebook_of

GRADER = '''
import numpy as np

from fairgrade.grading import Exercise, expect_close, expect_number


def right(width, height):
    return abs(width) * height


area = Exercise("area", points=3, reference=right)


@area.check(points=2)
def multiplies(area, rng):
    """The area is width times height."""
    width, height = rng.uniform(1.5, 4.0, 2)
    expect_close(expect_number(area(width, height)), width * height, given="two lengths")


@area.check(points=1)
def is_nothing_without_height(area):
    """Without height there is no area."""
    expect_close(expect_number(area(2.0, 0.0)), 0.0, given="a height of 0")


for width, height in ((2.0, 3.0), (1.5, 0.5), (4.0, 0.0)):

    @area.probe
    def probe(area, width=width, height=height):
        return area(width, height)

    del area.probes["probe"]
    area.probes[f"of_{width}_by_{height}"] = probe


@area.variant
def by_adding(width, height):
    whole, rest = divmod(height, 1)
    return sum(width for _ in range(int(whole))) + width * rest


@area.misconception(hint="That is half of the way round. Multiply.", loses=3)
def adds(width, height):
    return width + height


@area.misconception(hint="Nothing is halved here.", loses=2)
def halves(width, height):
    return width * height / 2


area.equivalent("return abs(width) * height", "return width * height", why="No rectangle has a negative width.")
'''

SOLUTION = '''
def area(width, height):
    """The area of a rectangle."""
    ### BEGIN SOLUTION
    surface_of_the_rectangle = width * height
    return surface_of_the_rectangle
    ### END SOLUTION
'''

TEST = """
assert area(2, 3) == 6

### BEGIN HIDDEN TESTS
from graders.tiny import area as area_exercise
area_exercise.grade(area)
### END HIDDEN TESTS
"""

STUB = '''
def area(width, height):
    """The area of a rectangle."""
    raise NotImplementedError()
'''


def write_course(
    folder: Path,
    grader: str = GRADER,
    test: str = TEST,
    released_test: str = "assert area(2, 3) == 6",
    points: float = 3,
    config: str = "",
) -> Path:
    """Write the course; each argument is a place to plant a fault."""
    graders = folder / "graders" / "tiny"
    graders.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(config)
    (folder / "graders" / "__init__.py").write_text("")
    (graders / "__init__.py").write_text("from graders.tiny.area import area\n")
    (graders / "area.py").write_text(grader)
    write_notebook(folder / "source" / "tiny" / "tiny.ipynb", SOLUTION, test, points)
    write_notebook(folder / "release" / "tiny" / "tiny.ipynb", STUB, released_test, points)
    return folder


def write_notebook(path: Path, solution: str, test: str, points: float) -> None:
    """A notebook of two cells as nbgrader knows them."""
    path.parent.mkdir(parents=True)
    cells = (
        cell("solution", solution.strip(), grade_id="area"),
        cell("test", test.strip(), points, grade_id="test_area"),
    )
    nbformat.write(notebook_of(*cells), path)
