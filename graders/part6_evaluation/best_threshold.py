"""The threshold with the lowest cost: what is right, what is also right, what is wrong.

The notebook asks for ``best_threshold(y_true, confidence, cost_fp, cost_fn) -> float``: a threshold for which the votes
(1 where the confidence is at least the threshold) cost least. Any such threshold will do.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fairgrade.grading import Exercise, FloatArray, expect, expect_number, random_state_untouched, unchanged
from graders.part6_evaluation.drawn import confident


def cost_of(threshold, y_true, confidence, cost_fp, cost_fn):
    said_one = confidence >= threshold
    return cost_fp * np.sum(said_one & (y_true == 0)) + cost_fn * np.sum(~said_one & (y_true == 1))


def threshold_of_lowest_cost(y_true, confidence, cost_fp, cost_fn):
    candidates = np.append(np.sort(confidence), np.inf)
    costs = [cost_of(threshold, y_true, confidence, cost_fp, cost_fn) for threshold in candidates]
    return float(candidates[np.argmin(costs)])


exercise = Exercise("best_threshold", points=4, reference=threshold_of_lowest_cost)

Case = tuple[FloatArray, FloatArray, float, float]


def drawn(rng: np.random.Generator, ratio: float) -> Case:
    """Draw a case where a false positive costs `ratio` times a false negative.

    The lowest cost is had in one way only, and neither at a tenth nor where most votes are right: nobody finds it by
    luck.
    """
    while True:
        y_true, confidence = confident(rng, int(rng.integers(24, 30)))
        cost_fn = float(rng.uniform(1, 2))
        cost_fp = ratio * cost_fn * float(rng.uniform(0.95, 1.05))
        case = y_true, confidence, cost_fp, cost_fn
        candidates = np.append(np.sort(confidence), np.inf)
        lowest, next_to_it = np.sort([cost_of(t, *case) for t in candidates])[:2]
        errors = [cost_of(t, y_true, confidence, 1.0, 1.0) for t in candidates]
        by_luck = [*np.linspace(0, 1, 11), candidates[np.argmin(errors)]]
        if next_to_it > lowest * (1 + 1e-3) and (ratio == 1.0 or all(cost_of(t, *case) > lowest for t in by_luck)):
            return case


def expect_lowest_cost(best_threshold: Any, case: Case, given: str) -> None:
    threshold = expect_number(best_threshold(*case), "`best_threshold`")
    expect(not np.isnan(threshold), f"{given}: `best_threshold` gives nan.")
    cost, lowest = cost_of(threshold, *case), cost_of(threshold_of_lowest_cost(*case), *case)
    expect(
        cost <= lowest * (1 + 1e-9),
        f"{given}: votes at your threshold {threshold:.6g} cost {cost:.6g}, and there is a threshold that costs less.",
    )


# -- what right work does -------------------------------------------------------------------------


@exercise.check(points=1)
def false_alarms_are_dear(best_threshold, rng):
    """It finds the lowest cost where a false positive costs more than a false negative."""
    for ratio in (2.5, 4.0):
        expect_lowest_cost(best_threshold, drawn(rng, ratio), "When false positives are dear")


@exercise.check(points=1)
def misses_are_dear(best_threshold, rng):
    """It finds the lowest cost where a false negative costs more than a false positive."""
    for ratio in (0.4, 0.25):
        expect_lowest_cost(best_threshold, drawn(rng, ratio), "When false negatives are dear")


@exercise.check(points=1)
def votes_all_or_nobody_1(best_threshold, rng):
    """It may vote nobody 1, or all, if that costs least."""
    y_true, confidence = confident(rng, 20)
    highest = np.argmax(confidence)
    y_true[highest], y_true[np.argmin(confidence)] = 0.0, 1.0
    case = y_true, confidence, 1000.0 * float(rng.uniform(1, 2)), float(rng.uniform(1, 2))
    expect_lowest_cost(best_threshold, case, "When a false positive costs a thousand times as much")
    case = y_true, confidence, float(rng.uniform(1, 2)), 1000.0 * float(rng.uniform(1, 2))
    expect_lowest_cost(best_threshold, case, "When a false negative costs a thousand times as much")


@exercise.check(points=1)
def returns_a_number_and_changes_nothing(best_threshold, rng):
    """It returns one number that depends on the costs, and changes nothing."""
    y_true, confidence, _, _ = drawn(rng, 1.0)
    with unchanged(y_true=y_true, confidence=confidence), random_state_untouched():
        strict = expect_number(best_threshold(y_true, confidence, 100.0, 1.0), "`best_threshold`")
        lenient = expect_number(best_threshold(y_true, confidence, 1.0, 100.0), "`best_threshold`")
    expect(strict > lenient, "The threshold is not higher where a false positive costs more than a false negative.")


# -- what tells mistakes apart --------------------------------------------------------------------


def votes_at(threshold: Any, case: Case) -> tuple[int, int, float]:
    """Return false positives and false negatives at a threshold, and the threshold itself where it is above 1."""
    y_true, confidence, _, _ = case
    number = float(np.squeeze(threshold))
    said_one = confidence >= number
    beyond = number if 1 < number < np.inf else 0.0
    return int(np.sum(said_one & (y_true == 0))), int(np.sum(~said_one & (y_true == 1))), beyond


@exercise.probe
def votes_where_false_alarms_are_dear(best_threshold, rng):
    cases = [drawn(rng, 3.0) for _ in range(6)]
    return [votes_at(best_threshold(*case), case) for case in cases]


@exercise.probe
def votes_where_misses_are_dear(best_threshold, rng):
    cases = [drawn(rng, 0.3) for _ in range(6)]
    return [votes_at(best_threshold(*case), case) for case in cases]


@exercise.probe
def votes_where_both_cost_alike(best_threshold, rng):
    cases = [drawn(rng, 1.0) for _ in range(6)]
    return [votes_at(best_threshold(*case), case) for case in cases]


@exercise.probe
def votes_where_nobody_should_be_1(best_threshold, rng):
    y_true, confidence = confident(rng, 20)
    y_true[np.argmax(confidence)] = 0.0
    case = y_true, confidence, 5000.0, 1.0
    return votes_at(best_threshold(*case), case)


# -- changes of the reference that make no difference ---------------------------------------------

exercise.equivalent(
    "candidates = np.append(np.sort(confidence), np.inf)",
    "candidates = np.append(np.inf, np.sort(confidence))",
    why="All candidates are tried, in any order.",
)

# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def loop_that_keeps_the_best(y_true, confidence, cost_fp, cost_fn):
    best, lowest = 2.0, cost_fn * np.sum(y_true == 1)
    for threshold in confidence:
        votes = (confidence >= threshold).astype(int)
        cost = cost_fp * np.sum(votes > y_true) + cost_fn * np.sum(votes < y_true)
        if cost < lowest:
            best, lowest = threshold, cost
    return best


@exercise.variant
def halfway_between_confidences(y_true, confidence, cost_fp, cost_fn):
    ranked = np.sort(confidence)
    candidates = np.concatenate([[0.0], (ranked[1:] + ranked[:-1]) / 2, [1.1]])
    return min(candidates, key=lambda t: cost_of(t, y_true, confidence, cost_fp, cost_fn))


@exercise.variant
def all_candidates_at_once(y_true, confidence, cost_fp, cost_fn):
    candidates = np.r_[confidence, 1.0 + 1e-9]
    votes = confidence[:, None] >= candidates
    costs = cost_fp * ((1 - y_true) @ votes) + cost_fn * (y_true @ ~votes)
    return candidates[costs.argmin()]


@exercise.variant
def mean_cost_in_place_of_the_sum(y_true, confidence, cost_fp, cost_fn):
    def mean_cost(threshold):
        vote = confidence >= threshold
        return np.mean(np.where(vote, (y_true == 0) * cost_fp, (y_true == 1) * cost_fn))

    return float(min([*confidence.tolist(), np.inf], key=mean_cost))


@exercise.variant
def running_sums_from_above(y_true, confidence, cost_fp, cost_fn):
    order = np.argsort(-confidence)
    change = np.where(y_true[order] == 1, -cost_fn, cost_fp)
    costs = np.concatenate([[0.0], np.cumsum(change)])
    best = int(np.argmin(costs))
    return np.inf if best == 0 else confidence[order][best - 1]


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception("cost_fp is for a false positive, a vote of 1 that is wrong. The costs are swapped.", loses=3)
def swaps_the_costs(y_true, confidence, cost_fp, cost_fn, *, right=threshold_of_lowest_cost):
    return right(y_true, confidence, cost_fn, cost_fp)


@exercise.misconception("Yours makes the most votes right, as if both errors cost the same. Weigh them.", loses=3)
def maximises_accuracy(y_true, confidence, cost_fp, cost_fn, *, right=threshold_of_lowest_cost):
    return right(y_true, confidence, 1.0, 1.0)


@exercise.misconception("That is the place of the threshold in a list. Return the threshold itself.", loses=3)
def returns_the_index(y_true, confidence, cost_fp, cost_fn):
    candidates = np.append(np.sort(confidence), np.inf)
    return int(np.argmin([cost_of(t, y_true, confidence, cost_fp, cost_fn) for t in candidates])) + 2


@exercise.misconception("That is the lowest cost. Return the threshold at which votes cost so little.", loses=3)
def returns_the_cost(y_true, confidence, cost_fp, cost_fn, *, right=threshold_of_lowest_cost):
    return cost_of(right(y_true, confidence, cost_fp, cost_fn), y_true, confidence, cost_fp, cost_fn)


@exercise.misconception(
    "At each threshold that yours tries, somebody is voted 1. Try one above all confidences as well.", loses=1
)
def never_votes_nobody_1(y_true, confidence, cost_fp, cost_fn):
    candidates = np.sort(confidence)
    return float(min(candidates, key=lambda t: cost_of(t, y_true, confidence, cost_fp, cost_fn)))


@exercise.misconception(
    "Eleven thresholds are too few: between two of them, confidences lie. Try each confidence.", loses=2
)
def tries_tenths_only(y_true, confidence, cost_fp, cost_fn):
    candidates = np.append(np.linspace(0, 1, 11), np.inf)
    return float(min(candidates, key=lambda t: cost_of(t, y_true, confidence, cost_fp, cost_fn)))


@exercise.misconception("Yours looks for the highest cost. Look for the lowest.", loses=4)
def maximises_the_cost(y_true, confidence, cost_fp, cost_fn):
    candidates = np.append(np.sort(confidence), np.inf)
    return float(max(candidates, key=lambda t: cost_of(t, y_true, confidence, cost_fp, cost_fn)))


@exercise.misconception("One half is best only if both errors cost the same, and even then by luck. Try all.", loses=4)
def always_takes_one_half(y_true, confidence, cost_fp, cost_fn):
    return 0.5


@exercise.misconception(
    "The search votes 1 above the threshold, the exercise at least at it. At your threshold, one vote differs.", loses=3
)
def searches_with_greater_than(y_true, confidence, cost_fp, cost_fn):
    def cost(threshold):
        vote = confidence > threshold
        return cost_fp * np.sum(vote & (y_true == 0)) + cost_fn * np.sum(~vote & (y_true == 1))

    return float(min([-1.0, *np.sort(confidence).tolist()], key=cost))


@exercise.misconception("Only false negatives are counted, so voting all 1 looks free. Count both errors.", loses=4)
def ignores_false_positives(y_true, confidence, cost_fp, cost_fn, *, right=threshold_of_lowest_cost):
    return right(y_true, confidence, 0.0, cost_fn)
