"""Pass a network that does not learn because of a mistake that ``test_two_layer_net`` has charged.

The evidence is direct: trained on the very same images from the very same start, the charged misconception ends with
the same parameters and the same labels for new images. A network that learned nothing is no evidence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fairgrade.grading import CheckFailed, FloatArray, Notebook, charged_mistakes
from graders.part7_hidden_layers.drawn import Params
from graders.part7_hidden_layers.two_layer_net import KEYS, exercise

LEARNING = ("one_step", "some_epochs")
"""The probes of ``two_layer_net`` that show how a network learns, apart from what it records and predicts."""


class HasNotLearned(CheckFailed):
    """A trained network is wrong too often.

    Parameters
    ----------
    failure : CheckFailed
    start, end : dict
        The parameters before and after the training.
    labels : ndarray of shape (n_samples,)
        The labels it predicted for new images.
    """

    def __init__(self, failure: CheckFailed, start: Params, end: Params, labels: FloatArray) -> None:
        super().__init__(failure.reason)
        self.start, self.end, self.labels = start, end, labels

    @property
    def shows_nothing(self) -> bool:
        """Whether the weights of both layers stayed where they were, or were set to zeros."""
        return all(np.allclose(self.end[key], self.start[key]) or not np.any(self.end[key]) for key in ("W1", "W2"))

    def is_same_as(self, other: CheckFailed | None) -> bool:
        """Whether another network learned the same from the same images."""
        return (
            isinstance(other, HasNotLearned)
            and all(np.allclose(self.end[key], other.end[key], rtol=1e-4, atol=1e-7) for key in KEYS)
            and np.array_equal(self.labels, other.labels)
        )


def charged_already(
    failure: CheckFailed, TwoLayerNet: Any, notebook: Notebook, again: Callable[[Any], CheckFailed | None]
) -> str | None:
    """Return a note if a mistake that ``test_two_layer_net`` has charged explains why a check fails."""
    if not isinstance(failure, HasNotLearned) or failure.shows_nothing:
        return None
    for mistake in charged_mistakes(exercise, TwoLayerNet, notebook, probes=LEARNING):
        if failure.is_same_as(again(mistake.code)):
            title = mistake.members[0].diagnosis.title.lower()
            return (
                f"The network does not learn well, for a reason that is charged already: test_two_layer_net, {title}."
            )
    return None
