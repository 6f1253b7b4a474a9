"""What a matplotlib figure shows."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from fairgrade.grading import CheckFailed
from fairgrade.grading.figures import expect_curve, expect_labelled, read_figure

mpl.use("Agg")


@pytest.fixture
def figure() -> Figure:
    """A curve, points, bars and an image, in two sets of axes."""
    figure = Figure()
    left, right = figure.subplots(1, 2)
    left.plot([0, 1, 2], [1.0, 0.5, 0.25], label="loss")
    left.scatter([0, 1], [3, 4])
    left.set(title="Loss", xlabel="epoch", ylabel="mean loss")
    left.legend()
    right.bar([0, 1], [2, 5])
    right.imshow(np.eye(3))
    return figure


def test_contents_are_read(figure):
    """Titles, labels, curves, points, bars, images and legend come out as values."""
    left, right = read_figure(figure)
    assert (left.title, left.xlabel, left.ylabel, left.legend) == ("Loss", "epoch", "mean loss", ("loss",))
    assert left.lines[0].tolist() == [[0, 1], [1, 0.5], [2, 0.25]]
    assert left.points[0].tolist() == [[0, 3], [1, 4]]
    assert right.bars.tolist() == [2, 5]
    assert right.images[0].tolist() == np.eye(3).tolist()


def test_missing_labels_and_curves_are_named(figure):
    """The message says what the figure lacks."""
    left, right = read_figure(figure)
    expect_labelled(left)
    expect_curve(left, np.arange(3), np.array([1, 0.5, 0.25]), what="the loss of each epoch")
    with pytest.raises(CheckFailed, match="no title"):
        expect_labelled(right)
    with pytest.raises(CheckFailed, match="None of the 1 lines in your figure is the accuracy"):
        expect_curve(left, np.arange(3), np.zeros(3), what="the accuracy")
