"""The lines for nbgrader_config.py: which are needed, what they must not replace, and adding them once."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import nbformat
import pytest

from fairgrade.adoption.config_lines import ConfigAddition, add_lines, addition_for
from fairgrade.autograde.bundle import configuration_of
from fairgrade.course import CONFIG, Course, CourseError
from tests.conftest import run
from tests.notebooks import cell, notebook_of

LINES = (
    "from fairgrade.nbgrader import configure",
    "",
    "configure(c, __file__)",
    'c.IsolatedExecute.tests = "auto"',
)
STOCK = 'c = get_config()\nc.CourseDirectory.course_id = "stats"\n'


@pytest.fixture(autouse=True)
def kept_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """``configure`` adds the course to the paths of this process."""
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.syspath_prepend("")


def course_with(folder: Path, config: str | None) -> Course:
    (folder / "source").mkdir()
    if config is not None:
        (folder / CONFIG).write_text(config)
    return Course(folder)


def addition(course: Course) -> ConfigAddition:
    return addition_for(course, configuration_of(course)[0])


@pytest.mark.parametrize(
    ("config", "lines"),
    [
        (None, (*LINES[:2], "c = get_config()", *LINES[2:])),
        ("x = get_config()\n", (*LINES[:2], "c = get_config()", *LINES[2:])),
        (STOCK, LINES),
        (f"{STOCK}c.Execute.timeout = 20\n", LINES),
        (
            f"{STOCK}c.ExecutePreprocessor.timeout = 90\n",
            (*LINES, *(f"c.Isolation.{name} = {value}" for name, value in (
                ("cell_timeout_s", 90), ("call_timeout_s", 90), ("notebook_timeout_s", 450),
            ))),
        ),
        (f"{STOCK}c.Execute.timeout = 90\nc.Isolation.cell_timeout_s = 60\n", LINES),
        (f"{STOCK}from fairgrade.nbgrader import configure\nconfigure(c, __file__)\n", LINES[-1:]),
        (f"{STOCK}c.IsolatedExecute.tests = 'in-sandbox'\n", LINES[:-1]),
        ("\n".join([STOCK, *LINES]), ()),
    ],
    ids=["no file", "another name", "stock", "short limit", "long limit", "own limit", "half", "own choice", "whole"],
)  # fmt: skip
def test_the_lines_are_those_that_lack(tmp_path: Path, config: str | None, lines: tuple[str, ...]):
    found = addition(course_with(tmp_path, config))
    assert found.lines == lines
    assert found.conflicts == ()
    assert found.config.IsolatedExecute.tests == ("in-sandbox" if "in-sandbox" in (config or "") else "auto")


def test_a_setting_that_would_be_replaced_is_named_with_its_line(tmp_path: Path):
    course = course_with(tmp_path, f"{STOCK}c.Autograde.sanitize_preprocessors = ['mine.Clean']\n")
    assert addition(course).conflicts == (
        "nbgrader_config.py:3 sets c.Autograde.sanitize_preprocessors, which fairgrade sets as well",
    )
    with pytest.raises(CourseError, match=r"nbgrader_config.py:3 sets .*\nDelete these lines"):
        add_lines(course, addition(course))
    assert "configure" not in (tmp_path / CONFIG).read_text()


def test_the_courses_own_folder_is_no_conflict(tmp_path: Path):
    assert addition(course_with(tmp_path, f"{STOCK}c.CourseDirectory.root = {str(tmp_path)!r}\n")).conflicts == ()


@pytest.mark.parametrize(
    "config", [None, STOCK, STOCK.rstrip("\n"), STOCK.replace("\n", "\r\n"), "cfg = get_config()\n"]
)
def test_lines_are_added_at_the_end_and_once(tmp_path: Path, config: str | None):
    course = course_with(tmp_path, None)
    path = tmp_path / CONFIG
    if config is not None:
        path.write_bytes(config.encode())
        path.chmod(0o640)
    difference = add_lines(course, addition(course))
    added = path.read_bytes()
    assert added.startswith((config or "").encode())
    assert all(f"+{line}" in difference for line in LINES)
    assert not [line for line in difference.splitlines()[2:] if line.startswith("-")]
    assert (b"\r\n" in added) == (added.count(b"\r\n") == added.count(b"\n"))
    assert config is None or stat.S_IMODE(path.stat().st_mode) == 0o640
    assert addition(course).lines == ()
    assert sorted(found.name for found in tmp_path.iterdir()) == [CONFIG, "source"]


def test_a_file_that_other_courses_share_is_left_alone(tmp_path: Path):
    shared = tmp_path / "shared.py"
    shared.write_text(STOCK)
    folder = tmp_path / "course"
    folder.mkdir()
    course = course_with(folder, None)
    (folder / CONFIG).symlink_to(shared)
    with pytest.raises(CourseError, match=r"got a link to .*shared\.py, which other courses may use"):
        add_lines(course, addition(course))
    assert shared.read_text() == STOCK


def test_a_json_file_that_would_override_the_lines_is_named(tmp_path: Path):
    course = course_with(tmp_path, STOCK)
    (tmp_path / "nbgrader_config.json").write_text('{"CourseDirectory": {"course_id": "other"}}')
    with pytest.raises(CourseError, match=r"nbgrader_config\.json: expected no settings that override"):
        add_lines(course, addition(course))
    assert (tmp_path / CONFIG).read_text() == STOCK


def test_another_encoding_is_left_alone(tmp_path: Path):
    course = course_with(tmp_path, STOCK)
    wanted = addition(course)
    content = f"# coding: latin-1\n# gr\xfcn\n{STOCK}".encode("latin-1")
    (tmp_path / CONFIG).write_bytes(content)
    with pytest.raises(CourseError, match="expected Python in UTF-8"):
        add_lines(course, wanted)
    assert (tmp_path / CONFIG).read_bytes() == content


@pytest.mark.parametrize("config", [f"{STOCK}raise SystemExit\n", f"{STOCK}c = None\n"])
def test_lines_that_do_not_count_are_taken_back(tmp_path: Path, config: str):
    course = course_with(tmp_path, STOCK)
    wanted = addition(course)
    (tmp_path / CONFIG).write_text(config)
    with pytest.raises((CourseError, SystemExit)):
        add_lines(course, wanted)
    assert (tmp_path / CONFIG).read_text() == config


@pytest.mark.slow
def test_the_command_adds_them_only_when_told(tmp_path: Path):
    """An assignment without tests is the quickest there is."""
    course = course_with(tmp_path, STOCK)
    (tmp_path / "source" / "ps1").mkdir()
    nbformat.write(
        notebook_of(cell("solution", "", 1, grade_id="why", markdown=True)), tmp_path / "source" / "ps1" / "ps1.ipynb"
    )
    done = run("fairgrade", "adopt", "--apply", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "ps1 works untouched: no tests, all of it is graded by hand" in done.stdout
    assert "+configure(c, __file__)" in done.stdout
    assert addition(course).lines == ()


@pytest.mark.slow
def test_nothing_is_added_where_nothing_works(tmp_path: Path):
    course = course_with(tmp_path, STOCK)
    (tmp_path / "source" / "ps1").mkdir()
    (tmp_path / "source" / "ps1" / "ps1.ipynb").write_text("no notebook")
    done = run("fairgrade", "adopt", "--apply", cwd=tmp_path)
    assert done.returncode == 1, done.stdout
    assert "Nothing is added, since no assignment works yet." in done.stdout
    assert (course.root / CONFIG).read_text() == STOCK
