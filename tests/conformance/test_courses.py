"""Courses that know nothing of fairgrade are graded as stock nbgrader grades them, however their tests are written."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import pytest
from nbgrader.preprocessors import Execute
from traitlets.config import Config

from tests.conformance import styles
from tests.conformance.courses import COURSES
from tests.notebooks import execute, grades, submission

STYLES = {
    info.name: importlib.import_module(f"{styles.__name__}.{info.name}").CELLS
    for info in pkgutil.iter_modules(styles.__path__)
}
RIGHT = pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])

pytestmark = pytest.mark.slow


def by_stock_and_by_us(
    parts: list[tuple[Any, ...]], right: bool, folder: Path, config: Config
) -> tuple[list[float | None], list[float | None]]:
    """What its tests earn by either."""
    (folder / "work").mkdir()
    stock = Execute(timeout=60, allow_errors=True, config=config)
    executed, _ = stock.preprocess(submission(parts, right=right), {"metadata": {"path": str(folder / "work")}})
    return grades(executed), grades(execute(folder, submission(parts, right=True), submission(parts, right=right)))


def points(parts: list[tuple[Any, ...]]) -> list[float]:
    """What its tests are worth."""
    return [points for kind, points, *_ in parts if kind == "test"]


@RIGHT
@pytest.mark.parametrize("style", STYLES)
def test_scores_are_those_of_stock_nbgrader(style: str, right: bool, tmp_path: Path, own_sockets: Config) -> None:
    stock, ours = by_stock_and_by_us(STYLES[style], right, tmp_path, own_sockets)
    assert ours == stock
    if right:
        assert ours == points(STYLES[style])


@RIGHT
@pytest.mark.parametrize("course", COURSES)
@pytest.mark.filterwarnings("default")
def test_a_course_is_graded_as_by_stock_nbgrader(course: str, right: bool, tmp_path: Path, own_sockets: Config) -> None:
    most = points(COURSES[course])
    stock, ours = by_stock_and_by_us(COURSES[course], right, tmp_path, own_sockets)
    assert ours == stock == (most if right else [0] * len(most))
