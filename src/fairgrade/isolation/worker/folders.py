"""Folders for a while: removing one with all in it, whatever was done to make that hard."""

from __future__ import annotations

import os
import subprocess
import time

PATIENCE_S = 10.0
"""For how long a folder is removed again where something goes on writing to it."""


def remove(folder: str) -> None:
    """Remove a folder; whoever still writes to it is about to end.

    Not done: what another file system holds that was mounted below it.
    """
    ends = time.monotonic() + PATIENCE_S
    while os.path.lexists(folder):
        # rm walks a tree of any depth; Python's own function recurses.
        _run("rm", "-rf", "--one-file-system", "--", folder)
        if not os.path.lexists(folder) or time.monotonic() > ends:
            return
        if os.geteuid() != 0:  # which reads a folder that nobody may read anyway
            _run("chmod", "-R", "u+rwX", "--", folder)
        time.sleep(0.01)


def _run(*command: str) -> None:
    nothing = subprocess.DEVNULL
    system = {"PATH": os.defpath}  # whatever ours is set to
    subprocess.run(command, check=False, env=system, stdin=nothing, stdout=nothing, stderr=nothing)
