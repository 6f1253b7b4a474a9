"""A grading process: reads submissions from its standard input, writes what came of them to its standard output.

Started by :mod:`fairgrade.autograde.processes` as ``python -m fairgrade.autograde.worker``; ends when its input does.
"""

from __future__ import annotations

import os
import pickle
import queue
import sys
import threading
import traceback
import warnings
from typing import BinaryIO

from fairgrade.grading import InfraError
from fairgrade.loading import loading


def send(stream: BinaryIO, message: bytes) -> None:
    """Write a message after its length."""
    stream.write(len(message).to_bytes(8, "big"))
    stream.write(message)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """Read a message; None where the stream ends."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    length = int.from_bytes(head, "big")
    message = stream.read(length)
    return message if len(message) == length else None


def main() -> None:
    """Grade until the input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a grader prints must not come between
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    warnings.simplefilter("ignore")
    os.environ["NBGRADER_EXECUTION"] = "autograde"  # as nbgrader says it to the cells it runs
    # This takes seconds, in which whoever started this process prepares what is to be graded.
    with loading():
        from fairgrade.autograde.grade import Grader  # noqa: PLC0415

    kit = pickle.loads(requests.get())  # noqa: S301 - from the coordinator, not from a student
    grader: Grader | None = None
    while True:
        handed_in = pickle.loads(requests.get())  # noqa: S301
        answer: object
        try:
            grader = grader or Grader(kit)
            answer = grader.grade(handed_in)
        except InfraError as error:
            answer = error
        except Exception as error:
            traceback.print_exc()
            answer = InfraError(f"{type(error).__name__}: {error}")
        send(answers, pickle.dumps(answer))


def _listen(requests: queue.SimpleQueue[bytes]) -> None:
    """Pass requests on, and end this process at once when nobody is left to make any, whatever it is busy with."""
    while (request := receive(sys.stdin.buffer)) is not None:
        requests.put(request)
    os._exit(0)


if __name__ == "__main__":
    main()
