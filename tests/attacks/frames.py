"""What an attacker writes to speak to the grader directly: find the one socket, send a frame.

A forged message is made from the definition that both ends use, and lies in one field. The same message with the truth
in that field is taken (tests/attacks/test_forged.py), so that it is the lie it is refused for.
"""

from __future__ import annotations

from dataclasses import dataclass

from fairgrade.isolation.worker import randomness
from fairgrade.isolation.worker.messages import NAMES, Answer, Callback, ClassDescription, Done

SPEAKS = rf"""
import os, socket, stat, struct
import msgpack
def channel():
    for fd in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                return fd
        except OSError:
            pass
def send(value, raw=None):
    data = raw if raw is not None else msgpack.packb(value)
    os.write(channel(), struct.pack(">I", len(data)) + data)
def message(name, fields, usual, given):
    assert set(given) <= set(fields)
    return name + [(usual | given).get(field) for field in fields]
def answer(**fields):
    return message([], {Answer._fields!r}, {{"status": "ok"}}, fields)
def done(**fields):
    return message([{NAMES[Done]!r}], {Done._fields!r}, {{"ok": True, "execution_count": 1}}, fields)
def callback(**fields):
    return message([{NAMES[Callback]!r}], {Callback._fields!r}, {{"args": [1.0], "kwargs": {{}}}}, fields)
def described_class(**fields):
    usual = {{
        "number": 5, "name": "Mine", "qualname": "Mine", "module": "__main__", "special": [],
        "bases": [], "builtin_base": "", "lineage": [], "is_container": False,
    }}
    return message([{NAMES[ClassDescription]!r}], {ClassDescription._fields!r}, usual, fields)
def extension(code, *content):
    return msgpack.ExtType(code, msgpack.packb(content))
def array(dtype, shape, content):
    header = bytes((len(dtype), len(shape))) + dtype + struct.pack(f">{{len(shape)}}q", *shape)
    return msgpack.ExtType(6, header + content)
"""


@dataclass(frozen=True)
class Forged:
    """A message that a student's function sends before the one that is right.

    Attributes
    ----------
    lie, truth : str
        Expressions, in words of SPEAKS, that differ in one field.
    """

    lie: str
    truth: str

    def square(self, message: str = "") -> str:
        """The student's code that sends the lie, or another message."""
        return f"{SPEAKS}\ndef square(x):\n    send({message or self.lie})\n    return 0\n"


def random_state(**changed: object) -> str:
    """The state of the generators as it crosses, with parts changed, as an expression."""
    version, words, gauss, name, keys, position, has_gauss, cached = randomness.capture()
    parts = {
        "version": version, "words": words, "gauss": gauss, "name": name, "keys": keys, "position": position,
        "has_gauss": has_gauss, "cached": cached,
    } | changed  # fmt: skip
    return repr(list(parts.values()))
