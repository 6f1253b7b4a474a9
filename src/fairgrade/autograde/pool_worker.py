"""The other end of the pool: a server that has loaded all that grading needs, and its forks, which grade.

The server is started as ``python -m fairgrade.autograde.pool_worker``. A fork grades the submissions it is sent, one
after the other, and sends back what came of them. All end when nobody is left at the other end of their connections.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import queue
import signal
import socket
import sys
import tempfile
import threading
import traceback
import warnings
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from fairgrade.grading import InfraError
from fairgrade.isolation.worker import syscalls
from fairgrade.isolation.worker.folders import remove

PREFLIGHT = "preflight"
"""What is sent in the place of a submission to have the bundle's own source graded."""

ANSWER, CELL = "answer", "cell"
"""What a message of a grading process holds: the result, or the cell that begins."""


def log_file(folder: Path) -> Path:
    """Return the file for all that the process prints which has this folder for its temporary files."""
    return folder.with_name(f"{folder.name}.log")


def main(control_descriptor: str, folder: str) -> None:
    """Fork grading processes, and end them, as told, until nobody is left to tell.

    Parameters
    ----------
    control_descriptor : str
        The number of the socket that orders come from.
    folder : str
        For temporary files, its own and those of its forks.
    """
    warnings.simplefilter("ignore")
    os.environ["NBGRADER_EXECUTION"] = "autograde"  # as nbgrader says it to the cells it runs
    gc.disable()  # Imported objects live forever anyway, and looking for others takes a third of the time.

    gc.freeze()  # The collector of a fork leaves them alone, so that their memory stays shared.
    gc.enable()
    control = socket.socket(fileno=int(control_descriptor))
    while True:
        order, descriptors, _, _ = socket.recv_fds(control, 32, 1, socket.MSG_CMSG_CLOEXEC)
        if not order:
            break
        if order == b"fork":
            answer = os.fork()
            if answer == 0:
                control.close()
                _become_worker(descriptors[0], Path(folder, str(os.getpid())))
            os.close(descriptors[0])
        else:
            pid = int(order.removeprefix(b"kill "))
            os.kill(pid, signal.SIGKILL)
            answer = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        control.send(str(answer).encode())
    # The coordinator has been killed. Each fork learns that as well, and clears up; ending now would kill them first.
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    remove(folder)


def _become_worker(channel: int, folder: Path) -> None:
    """Grade until nobody is left at the other end of the connection, in a process that has just been forked."""
    try:
        syscalls.die_with_parent()
        folder.mkdir(mode=0o700)
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        with log_file(folder).open("wb") as log:
            for output in (1, 2):  # what a grader prints is no answer
                os.dup2(log.fileno(), output)
        _grade(Connection(channel), str(folder))
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _grade(channel: Connection, folder: str) -> None:
    from fairgrade.autograde.bundle import AssignmentBundle  # noqa: PLC0415 - loaded by now
    from fairgrade.autograde.grader import Grader  # noqa: PLC0415
    from fairgrade.isolation.lost_tests import tell_cells  # noqa: PLC0415

    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(channel, requests, folder), daemon=True).start()
    bundle = pickle.loads(requests.get())  # noqa: S301 - from the coordinator, not from a student
    tell_cells(lambda cell: channel.send_bytes(pickle.dumps((CELL, cell))))
    grader: Any = None
    while True:
        submission = pickle.loads(requests.get())  # noqa: S301
        channel.send_bytes(b"")  # from here on, it may be the submission that ends this process
        answer: object
        try:
            grader = grader or (Grader(bundle) if isinstance(bundle, AssignmentBundle) else bundle.open())
            answer = grader.preflight() if submission == PREFLIGHT else grader.grade(submission)
        except InfraError as error:
            answer = error
        except Exception as error:
            traceback.print_exc()
            answer = InfraError(f"{type(error).__name__}: {error}")
        channel.send_bytes(pickle.dumps((ANSWER, answer)))
        del submission, answer  # both may be large, and would still be there while the next one is unpickled


def _listen(channel: Connection, requests: queue.SimpleQueue[bytes], folder: str) -> None:
    """Pass requests on, and end this process at once when nobody is left to make any, whatever it is busy with."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            requests.put(channel.recv_bytes())
    from fairgrade.isolation.student_process import let_go  # noqa: PLC0415 - loaded by now, and only here

    # Whoever should do the rest may have been killed.
    let_go()
    remove(folder)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
