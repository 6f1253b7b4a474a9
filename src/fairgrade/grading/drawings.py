"""What a student's function has drawn, as numbers and text: matplotlib's axes read by value.

>>> @exercise.scenario(points=3)                                                # doctest: +SKIP
... def draws_the_data(scatter_plot, rng):
...     x, y = rng.normal(size=(2, 10))
...     return drawn(scatter_plot(x, y), "points", "xlabel")
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from fairgrade.grading.expect import FloatArray
from fairgrade.grading.outcomes import CheckFailed, StudentError
from fairgrade.grading.student import StudentObject, student_object

MOST_ARTISTS = 500
"""Of one kind on one set of axes; each is a question or more to the student's process."""


def drawn(returned: Any, *parts: str) -> dict[str, Any]:
    """Return what is drawn on a set of axes, as values that can be compared with those of the reference.

    Parameters
    ----------
    returned : object
        What the student's function returned: the axes, or a figure, a tuple, list or array with one set of axes.
    *parts : str
        What to read; ``"lines"``, ``"points"``, ``"bars"`` and ``"images"`` if none is given. There are

        - ``"lines"``: an array of shape (n, 2) per line, in an order that does not depend on that of drawing;
        - ``"points"``: one array of shape (n, 2), sorted, of what is scattered or plotted with markers alone;
        - ``"bars"``: one array of shape (n, 3), sorted: the middle, the bottom and the top of bars and of a histogram;
        - ``"images"``: an array per image;
        - ``"title"``, ``"xlabel"``, ``"ylabel"``, ``"xscale"``, ``"yscale"``: text;
        - ``"legend"``: a list of text;
        - ``"xlim"``, ``"ylim"``: an array of two numbers.

    Returns
    -------
    dict of str to object
        A value per part.

    Raises
    ------
    CheckFailed
        If nothing, several sets of axes or something else was returned.
    ValueError
        If there is no such part.
    """
    if unknown := set(parts) - set(_PARTS):
        raise ValueError(f"drawn: expected parts among {', '.join(_PARTS)}, got {', '.join(sorted(unknown))}.")
    axes = _axes_in(returned)
    try:
        return {part: _PARTS[part](axes) for part in parts or ("lines", "points", "bars", "images")}
    finally:
        _close(axes)


def _axes_in(returned: Any) -> StudentObject:
    if returned is None:
        raise CheckFailed("Your function returns None: is there a `return`? Return the axes that you draw on.")
    if isinstance(returned, np.ndarray):
        returned = returned.ravel().tolist()
    items = _items(returned if isinstance(returned, list | tuple) else [returned])
    axes = [item for item in items if _has(item, "get_lines")]
    if not axes:  # a figure, then
        axes = [one for item in items if _has(item, "get_axes") for one in _items(item.get_axes())]
    if len(axes) != 1 or not _has(axes[0], "get_lines"):
        raise CheckFailed(f"Your function returns {len(axes)} sets of axes, expected one. End it with `return ax`.")
    found: StudentObject = axes[0]
    return found


def _has(value: Any, name: str) -> bool:
    if not isinstance(value, StudentObject):
        return False
    try:
        getattr(value, name)
    except StudentError:
        return False
    return True


def _items(values: Iterable[Any]) -> list[Any]:
    items = []
    for value in values:
        items.append(student_object(value))
        if len(items) > MOST_ARTISTS:
            raise CheckFailed(
                f"Your drawing has more than {MOST_ARTISTS} parts of one kind, which are too many to compare."
            )
    return items


def _numbers(value: Any, columns: int | None = None) -> FloatArray:
    try:
        numbers: FloatArray = np.ma.filled(np.ma.asarray(value).astype(float), np.nan)
    except (TypeError, ValueError):
        raise CheckFailed("Your drawing holds something other than numbers.") from None
    if columns is not None and (numbers.ndim != 2 or numbers.shape[1] != columns):
        raise CheckFailed(f"Your drawing holds an array of shape {numbers.shape}, expected {columns} columns.")
    return numbers


def _sorted(rows: list[FloatArray], columns: int) -> FloatArray:
    """Join arrays of rows and sort these, by rounded values, so that two drawings of the same data agree."""
    joined = np.concatenate([np.empty((0, columns)), *rows])
    return joined[np.lexsort(np.round(joined, 6).T[::-1])]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _is_drawn(style: Any) -> bool:
    """Whether a style of lines or markers shows anything; some markers have no name."""
    return style is not None and not (isinstance(style, str) and style.strip().lower() in ("", "none"))


def _lines(axes: Any) -> list[FloatArray]:
    lines = [_numbers(line.get_xydata(), 2) for line in _items(axes.get_lines()) if _is_drawn(line.get_linestyle())]
    return sorted(lines, key=lambda line: (len(line), np.round(line, 6).tolist()))


def _points(axes: Any) -> FloatArray:
    marked = [line for line in _items(axes.get_lines()) if not _is_drawn(line.get_linestyle())]
    arrays = [line.get_xydata() for line in marked if _is_drawn(line.get_marker())]
    arrays += [some.get_offsets() for some in _items(axes.collections) if _has(some, "get_offsets")]
    return _sorted([_numbers(array, 2) for array in arrays], 2)


def _bars(axes: Any) -> FloatArray:
    rows = []
    for bar in _items(axes.patches):
        if _has(bar, "get_height"):
            left, width, bottom, height = _numbers(
                [getattr(bar, f"get_{name}")() for name in ("x", "width", "y", "height")]
            )
            rows.append(np.array([[left + width / 2, min(bottom, bottom + height), max(bottom, bottom + height)]]))
    return _sorted(rows, 3)


def _legend(axes: Any) -> list[str]:
    legend = axes.get_legend()
    return [] if legend is None else [_text(text.get_text()) for text in _items(legend.get_texts())]


def _ask(method: str, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda axes: read(getattr(axes, method)())


_PARTS: dict[str, Callable[[Any], Any]] = {
    "lines": _lines,
    "points": _points,
    "bars": _bars,
    "images": lambda axes: [_numbers(image.get_array()) for image in _items(axes.images)],
    "legend": _legend,
    **{name: _ask(f"get_{name}", _text) for name in ("title", "xlabel", "ylabel", "xscale", "yscale")},
    **{name: _ask(f"get_{name}", _numbers) for name in ("xlim", "ylim")},
}


def _close(axes: StudentObject) -> None:
    """Close the figure where it was made in this process, by a reference or an item of a bank."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    matplotlib_axes = sys.modules.get("matplotlib.axes")
    # Asked of the type: what stands in for an object says that it is what it stands for.
    if pyplot and matplotlib_axes and issubclass(type(axes._target), matplotlib_axes.Axes):
        pyplot.close(axes._target.figure)
