"""Questions to a student's process, which is started again if it has died."""

from __future__ import annotations

import contextlib
import ctypes
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from fairgrade.grading.seeding import last_global_seed
from fairgrade.isolation.errors import LimitMet, ProtocolViolation, Stopped, TimeLimit
from fairgrade.isolation.remote import effects
from fairgrade.isolation.remote.connection import Connection, in_words
from fairgrade.isolation.remote.exceptions import exception_of
from fairgrade.isolation.remote.expose import Exposed
from fairgrade.isolation.remote.global_state import Attribute, GlobalState
from fairgrade.isolation.worker import randomness
from fairgrade.isolation.worker.budget import Budget
from fairgrade.isolation.worker.channel import Channel, ChannelClosed, MessageTooLarge
from fairgrade.isolation.worker.format import CannotCross, WireError
from fairgrade.isolation.worker.messages import Answer, Ask, Held, Pin, SameArgument, Tidy, frame

_libc = ctypes.CDLL(None)


class Link:
    """The tests' end of the line to a student's process, whichever that is after a restart.

    Parameters
    ----------
    revive : callable
        Makes a process in which the notebook was replayed, and calls :meth:`connect`.
    test_timeout_s, call_timeout_s : float
        Wall seconds a question may take.
    answers_bytes : int
        What all that comes back may take in memory, until the budget is renewed.
    """

    def __init__(
        self, revive: Callable[[], None], test_timeout_s: float, call_timeout_s: float, answers_bytes: int
    ) -> None:
        self.budget = Budget(answers_bytes)
        self._revive = revive
        self._test_timeout_s, self._call_timeout_s = test_timeout_s, call_timeout_s
        self._watch = randomness.Watch()
        self.questions = 0
        self.waited_s = 0.0
        self._near: set[int] | None = None
        self._depth = 0
        self._lent: Mapping[str, Exposed] | None = None
        self.globals: dict[str, Any] = {}
        self.assigned: set[str] = set()
        self.global_state = GlobalState()
        self.connection: Connection | None = None
        self.names: frozenset[str] = frozenset()
        self.modules: frozenset[str] = frozenset()
        self.out_of_memory = "used more memory than it may"
        self.deadline = float("inf")
        self.question_deadline = float("inf")
        self.limit = ""

    def connect(self, channel: Channel) -> Connection:
        """Use the line to a fresh process from now on."""
        self.connection = Connection(self, channel, self.budget)
        if self._near is not None:
            self._pin(self._near)
        return self.connection

    @contextlib.contextmanager
    def near(self) -> Iterator[None]:
        """Run both processes on one processor within the block.

        They take turns, and a turn that stays on its processor takes a third of the time.
        """
        allowed = os.sched_getaffinity(0)
        try:
            self._near = {_libc.sched_getcpu()} & allowed or allowed
            self._pin(self._near)
            yield
        finally:
            self._near = None
            self._pin(allowed)

    def _pin(self, processors: set[int]) -> None:
        os.sched_setaffinity(0, processors)
        self._tell(Pin(list(processors)))

    def tidy(self) -> None:
        """Close figures that a test's calls left open, so that the student's next cell doesn't spend time on them."""
        self._tell(Tidy())

    def _tell(self, message: Pin | Tidy) -> None:
        """Send a message that has no answer."""
        connection = self.connection
        if connection is not None and connection.lost is None:
            with contextlib.suppress(ChannelClosed, Stopped):  # the next question finds out why
                connection.send(connection.codec.pack(frame(message)))

    def get(self, name: str) -> Any:
        """Return what the notebook calls `name`; an object is asked for once, until the name may mean another."""
        known = self.connection.registry.named.get(name) if self.connection is not None else None
        if known is not None and time.monotonic() <= self.deadline:
            return known
        value = self.do("get", None, (name,), {})
        if self.connection is not None:
            self.connection.registry.keep_named(name, value)
        return value

    def take_names(self, names: list[Any]) -> None:
        """Note which names the notebook has; what they mean may be new as well."""
        self.names = frozenset(name for name in names if type(name) is str)
        if self.connection is not None:
            self.connection.registry.forget_names()

    @contextlib.contextmanager
    def lending(self, functions: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
        """Let the notebook's code find these functions, which run here, under these names within the block.

        A process that dies meanwhile is replayed with the notebook's own functions, and is then lent these again.
        """
        outer, self._lent = self._lent, {name: Exposed(function) for name, function in functions.items()}
        try:
            yield  # the next question hands them out
        finally:
            self._lent = outer
            self._give_back()

    def _give_back(self) -> None:
        """Have the process hold what it held before: its next cell must find the notebook's own functions."""
        if self.connection is None or self.connection.lost is not None or self.connection.lent is self._lent:
            return
        # Also where the test's time is up. A process that does not answer is given up, and a fresh one holds its own.
        ends, self.deadline = self.deadline, float("inf")
        try:
            with contextlib.suppress(Stopped):
                self._lend(self.connection)
        finally:
            self.deadline = ends

    def _lend(self, connection: Connection) -> None:
        connection.lent = self._lent
        self.do("lend", None, (self._lent or {},), {})

    def out_of_time(self) -> TimeLimit:
        """Return the exception for a test that has no time left, in a call or between two of them."""
        return TimeLimit(f"stopped at the end of the {self._test_timeout_s:g} s for the whole test")

    # -- questions ------------------------------------------------------------------------------

    def do(self, operation: str, target: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Ask one question, and return the answer or raise what the student's code raised.

        Raises
        ------
        Stopped
            If there is no answer, with the cause.
        LimitMet
            If an argument or the answer can't be sent.
        """
        if time.monotonic() > self.deadline:
            raise self.out_of_time()
        connection = self._connected()
        state = self._random_state()
        connection.update(self.globals, self.assigned, self.global_state)
        question = [operation, target, list(args), kwargs, state, connection.sharing.held() or None]
        registry, callbacks = connection.registry, connection.callbacks
        scope = callbacks.begin(registry.numbers_of(target, *args, *kwargs.values()))
        returned: Any = None
        try:
            returned = value = self._ask(connection, question)
        finally:
            callbacks.end(scope, registry.numbers_of(returned))
        return value

    def _connected(self) -> Connection:
        """Return the line to a process that holds all it should, started again if there is none."""
        if self.connection is None or self.connection.lost is not None:
            self._revive()
        assert self.connection is not None
        if self.connection.lent is not self._lent:
            self._lend(self.connection)  # for the first time, or again after a replay
        return self.connection

    def _random_state(self) -> randomness.State | None:
        """Return the state of the global generators if it has changed here since the last question, else None."""
        if not self._watch.changed():
            return None
        self._watch.settle()
        seed = last_global_seed()
        return seed if seed is not None and self._watch.explained_by(seed) else randomness.capture()

    def begin_test(self, watched: Iterable[Attribute]) -> None:
        """Note that a test cell begins; it may replace what the attributes `watched` hold."""
        self.global_state.begin(watched)
        if self.connection is not None:
            self.connection.state_is_old = True

    def pending(self) -> list[bytes]:
        """Take the messages to be sent before a cell of the student's runs: what tests changed of what they share."""
        connection = self.connection
        if connection is None or connection.lost is not None:
            return []
        connection.update(self.globals, self.assigned, self.global_state)
        held = connection.sharing.held()
        connection.in_force, connection.state_is_old = {}, True  # a cell of the student's runs in its own
        unsent, connection.unsent = connection.unsent, []
        return [*unsent, connection.codec.pack(frame(Held(held)))] if held else unsent

    def _ask(self, connection: Connection, question: list[Any]) -> Any:
        """Send a question, and take its answer with all that comes along."""
        operation, target, args, kwargs, *update = question
        try:
            sent = Ask(operation, target, connection.as_sent(args), connection.as_sent(kwargs), *update)
            message = connection.codec.pack(frame(sent))
            connection.channel.check_size(message)
        except (CannotCross, MessageTooLarge) as error:
            where = connection.name_of_unsendable(args, kwargs) if isinstance(error, CannotCross) else ""
            raise self._meet(f"{operation} of the student's object{where}: can't pass {error}.") from None
        self._depth += 1
        self.questions += 1
        asked = time.perf_counter()
        if self._depth == 1:
            calls = len(args[0]) if operation == "each" else 1
            self.question_deadline = min(self.deadline, time.monotonic() + calls * self._call_timeout_s)
        try:
            connection.send(message)
            answer = self._answer(connection)
        except (ChannelClosed, MessageTooLarge, WireError, Stopped) as error:
            raise self._lose(connection, error) from None
        finally:
            self._depth -= 1
            if self._depth == 0:
                self.waited_s += time.perf_counter() - asked
                self.question_deadline = float("inf")
        return self._take(connection, answer, args, kwargs)

    def _answer(self, connection: Connection) -> Answer:
        """Wait for the answer; the student's code may call functions of the test's meanwhile."""
        while True:
            message = connection.receive()
            if isinstance(message, Answer):
                return message
            connection.channel.send(connection.callbacks.answer(message, connection.codec))

    # -- answers --------------------------------------------------------------------------------

    def _take(self, connection: Connection, answer: Answer, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
        """Return the value of an answer, or raise what it says was raised, once its effects have been applied."""
        status, value, *_ = answer
        try:
            if effects.has_effects(answer):
                self._take_effects(connection, answer, args, kwargs)
            if type(value) is SameArgument:
                return kwargs[value.key] if isinstance(value.key, str) else args[value.key]
            if status == "ok":
                return value
            if status == "error":
                *content, passed = value
                own = connection.callbacks.passed(passed)  # the test's, which the student's code let pass
                raised = exception_of(content, self.out_of_memory) if own is None else own
        except Stopped:
            raise
        except Exception as error:  # whatever is wrong with it, it was not our worker that sent it
            raise self._give_up(connection, f"sent something malformed: {error}"[:200]) from None
        if status == "cannot":
            raise self._meet(f"The student's code returned {value!s:.300}.")
        raise raised

    def _take_effects(
        self, connection: Connection, answer: Answer, args: list[Any], kwargs: Mapping[str, Any]
    ) -> None:  # fmt: skip
        effects.apply(answer, args, kwargs, self._watch)
        if answer.names is not None:
            self.take_names(answer.names)
        if answer.shared is not None:
            connection.sharing.take(answer.shared, self.globals)

    def _meet(self, reason: str) -> LimitMet:
        """Note what can't be handed over, however the test takes it."""
        self.limit = self.limit or reason
        return LimitMet(reason)

    def _lose(self, connection: Connection, error: Exception) -> Stopped:
        """Give the process up after an error on its line; the engine may know a better cause."""
        if isinstance(error, Stopped):
            connection.lose(connection.lost or error)
            return error
        cause, limit = in_words(error)
        if limit:
            self._meet(limit)
        return self._give_up(connection, cause)

    def _give_up(self, connection: Connection, cause: str) -> Stopped:
        stopped = self.on_lost(ProtocolViolation(cause))
        connection.lose(stopped)
        return stopped

    on_lost: Callable[[Stopped], Stopped] = staticmethod(lambda cause: cause)
