"""HTML that would take a parser too long is told by one look, and shown as text."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from fairgrade.grading import SCORE_MIME, Exercise
from fairgrade.nbgrader.html_cost import is_cheap
from fairgrade.nbgrader.sanitize_html import CleanOutputs, clean_html, render_markdown
from fairgrade.results import scores_in

DEAR = {
    "nested": "<div>" * 100_000,
    "left open, and opened again in each paragraph": "".join(f"<i title={i}><p>" for i in range(300)) + "</i>" * 300,
    "opened again, though all is closed in order": (
        "".join(f"<p><i title={i}>" for i in range(40)) + "<p><span>x</span></p>" * 10_000 + "</i></p>" * 40
    ),
    "long attributes, copied": "".join(f"<b title='{'x' * 1000}{i}'><p>" for i in range(50)),
    "many attributes": "<p " + "\n".join(f"a{i}" for i in range(100_000)) + ">",
    "many attributes that hold ends of tags": "<p " + " ".join(f"a{i}='>'" for i in range(100_000)) + ">",
    "end tags in comments": "<div><!-- </div> -->" * 50_000,
    "end tags in attributes": "<div title='</div>'>" * 50_000,
    "end tags in text areas": "<div><textarea></div></textarea>" * 30_000,
    "end tags behind quotes that are none": '<div a"b></div><x y">' * 50_000,
    "end tags that are not heard": "<div><table></div>" * 50_000,
}


@pytest.mark.parametrize("html", DEAR.values(), ids=DEAR)
def test_what_costs_more_than_its_length_is_shown_as_text(html: str):
    """Its beginning, with a sentence in front."""
    assert not is_cheap(html)
    shown = clean_html(html)
    assert shown.startswith("<p><em>Too much of this HTML is left open or nested for it to be shown.")
    assert "<pre>&lt;" in shown
    assert shown.count("<") == 6
    assert len(shown) < 150_000


def graded_page() -> str:
    """A grader's own table."""
    exercise = Exercise("double", points=2, reference=lambda x: 2 * x)

    @exercise.check(points=2)
    def doubles(double: Any, rng: Any) -> None:
        """It doubles."""
        assert double(1) == 2, "<b>" * 50

    return str(exercise.grade(lambda x: x)._repr_mimebundle_()["text/html"])


FINE = {
    "a frame": pd.DataFrame(np.arange(1200).reshape(60, 20))._repr_html_(),
    "a long frame": pd.DataFrame(np.arange(20_000).reshape(2000, 10)).to_html(),
    "a list whose items are left open": "<ul>"
    + "<li>an item with some words</li>" * 3
    + "<li>another one" * 500
    + "</ul>",
    "paragraphs left open": "<p>some words" * 300,
    "a bold text left open": "<b>Result:<br>" + "<p>some words</p>" * 100,
    "comparisons": "<pre>" + "a < b > c\n" * 20_000 + "</pre>",
    "a short one, all wrong": "<div <p <!-- </i> <td> </x title='>",
}


@pytest.mark.parametrize("html", FINE.values(), ids=FINE)
def test_what_people_write_is_cleaned(html: str):
    """Sloppy or long, it is no text."""
    assert is_cheap(html)
    assert "left open or nested" not in clean_html(html)


def test_a_graders_own_table_is_cleaned():
    """Whatever it quotes."""
    page = graded_page()
    assert is_cheap(page)
    assert "<table" in clean_html(page)


def test_markdown_whose_html_is_dear_stands_as_it_was_written():
    """As Markdown that nobody can parse does."""
    text = "<div>" * 5000
    assert render_markdown(text) == "<pre>" + text.replace("<", "&lt;").replace(">", "&gt;") + "</pre>"


def test_all_html_of_a_notebook_has_a_bound():
    """What is beyond it is left out, and says so; the rest is as ever."""

    def shows(html: str) -> NotebookNode:
        return new_code_cell(outputs=[new_output("display_data", data={"text/html": html, "text/plain": "x"})])

    notebook = new_notebook(cells=[shows("<b>1</b>"), shows("<p>" + "y" * 100 + "</p>"), shows("<b>3</b>")])
    cleaned, _ = CleanOutputs(html_bytes=50).preprocess(notebook, {})
    shown = [cell.outputs[0].data for cell in cleaned.cells]
    assert shown[0]["text/html"] == "<b>1</b>"
    assert "more HTML than there is room for" in shown[1]["text/html"]
    assert shown[1]["text/plain"] == "x"


def test_a_score_counts_only_where_a_test_made_it():
    """A student's output of fairgrade's own type is dropped, whatever it says, and never read as a score."""
    forged = {"text/plain": "38", SCORE_MIME: {"exercise": "double", "misconceptions": ["x"]}, "application/json": {}}
    shows = partial(new_output, "display_data", data=forged)
    test = new_code_cell(outputs=[shows()], metadata={"nbgrader": {"grade_id": "t", "grade": True, "solution": False}})
    answer = new_code_cell(outputs=[shows()], metadata={"nbgrader": {"grade_id": "a", "grade": True, "solution": True}})
    notebook = new_notebook(cells=[test, answer, new_code_cell(outputs=[shows()])])
    assert scores_in(notebook) == {"t": forged[SCORE_MIME]}
    cleaned, _ = CleanOutputs().preprocess(notebook, {})
    assert [set(cell.outputs[0].data) for cell in cleaned.cells] == [
        {"text/plain", SCORE_MIME},
        {"text/plain"},
        {"text/plain"},
    ]
