"""What is taken where bubblewrap can't be had: Landlock, or nothing, if the instructor says so."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from typing import Any

from fairgrade.isolation.sandbox import view
from fairgrade.isolation.sandbox.backend import Backend, is_open_to_all, unused_uid
from fairgrade.isolation.worker import landlock, seccomp

_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


class Landlock(Backend):
    """Rules of the kernel for files, and a filter of system calls; processes and files are shared with the machine."""

    name, title = "landlock", "Landlock"

    def __init__(self, readable: Sequence[str] = (), hidden: Sequence[str] = ()) -> None:
        super().__init__(readable, hidden)
        self._scratch: str | None = None
        if os.geteuid() == 0:
            # The folder for temporary files may be root's alone.
            here = tempfile.gettempdir()
            scratch = next(filter(is_open_to_all, (here, os.path.dirname(here), "/tmp", "/var/tmp")), None)
            if scratch is not None and all(map(is_open_to_all, view.interpreter())):
                self._scratch, self.uid = scratch, unused_uid()

    def lacks(self) -> str:
        """Return what it lacks and what would help."""
        if landlock.abi() < landlock.MINIMUM_ABI:
            return "it needs Linux 6.2 or newer with landlock among its modules (see /sys/kernel/security/lsm)."
        if reason := seccomp.available():
            return f"{reason}. Run: sudo apt-get install libseccomp2 && pip install pyseccomp"
        return ""

    def confinement(self) -> dict[str, Any]:
        """Name what a submission may read; Landlock allows, and can't take away what lies within."""
        shown = [*view.SYSTEM, *view.ETC, *_without_fairgrade(view.interpreter()), str(view.WORKER), *self.readable]
        return {"filtered": True, "readable": [*shown, *_DEVICES]}

    def make_scratch(self) -> str:
        """Make a folder that the submission's user owns."""
        folder = tempfile.mkdtemp(prefix="fairgrade-", dir=self._scratch)
        if self.uid >= 0:
            os.chown(folder, self.uid, self.uid)
        return folder


class Unprotected(Backend):
    """No sandbox: student code runs as the instructor, and can read and write all the instructor can."""

    name, title = "none", "no sandbox"

    def confinement(self) -> dict[str, Any]:
        """Name nothing: there is none."""
        return {}


def _without_fairgrade(paths: Sequence[str]) -> list[str]:
    """Return `paths`; where fairgrade lies within one, all that lies beside the way to it."""
    package = str(view.PACKAGE)
    result = []
    for path in paths:
        if not view.is_within(package, [path]):
            result.append(path)
            continue
        here = path
        while here != package:
            step = os.path.join(here, os.path.relpath(package, here).split(os.sep)[0])
            result += [entry.path for entry in os.scandir(here) if entry.path != step]
            here = step
    return result
