"""Messages that hold no more than JSON can: outputs of cells, and what came of them."""

from __future__ import annotations

from typing import Any

import msgpack

from .budget import Budget, TooMuch
from .format import INT, MAX_INT_BYTES, MAX_ITEMS, MAX_KEYS, TooHeavy, WireError


def unpack_plain(data: bytes, budget: Budget) -> Any:
    """Return the value in a message: no extension but large integers, and no key but text.

    Raises
    ------
    WireError
        Whatever is wrong with the bytes; TooHeavy if the budget does not allow for them.
    """

    def large(code: int, payload: bytes) -> int:
        if code != INT or len(payload) > MAX_INT_BYTES:
            raise WireError("a value that is not plain")
        return int.from_bytes(payload, "big", signed=True)

    try:
        budget.charge_message(data)
        return msgpack.unpackb(
            data, ext_hook=large, strict_map_key=True, unicode_errors="surrogatepass", timestamp=1,
            max_array_len=min(MAX_ITEMS, len(data)), max_map_len=min(MAX_KEYS, len(data)),
        )  # fmt: skip
    except WireError:
        raise
    except TooMuch as error:
        raise TooHeavy(str(error)) from None
    except Exception as error:
        raise WireError(f"malformed: {type(error).__name__}: {error}"[:200]) from None
