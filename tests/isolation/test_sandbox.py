"""What student code finds of the file system."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from fairgrade.isolation.engine import Session
from fairgrade.isolation.student_process import Zygote
from tests.isolation.conftest import settings


@pytest.mark.parametrize("folder", ["/", "/dev", "/etc", "/home", "/usr"])
def test_bubblewrap_mounts_all_but_scratch_space_read_only(zygote: Zygote, session: Session, folder: str):
    """Whoever grades may own what bubblewrap makes, so that ownership protects nothing."""
    if zygote.backend != "bubblewrap":
        pytest.skip("Landlock forbids to write instead")
    ran = session.run_cell(f"import os; os.path.exists({folder!r}) and os.statvfs({folder!r}).f_flag")
    shown = ran.outputs[0]["data"]["text/plain"]
    assert shown == "False" or int(shown) & os.ST_RDONLY


def test_a_private_folder_for_temporary_files_is_no_hindrance(
    zygote: Zygote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Student code, which may run as another user than root, gets a folder that it can work in."""
    tmp_path.chmod(0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    private = Zygote(settings(zygote.backend))
    with Session(private, settings(zygote.backend), seed=7) as session:
        assert session.run_cell("from pathlib import Path\nPath('x').write_text('y')").ok
    private.close()
    assert list(tmp_path.iterdir()) == []
