"""Every attack, through the real ``nbgrader autograde``, in both sandboxes.

An attack is a file in ``cases/``. Its docstring says what it tries; it has

``SQUARE``
    what it submits in place of the exercise ``square``;
``EARNS``
    the points it rightly gets, by test cell; none for ``square`` and all for ``triple`` if not given,
    which shows that a killed cell costs only itself;
``edit(notebook)``
    changes the submitted notebook in place; ``FILES`` and ``LINKS`` lie beside it;
``CAUSE``
    a text that some output must hold: what it is refused for, so that it is not refused for something else;
``FORBIDDEN``
    texts that no output may hold, besides the canaries;
``KNOWN_LIMIT_OF``
    the sandbox that can't stop it; see docs/SECURITY.md.

All attacks of a sandbox are graded in one run, an honest submission before, between and after them.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import pkgutil
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest

from fairgrade.isolation.sandbox.start import BACKENDS
from tests.attacks import cases
from tests.attacks.target import CANARIES, HONEST, POINTS, Course, Graded
from tests.notebooks import filled_in

_ALL = [importlib.import_module(f"tests.attacks.cases.{info.name}") for info in pkgutil.iter_modules(cases.__path__)]
CASES: dict[str, ModuleType] = {case.__name__.rpartition(".")[2]: case for case in _ALL}
SANDBOXES = ["bubblewrap", "landlock"]
HONEST_STUDENTS = ("a_first", "m_middle", "z_last")

pytestmark = pytest.mark.slow


@dataclass
class Outcome:
    """What a run over all attacks left behind."""

    graded: dict[str, Graded]
    course: Course
    log: str
    files_before: dict[str, str]


def _hashes(root: Path) -> dict[str, str]:
    """The content of all that grading must not change."""
    found = {}
    for part in ("source", "release", "submitted", "nbgrader_config.py"):
        for path in sorted([root / part] if (root / part).is_file() else (root / part).rglob("*")):
            if path.is_file() and not path.is_symlink():
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


# One worker for each sandbox, so that its run over all attacks is made once.
@pytest.fixture(scope="module", params=[pytest.param(b, marks=pytest.mark.xdist_group(b)) for b in SANDBOXES])
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    backend = request.param
    if reason := BACKENDS[backend]().lacks():
        pytest.skip(f"{backend}: {reason}")
    scratch = Path(tempfile.mkdtemp(prefix="attacks-"))
    scratch.chmod(0o755)  # a folder for temporary files as others are; pytest's own are one user's alone
    course = Course(tmp_path_factory.mktemp(backend), scratch, backend)
    for student in HONEST_STUDENTS:
        course.submit(student, filled_in(course.released(), HONEST))
    rival = filled_in(course.released(), HONEST)
    rival.cells[2].source += f"  # {CANARIES['submission']}"
    course.submit("rival", rival)
    for name, case in CASES.items():
        notebook = filled_in(course.released(), HONEST | ({"square": case.SQUARE} if hasattr(case, "SQUARE") else {}))
        if hasattr(case, "edit"):
            case.edit(notebook)
        course.submit(name, notebook, getattr(case, "FILES", None), getattr(case, "LINKS", None))
    before = _hashes(course.root)
    run = course.run("autograde", "target")
    (course.root.parent / "log.txt").write_text(run.stdout + run.stderr)
    yield Outcome(course.graded(), course, run.stdout + run.stderr, before)
    shutil.rmtree(scratch)


def _outputs(graded: Graded) -> str:
    assert graded.notebook is not None
    shown: list[Any] = []
    for cell in graded.notebook.cells:
        shown += cell.get("outputs", [])
    return str(shown)


@pytest.mark.parametrize("name", sorted(CASES))
def test_attack(outcome: Outcome, name: str, request: pytest.FixtureRequest) -> None:
    case = CASES[name]
    backend = request.node.callspec.params["outcome"]
    if getattr(case, "KNOWN_LIMIT_OF", None) == backend:
        request.applymarker(pytest.mark.xfail(reason="a known limit, stated in docs/SECURITY.md", strict=True))
    graded = outcome.graded[name]
    assert graded.notebook is not None, "the submission was lost"
    earns = getattr(case, "EARNS", {"test_square": 0.0, "test_triple": POINTS["test_triple"]})
    assert graded.scores == earns
    outputs = _outputs(graded)
    assert [text for text in (*CANARIES.values(), *getattr(case, "FORBIDDEN", ())) if text in outputs] == []
    assert getattr(case, "CAUSE", "") in outputs
    nbformat.validate(graded.notebook)
    for cell in graded.notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            assert cell.outputs[-1].output_type in ("execute_result", "error"), "no decisive output"


@pytest.mark.parametrize("student", [*HONEST_STUDENTS, "rival"])
def test_honest_work_beside_attacks_is_graded_as_ever(outcome: Outcome, student: str) -> None:
    assert outcome.graded[student].scores == POINTS


def test_nothing_of_the_course_was_changed(outcome: Outcome) -> None:
    assert _hashes(outcome.course.root) == outcome.files_before


def test_nothing_is_left_behind(outcome: Outcome) -> None:
    assert sorted(path.name for path in outcome.course.scratch.iterdir()) == []
    assert _processes_of(str(outcome.course.root)) == []
    assert "fairgrade" not in Path("/proc/self/mountinfo").read_text()


def test_what_takes_too_long_is_ended_by_a_limit_of_the_configuration(outcome: Outcome) -> None:
    """So that no submission takes more than its notebook may; benchmarks/hostile.py says what attacks take."""
    ended: dict[str, set[str]] = {}
    for student, graded in outcome.graded.items():
        for cell in graded.notebook.cells if graded.notebook is not None else ():
            for shown in cell.get("outputs", []):
                if shown.get("ename") == "TimeLimit":
                    ended.setdefault(shown.evalue, set()).add(student)
    assert set(ended) <= {
        "stopped after 1 s", "stopped after 2 s", "stopped after 8 s for the whole notebook",
        "stopped at the end of the 2 s for the whole test", "not run: the notebook has used up its 8 s",
    }  # fmt: skip
    assert ended["stopped after 1 s"] >= {"endless_loop_in_call", "half_a_frame"}
    assert ended["stopped after 2 s"] >= {"sleeps", "swallows_the_timeout"}


def _processes_of(root: str) -> list[int]:
    """Processes whose environment or working directory belongs to this run."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if root.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found
