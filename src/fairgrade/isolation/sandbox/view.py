"""What of this machine's file system student code may read: the system's programs and the interpreter."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

WORKER = Path(__file__).resolve().parent.parent / "worker"
"""The only part of fairgrade that a sandbox shows."""

PACKAGE = WORKER.parent.parent
"""The folder of fairgrade itself; where it lies within what a sandbox shows, it is covered."""

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")

ETC = (
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/timezone", "/etc/fonts",
    "/etc/mime.types", "/etc/alternatives", "/etc/nsswitch.conf",
)  # fmt: skip


def worker_command(control: int) -> list[str]:
    """Return the command that starts the zygote, whose orders come in over the descriptor `control`."""
    return [sys.executable, "-I", str(WORKER), str(control)]


def interpreter() -> list[str]:
    """Return the parts of the interpreter and its virtual environment that hold code.

    Not the whole prefix: a virtual environment may share its folder with a course.
    """
    found: dict[str, None] = {}
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}:
        for part in ("bin", "lib", "lib64", "pyvenv.cfg"):
            path = os.path.join(prefix, part)
            if os.path.exists(path) and not is_within(path, SYSTEM):
                found[path] = None
                found[os.path.realpath(path)] = None
    for path in (*site.getsitepackages(), *sysconfig.get_paths().values()):
        if os.path.isdir(path) and not is_within(path, (*SYSTEM, *found)) and "site-packages" in path:
            found[path] = None
    # The interpreter may be a link to a link; each must resolve.
    link = sys.executable
    while os.path.islink(link):
        link = os.path.join(os.path.dirname(link), os.readlink(link))
        if not is_within(link, (*SYSTEM, *found)):
            found[link] = None
    return sorted(found)


def environment(cache: str) -> dict[str, str]:
    """Return the environment variables of student code, none of ours among them.

    Libraries keep their caches below `cache`.
    """
    return {
        "PATH": os.pathsep.join([os.path.dirname(sys.executable), "/usr/local/bin", "/usr/bin", "/bin"]),
        "LANG": "C.UTF-8",
        "HOME": cache,
        "TMPDIR": cache,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": f"{cache}/matplotlib",
        "IPYTHONDIR": f"{cache}/ipython",
        # One thread each: a class is graded in parallel by submissions, and a fork copies one thread only.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        # Sets keep one order, so that replaying a cell repeats it.
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NBGRADER_EXECUTION": "autograde",
    }


def is_within(path: str, folders: Iterable[str]) -> bool:
    """Whether `path` is one of `folders` or lies below one."""
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)
