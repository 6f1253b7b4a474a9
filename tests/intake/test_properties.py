"""What holds for any submission at all: nothing breaks, the source wins, and no work is lost without a word."""

from __future__ import annotations

import json

import nbformat
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fairgrade.intake import Cause, Kind, NotebookLimits, ParsedNotebook, Refused, parse, read_source, take_in
from fairgrade.intake.notes import shown
from tests.intake.lab import RIGHT, filled_in, source_notebook
from tests.intake.randomly import ACCIDENTS, double, drop, mangle, release, retype, swap_marks
from tests.notebooks import cell_of

BLUEPRINT = read_source(source_notebook())
HONEST = json.dumps(filled_in(release(source_notebook())))

# A note of one of these kinds that names a solution says why it may not hold the student's work.
EXPLAINS = {
    Kind.MISSING, Kind.DUPLICATED, Kind.SPLIT, Kind.UNMARKED, Kind.DOUBTFUL, Kind.MARKS_CHANGED, Kind.RETYPED,
    Kind.UNDEFINED,
}  # fmt: skip

jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cell_type", "source", "metadata", "nbgrader", "grade_id", "points", "tags", "id", "attachments", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


def given_cells(notebook):
    """The cells of a graded notebook that come from the source."""
    return [cell for cell in notebook.cells if "nbgrader" in cell.metadata]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(ACCIDENTS), max_size=12), st.integers(0, 2**32))
@example([double, retype, drop, swap_marks], 3989717185)  # the quiz as a written answer, and the answer as the quiz
def test_no_work_is_lost_without_a_word(accidents, seed):
    """Each solution holds what the student wrote, or a note names it; and what is given comes from the source."""
    submitted = parse(json.dumps(mangle(json.loads(HONEST), accidents, seed)).encode())
    assert isinstance(submitted, ParsedNotebook)
    taken = take_in(BLUEPRINT, submitted)
    nbformat.validate(taken.notebook)
    if taken.refused is not None:
        assert taken.refused.cause is Cause.NO_KNOWN_CELL
        return
    marked = [cell for cell in BLUEPRINT.cells if cell.grade_id]
    assert [cell.metadata.nbgrader for cell in given_cells(taken.notebook)] == [
        cell.node.metadata.nbgrader for cell in marked
    ]
    named = {name for note in taken.notes if note.kind in EXPLAINS for name in note.cells}
    for cell, source in zip(given_cells(taken.notebook), marked, strict=True):
        assert cell.cell_type == source.node.cell_type
        if not source.is_solution:
            assert cell == source.node
        elif cell.source != RIGHT[source.grade_id]:
            assert source.grade_id in named


def crossed():
    """Handed in with the quiz as text, and its marks and those of the written answer exchanged."""
    notebook = json.loads(HONEST)
    words, quiz = cell_of(notebook, "words"), cell_of(notebook, "quiz")
    words["metadata"], quiz["metadata"], quiz["cell_type"] = quiz["metadata"], words["metadata"], "markdown"
    return notebook, words, quiz


def taken_of(notebook):
    """What becomes of a file's content."""
    return take_in(BLUEPRINT, parse(json.dumps(notebook).encode()))


def test_crossed_marks_of_a_quiz_and_an_answer_are_uncrossed():
    """By their ids, where the text fits: each stands where it was written, and the notes say so."""
    taken = taken_of(crossed()[0])
    assert {name: cell_of(taken.notebook, name).source for name in RIGHT} == RIGHT
    assert (Kind.UNMARKED, ("words", "quiz")) in [(note.kind, note.cells) for note in taken.notes]


def test_marks_that_an_id_does_not_contradict_count_with_a_note():
    """Code under a written answer's marks may be the quiz: without its id that is in doubt, and is said."""
    notebook, words, quiz = crossed()
    quiz["id"] = "new"
    words["id"] = "newer"
    taken = taken_of(notebook)
    assert cell_of(taken.notebook, "words").source == RIGHT["quiz"]
    assert (Kind.DOUBTFUL, ("words",)) in [(note.kind, note.cells) for note in taken.notes]


def test_a_strangers_marks_do_not_hide_an_answer():
    """A cell of the student's own holds the answer's marks, and the answer has none: the note names it."""
    notebook = json.loads(HONEST)
    words = cell_of(notebook, "words")
    notebook["cells"].append({"cell_type": "markdown", "id": "own", "source": "Mine.", "metadata": words["metadata"]})
    words["metadata"] = {}
    taken = taken_of(notebook)
    assert (Kind.DOUBTFUL, ("words",)) in [(note.kind, note.cells) for note in taken.notes]
    assert RIGHT["words"] in [cell.source for cell in taken.notebook.cells]


@settings(max_examples=100)
@given(st.lists(jsons, max_size=6), jsons)
def test_any_json_is_read_or_refused(cells, metadata):
    """Whatever the types are, what comes out is a valid notebook that can be written."""
    submitted = parse(json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4}).encode())
    assert isinstance(submitted, ParsedNotebook)
    taken = take_in(BLUEPRINT, submitted)
    nbformat.validate(taken.notebook)
    json.dumps(taken.notebook, ensure_ascii=False).encode()


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_refused_in_time(content):
    """Nothing is raised, and no short text is a notebook of the assignment."""
    submitted = parse(content)
    assert isinstance(submitted, Refused) or take_in(BLUEPRINT, submitted).refused is not None


@settings(max_examples=100)
@given(st.integers(1, len(HONEST) - 1))
def test_a_notebook_cut_off_anywhere_is_named(length):
    """As what it is: no JSON."""
    assert parse(HONEST[:length].encode()) == Refused(Cause.NOT_JSON)


def test_honest_work_has_no_note():
    """And stands in its cells, letter by letter."""
    taken = take_in(source_notebook(), nbformat.reads(HONEST, as_version=4))
    assert taken.notes == ()
    assert {name: cell_of(taken.notebook, name).source for name in RIGHT} == RIGHT


@pytest.mark.parametrize(
    ("limits", "cause"),
    [(NotebookLimits(cells=5), Cause.TOO_MANY_CELLS), (NotebookLimits(source_bytes=50), Cause.TOO_MUCH_TEXT)],
)
def test_limits(limits, cause):
    """Each has its own name."""
    assert parse(HONEST.encode(), limits) == Refused(cause)


def test_attachments_beyond_the_limit_are_left_out():
    """The first pictures stay, and the note names the cell."""
    notebook = json.loads(HONEST)
    cell_of(notebook, "words")["attachments"] = {f"{n}.png": {"image/png": "QUJD" * 10} for n in range(3)}
    submitted = parse(json.dumps(notebook).encode(), NotebookLimits(attachment_bytes=90))
    assert list(cell_of(submitted.notebook, "words").attachments) == ["0.png", "1.png"]
    assert [(note.kind, note.cells) for note in submitted.notes] == [
        (Kind.ATTACHMENTS, ("words",)),
        (Kind.PICTURES, ("words",)),
    ]


@pytest.mark.parametrize("name", ["`](javascript:alert(1))", "<script>", "a" * 500, "\n\n# Title", "\ud800", ""])
def test_names_in_notes_are_no_markup(name):
    """A file's name, an id or a kernel's name can't leave its backticks."""
    text = shown(name)
    assert text.startswith("`")
    assert text.endswith("`")
    assert len(text) < 70
    assert not set(text[1:-1]) & set("`<>[]\n")
    text.encode()


def test_an_untouched_stub_of_an_older_release_is_untouched():
    """Its own checksum vouches for it, so that it is no answer."""
    notebook = json.loads(HONEST)
    source = source_notebook()
    cell_of(source, "words").source = "Another question.\n### BEGIN SOLUTION\nx\n### END SOLUTION"
    cell_of(notebook, "words")["source"] = "YOUR ANSWER HERE"
    taken = take_in(source, parse(json.dumps(notebook).encode()))
    assert cell_of(taken.notebook, "words").source == "Another question.\nYOUR ANSWER HERE"
