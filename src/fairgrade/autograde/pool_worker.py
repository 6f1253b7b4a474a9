"""A grading process: grades the submissions it is sent, one after the other, and sends back what came of them.

Started as ``python -m fairgrade.autograde.pool_worker``; ends when nobody is left at the other end of its socket.
"""

from __future__ import annotations

import atexit
import os
import pickle
import queue
import socket
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Sequence

from fairgrade.grading import InfraError
from fairgrade.isolation.worker.folders import remove
from fairgrade.loading import loading

PREFLIGHT = "preflight"
"""What is sent in the place of a submission to have the bundle's own source graded."""


def send(channel: socket.socket, message: bytes) -> None:
    """Send a message after its length."""
    channel.sendall(len(message).to_bytes(8, "big") + message)


def receive(channel: socket.socket) -> bytes | None:
    """Receive a message; None where there are no more."""
    try:
        head = channel.recv(8, socket.MSG_WAITALL)
        length = int.from_bytes(head, "big")
        message = channel.recv(length, socket.MSG_WAITALL) if len(head) == 8 else b""
    except OSError:  # the other end was killed with something unread
        return None
    return message if len(head) == 8 and len(message) == length else None


def main(*posts: str) -> None:
    """Grade until nobody is left at the other end.

    Parameters
    ----------
    *posts : str
        For each process to be: the descriptors of its socket and of the file it complains to, and the folder for its
        temporary files, with colons.
    """
    warnings.simplefilter("ignore")
    os.environ["NBGRADER_EXECUTION"] = "autograde"  # as nbgrader says it to the cells it runs
    # This takes seconds, in which whoever started this process prepares what is to be graded.
    with loading():
        from fairgrade.autograde.grader import Grader  # noqa: PLC0415

    channel, folder = _take(posts, _fork(len(posts)))
    atexit.register(remove, folder)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(channel, requests, folder), daemon=True).start()
    send(channel, str(os.getpid()).encode())
    bundle = pickle.loads(requests.get())  # noqa: S301 - from the coordinator, not from a student
    grader: Grader | None = None
    while True:
        submission = pickle.loads(requests.get())  # noqa: S301
        send(channel, b"")  # from here on, it may be the submission that ends this process
        answer: object
        try:
            grader = grader or Grader(bundle)
            answer = grader.preflight() if submission == PREFLIGHT else grader.grade(submission)
        except InfraError as error:
            answer = error
        except Exception as error:
            traceback.print_exc()
            answer = InfraError(f"{type(error).__name__}: {error}")
        send(channel, pickle.dumps(answer))


def _fork(number: int) -> int:
    """Become so many processes; gives each its place among them. The new ones are orphans, for our parent to adopt."""
    for place in range(1, number):
        between = os.fork()
        if between == 0:
            if os.fork() == 0:
                return place
            os._exit(0)
        os.waitpid(between, 0)
    return 0


def _take(posts: Sequence[str], place: int) -> tuple[socket.socket, str]:
    """The socket and the folder of the process at this place; what belongs to the others is closed."""
    descriptors = [tuple(map(int, post.split(":", 2)[:2])) for post in posts]
    folder = posts[place].split(":", 2)[2]
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    channel, complaints = descriptors[place]
    for output in (1, 2):  # what a grader prints is no answer
        os.dup2(complaints, output)
    for others in (*descriptors[:place], (complaints,), *descriptors[place + 1 :]):
        for descriptor in others:
            os.close(descriptor)
    return socket.socket(fileno=channel), folder


def _listen(channel: socket.socket, requests: queue.SimpleQueue[bytes], folder: str) -> None:
    """Pass requests on, and end this process at once when nobody is left to make any, whatever it is busy with."""
    while (request := receive(channel)) is not None:
        requests.put(request)
    from fairgrade.isolation.student_process import let_go  # noqa: PLC0415 - loaded by now, and only here

    # Whoever should do the rest may have been killed.
    let_go()
    remove(folder)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
