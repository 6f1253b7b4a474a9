"""What becomes of the lesson's own text on a feedback page."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from fairgrade.nbgrader.feedback_lesson import FOLDED, LEFT_OUT, SHOWN, arrange_lesson

CAPTION = "*What you see:* a line that\nrises.\n\nWhy does it?"


def cells() -> list[NotebookNode]:
    """A lesson with two pictures, one of which was drawn, around an answer and its test."""
    drawn = new_code_cell("draw()", outputs=[new_output("display_data", {"image/png": "aGk="})])
    found = [
        new_markdown_cell("# Lines\n\nText."),
        new_code_cell("draw()"),
        new_markdown_cell(CAPTION),
        new_code_cell("def f(): ..."),
        new_code_cell("test_f()"),
        new_markdown_cell("## Curves\n\n### With a `bend`\n\n### Without"),
        drawn,
        new_markdown_cell(CAPTION),
    ]
    for cell, kind in zip(found, ["other", "given", "other", "answer", "test", "other", "other", "other"], strict=True):
        cell.metadata["fairgrade_kind"] = kind
    return found


def test_a_caption_stays_only_below_its_picture():
    """What else is said in its cell stays."""
    shown = arrange_lesson(cells(), SHOWN)
    assert shown[2].source == "Why does it?"
    assert shown[-1].source == CAPTION


def test_the_lesson_is_folded_between_answers_under_its_headings():
    """One fold per run of cells; two headings are enough to know it by."""
    shown = arrange_lesson(cells(), FOLDED)
    opens = {
        number: cell.metadata.fairgrade_opens for number, cell in enumerate(shown) if "fairgrade_opens" in cell.metadata
    }
    assert opens == {0: "Lesson: Lines", 5: "Lesson: Curves; With a bend …"}
    assert [number for number, cell in enumerate(shown) if "fairgrade_closes" in cell.metadata] == [2, 7]


def test_the_lesson_can_be_left_out():
    """Answers and tests are all there is then."""
    assert [cell.source for cell in arrange_lesson(cells(), LEFT_OUT)] == ["def f(): ...", "test_f()"]
