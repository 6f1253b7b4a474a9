"""The line to one student's process: its messages, and what may stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgpack

from fairgrade.isolation.errors import Stopped
from fairgrade.isolation.remote.expose import Callbacks, Exposed
from fairgrade.isolation.remote.global_state import GlobalState
from fairgrade.isolation.remote.libraries import LIBRARIES, name_of
from fairgrade.isolation.remote.reduction import reduced
from fairgrade.isolation.remote.registry import Asker, Registry
from fairgrade.isolation.remote.sharing import Sharing
from fairgrade.isolation.worker.budget import Budget
from fairgrade.isolation.worker.channel import Channel, MessageTooLarge
from fairgrade.isolation.worker.format import (
    BUILT,
    EXPOSED,
    NAMED,
    REFERENCE,
    SAME,
    TIED,
    CannotCross,
    TooHeavy,
    WireError,
)
from fairgrade.isolation.worker.messages import Answer, Around, Callback, ClassDescription, SameArgument, frame, read
from fairgrade.isolation.worker.wire import Codec


class Connection:
    """The line to one process, which ends with it.

    Parameters
    ----------
    asker : Asker
        Who asks questions over the line.
    channel : Channel
    budget : Budget
        What all that is decoded may take in memory.

    Attributes
    ----------
    lost : Stopped or None
        Why the process was given up, if it was.
    lent : mapping of str to Exposed, or None
        Functions that the process holds under names of the notebook.
    in_force : dict
        The global state that was sent last.
    state_is_old : bool
        Whether that has to be compared with what is in force here, even if nothing has changed here.
    """

    def __init__(self, asker: Asker, channel: Channel, budget: Budget) -> None:
        self._asker = asker
        self.channel = channel
        self.codec = Codec(self._refer, self._resolve, writable=True, budget=budget)
        self.registry = Registry(asker)
        self.callbacks = Callbacks()
        self.sharing = Sharing(self.codec, self.callbacks)
        self.unsent: list[bytes] = []
        self.lost: Stopped | None = None
        self.lent: Mapping[str, Exposed] | None = None
        self.in_force: dict[str, Any] = {}
        self.state_is_old = True

    def lose(self, cause: Stopped) -> None:
        """Note that the process is given up; objects in it are asked for nothing any more."""
        self.lost = cause
        self.registry.forget_names()

    def update(self, names: dict[str, Any], assigned: Iterable[str], state: GlobalState) -> None:
        """Queue what has changed here since the last question: names that tests assigned, and what is in force."""
        changed = self.sharing.names(names, assigned) if assigned else None
        if changed is not None:
            self.unsent.append(changed)
        if state.changed() or self.state_is_old:
            self.state_is_old = False
            with self.callbacks.standing():
                described = state.described(self.codec.pack)
                if described != self.in_force:
                    self.unsent.append(self.codec.pack(frame(Around(described))))
                    self.in_force = described

    # -- messages -------------------------------------------------------------------------------

    def send(self, message: bytes) -> None:
        """Send a message, after those that had time to wait for it.

        Raises
        ------
        ChannelClosed, MessageTooLarge
        """
        self.channel.send(message, *self.unsent)
        self.unsent.clear()

    def receive(self) -> Answer | Callback:
        """Return the next message, with stand-ins in place of references.

        Raises
        ------
        WireError
            If it is malformed.
        ChannelClosed, MessageTooLarge, Stopped
        """
        while True:
            message: Answer | Callback | ClassDescription = read(
                self.codec.unpack(self.channel.receive()), Answer, Callback, ClassDescription
            )
            if not isinstance(message, ClassDescription):
                return message
            self.registry.describe(message)

    def as_sent(self, args: Any) -> Any:
        """Replace arguments that are containers of the student's with their numbers, in a list or by name."""
        if not self.sharing.tied:
            return args
        if isinstance(args, list):
            return [self._as_sent(arg) for arg in args]
        return {name: self._as_sent(arg) for name, arg in args.items()}

    def _as_sent(self, arg: Any) -> Any:
        number = self.sharing.number_of(arg)
        return arg if number is None else msgpack.ExtType(TIED, msgpack.packb(number))

    def name_of_unsendable(self, args: list[Any], kwargs: Mapping[str, Any]) -> str:
        """Say in words which argument can't be packed."""
        for name, arg in [*((f"argument {i + 1}", arg) for i, arg in enumerate(args)), *kwargs.items()]:
            try:
                self.codec.pack(arg)
            except CannotCross:
                return f", {name}"
        return ""

    # -- values that are more than bytes --------------------------------------------------------

    def _refer(self, value: Any) -> tuple[int, bytes]:
        """Return the extension that stands for a value which can't be sent as it is."""
        number = self.registry.number(value)
        if number is not None:
            return REFERENCE, msgpack.packb(number)
        known = name_of(value)
        if known is not None:
            return NAMED, msgpack.packb(known)
        if not isinstance(value, type):
            how = reduced(value, LIBRARIES, self._asker.globals, self._asker.names)
            if how is not None:
                try:
                    return BUILT, self.codec.pack(how)
                except CannotCross:
                    if not callable(value):
                        raise
            if callable(value) or hasattr(value, "__next__"):
                return EXPOSED, msgpack.packb(self.callbacks.number(value))
        what = f"a {type(value).__module__}.{type(value).__qualname__}".replace("builtins.", "")
        raise CannotCross(f"{what}: pass numbers, strings, arrays, lists, tuples, dicts or sets of them instead")

    def _resolve(self, code: int, payload: bytes) -> Any:
        """Turn an extension that arrives into what it stands for; nothing is asked for that."""
        try:
            content = msgpack.unpackb(payload)
            if code == EXPOSED:
                return self.callbacks.same(content)
            if code == TIED:
                number, packed = content
                if type(number) is not int or not 0 <= number < 1 << 31 or type(packed) is not bytes:
                    raise WireError("a container without a number")
                return self.sharing.tie(number, self.codec.unpack(packed), packed)
            if code == SAME and type(content) in (int, str):
                return SameArgument(content)
            if code == REFERENCE:
                return self.registry.stand_in(*content)
        except WireError:
            raise
        except Exception:
            raise WireError("a malformed reference") from None
        raise WireError("an unknown extension")


def in_words(error: Exception) -> tuple[str, str]:
    """Say why a process is given up, and what the test met if it was something that can't be handed over."""
    if isinstance(error, MessageTooLarge):
        return f"a value too large to hand over: {error}", f"The student's code returned {error}."
    if isinstance(error, TooHeavy):
        cause = f"values too large to hand over: {error}"
        return cause, f"The student's code returned {cause}."
    cause = f"sent something malformed: {error}"
    return cause, f"The student's process {cause}." if isinstance(error, WireError) else ""
