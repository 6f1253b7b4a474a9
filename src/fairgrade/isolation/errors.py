"""What can go wrong between the grading process and a student's, by name."""

from __future__ import annotations

import platform
import sys

from fairgrade.grading.outcomes import CheckFailed, InfraError


class SandboxUnavailable(InfraError):
    """No sandbox can be had on this machine; the message says what would help."""


def is_linux() -> bool:
    """Whether there can be a sandbox on this system."""
    return sys.platform == "linux"


def expect_linux() -> None:
    """Refuse to run student code where no sandbox can be: all of them are made of what the Linux kernel has.

    Raises
    ------
    SandboxUnavailable
        On any other system.
    """
    if not is_linux():
        raise SandboxUnavailable(
            f"Student code runs in a sandbox that only Linux has, and this is {platform.system()}. On Windows, install "
            "WSL2 (wsl --install), and install fairgrade and grade in it; elsewhere, use a Linux server, a virtual "
            "machine or a container. Here you can write a course: fairgrade init, new, check; and read results: "
            "fairgrade report, export."
        )


class LimitMet(CheckFailed):
    """What a test and the student's code hand to each other is more than can be: a person has to look at the work.

    Whether it is right is not known. It is no TypeError or the like, which a test may look for.
    """


class Stopped(Exception):
    """The student's process was stopped, or stopped by itself.

    Parameters
    ----------
    cause : str
        In words a student understands, such as ``stopped after 30 s``.
    """

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class TimeLimit(Stopped):
    """It ran longer than it may."""


class MemoryLimit(Stopped):
    """It used more memory than it may."""


class OutputLimit(Stopped):
    """It showed more than it may."""


class Crashed(Stopped):
    """Its process ended."""


class ProtocolViolation(Stopped):
    """Its process sent what ours never sends."""


class ObjectLost(Stopped):
    """An object is gone with the process that held it."""
