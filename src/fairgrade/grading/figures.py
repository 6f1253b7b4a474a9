"""What a matplotlib figure shows, as plain values a check can look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes as MatplotlibAxes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

from fairgrade.grading.expect import FloatArray, expect


@dataclass(frozen=True, eq=False)
class Axes:
    """One set of axes.

    Attributes
    ----------
    title, xlabel, ylabel : str
    lines : tuple of ndarray of shape (n_points, 2)
        The curves, as columns x and y.
    points : tuple of ndarray of shape (n_points, 2)
        The scatter plots, one array a collection.
    bars : ndarray of shape (n_bars,)
        The heights of the bars.
    images : tuple of ndarray
        The arrays shown as images.
    legend : tuple of str
        The legend's entries.
    """

    title: str
    xlabel: str
    ylabel: str
    lines: tuple[FloatArray, ...]
    points: tuple[FloatArray, ...]
    bars: FloatArray
    images: tuple[FloatArray, ...]
    legend: tuple[str, ...]


def read_figure(figure: Figure) -> tuple[Axes, ...]:
    """The contents of `figure`, one :class:`Axes` for each set of axes in it."""
    return tuple(_read(axes) for axes in figure.axes)


def expect_labelled(axes: Axes) -> None:
    """Fail unless the axes have a title and both axes say what they show."""
    for part, text in (("title", axes.title), ("x label", axes.xlabel), ("y label", axes.ylabel)):
        expect(bool(text.strip()), f"Your figure has no {part}.")


def expect_curve(axes: Axes, x: FloatArray, y: FloatArray, *, what: str, rtol: float = 1e-6) -> None:
    """Fail unless one of the lines runs through the points (`x`, `y`), in that order.

    Parameters
    ----------
    axes : Axes
    x, y : ndarray of shape (n_points,)
    what : str
        The curve in words, for the message.
    rtol : float
        Relative tolerance.
    """
    want = np.column_stack([x, y])
    found = any(line.shape == want.shape and np.allclose(line, want, rtol=rtol) for line in axes.lines)
    expect(found, f"None of the {len(axes.lines)} lines in your figure is {what}.")


def _read(axes: MatplotlibAxes) -> Axes:
    legend = axes.get_legend()
    bars = [bar.get_height() for group in axes.containers if isinstance(group, BarContainer) for bar in group]
    return Axes(
        title=axes.get_title() or axes.get_title(loc="left") or axes.get_title(loc="right"),
        xlabel=axes.get_xlabel(),
        ylabel=axes.get_ylabel(),
        lines=tuple(np.asarray(line.get_xydata(), dtype=np.float64) for line in axes.lines),
        points=tuple(np.asarray(group.get_offsets(), dtype=np.float64) for group in axes.collections),
        bars=np.array(bars, dtype=np.float64),
        images=tuple(np.asarray(image.get_array(), dtype=np.float64) for image in axes.images),
        legend=tuple(text.get_text() for text in legend.get_texts()) if legend else (),
    )
