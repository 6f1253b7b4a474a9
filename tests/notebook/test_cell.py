"""What a cell's marks, text and regions say."""

from __future__ import annotations

import pytest
from nbformat import from_dict

from fairgrade.notebook.cell import AssignmentCell, grade_id_of, is_same_text, regions, tags_of
from tests.notebooks import cell, hidden


def test_parts_are_cut_at_regions_that_hold_whole_statements() -> None:
    """A region that begins or ends within a statement leaves the cell in one part."""

    def parts(test: str) -> list[tuple[str, bool]]:
        return [(part.source.strip(), part.hidden) for part in AssignmentCell(cell("test", test, 1)).parts]

    assert parts("a = 1") == [("a = 1", False)]
    assert parts(hidden("a = 1")) == [(hidden("a = 1"), True)]
    assert parts("# words\n" + hidden("a = 1") + "\n\n# words") == [(hidden("a = 1"), True)]
    assert parts("a = 1\n" + hidden("b = 1") + "\nc = 1") == [
        ("a = 1", False),
        (hidden("b = 1"), True),
        ("c = 1", False),
    ]
    inside = "if True:\n    a = 1\n" + hidden("    b = 1")
    assert parts(inside) == [(inside, False)]
    assert parts("%%time\n" + hidden("a = 1"))[0][1] is False
    assert parts("") == [("", False)]


def test_students_have_the_lines_outside_hidden_regions() -> None:
    """Lines count from 1, the delimiters are hidden, and a region that does not end hides the rest."""
    test = AssignmentCell(cell("test", "a = 1\n" + hidden("b = 1") + "\nc = 1", 1))
    assert test.visible == "a = 1\nc = 1"
    assert [test.visible_line(number) for number in range(7)] == [None, "a = 1", None, None, None, "c = 1", None]
    assert test.hidden_from == 2
    assert AssignmentCell(cell("test", "a = 1\n### BEGIN HIDDEN TESTS\nb = 1", 1)).visible == "a = 1"


def test_insides_of_regions_are_found_by_their_name() -> None:
    """Each region is one text, without its delimiters."""
    text = "### BEGIN SOLUTION\na\n### END SOLUTION\n" + hidden("b\nc") + "\n### BEGIN SOLUTION\n### END SOLUTION"
    assert regions(text, "SOLUTION") == ["a", ""]
    assert regions(text, "HIDDEN TESTS") == ["b\nc"]
    assert regions(text, "MARK SCHEME") == []


@pytest.mark.parametrize("marks", [None, [], {"nbgrader": None}, {"nbgrader": {"grade_id": 5}}, {"tags": "setup"}])
def test_marks_of_a_wrong_type_are_none(marks: object) -> None:
    """A submission's metadata may hold anything that JSON can."""
    metadata = marks if isinstance(marks, dict) else {"nbgrader": marks, "tags": marks}
    node = from_dict({"cell_type": "code", "source": "", "metadata": metadata})
    assert (grade_id_of(node), tags_of(node), AssignmentCell(node).is_test) == (None, frozenset(), False)


def test_blanks_at_the_ends_make_no_difference() -> None:
    """Editors add and strip them."""
    assert is_same_text("a = 1  \nb = 2\n\n", "a = 1\nb = 2")
    assert not is_same_text("  a = 1", "b = 1")
    assert not is_same_text("if a:\n    b", "if a:\nb")
