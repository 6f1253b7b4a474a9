"""Running code becomes the source of a cell, and does the same there."""

from __future__ import annotations

import numpy as np
import pytest

from fairgrade.bank_source import cell_source
from fairgrade.course import Course
from tests import specimens
from tests.conftest import ASSIGNMENT


def defined(source: str, name: str):
    names: dict[str, object] = {"np": np}
    exec(source, names)
    return names[name]


def test_a_function_takes_its_new_name_everywhere():
    """A recursion calls itself by the name the notebook knows."""
    source = cell_source(specimens.countdown, "answer")
    assert defined(source, "answer")(3) == [3, 2, 1, 0]
    assert "countdown" not in source


def test_what_it_needs_comes_along():
    """Helpers, constants and imports of the module, but no decorators."""
    source = cell_source(specimens.area, "answer")
    assert defined(source, "answer")(2.0) == pytest.approx(4 * np.pi)
    assert source.startswith("import math")
    assert "unused" not in source


def test_a_class_brings_its_base():
    """A subclass is defined after the class it builds on."""
    made = defined(cell_source(specimens.Loud, "Model"), "Model")()
    assert made.say() == "HELLO"


def test_a_value_is_written_out():
    """A dict of answers is a literal."""
    assert cell_source({"q1": "A"}, "answers") == "answers = {'q1': 'A'}"


def test_code_from_elsewhere_is_refused():
    """Students don't have the kit."""
    with pytest.raises(ValueError, match="expected code that needs the graders alone, got Course"):
        cell_source(specimens.needs_the_kit, "answer")


def test_every_item_of_the_banks_can_be_handed_in(course: Course):
    """Each defines what the notebook expects, on its own."""
    for exercise in course.exercises(ASSIGNMENT):
        for item in (*exercise.variants.values(), *exercise.misconceptions.values()):
            assert defined(cell_source(item.code, exercise.solution_name), exercise.solution_name) is not None, (
                item.name
            )
