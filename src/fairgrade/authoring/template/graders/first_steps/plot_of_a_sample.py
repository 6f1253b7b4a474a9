"""The data of a plot: ``histogram(x, bins) -> (edges, counts)``; the notebook draws them."""

import numpy as np

from fairgrade.grading import Exercise


def histogram(x, bins):
    counts, edges = np.histogram(x, bins)
    return edges, counts


exercise = Exercise("plot_of_a_sample", points=3, reference=histogram, solution_name="histogram")


@exercise.inputs(bins=(3, 5))
def a_sample(rng, bins):
    return rng.normal(size=20 * bins), bins


exercise.agrees_with_the_reference(points=3)


@exercise.misconception(hint="In which order are the two results asked for?", loses=1)
def gives_the_counts_first(x, bins):
    return np.histogram(x, bins)


@exercise.misconception(
    hint="There is one more edge than there are bins: the last bin needs its right edge, too.", loses=1
)
def forgets_the_last_edge(x, bins):
    counts, edges = np.histogram(x, bins)
    return edges[:-1], counts


@exercise.variant
def with_edges_first(x, bins):
    edges = np.linspace(np.min(x), np.max(x), bins + 1)
    return edges, np.histogram(x, edges)[0]
