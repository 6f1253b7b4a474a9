"""The wheel in an empty environment, with the newest packages that its ranges allow, and without this repository."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fairgrade.isolation.sandbox.start import BACKENDS
from tests.conftest import ROOT

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class User:
    """Somebody who has a folder of their own, and the environment's commands on the PATH."""

    environment: Path
    home: Path
    uid: int

    def __post_init__(self) -> None:
        self.home.mkdir()
        if self.uid != os.geteuid():
            os.chown(self.home, self.uid, self.uid)

    def types(self, command: str, folder: str = ".", expected: int = 0) -> str:
        """Run a command line as this user would, and return what it prints."""
        path = os.pathsep.join([str(self.environment / "bin"), os.defpath])
        other = {} if self.uid == os.geteuid() else {"user": self.uid, "group": self.uid, "extra_groups": []}
        done = subprocess.run(
            ["bash", "-ec", command], cwd=self.home / folder,
            env={"PATH": path, "HOME": str(self.home), "COLUMNS": "140"},
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **other,
        )  # fmt: skip
        assert done.returncode == expected, f"{command}\n{done.stdout}"
        return done.stdout


def interpreter() -> str:
    """Return a Python that every user can start: one in a home folder that is closed to others will not do."""
    wanted = os.environ.get("WHEEL_PYTHON")
    for name in [wanted] if wanted else [sys.executable, "python3.13", "python3.12", "python3.11", "python3"]:
        for folder in ["", *os.get_exec_path()]:
            path = Path(folder, name).resolve()
            if path.is_file() and (wanted or all(part.stat().st_mode & 0o5 == 0o5 for part in (path, *path.parents))):
                says = [str(path), "-c", "import sys; print(sys.version_info >= (3, 11))"]
                if subprocess.run(says, capture_output=True, text=True, check=False).stdout == "True\n":
                    return str(path)
    return sys.executable


@pytest.fixture(scope="module")
def environment() -> Iterator[Path]:
    """An environment with the wheel and what it depends on, in its newest versions, compiled as pip does."""
    # Not below /tmp: student code sees an empty one in its place.
    folder = Path(tempfile.mkdtemp(prefix="wheel-", dir="/var/tmp"))
    folder.chmod(0o755)
    for command in (
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        [interpreter(), "-m", "venv", "--without-pip", str(folder / "env")],
    ):
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    install = ["pip", "install", "--quiet", "--compile-bytecode", "--python", str(folder / "env" / "bin" / "python")]
    done = subprocess.run([sys.executable, "-m", "uv", *install, str(wheel)], cwd=folder, check=False)
    assert done.returncode == 0
    yield folder / "env"
    shutil.rmtree(folder)


@pytest.fixture(scope="module", params=["root", "an ordinary user"])
def user(request: pytest.FixtureRequest, environment: Path) -> User:
    """Root, and somebody who owns nothing else; where the tests don't run as root, only who runs them."""
    if request.param == "root" and os.geteuid() != 0:
        pytest.skip("only root can be root")
    uid = os.geteuid() if request.param == "root" or os.geteuid() != 0 else pwd.getpwnam("nobody").pw_uid
    python = (environment / "bin" / "python").resolve()
    if uid != os.geteuid() and not all(part.stat().st_mode & 0o1 for part in python.parents):
        pytest.skip(f"{python}: only root can start it. Install a Python for all users (apt-get install python3-venv).")
    return User(environment, environment.parent / request.param.replace(" ", "_"), uid)


@pytest.fixture(scope="module")
def course(user: User) -> User:
    """The user, who has started a course."""
    user.types("fairgrade init course")
    return user


def test_it_names_its_version(user: User) -> None:
    assert user.types("fairgrade --version").startswith("fairgrade 0.")


def test_a_new_course_passes_its_check(course: User) -> None:
    assert "first_steps: nothing to mend" in course.types("fairgrade check first_steps", "course")


def test_the_doctor_finds_nothing_missing(course: User) -> None:
    said = course.types("fairgrade doctor", "course")
    assert said.endswith("Ready to grade.\n")
    assert "problem" not in said


def test_the_demonstration_needs_no_course(user: User) -> None:
    said = user.types("mkdir elsewhere && cd elsewhere && fairgrade demo --students 5")
    assert "Made a class of 5 for first_steps in fairgrade_demo/demo_class." in said
    assert "Autograded 5 submissions" in said


@pytest.mark.parametrize("backend", ["bubblewrap", "landlock"])
def test_it_grades(course: User, backend: str) -> None:
    """As root too, whose submissions run as somebody who owns nothing and must still see the installed packages."""
    if reason := BACKENDS[backend]().lacks():
        pytest.skip(f"{backend}: {reason}")
    course.types(f"""echo 'c.Isolation.backend = "{backend}"' >> nbgrader_config.py""", "course")
    course.types("test -d release || nbgrader generate_assignment first_steps", "course")
    course.types("fairgrade autograde first_steps --json graded.json", "course")
    graded = json.loads((course.home / "course" / "graded.json").read_text())
    assert (graded["graded"], graded["sandboxes"]) == (6, {backend: 6})
    # The written answer has no score before a person reads it.
    assert max(sum(score or 0 for score in row["scores"].values()) for row in graded["submissions"]) == 7
