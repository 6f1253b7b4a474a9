"""What all tests share: the course, its exercises, and nbgrader run in a copy of the course."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest
from traitlets.config import Config

from fairgrade.course import Course
from fairgrade.grading import Exercise

ROOT = Path(__file__).resolve().parents[1]
ASSIGNMENT = "part5_training"

Run = Callable[..., subprocess.CompletedProcess[str]]

# How long an example takes depends on what else the machine does.
hypothesis.settings.register_profile("no clock", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("no clock")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no core waits at the end for another: groups, then what is slow."""
    items.sort(key=lambda item: (not item.get_closest_marker("xdist_group"), not item.get_closest_marker("slow")))


@pytest.fixture(scope="session")
def course() -> Course:
    """The course of this repository."""
    return Course.at(ROOT)


@pytest.fixture(scope="session")
def exercises(course: Course) -> dict[str, Exercise]:
    """The exercises of Part 5 by name."""
    return {exercise.name: exercise for exercise in course.exercises(ASSIGNMENT)}


@contextmanager
def graders_apart() -> Iterator[None]:
    """For a course made by a test and read in this process: its package `graders`, which another course has, too."""

    def forget() -> dict[str, ModuleType]:
        names = [name for name in sys.modules if name.partition(".")[0] == "graders"]
        return {name: sys.modules.pop(name) for name in names}

    others, path = forget(), [*sys.path]
    try:
        yield
    finally:
        forget()
        sys.modules.update(others)
        sys.path[:] = path


@pytest.fixture
def own_graders() -> Iterator[None]:
    """See :func:`graders_apart`."""
    with graders_apart():
        yield


@pytest.fixture
def own_sockets(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """For a kernel of Jupyter: sockets that are files, since it picks ports without holding them till it starts."""
    path = str(tmp_path_factory.mktemp("kernel") / "socket")
    return Config({"ConnectionFileMixin": {"transport": "ipc", "ip": path}})


def environment() -> dict[str, str]:
    """The environment of a user who has activated the virtual environment, where commands start as tests need it."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    startup = str(ROOT / "tests" / "startup")
    return {**os.environ, "PATH": path, "COLUMNS": "140", "PYTHONPATH": startup, "JUPYTER_CONFIG_PATH": startup}


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command the way a user would; output and errors together."""
    return subprocess.run(
        command, cwd=cwd, env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )


@contextmanager
def started(*command: str, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """A command at work, whose lines can be read as they come; output and errors together."""
    # Tests that run in the background ignore Ctrl-C, and so would what they start.
    process = subprocess.Popen(
        ["env", "--default-signal=INT", *command], cwd=cwd, env=environment() | {"PYTHONUNBUFFERED": "1"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def copy_course(folder: Path) -> Path:
    """Copy what an instructor's clone holds of the course to `folder`."""
    folder.mkdir()
    for name in ("source", "graders"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder
