"""The pure part: what grading a submission takes, and what it gives."""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import sys
from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from fairgrade.autograde.bundle import AssignmentBundle, SubmissionBundle, files_for, read_assignment, read_submission
from fairgrade.autograde.pool import ForkServer, Pool
from fairgrade.autograde.result import CantGrade
from fairgrade.nbgrader.autoscores import SaveAutoScores
from fairgrade.nbgrader.isolated_execute import IsolatedExecute
from tests.autograde.classes import ASSIGNMENT, GRADERS, RIGHT, fork_servers, grading_processes, hand_in


def bundle_and_work(course: Path, secret: str = "", **limits: float) -> tuple[AssignmentBundle, SubmissionBundle]:
    """The assignment, and the submission of s001."""
    config = Config({"Autograde": {"autograde_preprocessors": [IsolatedExecute, SaveAutoScores]}})
    config.Isolation.update(limits)
    directory = CourseDirectory(root=str(course), config=config)
    bundle = read_assignment(directory, course / "graders", ASSIGNMENT, config, secret)
    return bundle, read_submission(course / "submitted" / "s001" / ASSIGNMENT, "s001", bundle, directory)


def test_bytes_are_all_it_takes(small_course: Path):
    """The course is gone, and two processes come to the same notebook, scores, comments and files."""
    hand_in(small_course, "s001", at="2030-01-15 11:00:00 UTC")
    bundle, work = bundle_and_work(small_course)
    shutil.rmtree(small_course)
    results = []
    for _ in range(2):
        with contextlib.closing(Pool()) as pool:
            results.append(pool.grade(pickle.dumps(bundle), bundle.key, pickle.dumps(work), 60.0))
    first, second = (result.notebooks[0] for result in results)
    assert first.text == second.text
    assert first.autoscores.scores == {"test_double": 3.0, "test_half": 2.0, "why": None}
    assert first.autoscores.comments == {"double": None, "why": None}
    assert files_for(bundle, work) == {"timestamp.txt": b"2030-01-15 11:00:00 UTC\n", "data.csv": b"1,2\n"}


def test_a_key_follows_all_that_decides(small_course: Path):
    """The work, its time, a grader, the source, a limit, the secret: each alone gives another key."""
    notebook = hand_in(small_course, "s001")
    keys = [bundle_and_work(small_course)[1].key]
    assert bundle_and_work(small_course)[1].key == keys[0]
    keys.append(bundle_and_work(small_course, secret="salt")[1].key)
    keys.append(bundle_and_work(small_course, cell_timeout_s=3.0)[1].key)
    hand_in(small_course, "s001", RIGHT + "\n")
    keys.append(bundle_and_work(small_course)[1].key)
    notebook.with_name("timestamp.txt").write_text("2030-01-15 11:00:00 UTC")
    keys.append(bundle_and_work(small_course)[1].key)
    (small_course / "graders" / ASSIGNMENT / "more.py").touch()
    keys.append(bundle_and_work(small_course)[1].key)
    (small_course / "source" / ASSIGNMENT / "data.csv").write_text("1,3\n")
    keys.append(bundle_and_work(small_course)[1].key)
    assert len(set(keys)) == len(keys)


def test_graders_that_cannot_be_imported_stop_everything(small_course: Path):
    """Nobody loses points for them."""
    hand_in(small_course, "s001")
    (small_course / "graders" / ASSIGNMENT / "__init__.py").write_text(GRADERS + "\nimport no_such_module\n")
    bundle, work = bundle_and_work(small_course)
    why = "expected a package that can be imported, got ModuleNotFoundError"
    with contextlib.closing(Pool()) as pool, pytest.raises(CantGrade, match=why):
        pool.grade(pickle.dumps(bundle), bundle.key, pickle.dumps(work), 60.0)
    assert f"graders.{ASSIGNMENT}" not in sys.modules


def test_a_server_started_ahead_is_used(small_course: Path):
    """Its fork grades the first submission, so no other has to be started; both end with it."""
    hand_in(small_course, "s001")
    bundle, work = bundle_and_work(small_course)
    with contextlib.closing(ForkServer()) as server:
        pool = Pool(server)
        while not (ahead := fork_servers(os.getpid())):
            pass  # a process has its command line a moment after it is there
        result = pool.grade(pickle.dumps(bundle), bundle.key, pickle.dumps(work), 60.0)
        assert fork_servers(os.getpid()) == ahead
        assert len(grading_processes(os.getpid())) == 1
    assert result.notebooks[0].autoscores.scores["test_double"] == 3
    assert fork_servers(os.getpid()) == []
