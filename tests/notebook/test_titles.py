"""Cells whose name was made up by nbgrader's editor are called by the heading above them."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from fairgrade.autograde.changes import Change
from fairgrade.autograde.display import conclude
from fairgrade.autograde.summary import Summary
from fairgrade.intake.blueprint import read_source
from fairgrade.intake.transplant import take_in
from fairgrade.nbgrader.cell_results import CellResult
from fairgrade.notebook.titles import MOST_CHARACTERS, titles_by_heading
from fairgrade.report.class_report import report_on
from fairgrade.report.class_results import ClassResults
from fairgrade.report.page import render
from tests.notebooks import cell, notebook_of


def made_up(number: int) -> str:
    """A grade_id as nbgrader's editor makes them."""
    return f"cell-{number:016x}"


def text(markdown: str):
    return cell("plain", markdown, markdown=True)


def test(number: int):
    return cell("test", "assert True", 1, grade_id=made_up(number))


test.__test__ = False


def only_title(*cells) -> str:
    (title,) = titles_by_heading([*cells, test(1)]).values()
    return title


@pytest.mark.parametrize(
    ("markdown", "title"),
    [
        ("# One\n## 2. The *mean*\nIt divides.", "2. The mean"),
        ("The mean\n========\nIt divides.", "The mean"),
        ("### Exercise 3: `mean(x)`, [why](https://example.org) (2 points):", "Exercise 3: mean(x), why (2 points)"),
        ("## Cats &amp; dogs of $x_1$", "Cats & dogs of x_1"),
        ("<h3 id='a'>Part <b>B</b></h3>\n\nText", "Part B"),
        ("## Rain\n\n**Question 1.2.** How much? **Hint:** little", "Question 1.2"),
        ("## Rain\n\n**Note** that it rains.", "Rain"),
        ("## Rain\n\n```python\n# a comment\n```\n", "Rain"),
        ("## " + "very " * 40 + "long", "very " * 13 + "very…"),
    ],
)
def test_a_heading_becomes_a_title(markdown: str, title: str):
    assert only_title(text(markdown)) == title
    assert len(title) <= MOST_CHARACTERS


def test_cells_below_one_heading_are_numbered_and_told_apart_by_kind():
    cells = [
        text("# Derivatives"),
        cell("solution", "def f(): ...", grade_id=made_up(1)),
        test(2),
        test(3),
        text("# Integrals"),
        cell("solution", "What is it?", 2, grade_id=made_up(4), markdown=True),
        cell("given", "import math", grade_id=made_up(5)),
    ]
    titles = titles_by_heading(cells)
    assert [titles[made_up(number)] for number in range(1, 6)] == [
        "Derivatives (answer)", "Derivatives (1)", "Derivatives (2)", "Integrals", "Integrals (code)",
    ]  # fmt: skip


def test_a_name_of_its_own_is_kept():
    cells = [text("# Derivatives"), cell("test", "assert True", 1, grade_id="test_slope")]
    assert "test_slope" not in titles_by_heading(cells)


def test_without_any_heading_exercises_are_counted():
    titles = titles_by_heading([test(1), test(2)])
    assert list(titles.values()) == ["Exercise (1)", "Exercise (2)"]


def test_no_answer_and_no_marking_scheme_gives_a_title():
    answer = cell("solution", "# My answer", 1, grade_id="written", markdown=True)
    scheme = text("# Rain\n### BEGIN MARK SCHEME\n# 1 point for wet\n### END MARK SCHEME")
    assert only_title(text("# Snow"), answer) == "Snow"
    assert only_title(scheme) == "Rain"


def test_a_task_is_called_by_its_own_heading():
    task = cell("task", "# Draw rain\nWith a pen.", 2, grade_id=made_up(7), markdown=True)
    assert titles_by_heading([text("# Snow"), task])[made_up(7)] == "Draw rain"


def test_notes_about_a_submission_call_cells_so():
    solution = cell("solution", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION", grade_id=made_up(1))
    source = notebook_of(text("# The sum: `x`"), solution, test(2))
    taken = take_in(read_source(source), notebook_of(*source.cells[:1], test(2)))
    assert [note.sentence for note in taken.notes] == [
        "Not in what was handed in, so counted as empty: `The sum: x (answer)`."
    ]
    assert taken.notes[0].to_dict()["cells"] == [made_up(1)]


def test_the_tables_of_a_run_call_cells_so_and_its_data_keep_the_names():
    summary = Summary(titles={f"ps/{made_up(1)}": "Slopes [1]"})
    summary.changes.append(Change("s001", f"ps/{made_up(1)}", 2.0, 1.0, ""))
    summary.changes.append(Change("s001", "ps/late penalty", 0.0, -1.0, ""))
    summary.undecided[f"s001, ps/{made_up(1)}"] = "It ended early."
    summary.graded.append("s001")
    summary.slowest.append((2.0, "s001", f"ps/{made_up(1)}"))
    shown = io.StringIO()
    conclude(Console(file=shown, width=120), summary, "ps", dry=False, compare=True)
    assert made_up(1) not in shown.getvalue()
    assert shown.getvalue().count("ps/Slopes [1]") == 3
    assert "ps/late penalty" in shown.getvalue()
    data = summary.to_dict()
    assert (data["changes"][0]["cell"], data["titles"]) == (f"ps/{made_up(1)}", {f"ps/{made_up(1)}": "Slopes [1]"})


def test_what_the_preflight_says_calls_cells_so():
    assert CellResult("ps", made_up(1), 0, 1, title="Slopes").sentence.startswith("ps/Slopes earns 0 of 1 points")
    assert CellResult("ps", "test_slope", 0, 1).sentence.startswith("ps/test_slope earns 0 of 1 points")


def test_a_report_calls_exercises_so_and_escapes_what_it_says():
    results = ClassResults("ps1", {made_up(1): 2.0, "test_e": 1.0}, 3.0, (), {made_up(1): "Cats & dogs"})
    page = render(report_on(results, []))
    assert ">Cats &amp; dogs</" in page
    assert ">e</" in page
    assert made_up(1) not in page
