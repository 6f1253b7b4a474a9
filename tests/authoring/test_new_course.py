"""A new course works at once, from its first release to feedback."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from fairgrade.authoring.new_course import PLACEHOLDER
from tests.conftest import run


@pytest.fixture(scope="module")
def new_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that was just started."""
    folder = tmp_path_factory.mktemp("new") / "statistics"
    done = run("fairgrade", "init", str(folder), cwd=folder.parent)
    assert done.returncode == 0, done.stdout
    assert "fairgrade check first_steps" in done.stdout
    return folder


@pytest.mark.slow
def test_its_commands_run_in_the_order_in_which_they_are_named(new_course: Path) -> None:
    """Release, grade, feedback and export; right and wrong submissions get what they deserve."""
    for command in (
        ("nbgrader", "generate_assignment", "first_steps"),
        ("fairgrade", "autograde", "first_steps"),
        ("nbgrader", "generate_feedback", "first_steps"),
        ("nbgrader", "export"),
    ):
        done = run(*command, cwd=new_course)
        assert done.returncode == 0, done.stdout
    with Gradebook(f"sqlite:///{new_course}/gradebook.db") as gradebook:
        points = {s.student_id: s.score for s in gradebook.assignment_submissions("first_steps")}
    assert set(points) == {f"s{number:03}" for number in range(1, 7)}
    assert points["s006"] == 0
    assert 0 < min(points[f"s00{n}"] for n in (1, 2, 3, 4)) < max(points.values()) == 7
    released = (new_course / "release" / "first_steps" / "first_steps.ipynb").read_text()
    assert [word for word in ("HIDDEN", "ddof", "MARK SCHEME") if word in released] == []


def test_its_configuration_is_five_lines(new_course: Path) -> None:
    lines = (new_course / "nbgrader_config.py").read_text().splitlines()
    assert len([line for line in lines if line and not line.startswith('"""')]) <= 5


def test_a_folder_that_is_not_empty_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    done = run("fairgrade", "init", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 2
    assert "expected an empty folder or none" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_demonstration_finds_the_course_that_it_wrote(tmp_path: Path) -> None:
    """Outside of a course one is written, once; within a course it is that course."""
    find = (
        "from fairgrade.authoring.new_course import *; c = course_to_demonstrate(None); print(c.root, *c.assignments())"
    )
    expected = f"{tmp_path}/fairgrade_demo first_steps\n"
    assert run(sys.executable, "-c", find, cwd=tmp_path).stdout == expected
    (tmp_path / "fairgrade_demo" / "roster.csv").write_text("mine")
    assert run(sys.executable, "-c", find, cwd=tmp_path).stdout == expected
    assert run(sys.executable, "-c", find, cwd=tmp_path / "fairgrade_demo" / "source").stdout == expected
    assert (tmp_path / "fairgrade_demo" / "roster.csv").read_text() == "mine"


def test_its_repository_stands_in_the_links_of_source_and_submissions(tmp_path: Path) -> None:
    done = run("fairgrade", "init", "course", "--repository", "lecturer/statistics", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    for notebook in (tmp_path / "course").rglob("*.ipynb"):
        text = notebook.read_text()
        assert "github/lecturer/statistics/blob/main/release/first_steps" in text
        assert PLACEHOLDER not in text


def test_a_repository_of_another_form_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    done = run("fairgrade", "init", str(tmp_path / "course"), "--repository", "https://x.org/a/b", cwd=tmp_path)
    assert done.returncode == 2
    assert "expected ACCOUNT/NAME, as on GitHub" in " ".join(done.stdout.split())
    assert not (tmp_path / "course").exists()
