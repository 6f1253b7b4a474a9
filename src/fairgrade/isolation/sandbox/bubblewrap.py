"""The first choice: bubblewrap, which gives a process namespaces of its own and a file system view made to measure.

It does not protect from faults of the kernel itself, and does not limit processor time shared with others.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from fairgrade.isolation.sandbox import view
from fairgrade.isolation.sandbox.backend import Backend, unused_uid
from fairgrade.isolation.worker import seccomp

_ACCOUNTS = b"student:x:1000:1000:student:/tmp/work:/bin/sh\n"


class Bubblewrap(Backend):
    """Namespaces for files, processes, users and the network; what a submission writes goes with it."""

    name, title = "bubblewrap", "bubblewrap"
    has_processes_of_its_own = True

    def __init__(self, readable: Sequence[str] = (), hidden: Sequence[str] = ()) -> None:
        super().__init__(readable, hidden)
        self.uid = unused_uid() if os.geteuid() == 0 else -1

    def lacks(self) -> str:
        """Return what bubblewrap lacks here, as far as that shows without trying."""
        if shutil.which("bwrap") is None:
            return "not found."
        if any(view.is_within(os.path.realpath(path), ["/tmp"]) for path in (*view.interpreter(), str(view.WORKER))):
            return "it gives student code a /tmp of its own, and this environment lies below the real one."
        return ""

    def remedy(self) -> str:
        """Return why bubblewrap can't be used here and the command that would help, as far as can be told."""
        if shutil.which("bwrap") is None:
            return "bubblewrap is not installed. Run: sudo apt-get install bubblewrap"
        if self.lacks():
            return "Move the course and its virtual environment out of /tmp."
        for setting, refuses in (
            ("kernel/apparmor_restrict_unprivileged_userns", "1"),
            ("kernel/unprivileged_userns_clone", "0"),
            ("user/max_user_namespaces", "0"),
        ):
            path = Path("/proc/sys") / setting
            if path.exists() and path.read_text().strip() == refuses:
                wanted = {"1": "0", "0": "1"}[refuses] if "max" not in setting else "10000"
                return f"This host forbids user namespaces. Run: sudo sysctl -w {setting.replace('/', '.')}={wanted}"
        if _works_alone():
            return (
                f"bubblewrap itself works here, but Python does not start in it. May any user read {sys.prefix}, "
                f"{sys.base_prefix} and {view.WORKER}?"
            )
        if os.path.exists("/.dockerenv"):
            return (
                "This container forbids namespaces. Start it with: "
                "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined ..."
            )
        return "bubblewrap could not make namespaces. Try it alone: bwrap --ro-bind / / --unshare-all true"

    def command(self, control: int) -> tuple[list[str], list[IO[bytes]]]:
        """Return bwrap's command, and the file with the accounts that it shows."""
        accounts = tempfile.TemporaryFile()
        accounts.write(_ACCOUNTS)
        accounts.seek(0)
        args = ["bwrap", "--die-with-parent", "--new-session", "--unshare-pid", "--unshare-ipc", "--unshare-uts"]
        args += ["--unshare-net", "--unshare-cgroup-try"]
        if os.geteuid() == 0:
            # Root's own user number is exempt from the limit on processes, so the zygote becomes another
            # user before it makes its user namespace.
            args += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        else:
            args += ["--unshare-user"]
        args += _shown(self.readable, self.hidden)
        args += ["--ro-bind", str(view.WORKER), str(view.WORKER)]
        args += ["--perms", "0644", "--ro-bind-data", str(accounts.fileno()), "/etc/passwd"]
        args += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
        # Where the zygote keeps its user's number these would be that user's to write, and outlast a submission.
        args += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]
        return [*args, "--", *view.worker_command(control)], [accounts]

    def confinement(self) -> dict[str, Any]:
        """Say whether a filter of system calls can be had; all else the command has done."""
        return {"filtered": not seccomp.available()}

    def make_cache(self) -> str:
        """Make none: its file system is its own."""
        return ""

    def make_scratch(self) -> str:
        """Make none: each submission has a file system of its own."""
        return ""


def _shown(readable: Sequence[str], hidden: Sequence[str]) -> list[str]:
    """Return the arguments that show the system, the interpreter and what is readable, and cover what is hidden."""
    args: list[str] = []
    for path in view.SYSTEM:
        if os.path.islink(path):
            args += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            args += ["--ro-bind", path, path]
    shown = [path for path in (*view.ETC, *view.interpreter(), *readable) if os.path.lexists(path)]
    # Folders that bubblewrap makes on the way are its own user's alone, who may be another than the zygote's.
    for folder in sorted({str(parent) for path in (*shown, str(view.WORKER)) for parent in Path(path).parents}):
        if folder != "/" and not view.is_within(folder, view.SYSTEM):
            args += ["--perms", "0755", "--dir", folder]
    for path in shown:
        if os.path.islink(path) and not os.path.isdir(path):
            args += ["--symlink", os.readlink(path), path]
        else:
            args += ["--ro-bind", path, path]
    for path in (*hidden, str(view.PACKAGE)):
        if view.is_within(path, (*view.SYSTEM, *shown)) and os.path.isdir(path):
            args += ["--perms", "0755", "--tmpfs", path]
            if path == str(view.PACKAGE):  # installed beside other packages: what was made on the way is covered
                for between in reversed(view.WORKER.relative_to(view.PACKAGE).parents[:-1]):
                    args += ["--perms", "0755", "--dir", str(view.PACKAGE / between)]
            else:
                args += ["--remount-ro", path]
    return args


def _works_alone() -> bool:
    """Whether bubblewrap starts a program that needs nothing of ours."""
    try:
        alone = subprocess.run(
            ["bwrap", "--ro-bind", "/", "/", "--unshare-all", "true"],
            check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=10,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return alone.returncode == 0
