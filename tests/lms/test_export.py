"""``fairgrade export`` shows what would change, and writes it when it is told to."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Comment, Gradebook

from tests.conftest import environment, run

# nbgrader's add_submission makes SQLAlchemy warn of its own flush.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

TEMPLATE = "OrgDefinedId,ps1 Points Grade,End-of-Line Indicator\r\n#101,,#\r\n#102,,#\r\n"


@pytest.fixture
def graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course with two graded students, one of them late."""
    monkeypatch.setenv("PATH", environment()["PATH"])  # where nbgrader looks for alembic
    for name in ("source", "graders"):
        (tmp_path / name).mkdir()
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    (tmp_path / "roster.csv").write_text("id,org_id\ns001,101\ns002,102\n")
    (tmp_path / "template.csv").write_bytes(TEMPLATE.encode())
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        gradebook.add_assignment("ps1")
        gradebook.add_notebook("nb", "ps1")
        gradebook.add_grade_cell("test_a", "nb", "ps1", max_score=5, cell_type="code")
        for student, points, penalty in (("s001", 4.5, None), ("s002", 5.0, 1.0)):
            gradebook.add_student(student)
            submission = gradebook.add_submission("ps1", student)
            submission.notebooks[0].late_submission_penalty = penalty
            gradebook.find_grade("test_a", "nb", "ps1", student).auto_score = points
        gradebook.db.commit()
    return tmp_path


@pytest.fixture
def graded_twice(graded: Path) -> Path:
    """The same course with a second assignment, which only one student has handed in, and a file of Canvas."""
    with Gradebook(f"sqlite:///{graded}/gradebook.db") as gradebook:
        gradebook.add_assignment("ps2")
        gradebook.add_notebook("nb", "ps2")
        gradebook.add_grade_cell("test_b", "nb", "ps2", max_score=3, cell_type="code")
        gradebook.add_submission("ps2", "s002")
        gradebook.find_grade("test_b", "nb", "ps2", "s002").auto_score = 2.5
        gradebook.db.commit()
    (graded / "canvas.csv").write_bytes(CANVAS.encode())
    return graded


CANVAS = (
    "\ufeffStudent,ID,SIS Login ID,Section,ps1 (1),ps2 (2),Final Score\r\n"
    "    Points Possible,,,,5,3,(read only)\r\n"
    '"Kim, Lee",7,s001,"A\nB",,,"1,5"\r\n'
    '"Kim, Lee",8,s002,A,,1.0,2\r\n'
)


def test_several_assignments_go_into_one_file(graded_twice: Path) -> None:
    """Each into its column; students of one name by their login; all else stays byte for byte."""
    options = ("--to", "canvas", "--template", "canvas.csv", "--yes")
    done = run("fairgrade", "export", "ps1", "ps2", "ps1", *options, cwd=graded_twice)
    assert done.returncode == 0, done.stdout
    wanted = CANVAS.replace('"A\nB",,,', '"A\nB",4.5,,').replace("A,,1.0,2", "A,4,2.5,2")
    assert (graded_twice / "exports" / "canvas.csv").read_bytes() == wanted.encode()
    again = run("fairgrade", "export", "ps1", "ps2", "--to", "csv", "--yes", cwd=graded_twice)
    assert again.returncode == 0, again.stdout
    assert (graded_twice / "exports" / "ps1-ps2.csv").read_text() == (
        "student,ps1,ps1: test_a,ps1: comments,ps2,ps2: test_b,ps2: comments\ns001,4.5,4.5,,,,\ns002,4,5,,2.5,2.5,\n"
    )


def test_one_column_is_not_filled_with_two_assignments(graded_twice: Path) -> None:
    """The worksheet of Moodle is of one assignment: the points of the last would stand for all."""
    (graded_twice / "moodle.csv").write_text("Identifier,Username,Grade\nParticipant 1,s001,\nParticipant 2,s002,\n")
    options = ("--to", "moodle", "--template", "moodle.csv", "--yes")
    done = run("fairgrade", "export", "ps1", "ps2", *options, cwd=graded_twice)
    assert done.returncode == 2
    assert "The column Grade would be filled twice. Export one assignment after the other." in done.stdout
    assert not (graded_twice / "exports").exists()


def export(folder: Path, *options: str) -> tuple[int, str]:
    """Run the command."""
    done = run("fairgrade", "export", "ps1", "--to", *options, cwd=folder)
    return done.returncode, done.stdout


def test_nothing_is_written_unless_told_to(graded: Path) -> None:
    """First the changes are shown, with late penalties taken off; then the file is written, the template stays."""
    code, said = export(graded, "brightspace", "--template", "template.csv")
    assert code == 0
    assert "Nothing is written; add --yes" in said
    assert not (graded / "exports").exists()
    code, said = export(graded, "brightspace", "--template", "template.csv", "--yes")
    assert code == 0, said
    wanted = TEMPLATE.replace("#101,,", "#101,4.5,").replace("#102,,", "#102,4,")
    assert (graded / "exports" / "template.csv").read_bytes() == wanted.encode()
    assert (graded / "template.csv").read_bytes() == TEMPLATE.encode()


def test_what_speaks_against_it_is_told_and_nothing_written(graded: Path) -> None:
    (graded / "template.csv").write_text(TEMPLATE.replace("#101,,", "#101,5,").replace("#102", "#999"))
    code, said = export(graded, "brightspace", "--template", "template.csv", "--yes")
    assert code == 1
    assert "1 would have fewer points than now: s001" in said
    assert "1 rows are of nobody in the course: #999" in said
    assert "1 students with points have no row: s002" in said
    assert not (graded / "exports").exists()
    options = ("--template", "template.csv", "--yes", "--allow-lower", "--skip-unmatched")
    assert export(graded, "brightspace", *options)[0] == 0
    assert "#101,4.5,#" in (graded / "exports" / "template.csv").read_text()


def test_a_file_of_its_own_has_a_column_per_question(graded: Path) -> None:
    assert export(graded, "csv", "--yes")[0] == 0
    assert (graded / "exports" / "ps1.csv").read_text() == (
        "student,ps1,ps1: test_a,ps1: comments\ns001,4.5,4.5,\ns002,4,5,\n"
    )


def test_comments_are_those_written_by_hand(graded: Path) -> None:
    """What nbgrader remarks on each question left blank is no comment of a teacher's."""
    with Gradebook(f"sqlite:///{graded}/gradebook.db") as gradebook:
        for cell in ("a", "b"):
            gradebook.add_solution_cell(cell, "nb", "ps1")
        submission = gradebook.find_submission("ps1", "s001").notebooks[0]
        for cell, by_hand in (("a", None), ("b", "Well argued.")):
            comment = Comment(cell=gradebook.find_solution_cell(cell, "nb", "ps1"), notebook=submission)
            comment.auto_comment, comment.manual_comment = "No response.", by_hand
            gradebook.db.add(comment)
        gradebook.db.commit()
    assert export(graded, "csv", "--yes")[0] == 0
    assert "s001,4.5,4.5,Well argued.\n" in (graded / "exports" / "ps1.csv").read_text()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("canvas",), "expected the file downloaded from canvas"),
        (("canvas", "--template", "template.csv"), "none of the columns ID"),
        (("canvas", "--template", "missing.csv"), "No such file"),
    ],
)
def test_wrong_usage_is_told(graded: Path, options: tuple[str, ...], says: str) -> None:
    code, said = export(graded, *options)
    assert code == 2
    assert says in said


def test_an_assignment_without_results_says_which_command_comes_first(graded: Path) -> None:
    (graded / "source" / "ps9").mkdir(parents=True)
    (graded / "source" / "ps9" / "ps9.ipynb").touch()
    done = run("fairgrade", "export", "ps9", "--to", "csv", cwd=graded)
    assert done.returncode == 2
    assert "Run: fairgrade autograde ps9" in done.stdout
