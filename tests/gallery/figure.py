"""A figure: points with the line of least squares."""

import matplotlib.pyplot as plt
import numpy as np

from fairgrade.grading import Exercise, drawn


def draw_fit(x, y):
    ax = plt.figure().subplots()
    ax.scatter(x, y)
    slope, intercept = np.polyfit(x, y, 1)
    ends = np.array([x.min(), x.max()])
    ax.plot(ends, slope * ends + intercept)
    ax.set_xlabel("x")
    return ax


exercise = Exercise("draw_fit", points=3, reference=draw_fit)


@exercise.scenario(points=3)
def draws_the_fit(draw_fit, rng):
    """It draws all points, and the line of least squares from the smallest to the largest x; the x axis has a label."""
    x, y = rng.normal(size=(2, 12))
    seen = drawn(draw_fit(x, y), "points", "lines", "xlabel")
    return [seen["points"], seen["lines"], seen["xlabel"] != ""]


@exercise.misconception(hint="Which of the two is drawn to the right?", loses=2)
def swaps_the_axes(x, y):
    return draw_fit(y, x)


@exercise.variant
def with_plot_and_a_figure(x, y):
    ends = np.sort(x)[[0, -1]]
    plt.plot(ends, np.polynomial.Polynomial.fit(x, y, 1)(ends), x, y, "ok")
    plt.xlabel("x")
    return plt.gcf()
