"""The grading process's end of the line to a student's process: questions, answers, and what they carry along."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fairgrade.grading.seeding import last_global_seed
from fairgrade.isolation.errors import LimitMet, ProtocolViolation, Stopped, TimeLimit
from fairgrade.isolation.remote import classes, objects
from fairgrade.isolation.remote.effects import error_of, settle
from fairgrade.isolation.remote.expose import Exposed
from fairgrade.isolation.remote.global_state import Attribute, GlobalState
from fairgrade.isolation.remote.registry import Connection, whereabouts
from fairgrade.isolation.worker import randomness
from fairgrade.isolation.worker.budget import Budget
from fairgrade.isolation.worker.changes import copy_back
from fairgrade.isolation.worker.channel import Channel, ChannelClosed, MessageTooLarge
from fairgrade.isolation.worker.format import CannotCross, TooHeavy, WireError
from fairgrade.isolation.worker.messages import STATUSES, Answer, Callback, SameArgument

if TYPE_CHECKING:
    from fairgrade.isolation.remote.namespace import Namespace

_libc = ctypes.CDLL(None)

_NESTED_CALLBACKS = 32


class Link:
    """Asks a student's process, starting one again where the last has died.

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
        self._callbacks = 0
        self.questions = 0
        self.waited_s = 0.0
        self._near: set[int] | None = None
        self._depth = 0
        self._lent: Mapping[str, Exposed] | None = None
        self.namespace: Namespace | None = None
        self.global_state = GlobalState()
        self._around_is_old = True
        self.connection: Connection | None = None
        self.names: frozenset[str] = frozenset()
        self.modules: frozenset[str] = frozenset()
        self.out_of_memory = "used more memory than it may"
        self.deadline = float("inf")
        self.question_deadline = float("inf")
        self.limit = ""

    def connect(self, channel: Channel) -> Connection:
        """Take up the line to a fresh process."""
        self.connection = Connection(self, channel)
        self._around_is_old = True
        if self._near is not None:
            self._pin(self._near)
        return self.connection

    @contextlib.contextmanager
    def near(self) -> Iterator[None]:
        """Run both processes on one processor within the block.

        They take turns, and a turn that stays on its processor takes a third of the time.
        """
        processors = os.sched_getaffinity(0)
        here = {_libc.sched_getcpu()} & processors
        try:
            self._near = here or processors
            self._pin(self._near)
            yield
        finally:
            self._near = None
            self._pin(processors)

    def _pin(self, processors: set[int]) -> None:
        os.sched_setaffinity(0, processors)
        if self.connection is not None and self.connection.lost is None:
            try:
                unsent, self.connection.unsent = self.connection.unsent, []
                self.connection.channel.send(self.connection.codec.pack(["pin", list(processors)]), *unsent)
            except (ChannelClosed, Stopped):
                pass  # the next question finds out why

    def tidy(self) -> None:
        """At the end of a test: what its calls have left open is closed, and takes no time of the student's cells."""
        connection = self.connection
        if connection is not None and connection.lost is None:
            with contextlib.suppress(ChannelClosed, Stopped):  # the next question finds out why
                unsent, connection.unsent = connection.unsent, []
                connection.channel.send(connection.codec.pack(["tidy"]), *unsent)

    def attribute(self, target: Any, name: str) -> Any:
        """An attribute of the student's object, without asking where that can be told."""
        connection = object.__getattribute__(target, "_fairgrade_connection")
        number = object.__getattribute__(target, "_fairgrade_number")
        method = connection.methods.get((number, name))
        if method is not None and connection.lost is None:
            return method
        value = self.do("getattr", target, (name,), {})
        if type(value) is objects.RemoteMethod:
            connection.methods[number, name] = value
        return value

    def get(self, name: str) -> Any:
        """What the notebook calls `name`; what is no plain value is asked for once, until the name means another."""
        known = self.connection
        if known is not None and name in known.named and known.lost is None and time.monotonic() <= self.deadline:
            return known.named[name]
        value = self.do("get", None, (name,), {})
        is_object = issubclass(type(value), objects.Remote)
        if is_object:
            object.__setattr__(value, "_fairgrade_origin", name)
        if (is_object or type(value) is classes.RemoteClass) and self.connection is not None:
            self.connection.named[name] = value
        return value

    def take_names(self, names: list[Any]) -> None:
        """Note which names the notebook has; what they mean may be new as well."""
        self.names = frozenset(name for name in names if type(name) is str)
        if self.connection is not None:
            self.connection.named.clear()

    @contextlib.contextmanager
    def lending(self, functions: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
        """Within the block the notebook's own code finds these functions, which run here, under these names.

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
        """What a test's question ends with when the test has no time left, in a call or between two: the same words."""
        return TimeLimit(f"stopped at the end of the {self._test_timeout_s:g} s for the whole test")

    def do(self, operation: str, target: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Ask one question.

        Raises
        ------
        Stopped
            If there is no answer, with the cause.
        LimitMet
            If an argument or the answer can't be sent.
        Exception
            What the student's code raised, as nearly as it can be told.
        """
        if time.monotonic() > self.deadline:
            raise self.out_of_time()
        if self.connection is None or self.connection.lost is not None:
            self._revive()
        if self.connection is not None and self.connection.lent is not self._lent:
            self._lend(self.connection)  # for the first time, or again after a replay
        connection = self.connection
        assert connection is not None
        state = self._random_state()
        self._send_names(connection)
        self._send_around(connection)
        held = connection.sharing.held() or None
        question = ["do", operation, target, list(args), kwargs, state, held]
        scope = connection.callbacks.begin(connection.numbers_of(target, *args, *kwargs.values()))
        returned: Any = None
        try:
            returned = value = self._ask(connection, question)
        finally:
            connection.callbacks.end(scope, connection.numbers_of(returned))
        return value

    def _send_names(self, connection: Connection) -> None:
        if self.namespace is not None and self.namespace.assigned:
            names = connection.sharing.names(self.namespace)
            if names is not None:
                connection.unsent.append(names)

    def _send_around(self, connection: Connection) -> None:
        """Send what is in force here if it has changed; the connection knows what is in force there."""
        if not self.global_state.changed() and not self._around_is_old:
            return
        self._around_is_old = False
        with connection.callbacks.standing():
            described = self.global_state.described(connection.codec.pack)
            if described != connection.around:
                connection.unsent.append(connection.codec.pack(["around", described]))
                connection.around = described

    def begin_test(self, watched: Iterable[Attribute]) -> None:
        """A test cell begins; it may replace what the attributes `watched` hold."""
        self.global_state.begin(watched)
        self._around_is_old = True

    def pending(self) -> list[bytes]:
        """What tests have changed of what they share, to be sent before a cell of the student's runs."""
        connection = self.connection
        if connection is None or connection.lost is not None:
            return []
        self._send_names(connection)
        self._send_around(connection)
        held = connection.sharing.held()
        connection.around, self._around_is_old = {}, True  # a cell of the student's runs in its own
        unsent, connection.unsent = connection.unsent, []
        return [*unsent, connection.codec.pack(["held", held])] if held else unsent

    def _ask(self, connection: Connection, question: list[Any]) -> Any:
        """Send a question, and take its answer with all that comes along."""
        _, operation, _, args, kwargs, *_ = question
        try:
            message = connection.codec.pack(
                [*question[:3], connection.as_sent(args), connection.as_sent(kwargs), *question[5:]]
            )
        except CannotCross as error:
            where = whereabouts(connection, args, kwargs)
            raise self._meet(f"{operation} of the student's object{where}: can't pass {error}.") from None
        self._depth += 1
        self.questions += 1
        asked = time.perf_counter()
        if self._depth == 1:
            calls = len(args[0]) if operation == "each" else 1
            self.question_deadline = min(self.deadline, time.monotonic() + calls * self._call_timeout_s)
        try:
            try:
                unsent, connection.unsent = connection.unsent, []
                connection.channel.send(message, *unsent)
            except MessageTooLarge as error:
                raise self._meet(f"{operation} of the student's object: can't pass {error}.") from None
            answer = self._answer(connection)
        except MessageTooLarge as error:
            self._meet(f"The student's code returned {error}.")
            raise self._lose(connection, ProtocolViolation(f"a value too large to hand over: {error}")) from None
        except TooHeavy as error:
            self._meet(f"The student's code returned values too large to hand over: {error}.")
            raise self._lose(connection, ProtocolViolation(f"values too large to hand over: {error}")) from None
        except WireError as error:
            self._meet(f"The student's process sent something malformed: {error}.")
            raise self._lose(connection, ProtocolViolation(f"sent something malformed: {error}")) from None
        except ChannelClosed as error:
            raise self._lose(connection, ProtocolViolation(f"sent something malformed: {error}")) from None
        except Stopped as stopped:
            connection.lost = connection.lost or stopped
            raise
        finally:
            self._depth -= 1
            if self._depth == 0:
                self.waited_s += time.perf_counter() - asked
                self.question_deadline = float("inf")
        return self._take(connection, answer, args, kwargs)

    def _meet(self, reason: str) -> LimitMet:
        """Note what can't be handed over, however the test takes it."""
        self.limit = self.limit or reason
        return LimitMet(reason)

    def _random_state(self) -> randomness.State | None:
        """The state of the global generators if it has changed here since the last question, else None."""
        if not self._watch.changed():
            return None
        self._watch.settle()
        seed = last_global_seed()
        return seed if seed is not None and self._watch.explained_by(seed) else randomness.capture()

    def _lose(self, connection: Connection, cause: Stopped) -> Stopped:
        """Give the process up; the engine may know a better cause than ours."""
        connection.lost = self.on_lost(cause)
        return connection.lost

    on_lost: Callable[[Stopped], Stopped] = staticmethod(lambda cause: cause)

    def _answer(self, connection: Connection) -> Answer:
        """The answer to our question; the student's code may call what a test exposed meanwhile."""
        while True:
            answer = connection.codec.unpack(connection.channel.receive())
            if type(answer) is not list or not answer:
                raise WireError("an answer that is not a list")
            if answer[0] == "callback" and len(answer) == len(Callback._fields):
                self._call_back(connection, *answer[1:])
            elif answer[0] in STATUSES and len(answer) == len(Answer._fields):
                return Answer(*answer)
            else:
                raise WireError("an answer of an unknown kind")

    def _call_back(self, connection: Connection, number: Any, args: Any, kwargs: Any) -> None:
        if self._callbacks >= _NESTED_CALLBACKS:
            raise WireError("calls of a test's functions within one another, too deep")
        if type(args) is not list or type(kwargs) is not dict or not all(type(key) is str for key in kwargs):
            raise WireError("a call with malformed arguments")
        self._callbacks += 1
        try:
            function = connection.callbacks.find(number)
            settled = settle(connection, args)
            result = function(*settled, **settle(connection, kwargs))
            reply = connection.codec.pack(["result", result])
        except (Stopped, WireError):
            raise
        except Exception as error:
            lineage = [[base.__module__, base.__qualname__] for base in type(error).__mro__]
            plain = [arg for arg in error.args if type(arg) in (str, int, float, bool)]
            content = plain if len(plain) == len(error.args) else [str(error)[:1000]]
            reply = connection.codec.pack(["raise", lineage, content, connection.callbacks.note(error)])
        finally:
            self._callbacks -= 1
        connection.channel.send(reply)

    # -- what an answer carries -----------------------------------------------------------------

    def _take(self, connection: Connection, answer: Answer, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
        status, value, changed, printed, state, names, shared = answer
        if printed is not None or state is not None or changed or names is not None or shared is not None:
            try:
                self._take_effects(connection, changed, printed, state, names, args, kwargs)
                if shared is not None:
                    connection.sharing.take(shared, self.namespace, settle)
            except Stopped:
                raise
            except Exception as error:  # whatever is wrong with them, it was not our worker that sent them
                cause = ProtocolViolation(f"sent something malformed: {error}"[:200])
                raise self._lose(connection, cause) from None
        if type(value) is SameArgument:
            try:
                return kwargs[value.key] if isinstance(value.key, str) else args[value.key]
            except LookupError:
                raise self._lose(connection, ProtocolViolation("sent something malformed: no argument")) from None
        if status == "ok":
            return settle(connection, value)
        if status == "cannot":
            raise self._meet(f"The student's code returned {value!s:.300}.")
        try:
            raised = error_of(connection, value, self.out_of_memory)
        except Stopped:
            raise
        except Exception as malformed:
            raised = self._lose(connection, ProtocolViolation(f"sent something malformed: {malformed}"[:200]))
        raise raised

    def _take_effects(
        self, connection: Connection, changed: Any, printed: Any, state: Any, names: Any,
        args: list[Any], kwargs: Mapping[str, Any],
    ) -> None:  # fmt: skip
        if state is not None:
            randomness.restore(state)
            self._watch.settle()
        if names is not None:
            self.take_names(names)
        for key, after in changed or []:
            before = args[key] if type(key) is int else kwargs[key]
            copy_back(before, settle(connection, after))
        if printed is not None:
            out, err = printed
            for stream, text in ((sys.stdout, out), (sys.stderr, err)):
                if text:
                    stream.write(str(text))
