"""Courses that know nothing of fairgrade are graded as stock nbgrader grades them."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.preprocessors import Execute
from traitlets.config import Config

from tests.conformance.courses import COURSES
from tests.isolation.test_equivalence import isolated, notebook, scores


@pytest.mark.slow
@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
@pytest.mark.parametrize("course", COURSES)
@pytest.mark.filterwarnings("default")
def test_a_course_is_graded_as_by_stock_nbgrader(course: str, right: bool, tmp_path: Path, own_sockets: Config) -> None:
    cells = COURSES[course]
    (tmp_path / "work").mkdir()
    stock, _ = Execute(timeout=60, allow_errors=True, config=own_sockets).preprocess(
        notebook(cells, right), {"metadata": {"path": str(tmp_path / "work")}}
    )
    ours = isolated(cells, notebook(cells, right), tmp_path)
    assert scores(ours) == scores(stock) == [cell[1] if right else 0 for cell in cells if cell[0] == "test"]
