"""The student's process: it runs cells and answers questions about the objects they made."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import sys
from collections.abc import Callable
from typing import Any

from . import messages, randomness, references
from .channel import Channel, ChannelClosed, MessageTooLarge
from .exception_values import describe, exception_from
from .format import CannotCross
from .messages import (
    Answer,
    Callback,
    Done,
    Forked,
    ForkFailed,
    Judged,
    Output,
    Ready,
    SameArgument,
    Started,
    Words,
    frame,
    read,
)
from .mirrored_state import MirroredState
from .mutation import is_mutable
from .operations import OPERATIONS
from .output import Sink, open_standard_files
from .pristine import Pristine
from .shared_values import SharedValues
from .shell import CellShell, attach, result_of, run_cell
from .tester import Tester

_MISSING = object()
_IPYTHONS_OWN = re.compile(r"__\w*__$|_+\d*$|_(i+|i\d+|ih|oh|dh|exit_code)$|(In|Out|get_ipython|exit|quit|open)$")


class Server:
    """Serves one submission until the channel closes.

    Parameters
    ----------
    channel : Channel
    shell : CellShell
    output_bytes : int
        The most one cell or tested call may show.
    pristine : Pristine or None
        What libraries are like now, where tests may run in here.
    """

    def __init__(self, channel: Channel, shell: CellShell, output_bytes: int, pristine: Pristine | None = None) -> None:
        self._channel = channel
        self._shell = shell
        self._output_bytes = output_bytes
        self._references = references.References(self._call_exposed)
        self._codec = self._references.codec
        self._sink = Sink(self._emit)
        self._names: frozenset[str] = frozenset()
        self._told: dict[str, Any] = {}
        self._replaced: dict[str, Any] = {}
        self._shared = SharedValues(shell, self._references)
        self._around = MirroredState()
        self._references.names = lambda: shell.user_ns
        self._depth = 0
        self._figures: set[int] = set()
        self._watch = randomness.Watch()
        self._pristine = pristine
        self._tester: Tester | None = None
        actions: dict[type, Callable[..., Any]] = {
            messages.Ask: self._do, messages.RunCell: self._run, messages.Put: self._put, messages.Pin: _pin,
            messages.Tidy: self._close_figures, messages.Around: self._around.apply,
            messages.BindNames: self._shared.take_names, messages.Held: self._shared.take_held,
            messages.Prepare: self._prepare, messages.Snapshot: self._take_snapshot, messages.RunTest: self._test,
        }  # fmt: skip
        self._actions = {messages.NAMES[kind]: action for kind, action in actions.items()}
        attach(shell, self._sink)

    def serve(self) -> None:
        """Answer until the other side goes away."""
        try:
            while True:
                self._obey(self._codec.unpack(self._channel.receive()))
        except (ChannelClosed, MessageTooLarge):
            return

    def _obey(self, message: list[Any]) -> None:
        self._actions[message[0]](*message[1:])

    def _prepare(self, modules: list[str]) -> None:
        """Remember what libraries are like, while no student's code has run."""
        assert self._pristine is not None
        self._tester = Tester(self._shell, self._pristine, modules)

    def _put(self, path: str, content: bytes, more: bool) -> None:
        """Place a file that was submitted beside the notebook in the working directory."""
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "ab" if more else "wb") as file:
            file.write(content)

    # -- cells --------------------------------------------------------------------------------

    def _close_figures(self) -> None:
        """Close the figures that tested calls have left open, or the next cell would spend its time drawing them."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        with contextlib.suppress(Exception):  # student code may have changed it
            for number in set(pyplot.get_fignums()) - self._figures:  # type: ignore[union-attr]
                pyplot.close(number)  # type: ignore[union-attr]

    def _run(self, source: str, silent: bool) -> None:
        self._around.clear()
        self._close_figures()
        ok, count = run_cell(self._shell, self._sink, source, self._output_bytes, silent)
        with contextlib.suppress(Exception):  # none, as a rule: they are drawn and closed at the end of a cell
            self._figures = set(sys.modules["matplotlib.pyplot"].get_fignums())
        self._send(Done(ok, count, self._new_names()))

    def _take_snapshot(self) -> None:
        """Fork; the new process waits for its orders at a channel of its own."""
        self._send(Ready())
        descriptor = self._channel.receive_descriptor()
        try:
            child = os.fork()
        except OSError as error:
            os.close(descriptor)
            self._send(ForkFailed(str(error)))
            return
        if child:
            os.close(descriptor)
            self._send(Forked())
            return
        self._channel.close()
        self._channel = Channel(socket.socket(fileno=descriptor), self._channel.max_bytes)
        open_standard_files()  # those of the process it was forked from are shared with it

    def _test(self, order: dict[str, Any]) -> None:
        """Run a test, and say what came of it with the words that wait in the channel until it has ended.

        Whoever does not read the channel can't know them meanwhile.
        """
        assert self._tester is not None
        self._send(Started())

        def run(source: str) -> Any:
            return result_of(self._shell, self._sink, source, self._output_bytes, False)

        verdict = self._tester.run(order, run)
        words = read(self._codec.unpack(self._channel.receive()), Words).words
        self._send(Judged(words, *verdict))

    def _emit(self, output: dict[str, Any]) -> None:
        self._send(Output(output))

    def _new_names(self) -> list[str] | None:
        """Return the names of the notebook if they have changed, or one that was told means another; else None."""
        names = self._shell.user_ns
        present = names.keys()
        unchanged = len(present) == len(self._names) and present == self._names
        if unchanged and all(names.get(name, _MISSING) is value for name, value in self._told.items()):
            return None
        self._told.clear()
        self._names = frozenset(present)
        return [name for name in self._names if type(name) is str and not _IPYTHONS_OWN.match(name)]

    # -- questions ----------------------------------------------------------------------------

    def _do(
        self,
        operation: str,
        target: Any,
        args: list[Any],
        kwargs: dict[str, Any],
        random_state: Any,
        held: Any = None,
    ) -> None:
        if random_state is not None:
            randomness.restore(random_state)
            self._watch.settle()
        action = OPERATIONS.get(operation) or getattr(self, "_op_" + operation)
        mutable = self._shared.mutable(args, kwargs) if operation in ("call", "each") else None
        tied = self._shared.take_held(held or [])
        self._depth += 1
        if self._depth == 1:
            self._sink.begin_call(self._output_bytes)
        try:
            status, value = "ok", action(target, *args, **kwargs)
            if mutable:
                value = next((SameArgument(key) for key, arg, _ in mutable if arg is value), value)
        except BaseException as error:  # SystemExit and KeyboardInterrupt are the student's, too
            status, value = "error", describe(error)
        self._depth -= 1
        if status == "ok" and operation in ("get", "getattr") and is_mutable(type(value)):
            value = self._references.tie(value)
        shared = [*self._shared.changes(tied), *self._around.take_warned()] or None
        printed = self._sink.end_call() if self._depth == 0 else None
        changed = [
            [key, self._shared.plain(arg)] for key, arg, before in mutable or () if self._shared.frozen(arg) != before
        ]
        state = None
        if self._watch.changed():
            state = randomness.capture()
            self._watch.settle()
        try:
            self._reply(Answer(status, value, changed or None, printed, state, self._new_names(), shared))
        except (CannotCross, MessageTooLarge) as error:
            self._reply(Answer("cannot", str(error), None, printed, state, self._new_names()))

    def _send(self, message: Any) -> None:
        self._channel.send(self._codec.pack(frame(message)))

    def _reply(self, message: Any) -> None:
        """Send a message that may refer to objects, after descriptions of classes that it is the first to refer to."""
        packed = self._codec.pack(frame(message))
        self._channel.send(packed, *self._references.descriptions)
        self._references.descriptions.clear()

    def _call_exposed(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Ask the other side to run a function it exposed; answer its questions meanwhile."""
        if not self._depth:
            raise RuntimeError("A function of a test's can be called while the test waits, not in a cell.")
        self._reply(Callback(number, list(args), kwargs))
        while True:
            message = self._codec.unpack(self._channel.receive())
            if message[0] == messages.NAMES[messages.Result]:
                return message[1]
            if message[0] == messages.NAMES[messages.Raised]:
                raise exception_from(*message[1:])
            self._obey(message)

    # -- operations that need this process ------------------------------------------------------

    def _op_get(self, target: None, name: str) -> Any:
        value = self._shell.user_ns.get(name, _MISSING)
        if value is _MISSING:
            raise KeyError(name)
        self._told[name] = value
        return value

    def _op_lend(self, target: None, functions: dict[str, Any]) -> None:
        """Hold these functions under these names, and under others of what they stand in for; give back the last."""
        names = self._shell.user_ns
        while self._replaced:
            key, value = self._replaced.popitem()
            if value is _MISSING:
                names.pop(key, None)
            else:
                names[key] = value
        for name, function in functions.items():
            own = names.get(name, _MISSING)
            for key in [key for key, value in names.items() if value is own] or [name]:
                self._replaced.setdefault(key, own)
                names[key] = function

    def _op_shell(self, target: None, command: str) -> list[str]:
        """Return the lines that a shell command prints."""
        return [str(line) for line in self._shell.getoutput(command, split=True)]


def _pin(processors: list[int]) -> None:
    """Run on these processors from now on."""
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, processors)


def serve(channel: Channel, shell: CellShell, output_bytes: int, seed: int, pristine: Pristine | None = None) -> None:
    """Run one submission's server, its random numbers starting from `seed`."""
    randomness.seed_all(seed)
    sys.argv = [""]
    sys.path.insert(0, "")  # as in a kernel: modules beside the notebook are found
    Server(channel, shell, output_bytes, pristine).serve()
