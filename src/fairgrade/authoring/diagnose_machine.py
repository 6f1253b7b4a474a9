"""What a machine and a course lack for grading, each with what to type."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fairgrade.course import Course, CourseError
from fairgrade.isolation.errors import SandboxUnavailable, is_linux
from fairgrade.isolation.settings import Isolation
from fairgrade.isolation.student_process import Zygote

PYTHON = (3, 11)
"""The oldest Python that is supported."""

PACKAGES = ("nbgrader", "jupyterlab", "ipykernel", "numpy", "matplotlib")


class Severity(StrEnum):
    """How something was found."""

    FINE = "fine"
    NOTICE = "notice"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Symptom:
    """One thing that was looked at.

    Attributes
    ----------
    what : str
    state : Severity
    found : str
    cure : str
        What to type or to change; empty if nothing.
    """

    what: str
    state: Severity
    found: str
    cure: str = ""


def diagnose(folder: Path) -> Iterator[Symptom]:
    """Yield what is found of the interpreter, its packages, the sandboxes, the commands, and the course.

    Parameters
    ----------
    folder : Path
        The course's folder, or one below it.
    """
    yield _python()
    yield from map(_package, PACKAGES)
    yield from _sandboxes()
    yield from map(_command, ("fairgrade", "nbgrader"))
    yield from _course(folder)


def _python() -> Symptom:
    found = f"{platform.python_version()} at {sys.executable}"
    if sys.version_info < PYTHON:
        return Symptom("Python", Severity.PROBLEM, found, "Install Python 3.11 or newer.")
    if not is_linux():
        cure = "Write and check assignments here; grade on Linux, in WSL or in a container."
        return Symptom("Python", Severity.NOTICE, f"{found}, on {platform.system()}", cure)
    return Symptom("Python", Severity.FINE, found)


def _package(name: str) -> Symptom:
    try:
        return Symptom(name, Severity.FINE, version(name))
    except PackageNotFoundError:
        return Symptom(name, Severity.PROBLEM, "not installed", f"{sys.executable} -m pip install {name}")


def _sandboxes() -> Iterator[Symptom]:
    """Yield whether each sandbox works: one is needed, and bubblewrap is the better one."""
    if not is_linux():
        cure = "WSL2 on Windows (wsl --install), else a Linux server, virtual machine or container"
        yield Symptom("a sandbox", Severity.PROBLEM, "only Linux has one, and student code runs in nothing else", cure)
        return
    errors = {}
    for backend in ("bubblewrap", "landlock"):
        try:
            Zygote(Isolation(backend=backend)).close()
        except SandboxUnavailable as error:
            errors[backend] = str(error)
        else:
            yield Symptom(backend, Severity.FINE, "student code runs in it")
    for backend, reason in errors.items():
        state = Severity.PROBLEM if len(errors) == 2 else Severity.NOTICE
        yield Symptom(backend, state, reason, "sudo apt-get install bubblewrap" if backend == "bubblewrap" else "")


def _command(name: str) -> Symptom:
    beside = Path(sys.executable).parent
    if (found := shutil.which(name)) is None:
        return Symptom(f"the command {name}", Severity.PROBLEM, "not on the PATH", f'export PATH="{beside}:$PATH"')
    if Path(found).resolve().parent != beside.resolve():
        cure = f'export PATH="{beside}:$PATH"'
        return Symptom(f"the command {name}", Severity.NOTICE, f"{found}, of another environment", cure)
    return Symptom(f"the command {name}", Severity.FINE, found)


def _course(folder: Path) -> Iterator[Symptom]:
    try:
        course = Course.at(folder)
    except CourseError:
        yield Symptom("the course", Severity.NOTICE, "none here or above", "fairgrade init FOLDER makes one")
        return
    yield Symptom("the course", Severity.FINE, str(course.root))
    for name in ("source", "graders", "."):
        path = course.root / name
        if name == "graders" and not path.exists():
            continue
        if not os.access(path, os.R_OK | os.X_OK) or (name == "." and not os.access(path, os.W_OK)):
            yield Symptom(str(path), Severity.PROBLEM, "not readable or not writable", f"sudo chown -R $USER '{path}'")
    gradebook = course.root / "gradebook.db"
    if gradebook.exists() and not os.access(gradebook, os.R_OK | os.W_OK):
        yield Symptom("gradebook.db", Severity.PROBLEM, "not writable", f"sudo chown $USER '{gradebook}'")
    if (course.root / "graders").exists() and not os.environ.get("FAIRGRADE_SECRET"):
        cure = "Set it in the environment before you grade real work, and keep it for the whole course."
        yield Symptom("FAIRGRADE_SECRET", Severity.NOTICE, "not set: inputs can be computed from the graders", cure)
