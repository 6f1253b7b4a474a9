"""Messages over a socket: a length, then that many bytes; never more than agreed, never later than the deadline."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable

_LENGTH = struct.Struct(">I")
TICK_S = 0.05
"""How often a wait looks at the clock, and at whether the other side is still alive."""


class ChannelClosed(ConnectionError):
    """The other side is gone."""


class MessageTooLarge(ValueError):
    """A message beyond the agreed size, in either direction."""


class Channel:
    """One end of a stream socket.

    Parameters
    ----------
    sock : socket.socket
        A connected stream socket; the channel owns it.
    max_bytes : int
        The most one message may hold.
    on_tick : callable, optional
        Called every `TICK_S` seconds of waiting. It ends the wait by raising. Without it a wait
        has no end.
    """

    def __init__(self, sock: socket.socket, max_bytes: int, on_tick: Callable[[], None] | None = None) -> None:
        self._socket = sock
        self.max_bytes = max_bytes
        self._on_tick = on_tick
        self._rest = b""
        sock.setblocking(True)
        if on_tick is not None:
            # A timeout in the kernel costs nothing a message; Python's own adds a poll() to each.
            tick = struct.pack("ll", 0, int(TICK_S * 1e6))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, tick)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, tick)

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def check_size(self, message: bytes) -> None:
        """Raise MessageTooLarge if `message` can't be sent."""
        if len(message) > self.max_bytes:
            raise MessageTooLarge(f"a message of {len(message)} bytes, where {self.max_bytes} is the limit")

    def send(self, message: bytes, *before: bytes) -> None:
        """Send one message, and those before it that had time to wait.

        Raises
        ------
        ChannelClosed, MessageTooLarge
        """
        self.check_size(message)
        whole = _LENGTH.pack(len(message)) + message
        if before:
            whole = b"".join([_LENGTH.pack(len(part)) + part for part in before]) + whole
        frame = memoryview(whole)
        while frame:
            try:
                frame = frame[self._socket.send(frame) :]
            except BlockingIOError:
                self._tick()
            except OSError as error:
                raise ChannelClosed(str(error)) from None

    def receive(self) -> bytes:
        """Return the next message.

        Raises
        ------
        ChannelClosed, MessageTooLarge
        """
        data = self._rest
        while len(data) < 4:
            data += self._read(65536)
        (size,) = _LENGTH.unpack_from(data)
        if size > self.max_bytes:
            raise MessageTooLarge(f"a message of {size} bytes, where {self.max_bytes} is the limit")
        if len(data) < size + 4:
            chunks, missing = [data], size + 4 - len(data)
            while missing > 0:
                chunks.append(self._read(min(missing, 1 << 20)))
                missing -= len(chunks[-1])
            data = b"".join(chunks)
        self._rest = data[size + 4 :]
        return data[4 : size + 4]

    def send_descriptor(self, descriptor: int) -> None:
        """Hand a descriptor over; the other side has to wait for it in :meth:`receive_descriptor`.

        Raises
        ------
        ChannelClosed
        """
        try:
            socket.send_fds(self._socket, [b"d"], [descriptor])
        except OSError as error:
            raise ChannelClosed(str(error)) from None

    def receive_descriptor(self) -> int:
        """Return the descriptor that is handed over next.

        Raises
        ------
        ChannelClosed
        """
        data, descriptors, _, _ = socket.recv_fds(self._socket, 1, 1)
        if not data or not descriptors:
            raise ChannelClosed("no descriptor came")
        return descriptors[0]

    def _read(self, size: int) -> bytes:
        while True:
            try:
                data = self._socket.recv(size)
            except BlockingIOError:
                self._tick()
                continue
            except OSError as error:
                raise ChannelClosed(str(error)) from None
            if not data:
                raise ChannelClosed("the other side has closed the channel")
            # A sender that trickles must not keep the clock from being looked at.
            if self._on_tick is not None and time.monotonic() - self._looked > TICK_S:
                self._tick()
            return data

    _looked = 0.0

    def _tick(self) -> None:
        self._looked = time.monotonic()
        if self._on_tick is not None:
            self._on_tick()
