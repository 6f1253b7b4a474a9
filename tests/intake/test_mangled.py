"""Every mangled notebook through the real ``nbgrader autograde``, all in one run, honest ones around them."""

from __future__ import annotations

import random
from datetime import datetime

import nbformat
import pytest
from nbgrader.api import Gradebook

from fairgrade.intake import Kind
from tests.intake.lab import ASSIGNMENT, FULL, NOTEBOOK, Lab, Result, filled_in
from tests.intake.mangle import CASES, FILE, SECRET, write
from tests.intake.randomly import ACCIDENTS, mangle

HONEST = ("a_first", "z_last")
RANDOM = 8

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mangled")]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab(tmp_path_factory.mktemp("mangled") / "course")
    with Gradebook(f"sqlite:///{lab.folder}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=datetime(2030, 1, 15, 12))
    for student in HONEST:
        write(lab.submission(student) / FILE, filled_in(lab.released()))
    for name, case in CASES.items():
        case.hand_in(lab.submission(name), filled_in(lab.released()))
    for seed in range(RANDOM):
        accidents = random.Random(seed).choices(ACCIDENTS, k=6)
        mangled = mangle(filled_in(lab.released()), accidents, seed)
        write(lab.submission(f"random_{seed}") / FILE, mangled)
    lab.nbgrader("autograde", ASSIGNMENT)
    return lab


@pytest.fixture(scope="module")
def results(lab: Lab) -> dict[str, Result]:
    return lab.results()


def test_there_are_many(results: dict[str, Result]):
    """At least forty ways, and nobody is missing from the gradebook."""
    assert len(CASES) >= 40
    assert set(results) == {*CASES, *HONEST, *(f"random_{seed}" for seed in range(RANDOM))}


@pytest.mark.parametrize("student", HONEST)
def test_the_rest_of_the_class_is_unharmed(results: dict[str, Result], student: str):
    """Honest work is graded as ever, and has no note."""
    assert results[student].scores == FULL
    assert results[student].record == {"notes": [], "sandbox": results[student].record["sandbox"]}


@pytest.mark.parametrize("name", sorted(CASES))
def test_mangled(results: dict[str, Result], name: str):
    """It earns what it should, and says in a note or a cause what was unusual about it."""
    case, result = CASES[name], results[name]
    assert result.scores == case.scores
    kinds = {Kind[note["kind"].upper()] for note in result.record["notes"]}
    assert kinds >= case.kinds, kinds
    assert result.record.get("cause") == (case.cause.name.lower() if case.cause else None)
    assert result.needs_review == (set(FULL) if case.cause else {"words"})
    nbformat.validate(result.notebook)
    first = result.notebook.cells[0]
    for sentence in [note["sentence"] for note in result.record["notes"]] + ([case.cause.value] if case.cause else []):
        assert sentence in first.source


def test_the_loss_is_always_explained(results: dict[str, Result]):
    """Whoever has fewer points than the honest has a note."""
    for name, result in results.items():
        if result.scores != FULL:
            assert result.record["notes"] or result.record["refused"], name


def test_late_work_is_penalised(results: dict[str, Result]):
    """By nbgrader's own plug-in, from the submission's own timestamp, and nobody else."""
    late = {name: result.late_penalty for name, result in results.items() if result.late_penalty}
    assert late == {"is_late": 7.0}


def test_files_beside_the_notebook(lab: Lab):
    """The course's files are the course's, except those in exclude_overwriting; links are not followed."""
    graded = lab.graded("hands_in_modules_that_shadow").parent
    assert (graded / "data.csv").read_text() == "1,2\n"
    assert (graded / "helper.py").read_text() == "value = 2\n"
    linked = lab.graded("links_to_other_files").parent
    assert sorted(path.name for path in linked.iterdir()) == ["data.csv", FILE]
    for path in (lab.folder / "autograded").rglob("*"):
        assert not path.is_symlink()
        assert path.is_dir() or SECRET.encode() not in path.read_bytes()


def test_the_last_copy_stands_in_the_cell(results: dict[str, Result]):
    """And the other stands before it, as the student's own."""
    cells = results["corrects_itself_in_a_copy"].notebook.cells
    here = next(i for i, cell in enumerate(cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == "square")
    assert cells[here].source.endswith("return result")
    assert cells[here - 1].source == "def square(x):\n    return x"
    assert cells[here - 1].metadata == {}


def test_nothing_is_taken_but_text(results: dict[str, Result]):
    """No metadata, output or id of the submission is in any graded notebook; attached pictures are."""
    for name, result in results.items():
        for cell in result.notebook.cells:
            assert set(cell.metadata) <= {"nbgrader", "tags", "fairgrade"}, name
    answer = next(c for c in results["attaches_a_picture"].notebook.cells if "attachments" in c)
    assert list(answer.attachments["photo.png"]) == ["image/png"]
    assert not [c for c in results["attaches_a_page"].notebook.cells if "attachments" in c]


def test_no_notebook_is_named_but_the_assignments(lab: Lab):
    """Drafts and renamed copies leave no notebook of their own."""
    names = {path.name for path in (lab.folder / "autograded").rglob("*.ipynb")}
    assert names == {f"{NOTEBOOK}.ipynb"}
