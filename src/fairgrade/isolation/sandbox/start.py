"""Start a zygote in the best sandbox this machine offers, or refuse and say what would help."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgpack

from fairgrade.isolation.errors import SandboxUnavailable, expect_linux
from fairgrade.isolation.sandbox import view
from fairgrade.isolation.sandbox.backend import Backend
from fairgrade.isolation.sandbox.bubblewrap import Bubblewrap
from fairgrade.isolation.sandbox.fallbacks import Landlock, Unprotected
from fairgrade.isolation.worker import seccomp

log = logging.getLogger(__name__)

START_TIMEOUT_S = 60.0

BACKENDS: dict[str, type[Backend]] = {kind.name: kind for kind in (Bubblewrap, Landlock, Unprotected)}
"""By their names in the settings, the best first."""


@dataclass
class RunningZygote:
    """A running zygote.

    Attributes
    ----------
    backend : Backend
    process : subprocess.Popen
    control : socket.socket
        Takes its orders.
    """

    backend: Backend
    process: subprocess.Popen[bytes]
    control: socket.socket


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
    expect_linux()
    if backend == "none":
        log.warning("NO SANDBOX: student code runs as you, and can read and write all you can. Results say so.")
        return _launch(Unprotected(readable, hidden), preload)
    reasons: list[str] = []
    for name in ("bubblewrap", "landlock") if backend == "auto" else (backend,):
        sandbox = BACKENDS[name](readable, hidden)
        try:
            if reason := sandbox.lacks():
                raise SandboxUnavailable(reason)
            if reasons:
                log.warning("Grading in the second-best sandbox, Landlock. %s", reasons[0])
            if weakness := filter_weakness():
                log.warning("%s", weakness)
            return _launch(sandbox, preload)
        except (OSError, SandboxUnavailable) as error:
            reasons.append(f"{sandbox.title}: {error} {sandbox.remedy()}".rstrip())
    raise SandboxUnavailable(
        "Student code can't be isolated on this machine, so nothing is graded. " + " ".join(reasons)
    )


def filter_weakness() -> str:
    """Return what the filter of system calls lacks here and what would help, in a sentence; empty if nothing."""
    if reason := seccomp.available():
        return f"No filter of system calls: {reason}. Run: sudo apt-get install libseccomp2 && pip install pyseccomp"
    if names := seccomp.lacking():
        return (
            f"The filter of system calls does not refuse {', '.join(names)}: libseccomp takes no rule for that. "
            "Run: sudo apt-get install --only-upgrade libseccomp2"
        )
    return ""


def _launch(backend: Backend, preload: Sequence[str]) -> RunningZygote:
    """Start the zygote, tell it how to confine itself, and wait until it is ready."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    cache = backend.make_cache()
    with tempfile.TemporaryFile() as log_file, theirs, contextlib.ExitStack() as until_started:
        command, files = backend.command(theirs.fileno())
        inherited = [theirs.fileno(), *(until_started.enter_context(file).fileno() for file in files)]
        process = subprocess.Popen(
            command, pass_fds=inherited, env=view.environment(cache or "/tmp"), cwd="/", close_fds=True,
            stdin=subprocess.DEVNULL, stdout=log_file, stderr=log_file, start_new_session=True,
        )  # fmt: skip
        theirs.close()
        message: dict[str, Any] = {
            "backend": backend.name, "uid": backend.uid, "filtered": False, "readable": [], "preload": list(preload),
            "cache": cache, "parent": os.getpid(),
        } | backend.confinement()  # fmt: skip
        try:
            ours.settimeout(START_TIMEOUT_S)
            ours.send(msgpack.packb(message))
            answer = msgpack.unpackb(ours.recv(4096) or msgpack.packb(["silent"]))
            if answer[0] != "ready":
                raise SandboxUnavailable("It did not start.")
            return RunningZygote(backend, process, ours)
        except (OSError, ValueError, SandboxUnavailable):
            process.kill()
            process.wait()
            ours.close()
            backend.close()
            log_file.seek(0)
            words = log_file.read()[-2000:].decode(errors="replace").strip()
            raise SandboxUnavailable(words or "It did not start.") from None
