"""The signature of a wrong answer: what probes see of it on inputs that a course shares, as data beside its score.

Two answers with one signature do the same, whoever gave them. Signatures are kept only for answers that lost points and
that the bank does not explain. They decide about no points: they are recorded after all checks.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairgrade.grading.diagnosis import MAX_NESTING, Observation, joined, numbers_of_shape, without_numbers
from fairgrade.grading.seeding import current_submission

SIGNATURE_VERSION = 1

MAX_NUMBERS = 100
"""Of an array with more numbers, the first ones are kept, and their sums."""

MAX_TEXT = 300
"""Longer texts are cut."""

MAX_BYTES = 16_384
"""A signature takes no more in a graded notebook; probes that don't fit are left out, the last ones first."""

DIGITS = 9
"""Numbers are compared with a relative tolerance of 1e-4."""


def encode(seen: Mapping[str, Observation]) -> dict[str, Any]:
    """Return what probes saw as JSON-ready data.

    Returns
    -------
    dict
        ``version``, ``inputs`` (of :func:`number_of_inputs`), and by probe what it saw. A value is a text, ``null``,
        ``{"shape", "kind", "numbers"}`` (and ``"sums"`` if numbers are left out), ``{"parts"}`` or
        ``{"parts", "keys"}``.
    """
    probes: dict[str, Any] = {}
    left = MAX_BYTES
    for probe, observation in seen.items():
        data: dict[str, Any] = {"value": _encoded(observation)}
        if observation.stopped_by:
            data = {"stopped_by": observation.stopped_by[:MAX_TEXT]}
        if observation.printed.size:
            data["printed"] = [_plain(number) for number in observation.printed[:MAX_NUMBERS]]
        left -= len(json.dumps(data)) + len(probe)
        if left < 0:
            break
        probes[probe] = data
    return {"version": SIGNATURE_VERSION, "inputs": number_of_inputs(), "probes": probes}


def number_of_inputs() -> int:
    """Return a number that tells on which shared inputs work was observed: it changes with assignment and secret."""
    return int(current_submission().of_anybody().generator("signature").integers(2**32))


def decode(signature: Mapping[str, Any]) -> dict[str, Observation]:
    """Return what probes saw, as far as a signature holds it.

    Raises
    ------
    ValueError
        If it is of another version, or no signature.
    """
    if signature.get("version") != SIGNATURE_VERSION:
        raise ValueError(f"A signature: expected version {SIGNATURE_VERSION}, got {signature.get('version')!r}.")
    try:
        return {str(probe): _observed(data) for probe, data in signature["probes"].items()}
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"A signature: expected probes, got {type(error).__name__}: {error}.") from error


def _observed(data: Mapping[str, Any]) -> Observation:
    value = _decoded(data["value"]) if "value" in data else without_numbers(None)
    printed = np.array([float(number) for number in data.get("printed", ())])
    return replace(value, stopped_by=str(data.get("stopped_by", "")), printed=printed)


def _encoded(observation: Observation) -> Any:
    if observation.parts or observation.keys or isinstance(observation.form, tuple):
        parts: dict[str, Any] = {"parts": [_encoded(part) for part in observation.parts]}
        return parts | ({"keys": [key[:MAX_TEXT] for key in observation.keys]} if observation.keys else {})
    if observation.shape is None:
        form = observation.form
        return form if form is None else {"text": str(form)[:MAX_TEXT], "is_value": bool(observation.texts)}
    numbers = observation.numbers
    kept: dict[str, Any] = {
        "shape": list(observation.shape),
        "kind": numbers.dtype.kind,
        "numbers": [_plain(number) for number in numbers[:MAX_NUMBERS]],
    }
    if numbers.size > MAX_NUMBERS:
        kept["sums"] = [_plain(total) for total in observation.sums]
    return kept


def _decoded(data: Any, depth: int = 0) -> Observation:
    if data is None or depth > MAX_NESTING + 1:
        return without_numbers(None)
    if "parts" in data:
        return joined([_decoded(part, depth + 1) for part in data["parts"]], tuple(map(str, data.get("keys", ()))))
    if "text" in data:
        return without_numbers(str(data["text"]), is_value=bool(data["is_value"]))
    numbers = _array([*data["numbers"], *data.get("sums", ())], str(data["kind"]))
    return numbers_of_shape(numbers, tuple(int(length) for length in data["shape"]))


def _array(numbers: list[Any], kind: str) -> NDArray[Any]:
    if kind == "c":
        return np.array([complex(*map(float, pair)) if isinstance(pair, list) else float(pair) for pair in numbers])
    return np.array([float(number) for number in numbers]).astype({"b": np.bool_}.get(kind, np.float64))


def _plain(number: Any) -> Any:
    """Return a number as JSON has it: JSON knows neither nan nor infinity nor complex numbers."""
    if isinstance(number, complex | np.complexfloating):
        return [_plain(number.real), _plain(number.imag)]
    value = float(number)
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else str(value)
