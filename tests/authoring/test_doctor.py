"""What a machine and a course lack is told with what to type."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fairgrade.authoring.diagnose_machine import Severity, diagnose
from tests.conftest import ROOT, run


def test_this_machine_can_grade() -> None:
    """The exit code says so, and each thing that was looked at has a line."""
    done = run("fairgrade", "doctor", cwd=ROOT)
    assert done.returncode == 0, done.stdout
    assert "Ready to grade." in done.stdout
    for what in ("Python", "nbgrader", "bubblewrap", "landlock", "the course"):
        assert what in done.stdout


def test_a_missing_command_and_a_missing_course_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", os.defpath)
    found = {symptom.what: symptom for symptom in diagnose(tmp_path)}
    assert found["the command nbgrader"].state is Severity.PROBLEM
    assert found["the command nbgrader"].cure.startswith("export PATH=")
    assert found["the course"].state is Severity.NOTICE
    assert "fairgrade init" in found["the course"].cure
