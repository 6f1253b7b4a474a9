"""Resource limits of a student's process."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ResourceLimits:
    """What one process, and all processes of one submission, may use.

    Attributes
    ----------
    memory_bytes : int
        Address space of each process.
    processes : int
        Processes and threads together; 0 forbids starting any process.
    open_files : int
    file_bytes : int
        Size of one file.
    scratch_bytes : int
        All files together, where the sandbox has a file system of its own.
    cpu_s : int
        Processor seconds of each process.
    output_bytes : int
        What one cell may show.
    message_bytes : int
        One message between the processes.
    """

    memory_bytes: int
    processes: int
    open_files: int
    file_bytes: int
    scratch_bytes: int
    cpu_s: int
    output_bytes: int
    message_bytes: int


def apply(limits: ResourceLimits, *, count_processes: bool) -> None:
    """Limit this process and all it starts, for good.

    Parameters
    ----------
    limits : ResourceLimits
    count_processes : bool
        Whether to limit their number, which the kernel counts by user: right only where the user
        is this submission's own.
    """
    import resource  # only Unix has it, and settings are read elsewhere, too

    def set_limit(what: int, value: int) -> None:
        hard = resource.getrlimit(what)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (value, value))

    set_limit(resource.RLIMIT_AS, limits.memory_bytes)
    set_limit(resource.RLIMIT_FSIZE, limits.file_bytes)
    set_limit(resource.RLIMIT_NOFILE, limits.open_files)
    set_limit(resource.RLIMIT_CPU, limits.cpu_s)
    set_limit(resource.RLIMIT_CORE, 0)
    set_limit(resource.RLIMIT_MEMLOCK, 0)
    set_limit(resource.RLIMIT_MSGQUEUE, 0)
    if count_processes:
        set_limit(resource.RLIMIT_NPROC, max(1, limits.processes))
