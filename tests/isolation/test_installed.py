"""fairgrade as it is installed for good, beside the packages it needs, rather than from a clone."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairgrade.isolation.sandbox import bubblewrap, view
from fairgrade.isolation.sandbox.start import BACKENDS
from fairgrade.isolation.worker.folders import remove
from tests.autograde.classes import ASSIGNMENT, POINTS, RIGHT, WRONG, copy, hand_in, points
from tests.autograde.conftest import released  # noqa: F401 - a fixture
from tests.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("installed")]


@pytest.fixture(scope="module")
def installed() -> Iterator[Path]:
    """The bin folder of a fresh environment that holds fairgrade and a copy of all it needs."""
    # Not below /tmp, which student code has one of its own of.
    folder = Path(tempfile.mkdtemp(prefix="installed-", dir="/var/tmp"))
    folder.chmod(0o755)
    venv.create(folder, symlinks=True)
    ours = Path(next(path for path in site.getsitepackages() if path.endswith("site-packages")))
    theirs = folder / ours.relative_to(sys.prefix)
    ignored = shutil.ignore_patterns("*fairgrade*")
    shutil.copytree(ours, theirs, dirs_exist_ok=True, ignore=ignored, copy_function=link_or_copy)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(theirs)
    yield folder / "bin"
    remove(str(folder))


def link_or_copy(source: str, target: str) -> None:
    """Make a file stand in another place, too: at once where both places are on one disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@pytest.mark.parametrize("backend", ["bubblewrap", "landlock"])
@pytest.mark.parametrize("command", ["nbgrader", "fairgrade"])
def test_it_grades(
    installed: Path, released: Path, tmp_path: Path, backend: str, command: str  # noqa: F811 - the fixture
) -> None:  # fmt: skip
    """As root as well, whose submissions run as a user who owns nothing: packages beside it don't hide it from them."""
    if reason := BACKENDS[backend]().lacks():
        pytest.skip(f"{backend}: {reason}")
    course = copy(released, tmp_path / "course")
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f"c.Isolation.backend = {backend!r}\n")
    for student, code in {"s001": RIGHT, "s002": WRONG}.items():
        hand_in(course, student, code)
    start = {"nbgrader": ["-m", "nbgrader"], "fairgrade": ["-c", "from fairgrade.cli import app; app()"]}[command]
    path = os.pathsep.join([str(installed), str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [str(installed / "python"), *start, "autograde", ASSIGNMENT], cwd=course, env={**os.environ, "PATH": path},
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert points(course) == {"s001": POINTS[RIGHT], "s002": POINTS[WRONG]}


def test_a_sandbox_that_works_is_not_blamed() -> None:
    """Where bubblewrap itself starts, the reason is elsewhere, and nobody is sent to start a container otherwise."""
    if bubblewrap.Bubblewrap().lacks() or not bubblewrap._works_alone():
        pytest.skip("bubblewrap does not work here")
    assert "bubblewrap itself works here" in bubblewrap.Bubblewrap().remedy()
    assert str(view.WORKER) in bubblewrap.Bubblewrap().remedy()
