"""Grading changes nothing of nbgrader's own code: what is ours comes in through its configuration."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import environment
from tests.intake.lab import ASSIGNMENT, FULL, NOTEBOOK, Lab, filled_in
from tests.intake.mangle import write

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mangled")]

PROGRAM = """
import gc, importlib, pkgutil, sys, types
import nbconvert, nbformat, nbgrader
from nbgrader.apps import NbGrader, NbGraderAPI
from nbgrader.converters import Autograde

PACKAGES = (nbgrader, nbconvert, nbformat)
for package in PACKAGES:
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".", onerror=lambda name: None):
        if not any(part in ("tests", "docs", "alembic") or part.startswith("__") for part in module.name.split(".")):
            try:
                importlib.import_module(module.name)
            except ImportError:
                pass  # it needs a package that is not installed

def code():
    "Each function, class and module-level value of these packages, by where it stands."
    names = tuple(package.__name__ for package in PACKAGES)
    found = {}
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in names and module is not None:
            for key, value in list(vars(module).items()):
                found[name, key] = value
                if isinstance(value, type) and value.__module__ == name:
                    members = vars(value).items()
                    found |= {(name, key, member): what for member, what in members if callable(what)}
    return found

def changes(before):
    now = code()
    return sorted(str(where) for where in before if now.get(where) is not before[where])

def replaced_methods():
    "Methods that an object of theirs has of its own, in the place of its class's."
    return [
        f"{type(one).__name__}.{key}"
        for one in gc.get_objects()
        if isinstance(one, Autograde)
        for key, value in vars(one).items()
        if isinstance(value, types.FunctionType | types.MethodType | types.BuiltinFunctionType)
        or (callable(value) and callable(getattr(type(one), key, None)))
    ]

before = code()
app = NbGrader()
app.load_config_file()
gc.disable()  # the converter is to be there still
result = NbGraderAPI(config=app.config).autograde(ASSIGNMENT, "*")
assert result["success"], result
assert any(isinstance(one, Autograde) for one in gc.get_objects())
assert changes(before) == []
assert replaced_methods() == []
assert [name for name, module in sys.modules.items() if module is None] == []
assert len(before) > 3000, len(before)

# What is looked for would be found.
converter = next(one for one in gc.get_objects() if isinstance(one, Autograde))
converter.init_assignment = lambda *ids: None
Autograde.init_assignment = converter.init_assignment
nbgrader.utils.is_grade = None
assert replaced_methods() == ["Autograde.init_assignment"]
assert len(changes(before)) == 2, changes(before)
"""


def test_nothing_of_nbgrader_is_replaced(tmp_path: Path):
    """After the configuration is loaded and a submission graded, each function and method is the one installed."""
    lab = Lab(tmp_path / "course")
    for student in ("ab", "[a]*"):  # as nbgrader reads it, the second name is a pattern that the first one fits
        write(lab.submission(student) / f"{NOTEBOOK}.ipynb", filled_in(lab.released()))
    write(lab.submission("[a]*") / "draft.ipynb", filled_in(lab.released()))
    (lab.submission("[a]*") / "own.txt").write_text("mine")
    program = PROGRAM.replace("ASSIGNMENT", repr(ASSIGNMENT))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=lab.folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert {student: result.scores for student, result in lab.results().items()} == {"ab": FULL, "[a]*": FULL}
    copied = {path.name for path in lab.graded("[a]*").parent.iterdir()}
    assert copied == {"data.csv", "own.txt", f"{NOTEBOOK}.ipynb"}
