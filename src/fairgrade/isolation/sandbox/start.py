"""Start a zygote in the best sandbox this machine offers, or refuse and say what would help."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgpack

from fairgrade.isolation.errors import SandboxUnavailable
from fairgrade.isolation.sandbox import bubblewrap, view
from fairgrade.isolation.worker import landlock, seccomp
from fairgrade.isolation.worker.folders import remove

log = logging.getLogger(__name__)

START_TIMEOUT_S = 60.0


@dataclass
class RunningZygote:
    """A running zygote.

    Attributes
    ----------
    backend : str
    uid : int
        The user submissions run as, or -1 for our own.
    process : subprocess.Popen
    control : socket.socket
        Takes its orders.
    cache : str
        Where it keeps caches, to be removed after it; empty if it has a file system of its own.
    scratch : str
        Where to make folders that submissions can work in.
    """

    backend: str
    uid: int
    process: subprocess.Popen[bytes]
    control: socket.socket
    cache: str
    scratch: str


def start(
    backend: str, readable: Sequence[str] = (), hidden: Sequence[str] = (), preload: Sequence[str] = ()
) -> RunningZygote:
    """Start a zygote.

    Parameters
    ----------
    backend : str
        ``auto``, ``bubblewrap``, ``landlock`` or ``none``.
    readable, hidden : sequence of str
        What student code may read besides the system, and what it must not read anyway.
    preload : sequence of str
        Modules to import once.

    Raises
    ------
    SandboxUnavailable
        If the backend, or with ``auto`` any backend, can't be had.
    """
    reasons = []
    if backend in ("auto", "bubblewrap"):
        try:
            return _start_bubblewrap(readable, hidden, preload)
        except (OSError, SandboxUnavailable) as error:
            reasons.append(f"bubblewrap: {error} {bubblewrap.fix()}")
    if backend in ("auto", "landlock"):
        reason = _landlock_lacks()
        if not reason:
            if reasons:
                log.warning("Grading in the second-best sandbox, Landlock. %s", reasons[0])
            return _start_landlock(readable, preload)
        reasons.append(f"Landlock: {reason}")
    if backend == "none":
        log.warning("NO SANDBOX: student code runs as you, and can read and write all you can. Results say so.")
        return _launch("none", None, {"preload": list(preload)})
    raise SandboxUnavailable(
        "Student code can't be isolated on this machine, so nothing is graded. " + " ".join(reasons)
    )


def _start_bubblewrap(readable: Sequence[str], hidden: Sequence[str], preload: Sequence[str]) -> RunningZygote:
    if reason := bubblewrap.lacks():
        raise SandboxUnavailable(reason)
    if weakness := filter_weakness():
        log.warning("%s", weakness)
    uid = _nobodys_number() if os.geteuid() == 0 else -1
    with tempfile.TemporaryFile() as passwd:
        passwd.write(bubblewrap.ACCOUNTS.encode())
        passwd.seek(0)
        return _launch(
            "bubblewrap",
            lambda control: bubblewrap.command(readable, hidden, control, passwd.fileno()),
            {"uid": uid, "filtered": not seccomp.available(), "preload": list(preload)},
            keep=(passwd.fileno(),),
        )


def filter_weakness() -> str:
    """What the filter of system calls lacks here and what would help, in a sentence; empty if nothing."""
    if reason := seccomp.available():
        return f"No filter of system calls: {reason}. Run: sudo apt-get install libseccomp2 && pip install pyseccomp"
    if names := seccomp.lacking():
        return (
            f"The filter of system calls does not refuse {', '.join(names)}: libseccomp takes no rule for that. "
            "Run: sudo apt-get install --only-upgrade libseccomp2"
        )
    return ""


def _landlock_lacks() -> str:
    """Empty if Landlock can be used, else what it lacks and what would help."""
    if landlock.abi() < landlock.MINIMUM_ABI:
        return "it needs Linux 6.2 or newer with landlock among its modules (see /sys/kernel/security/lsm)."
    if seccomp.available():
        return f"{seccomp.available()}. Run: sudo apt-get install libseccomp2 && pip install pyseccomp"
    return ""


def _start_landlock(readable: Sequence[str], preload: Sequence[str]) -> RunningZygote:
    if weakness := filter_weakness():
        log.warning("%s", weakness)
    shown = [*view.SYSTEM, *view.ETC, *_without_fairgrade(view.interpreter()), str(view.WORKER), *readable]
    shown += ["/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"]
    how: dict[str, Any] = {"filtered": True, "readable": shown, "preload": list(preload)}
    # The folder for temporary files may be root's alone.
    here = tempfile.gettempdir()
    scratch = next(filter(_open_to_all, (here, os.path.dirname(here), "/tmp", "/var/tmp")), None)
    if os.geteuid() == 0 and scratch is not None and all(_open_to_all(path) for path in view.interpreter()):
        return _launch("landlock", None, how | {"uid": _nobodys_number()}, scratch=scratch)
    return _launch("landlock", None, how)


def _nobodys_number() -> int:
    """A user number that no account has: root's rights must not follow into the sandbox."""
    return 0x70000000 + secrets.randbelow(0x0F000000)


def _without_fairgrade(paths: Sequence[str]) -> list[str]:
    """`paths`; where fairgrade lies within one, all that lies beside the way to it: Landlock can't subtract."""
    package = str(view.PACKAGE)
    result = []
    for path in paths:
        if not view._within(package, [path]):
            result.append(path)
            continue
        here = path
        while here != package:
            step = os.path.join(here, os.path.relpath(package, here).split(os.sep)[0])
            result += [entry.path for entry in os.scandir(here) if entry.path != step]
            here = step
    return result


def _open_to_all(path: str) -> bool:
    """Whether any user may reach `path`."""
    path = os.path.realpath(path)
    while path != "/":
        mode = os.stat(path).st_mode
        if not mode & (0o001 if os.path.isdir(path) else 0o004):
            return False
        path = os.path.dirname(path)
    return True


def _launch(
    backend: str, make_command: Any, how: dict[str, Any], keep: tuple[int, ...] = (), scratch: str | None = None
) -> RunningZygote:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control = theirs.fileno()
    plain = [sys.executable, "-I", str(view.WORKER), str(control)]
    command = make_command(control) if make_command is not None else plain
    cache = "" if backend == "bubblewrap" else tempfile.mkdtemp(prefix="fairgrade-")
    environment = view.environment(cache or "/tmp")
    with tempfile.TemporaryFile() as complaints, theirs:
        process = subprocess.Popen(
            command, pass_fds=(control, *keep), env=environment, cwd="/", close_fds=True,
            stdin=subprocess.DEVNULL, stdout=complaints, stderr=complaints, start_new_session=True,
        )  # fmt: skip
        theirs.close()
        message: dict[str, Any] = {
            "backend": backend,
            "uid": -1,
            "filtered": False,
            "readable": [],
            "preload": [],
            "cache": cache,
            "parent": os.getpid(),
        } | how
        try:
            ours.settimeout(START_TIMEOUT_S)
            ours.send(msgpack.packb(message))
            answer = msgpack.unpackb(ours.recv(4096) or msgpack.packb(["silent"]))
            if answer[0] != "ready":
                raise SandboxUnavailable("It did not start.")
            ours.settimeout(START_TIMEOUT_S)
            return RunningZygote(backend, message["uid"], process, ours, cache, scratch or tempfile.gettempdir())
        except (OSError, ValueError, SandboxUnavailable):
            process.kill()
            process.wait()
            ours.close()
            if cache:
                remove(cache)
            complaints.seek(0)
            words = complaints.read()[-2000:].decode(errors="replace").strip()
            raise SandboxUnavailable(words or "It did not start.") from None
