"""What is published is the kit, without the course."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

from tests.conftest import ROOT, run


def test_the_wheel_holds_fairgrade_alone(tmp_path: Path):
    """No graders, no notebooks, no tests; but the templates and the mark of a typed package."""
    done = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path), cwd=ROOT)
    assert done.returncode == 0, done.stdout
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"fairgrade"}
    assert "fairgrade/grading/templates/score.html.j2" in names
    assert "fairgrade/nbgrader/templates/fairgrade_feedback/index.html.j2" in names
    assert "fairgrade/nbgrader/templates/fairgrade_feedback/style.css" in names
    assert "fairgrade/authoring/template/source/first_steps/first_steps.ipynb" in names
    assert "fairgrade/authoring/template/github/workflows/check.yml" in names
    assert "fairgrade/py.typed" in names


def test_constraints_pin_every_dependency_and_name_no_place():
    """A fresh machine installs what was tested, from wherever it installs things."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert all("==" in line and "/" not in line and "@" not in line for line in lines)
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
    text = (ROOT / "pyproject.toml").read_text()
    wanted = [
        line.split('"')[1].split(" ")[0] for line in text.splitlines() if line.startswith('    "') and ">=" in line
    ]
    assert wanted
    assert set(wanted) <= pinned


def test_help_is_there_before_nbgrader_is():
    """Nbgrader takes a second to import, and what grades is started meanwhile."""
    code = "import sys, fairgrade.cli; print(sorted({'nbgrader', 'matplotlib', 'IPython'} & set(sys.modules)))"
    assert run(sys.executable, "-c", code, cwd=ROOT).stdout == "[]\n"
