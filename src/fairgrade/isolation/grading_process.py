"""The process in which ``nbgrader autograde`` runs submissions: nbgrader outlives what a test does on an answer.

It is started once per run, and again whenever it was lost.
"""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from contextlib import ExitStack, suppress
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from nbformat import NotebookNode

from fairgrade.grading.outcomes import InfraError
from fairgrade.isolation.errors import expect_linux
from fairgrade.isolation.lost_tests import PROCESS_GRACE_S, Attempt, CellId, GradingProcessLost, tell_cells
from fairgrade.isolation.settings import Isolation
from fairgrade.isolation.submission_inputs import SubmissionInputs
from fairgrade.isolation.worker import syscalls
from fairgrade.isolation.worker.folders import temporary


class _Question(NamedTuple):
    """A notebook to run; `settings` are the values of the traits of Isolation."""

    notebook: NotebookNode
    inputs: SubmissionInputs
    settings: dict[str, Any]
    faults: dict[str, str] | None


class _Ran(NamedTuple):
    """What came of it, or what failed."""

    notebook: NotebookNode
    times: dict[str, Any]
    faults: dict[str, str] | None
    error: InfraError | None = None


class GradingProcess:
    """A process that runs submitted notebooks, one after the other; it is started when it is needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Connection | None = None
        self._rest = ExitStack()

    def run(
        self, nb: NotebookNode, inputs: SubmissionInputs, settings: Isolation, faults: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Run `nb` in place, as :func:`~fairgrade.isolation.submission.run_submission` does.

        A cell in which the process is lost is tried again, and then skipped, unless it is the instructor's own work
        that is run, with `faults` to be named.

        Raises
        ------
        InfraError
            If anything of ours fails.
        """
        attempt = Attempt()
        while True:
            try:
                ran = self._ask(nb, replace(inputs, skipped=attempt.skipped), settings, faults)
                break
            except GradingProcessLost as error:
                following = attempt.after(error)
                if following is None or (faults is not None and following.skipped):
                    raise
                attempt = following
        if ran.error is not None:
            raise ran.error
        nb.clear()
        nb.update(ran.notebook)
        if faults is not None:
            faults.update(ran.faults or {})
        return ran.times

    def close(self) -> None:
        """End the process, and remove its temporary files."""
        if self._channel is not None and self._process is not None:
            self._channel.close()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)  # by itself, with its sandbox
        self._end()

    def _ask(
        self, nb: NotebookNode, inputs: SubmissionInputs, settings: Isolation, faults: dict[str, str] | None
    ) -> _Ran:
        cell: CellId | None = None
        timeout_s = settings.notebook_timeout_s + PROCESS_GRACE_S
        values = {name: getattr(settings, name) for name in settings.trait_names(config=True)}
        try:
            channel = self._started()
            channel.send(_Question(nb, inputs, values, faults))
            while channel.poll(timeout_s):
                answer: _Ran | CellId | None = channel.recv()
                if isinstance(answer, _Ran):
                    return answer
                cell = answer
            how = f"no answer within {timeout_s:g} s"
        except (EOFError, OSError):
            how = "it ended"
        except BaseException:
            self._end()  # else the next question would get the answer to this one
            raise
        self._end()
        raise GradingProcessLost.at(cell, f"{how}.")

    def _started(self) -> Connection:
        """Return the connection to the process, which is started if there is none."""
        if self._channel is not None:
            return self._channel
        expect_linux()
        folder = self._rest.enter_context(temporary())
        self._channel, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", f"from {__name__} import main; main({theirs.fileno()})"],
                stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], env={**os.environ, "TMPDIR": folder},
                start_new_session=True,  # Ctrl-C is for nbgrader to answer
            )  # fmt: skip
        self._channel.send(sys.path)
        return self._channel

    def _end(self) -> None:
        """End the process at once, whatever it is busy with."""
        if self._process is not None and self._channel is not None:
            self._process.kill()
            self._process.wait()
            self._channel.close()
        self._process = self._channel = None
        self._rest.close()


def main(descriptor: int) -> None:
    """Run notebooks until nobody is left at the other end of the connection.

    Parameters
    ----------
    descriptor : int
        The connection's.
    """
    syscalls.die_with_parent()
    os.dup2(2, 1)  # what a grader prints is none of the command's results
    with Connection(descriptor) as channel, suppress(EOFError):
        sys.path[:] = channel.recv()
        from fairgrade.isolation.submission import run_submission

        tell_cells(channel.send)
        while True:
            nb, inputs, settings, faults = channel.recv()
            try:
                times, error = run_submission(nb, inputs, Isolation(**settings), faults), None
            except InfraError as raised:
                times, error = {}, raised
            except Exception as raised:
                traceback.print_exc()
                times, error = {}, InfraError(f"{type(raised).__name__}: {raised}")
            channel.send(_Ran(nb, times, faults, error))
