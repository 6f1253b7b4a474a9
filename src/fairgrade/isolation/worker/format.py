"""The format of messages: the codes of msgpack's extensions, what is too large to be sent, and what can be wrong."""

from __future__ import annotations

TUPLE, SET, FROZENSET, INT, COMPLEX, ARRAY, SCALAR, SLICE, RANGE, ELLIPSIS, RECORD, OBJECTS, FRAME, RICH = range(1, 15)
REFERENCE, EXPOSED, NAMED, SAME, BUILT, TIED = range(20, 26)

MAX_INT_BYTES = 1 << 16
"""Of one integer: about 150,000 decimal digits."""
MAX_DEPTH = 64
"""Of tuples and sets within one another; msgpack itself stops lists and dicts at 511."""
MAX_ITEMS = 2_000_000
"""Of one list."""
MAX_KEYS = 100_000
"""Of one dict or set."""


class WireError(ValueError):
    """Bytes that are no message of ours."""


class TooHeavy(WireError):
    """More than the other side may hand over."""


class CannotCross(TypeError):
    """A value that can't be sent by value and has no reference either."""
