"""The process that submissions are forked from: everything slow to import is imported here, once.

It runs no student's code itself. It listens to the grading process alone, and a submission's process
can neither see it nor signal it.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import importlib
import os
import signal
import socket
import sys
from typing import Any

import msgpack

from . import syscalls
from .channel import Channel
from .confinement import Confinement, Order, confinement_of
from .folders import remove
from .limits import ResourceLimits

_LARGEST_ORDER = 1 << 16


def main(control_descriptor: int) -> None:
    """Obey the orders that come in over the descriptor, until it closes."""
    control = socket.socket(fileno=control_descriptor)
    how = confinement_of(_read(control)[0])
    belongings = _Belongings(how.order)
    if how.order.cache:
        belongings.end_with_parent()
    try:
        _start(control, how, belongings)
    finally:
        belongings.clear_up()
        os._exit(0)  # what libraries do at the end of a process would make its folder again


def _start(control: socket.socket, how: Confinement, belongings: _Belongings) -> None:
    how.confine_zygote()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grading process's to handle
    if how.order.filtered:
        importlib.import_module("pyseccomp")  # it looks for libseccomp with programs of the system, which takes 10 ms
    shell = _warm_up(how.order.preload)
    control.send(msgpack.packb(["ready", sys.version.split()[0]]))
    _Zygote(control, how, shell, belongings).obey()


def _warm_up(preload: list[str]) -> Any:
    """Import what students import, and make the shell."""
    gc.disable()  # it would look again and again at what stays
    import matplotlib.pyplot
    import numpy.testing
    from IPython.core import interactiveshell, magics  # noqa: F401

    from . import output, server, shell  # noqa: F401

    for late in (
        "numpy.random",
        "numpy.linalg",
        "numpy.ma",
        "matplotlib_inline.backend_inline",
        "IPython.display",
        "asyncio",
        "pexpect",
    ):
        __import__(late)
    matplotlib.pyplot.switch_backend("module://matplotlib_inline.backend_inline")
    numpy.testing.assert_allclose(numpy.linalg.norm(numpy.ones(4)), 2.0)
    made = shell.make_shell()
    for name in preload:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    made.run_line_magic("matplotlib", "inline")
    # Once through each of IPython's slow first times: parsing, a result, a traceback with its colours.
    for cell in ("1", "1 / 0"):
        made.run_cell(cell, store_history=False)
    made.reset(new_session=True)
    # A garbage collection in a fork would copy every page that holds an object.
    gc.freeze()
    gc.enable()
    return made


class _Belongings:
    """What has to be gone when the zygote is, even if whoever gives it orders was killed: processes and folders."""

    def __init__(self, order: Order) -> None:
        self.running: set[int] = set()
        self.folders = [order.cache] if order.cache else []
        self._me, self._parent = os.getpid(), order.parent

    def end_with_parent(self) -> None:
        """Clear up and end as soon as our parent has ended, whatever we are busy with."""
        signal.signal(signal.SIGTERM, self._on_signal)
        syscalls.signal_at_end_of_parent(signal.SIGTERM)
        self._on_signal()  # it may have ended before

    def _on_signal(self, *_: object) -> None:
        # The kernel also signals when only the thread that started us has ended. And a fork has our handlers first.
        if os.getpid() == self._me and os.getppid() != self._parent:
            self.clear_up()
            os._exit(0)

    def clear_up(self) -> None:
        """End what still runs and remove its files."""
        for child in self.running:
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        for folder in self.folders:
            remove(folder)


class _Zygote:
    def __init__(self, control: socket.socket, how: Confinement, shell: Any, belongings: _Belongings) -> None:
        self._control = control
        self._how = how
        self._shell = shell
        self._pristine: Any = None
        self._belongings = belongings

    def obey(self) -> None:
        """Fork, look after and kill, as told."""
        while True:
            try:
                order, descriptors = _read(self._control)
            except EOFError:
                return
            if order[0] == "fork":
                answer = self._fork(ResourceLimits(**order[1]), order[2], order[3], order[4], descriptors[0])
            elif order[0] == "poll":
                answer = self._wait(order[1], os.WNOHANG)
            else:
                answer = self._kill(order[1])
            try:
                self._control.send(msgpack.packb(answer))
            except OSError:
                return

    def _fork(self, limits: ResourceLimits, seed: int, scratch: str, has_tests: bool, descriptor: int) -> list[Any]:
        self._how.prepare(limits)
        if has_tests and self._pristine is None:
            from . import pristine

            self._pristine = pristine.Pristine()
            gc.freeze()  # as after the imports
        if scratch:  # those of before are removed already, but for the last one perhaps
            self._belongings.folders = [*filter(os.path.lexists, self._belongings.folders), scratch]
        self._how.before_fork()
        child = -1
        try:
            child = os.fork()
        except OSError as error:
            os.close(descriptor)
            return ["failed", str(error)]
        finally:
            if child != 0:
                self._how.after_fork()
        if child == 0:
            try:
                self._control.close()
                self._serve(limits, seed, scratch, descriptor)
            except BaseException:
                # To the log of the grading process, unless the student's own files are already in its place.
                sys.__excepthook__(*sys.exc_info())
            finally:
                os._exit(0)
        os.close(descriptor)
        self._belongings.running.add(child)
        return ["forked", child]

    def _serve(self, limits: ResourceLimits, seed: int, scratch: str, descriptor: int) -> None:
        from . import output, server

        output.open_standard_files()
        channel = Channel(socket.socket(fileno=descriptor), limits.message_bytes)
        try:
            self._how.confine_submission(limits, scratch)
        except BaseException as error:
            channel.send(msgpack.packb(["broken", f"{type(error).__name__}: {error}"]))
            return
        channel.send(msgpack.packb(["open"]))
        server.serve(channel, self._shell, limits.output_bytes, seed, self._pristine)

    def _wait(self, child: int, flags: int) -> list[Any]:
        try:
            pid, status, usage = os.wait4(child, flags)
        except ChildProcessError:
            return ["gone", 0, 0]
        if pid == 0:
            return ["alive"]
        self._belongings.running.discard(child)
        return ["ended", os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024]

    def _kill(self, child: int) -> list[Any]:
        # First process of its own namespace: all others in there die with it. Elsewhere it has no others.
        try:
            os.kill(child, signal.SIGKILL)
        except OSError as error:
            if error.errno != errno.ESRCH:
                raise
        return self._wait(child, 0)


def _read(control: socket.socket) -> tuple[Any, list[int]]:
    data, descriptors, _, _ = socket.recv_fds(control, _LARGEST_ORDER, 1)
    if not data:
        raise EOFError
    return msgpack.unpackb(data), descriptors
