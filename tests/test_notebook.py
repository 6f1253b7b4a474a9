"""The source notebook, and what nbgrader makes of it: release and solutions are current, and give nothing away."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests.conftest import ROOT, copy_course, environment, run


@dataclass(frozen=True)
class Lesson:
    """An assignment of the course: the cells and points that other work builds on."""

    name: str
    solutions: list[str]
    tests: dict[str, int]
    written: dict[str, int]
    points: int = 40
    practice: tuple[str, ...] = ()
    """Cells that students write, and that give no points."""

    def path(self, folder: str) -> Path:
        """Return its notebook in one of the course's folders."""
        return ROOT / folder / self.name / f"{self.name}.ipynb"


PART_5 = Lesson(
    "part5_training",
    ["mse_loss", "binary_cross_entropy", "gradient_descent", "gradients", "trainable_perceptron", "knowledge_check"],
    {
        "test_mse_loss": 4,
        "test_binary_cross_entropy": 6,
        "test_gradient_descent": 4,
        "test_gradients": 6,
        "test_train": 8,
        "test_convergence": 5,
        "test_knowledge_check": 5,
    },
    {"limits_of_one_neuron": 2},
    practice=("slopes", "train_on_one", "challenges"),
)
PART_6 = Lesson(
    "part6_evaluation",
    ["split", "confusion_counts", "scores", "confusion_matrix", "threshold_curve", "best_threshold", "evaluate",
     "occlusion_map"],
    {
        "test_split": 5,
        "test_confusion_counts": 5,
        "test_scores": 6,
        "test_confusion_matrix": 4,
        "test_threshold_curve": 6,
        "test_best_threshold": 4,
        "test_evaluate": 3,
        "test_occlusion_map": 4,
    },
    {"worth_buying": 3},
)  # fmt: skip
PART_7 = Lesson(
    "part7_hidden_layers",
    ["activation", "collapse", "hand_made_network", "init_params", "forward", "backward", "two_layer_net"],
    {
        "test_activation": 3,
        "test_collapse": 4,
        "test_hand_made_network": 5,
        "test_init_params": 3,
        "test_forward": 6,
        "test_backward": 9,
        "test_two_layer_net": 6,
        "test_learns_any_position": 4,
    },
    {"zero_start": 2},
    points=42,
)


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def by_id(notebook: NotebookNode) -> dict[str, NotebookNode]:
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}


@pytest.fixture(scope="module", params=[PART_5, PART_6, PART_7], ids=lambda lesson: lesson.name)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return request.param


@pytest.fixture(scope="module")
def source(lesson: Lesson) -> NotebookNode:
    return read(lesson.path("source"))


def test_the_source_holds_no_outputs(source):
    """A diff of the notebook shows what somebody wrote, not what a run produced."""
    for cell in source.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None), cell.id


def test_cell_ids_are_stable(source):
    """They are readable, unique, and equal to the grade_id where there is one."""
    ids = [cell.id for cell in source.cells]
    assert len(set(ids)) == len(ids)
    for cell in source.cells:
        assert re.fullmatch(r"[a-z][a-z0-9_-]+", cell.id)
        assert cell.metadata.get("nbgrader", {}).get("grade_id", cell.id) == cell.id


def test_the_source_is_valid_and_says_nothing_of_a_machine(source):
    """Valid nbformat 4.5 with the plain Python 3 kernel."""
    nbformat.validate(source)
    assert source.metadata.kernelspec == {"display_name": "Python 3", "language": "python", "name": "python3"}
    assert set(source.metadata) == {"kernelspec", "language_info"}


def test_cells_and_points_are_those_other_work_builds_on(lesson, source):
    """Ids, kinds and points are fixed."""
    cells = by_id(source)
    code = [
        name for name, cell in cells.items() if cell.metadata.nbgrader.solution and not cell.metadata.nbgrader.grade
    ]
    tests = {
        name: cell.metadata.nbgrader.points
        for name, cell in cells.items()
        if cell.metadata.nbgrader.grade and not cell.metadata.nbgrader.solution
    }
    written = {
        name: cell.metadata.nbgrader.points
        for name, cell in cells.items()
        if cell.metadata.nbgrader.solution and cell.metadata.nbgrader.grade
    }
    assert (sorted(code), tests, written) == (
        sorted([*lesson.solutions, *lesson.practice]),
        lesson.tests,
        lesson.written,
    )
    assert sum(tests.values()) + sum(written.values()) == lesson.points


def test_given_code_is_locked_and_tagged(source):
    """Each code cell is either the student's, or locked; setup and demonstrations carry their tag."""
    for cell in source.cells:
        if cell.cell_type != "code":
            continue
        data, tags = cell.metadata.nbgrader, set(cell.metadata.get("tags", ()))
        if data.solution:
            assert not tags
        elif data.grade:
            assert data.locked
            assert tags == {"raises-exception"}  # Run All goes on after a check that fails
        else:
            assert data.locked
            assert len(tags & {"setup", "skip-execution"}) == 1, cell.id


def test_hidden_parts_are_two_lines(lesson, source):
    """The import of the exercise from the module of its name, and its grade."""
    for name in lesson.tests:
        _, hidden = by_id(source)[name].source.split("### BEGIN HIDDEN TESTS\n")
        lines = hidden.removesuffix("### END HIDDEN TESTS").strip().splitlines()
        assert lines[0] == f"from graders.{lesson.name}.{name.removeprefix('test_')} import exercise"
        assert re.fullmatch(r"exercise\.grade\(.+\)", lines[1])
        assert len(lines) == 2


@pytest.mark.parametrize("folder", ["source", "release", "solutions"])
def test_the_notebook_is_alone(lesson, folder):
    """Any other file next to the source notebook would be copied into the release by nbgrader."""
    notebook = lesson.path(folder)
    assert [path.name for path in notebook.parent.iterdir() if path.name != ".ipynb_checkpoints"] == [notebook.name]


def test_the_release_gives_nothing_away(lesson, source):
    """No solution, no hidden test, no answer, no mark scheme, no output."""
    release = read(lesson.path("release"))
    text = json.dumps(release)
    for secret in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN", "graders", "MARK SCHEME", "Mark scheme"):
        assert secret not in text
    for name in (*lesson.solutions, *lesson.practice):
        cell = by_id(source)[name]
        (_, *regions) = cell.source.split("### BEGIN SOLUTION")
        for region in regions:
            lines = [line.strip() for line in region.split("### END SOLUTION")[0].splitlines()]
            for line in lines:
                # Short lines such as "return path" could be anybody's, and one is the stub itself.
                assert (
                    len(line) < 20
                    or line == "raise NotImplementedError()"
                    or json.dumps(line)[1:-1] not in json.dumps(by_id(release)[name].source)
                ), line
    assert '"answers.update' not in text
    assert all(not cell.get("outputs") for cell in release.cells)


def test_the_released_stub_says_not_implemented(lesson):
    """Each exercise ends in NotImplementedError."""
    cells = by_id(read(lesson.path("release")))
    for name in (*lesson.solutions, *lesson.practice):
        assert "raise NotImplementedError()" in cells[name].source


def test_the_released_quiz_is_a_dict_to_fill_in():
    names: dict[str, object] = {}
    exec(by_id(read(PART_5.path("release")))["knowledge_check"].source, names)
    assert names["answers"] == {f"q{n}": "" for n in range(1, 6)}


@pytest.mark.slow
@pytest.mark.xdist_group("generated")
def test_release_and_solutions_are_current(lesson, tmp_path):
    """The commands of nbgrader make the committed files again; `make release` mends them."""
    course = copy_course(tmp_path / "course")
    for command in ("generate_assignment", "generate_solution"):
        done = run("nbgrader", command, lesson.name, "--force", cwd=course)
        assert done.returncode == 0, done.stdout
    release, solution = lesson.path("release"), lesson.path("solutions")
    assert read(course / release.relative_to(ROOT)) == read(release)
    assert without_values(course / solution.relative_to(ROOT)) == without_values(solution)


def without_values(path: Path) -> list[tuple[str, str, list[str]]]:
    """Ids, sources and kinds of outputs; what is in them depends on fonts, and on the start of a perceptron."""
    return [(cell.id, cell.source, kinds(cell.get("outputs", ()))) for cell in read(path).cells]


def kinds(outputs: Sequence[NotebookNode]) -> list[str]:
    """What kinds there are; text that arrived in pieces, as it does under load, counts as one."""
    found: list[str] = []
    for output in outputs:
        kind = output.get("name", output.output_type)
        if output.output_type != "stream" or found[-1:] != [kind]:
            found.append(kind)
    return found


def test_text_in_pieces_counts_as_one():
    """But two pictures are two, and so is text on both sides of one."""
    streams = [
        nbformat.v4.new_output("stream", name=name, text="x") for name in ("stdout", "stdout", "stderr", "stdout")
    ]
    picture = nbformat.v4.new_output("display_data")
    assert kinds(streams) == ["stdout", "stderr", "stdout"]
    assert kinds([streams[0], picture, picture, streams[1]]) == ["stdout", "display_data", "display_data", "stdout"]


@pytest.mark.slow
@pytest.mark.xdist_group("generated")
def test_every_cell_of_the_solution_runs_without_a_warning(lesson, tmp_path, monkeypatch, own_sockets):
    """Demonstrations and the slider included: nothing on stderr, no error, a picture where one is promised."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = read(lesson.path("source"))
    notebook.cells.insert(0, nbformat.v4.new_code_cell("import warnings\nwarnings.simplefilter('error')"))
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=120, skip_cells_with_tag="", resources=resources, config=own_sockets).execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", (cell.id, output.text)
        if cell.get("id", "").endswith("-picture"):
            assert any("image/png" in output.get("data", {}) for output in cell.outputs), cell.id


@pytest.mark.slow
def test_validate_fails_on_the_release_and_passes_on_the_solution(lesson, tmp_path):
    """As a student and an instructor would run it."""
    course = copy_course(tmp_path / "course")
    released = run("nbgrader", "validate", str(lesson.path("release")), cwd=course)
    graded = len(lesson.tests) + len(lesson.written)
    assert f"VALIDATION FAILED ON {graded} CELL(S)" in released.stdout
    assert f"✗ {next(iter(lesson.tests))}: not written yet" in released.stdout
    solved = run("nbgrader", "validate", str(lesson.path("solutions")), cwd=course)
    assert "Success! Your notebook passes all the tests." in solved.stdout, solved.stdout


@pytest.mark.slow
def test_run_all_of_the_release_reaches_its_end(lesson, tmp_path, monkeypatch, own_sockets):
    """An open check is one sentence, a picture says what it waits for, progress is shown; other errors stay long."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    notebook = read(lesson.path("release"))
    mine = nbformat.v4.new_code_cell("assert 1 == 2, 'mine'", id="mine", metadata={"tags": ["raises-exception"]})
    notebook.cells.append(mine)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=120, skip_cells_with_tag="", resources=resources, config=own_sockets).execute()
    shown = {
        cell.id: output.traceback
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    }
    assert "----> 1 assert" in re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(shown.pop("mine")))
    assert {cell: len(lines) for cell, lines in shown.items()} == dict.fromkeys(lesson.tests, 1)
    first = next(iter(lesson.tests))
    assert shown[first] == [f"✗ {first}: not written yet"]
    assert "0 of" in by_id(notebook)["progress"].outputs[0].data["text/html"]
