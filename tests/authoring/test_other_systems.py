"""On Windows and macOS courses are written and inspected; what would run student code says where it can run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairgrade import cli
from fairgrade.authoring import diagnose_machine
from fairgrade.isolation import errors

ELSEWHERE = """
import sys

class Unix:
    '''Hides from our own code the modules that only Unix has; other packages know themselves what to do without.'''

    names = {"resource", "fcntl", "termios", "pwd", "grp", "pyseccomp"}

    def find_spec(self, name, path=None, target=None):
        if name in self.names:
            frame = sys._getframe(1)
            while "importlib" in frame.f_code.co_filename:
                frame = frame.f_back
            if "fairgrade" in frame.f_globals.get("__name__", ""):
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

for name in Unix.names:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Unix())
from fairgrade.isolation import errors
errors.is_linux = lambda: False
"""

COMMAND = f"{ELSEWHERE}\nfrom fairgrade.cli import app\napp(sys.argv[1:])\n"

IMPORTS = f"""{ELSEWHERE}
import importlib, pkgutil
import fairgrade

apart = ("fairgrade.isolation.worker.", "fairgrade.authoring.template", "fairgrade.__main__")
for module in pkgutil.walk_packages(fairgrade.__path__, "fairgrade."):
    if not module.name.startswith(apart):
        importlib.import_module(module.name)
        for name in Unix.names:  # another package may have imported them since
            sys.modules.pop(name, None)
"""


def elsewhere(script: str, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_every_module_can_be_imported(tmp_path: Path):
    done = elsewhere(IMPORTS, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_course_is_written_and_inspected(tmp_path: Path):
    made = elsewhere(COMMAND, "init", "course", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    checked = elsewhere(COMMAND, "check", "first_steps", cwd=tmp_path / "course")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "No work was graded: that takes Linux." in checked.stdout
    assert "first_steps: nothing to mend; 0 pieces of work graded" in checked.stdout


def test_the_doctor_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(diagnose_machine, "is_linux", lambda: False)
    found = {symptom.what: symptom for symptom in diagnose_machine.diagnose(tmp_path)}
    assert found["a sandbox"].state is diagnose_machine.Severity.PROBLEM
    assert "WSL2" in found["a sandbox"].cure
    assert "bubblewrap" not in found


def test_grading_says_where_it_can_run(tmp_path: Path):
    done = elsewhere(COMMAND, "autograde", "ps1", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for words in ("only Linux has", "WSL2", "container", "fairgrade init, new, check"):
        assert words in done.stderr


@pytest.mark.parametrize("command", sorted(cli.GRADING))
def test_help_is_for_everybody(monkeypatch: pytest.MonkeyPatch, command: str):
    """What refuses to run still says what it would do."""
    monkeypatch.setattr(errors, "is_linux", lambda: False)
    for words, code in ([command, "--help"], 0), ([command, "ps1"], 2):
        monkeypatch.setattr(sys, "argv", ["fairgrade", *words])
        assert CliRunner().invoke(cli.app, words).exit_code == code
