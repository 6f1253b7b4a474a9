"""IsolatedExecute: which cell runs where, and what a test cell ends with."""

from __future__ import annotations

import copy
import os
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from traitlets.config import Config

from fairgrade.grading import InfraError
from fairgrade.intake.extra_files import write_files
from fairgrade.isolation.sandbox.bubblewrap import Bubblewrap
from fairgrade.isolation.sandbox.fallbacks import Landlock
from fairgrade.nbgrader.isolated_execute import IsolatedExecute, files_within, submitted_files
from tests.notebooks import cell, execute, grades, hidden, notebook_of


@pytest.mark.parametrize(
    ("test", "earned"),
    [
        ("assert f() == 1", 4.0),
        ("assert f() == 2", 0.0),
        ("f()", 1.0),
        ("2.5", 2.5),
        ("import numpy as np\nnp.float64(0.5)", 0.5),
        ("import numpy as np\nnp.float64(0.5);", 4.0),
        ("float('nan')", 0.0),
        ("-7", 0.0),
        ("1e9", 0.0),
        ("True", 4.0),
        ("'text'", 4.0),
        ("print(3)", 4.0),
        ("import warnings\nwarnings.warn('careful')", 4.0),
        ("import sys\nsys.exit(0)", 0.0),
        ("def (", 0.0),
        ("nothing", 0.0),
    ],
)
def test_a_test_ends_with_one_decisive_output(tmp_path: Path, test: str, earned: float) -> None:
    executed = execute(tmp_path, notebook_of(cell("solution", "def f(): return 1"), cell("test", test, 4)))
    outputs = executed.cells[1].outputs
    assert grades(executed) == [earned]
    assert outputs[-1].output_type in ("execute_result", "error")
    assert [o for o in outputs[:-1] if o.output_type != "stream" or o.name != "stdout"] == []


def test_a_failed_test_quotes_no_hidden_line(tmp_path: Path) -> None:
    test = "x = 1\n" + hidden("assert x == 2  # the secret")
    executed = execute(tmp_path, notebook_of(cell("test", test, 1), cell("test", "assert 1 == 2  # shown", 1)))
    assert "secret" not in str(executed.cells[0].outputs)
    assert "----> 1 assert 1 == 2  # shown" in executed.cells[1].outputs[0].traceback


def test_only_the_source_says_what_is_skipped_and_what_is_setup(tmp_path: Path) -> None:
    source = notebook_of(
        cell("given", "limit = 3", tags=("setup",)),
        cell("given", "demo = 1", tags=("skip-execution",)),
        cell("solution", "x = 1"),
        cell("test", "assert 'demo' not in globals() and limit == 3 and x == 1", 1),
    )
    submitted = copy.deepcopy(source)
    submitted.cells[1].metadata["tags"] = []
    submitted.cells[2].metadata["tags"] = ["skip-execution", "setup"]
    submitted.cells[3].metadata["tags"] = ["skip-execution"]
    submitted.cells[2].source = "x = 1\nlimit = 99"
    assert grades(execute(tmp_path, source, submitted)) == [1.0]


def test_a_test_cell_gets_its_own_text_and_points_again(tmp_path: Path) -> None:
    source = notebook_of(cell("solution", "x = 1"), cell("test", "assert x == 1", 2))
    submitted = copy.deepcopy(source)
    submitted.cells[0].source = "x = 2"
    submitted.cells[1].source = "100"
    submitted.cells[1].metadata["nbgrader"]["points"] = 100
    executed = execute(tmp_path, source, submitted)
    assert executed.cells[1].source == "assert x == 1"
    assert executed.cells[1].metadata["nbgrader"]["points"] == 2
    assert grades(executed) == [0.0]


def test_a_second_cell_of_the_same_name_counts_for_nothing(tmp_path: Path) -> None:
    source = notebook_of(cell("solution", "x = 1"), cell("test", "assert x == 1", 2, grade_id="t"))
    submitted = copy.deepcopy(source)
    submitted.cells[0].source = "x = 2"
    twin = copy.deepcopy(submitted.cells[1])
    twin.id, twin.source = "twin", "pass"
    for position in (0, 2):
        forged = copy.deepcopy(submitted)
        forged.cells.insert(position, twin)
        executed = execute(tmp_path, source, forged)
        assert grades(executed) == [0.0]


def test_an_old_course_without_tags_finds_what_its_own_cells_define(tmp_path: Path) -> None:
    source = notebook_of(
        cell("plain", "# Old", markdown=True),
        cell("plain", "import math\nfrom statistics import mean\ndata = [1, 2, 3]\ndef helper(x):\n    return x + 1"),
        cell("solution", "def f(x): return x + 1"),
        cell("test", "assert f(1) == helper(1) == 2 and mean(data) == 2 and math.pi > 3", 3),
    )
    assert grades(execute(tmp_path, source)) == [3.0]


@pytest.mark.parametrize("by", ["tag", "setting"])
def test_a_test_can_run_in_the_sandbox(tmp_path: Path, by: str) -> None:
    tags = ("in-sandbox",) if by == "tag" else ()
    source = notebook_of(
        cell("solution", "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.set_title('T')"),
        cell("test", "assert ax.get_title() == 'T' and 'set_title' in In[-2]", 2, tags=tags),
        cell("test", "assert ax.get_title() == 'other'", 2, tags=tags),
        cell("test", "1.5 if ax else 0", 2, tags=tags),
        cell("test", "import os\nos._exit(0)", 2, tags=tags),
    )
    config = {"IsolatedExecute": {"tests": "in-sandbox"}} if by == "setting" else {}
    assert grades(execute(tmp_path, source, None, **config)) == [2.0, 0.0, 1.5, 0.0]


def test_without_its_source_nothing_is_graded(tmp_path: Path) -> None:
    engine = IsolatedExecute(config=Config({"CourseDirectory": {"root": str(tmp_path)}}))
    with pytest.raises(InfraError, match="which says which cells are tests"):
        engine.preprocess(notebook_of(), {"nbgrader": {"assignment": "ps", "student": "a", "notebook": "nb"}})


def test_a_broken_setup_cell_is_a_fault_of_ours(tmp_path: Path) -> None:
    source = notebook_of(cell("given", "1 / 0", tags=("setup",)), cell("test", "pass", 1))
    with pytest.raises(InfraError, match=r"Setup cell .* broke: ZeroDivisionError"):
        execute(tmp_path, source)


def test_an_infra_error_of_a_test_passes(tmp_path: Path) -> None:
    test = "from fairgrade.grading import InfraError\nraise InfraError('the data set is gone')"
    with pytest.raises(InfraError, match="the data set is gone"):
        execute(tmp_path, notebook_of(cell("test", test, 1)))


@pytest.mark.parametrize("module", ["missing", "broken"])
def test_a_grader_that_cannot_be_imported_is_no_fault_of_the_students(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "broken_grader.py").write_text("1 / 0")
    with pytest.raises(InfraError, match=r"expected its imports to work, got (ModuleNotFound|ZeroDivision)Error"):
        execute(tmp_path, notebook_of(cell("test", f"from {module}_grader import grade", 2)))


def test_an_import_of_the_students_that_fails_is_a_failed_test(tmp_path: Path) -> None:
    solution = cell("solution", "def double(x):\n    import nothing_of_that_name")
    graded = execute(tmp_path, notebook_of(solution, cell("test", "assert double(2) == 4", 2)))
    assert grades(graded) == [0]


def test_which_sandbox_it_was_is_recorded(tmp_path: Path) -> None:
    source = notebook_of(cell("test", "pass", 1))
    executed = execute(tmp_path, source, None, Isolation={"backend": "none"})
    assert executed.metadata["fairgrade"] == {"sandbox": "none"}


def test_without_a_sandbox_it_refuses_and_says_what_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(Landlock, "lacks", lambda self: "it needs Linux 6.2 or newer")
    source = notebook_of(cell("test", "pass", 1))
    with pytest.raises(InfraError) as refused:
        # A setting of its own, so that no running zygote is taken.
        execute(tmp_path, source, None, Isolation={"open_files": 255})
    assert "nothing is graded" in str(refused.value)
    assert "sudo apt-get install bubblewrap" in str(refused.value)
    assert Bubblewrap().remedy().endswith("sudo apt-get install bubblewrap")


def test_only_plain_files_beside_the_notebook_are_taken(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.csv").write_bytes(b"1")
    (tmp_path / "big").write_bytes(b"x" * 100)
    (tmp_path / "other.ipynb").write_bytes(b"{}")
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")
    assert submitted_files(tmp_path, 50) == {"data/x.csv": b"1"}


def test_files_in_memory_are_limited_as_files_in_a_folder_are(tmp_path: Path) -> None:
    """Both commands give a submission the same files, also where they are more than it may have."""
    files = {
        "b/y.csv": b"123", "a.txt": b"12345", "z.txt": b"1", "b/a/x.csv": b"12", "a/w.csv": b"1234", "b.txt/c": b"1",
        "other.ipynb": b"{}", ".ipynb_checkpoints/old.py": b"1",
    }  # fmt: skip
    write_files(files, tmp_path)
    for most_bytes in range(20):
        assert files_within(files, most_bytes) == submitted_files(tmp_path, most_bytes)
    assert list(files_within(files, 7)) == ["a.txt", "z.txt", "b.txt/c"]


def test_what_a_test_sets_is_nothing_to_the_next_notebook(tmp_path: Path) -> None:
    """Print options, error state, environment, arguments and filters of warnings are as they were."""
    test = (
        "import io, os, sys, warnings\nimport numpy as np\nfrom contextlib import redirect_stdout\n"
        "np.set_printoptions(precision=2)\nnp.seterr(all='raise')\nos.environ['LEFT'] = '1'\nsys.argv = ['p']\n"
        "warnings.simplefilter('error')\nout = io.StringIO()\n"
        "with redirect_stdout(out):\n    show(np.array([1.23456]))\n"
        "assert out.getvalue() == '[1.23]\\n', out.getvalue()"
    )
    source = notebook_of(
        cell("solution", "def show(x): print(x)"),
        cell("test", test, 1),
    )
    before = np.get_printoptions(), np.geterr(), dict(os.environ), list(sys.argv), warnings.filters[:]
    assert [grades(execute(tmp_path, source)) for _ in range(2)] == [[1.0], [1.0]]
    after = np.get_printoptions(), np.geterr(), dict(os.environ), list(sys.argv), warnings.filters[:]
    assert after == before
