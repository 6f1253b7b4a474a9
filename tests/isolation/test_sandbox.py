"""What student code finds of the file system."""

from __future__ import annotations

import os

import pytest

from fairgrade.isolation.engine import Session
from fairgrade.isolation.processes import Zygote


@pytest.mark.parametrize("folder", ["/", "/dev", "/etc", "/home", "/usr"])
def test_bubblewrap_mounts_all_but_scratch_space_read_only(zygote: Zygote, session: Session, folder: str):
    """Whoever grades may own what bubblewrap makes, so that ownership protects nothing."""
    if zygote.backend != "bubblewrap":
        pytest.skip("Landlock forbids to write instead")
    ran = session.run_cell(f"import os; os.path.exists({folder!r}) and os.statvfs({folder!r}).f_flag")
    shown = ran.outputs[0]["data"]["text/plain"]
    assert shown == "False" or int(shown) & os.ST_RDONLY
