"""The systemd unit: systemd takes it, and it starts the command that there is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

UNIT = ROOT / "deploy" / "fairgrade-watch@.service"


def test_the_unit_starts_a_watcher_and_keeps_it_going():
    text = UNIT.read_text()
    assert re.search(r"^ExecStart=/\S+/fairgrade watch %i$", text, re.MULTILINE)
    assert "\nRestart=on-failure\n" in text
    assert "\nRestartPreventExitStatus=2\n" in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_finds_nothing_wrong(tmp_path: Path):
    command = Path(sys.executable).with_name("fairgrade")
    text = re.sub(r"(?<=^ExecStart=)\S+", str(command), UNIT.read_text(), flags=re.MULTILINE)
    unit = tmp_path / "fairgrade-watch@ps1.service"
    unit.write_text(text.replace("User=instructor", "User=root"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
