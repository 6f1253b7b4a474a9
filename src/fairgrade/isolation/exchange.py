"""What crosses around a cell of a student's process: files before, outputs meanwhile, one message after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairgrade.isolation.errors import OutputLimit, ProtocolViolation
from fairgrade.isolation.outputs import CellOutputs
from fairgrade.isolation.settings import Isolation
from fairgrade.isolation.worker.budget import Budget
from fairgrade.isolation.worker.channel import Channel, MessageTooLarge
from fairgrade.isolation.worker.format import TooHeavy, WireError
from fairgrade.isolation.worker.messages import Output, Put, frame, read
from fairgrade.isolation.worker.plain import unpack_plain
from fairgrade.isolation.worker.wire import Codec

_FILE_PART = 1 << 20
MESSAGE_BYTES = 64 << 20
"""What a message about a running cell may take in memory."""
OUT = b"\x92\xa3out"
"""How a message begins that brings an output."""


def wait_for(kind: type, channel: Channel, outputs: CellOutputs) -> Any:
    """Take outputs until a message of this kind comes, and return it.

    Raises
    ------
    ChannelClosed
        If the process ends instead.
    OutputLimit, ProtocolViolation
        If it sends too much, or anything else.
    """
    try:
        while True:
            data = channel.receive()
            is_output = data.startswith(OUT)
            if is_output:
                outputs.expect(len(data))
            message = read(unpack_plain(data, Budget(MESSAGE_BYTES)), Output if is_output else kind)
            if not is_output:
                return message
            outputs.add(message.output)
    except TooHeavy:
        raise OutputLimit("stopped because it showed far too much") from None
    except (WireError, MessageTooLarge) as error:
        raise ProtocolViolation(f"sent something malformed: {error}") from None


def sent_bytes(settings: Isolation) -> int:
    """Return how many bytes of a cell's outputs are taken; the student's end keeps to half of that by itself."""
    return 2 * settings.output_bytes + (1 << 16)


def put_files(channel: Channel, files: Mapping[str, bytes]) -> None:
    """Have the process at the other end write files, in parts."""
    codec = Codec()
    for path, content in files.items():
        for start_at in range(0, len(content) or 1, _FILE_PART):
            part = content[start_at : start_at + _FILE_PART]
            channel.send(codec.pack(frame(Put(path, part, start_at > 0))))
