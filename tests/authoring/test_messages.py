"""What is wrong with a course is told by its cause, and asking for results writes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import run


@pytest.fixture(scope="module")
def ungraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new course."""
    folder = tmp_path_factory.mktemp("messages") / "course"
    assert run("fairgrade", "init", str(folder), cwd=folder.parent).returncode == 0
    return folder


@pytest.mark.parametrize("command", [("export", "--to", "csv"), ("report",)], ids=["export", "report"])
@pytest.mark.parametrize(
    ("assignment", "says"), [("firts_steps", "Assignments here: first_steps"), ("first_steps", "fairgrade autograde")]
)
def test_before_grading_no_gradebook_is_made(
    ungraded: Path, command: tuple[str, ...], assignment: str, says: str
) -> None:
    done = run("fairgrade", command[0], assignment, *command[1:], cwd=ungraded)
    assert done.returncode == 2
    assert says in done.stdout
    assert not (ungraded / "gradebook.db").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [("c.X = undefined_name", "NameError: name 'undefined_name'"), ("c.X = (", "SyntaxError: '(' was never closed")],
)
def test_a_configuration_that_fails_is_told_with_its_line(ungraded: Path, text: str, says: str) -> None:
    config = ungraded / "nbgrader_config.py"
    kept = config.read_text()
    try:
        config.write_text(f"{kept}{text}\n")
        line = len(kept.splitlines()) + 1
        done = run("fairgrade", "check", "first_steps", cwd=ungraded)
    finally:
        config.write_text(kept)
    assert done.returncode == 2
    assert f"nbgrader_config.py:{line}: expected a configuration that can be loaded, got {says}" in done.stdout
    assert "Traceback" not in done.stdout
