"""Gradient descent on a bowl: what is right, what is also right, what is wrong.

The notebook asks for ``run_gradient_descent(start_w, learning_rate, steps=15)`` on the loss
L(w) = w**2 + 0.5, whose slope is 2 w. It returns an array of shape (steps + 1, 2): a row (w, loss at
that w) for the start and for each step.
"""

from __future__ import annotations

import math

import numpy as np

from fairgrade.grading import (
    Exercise,
    FloatArray,
    digits_kept,
    each,
    expect,
    expect_array,
    expect_close,
    random_state_untouched,
)


def bowl(w):
    return w**2 + 0.5


def bowl_slope(w):
    return 2 * w


def descend_the_bowl(start_w, learning_rate, steps=15):
    path = [(start_w, bowl(start_w))]
    w = start_w
    for _ in range(steps):
        w = w - learning_rate * bowl_slope(w)
        path.append((w, bowl(w)))
    return np.array(path)


exercise = Exercise(
    "gradient_descent",
    points=4,
    reference=descend_the_bowl,
    solution_name="run_gradient_descent",
    parts=("the column of w", "the column of losses"),
)


def starts_and_rates(rng: np.random.Generator) -> list[tuple[float, float]]:
    """Draw a slow, a good, a bouncing and a diverging rate, and starts on both sides of the bowl."""
    rates = rng.uniform([0.03, 0.25, 0.7, 1.25], [0.1, 0.4, 0.95, 1.4])
    starts = rng.choice([-1, 1], 4) * rng.uniform(1, 3, 4)
    # The last ends between 30 and 33 away after six steps, so that a limit below that is found for every student.
    starts[3] = np.sign(starts[3]) * rng.uniform(30, 33) / abs(1 - 2 * rates[3]) ** 6
    return list(zip(starts.tolist(), rates.tolist(), strict=True))


def path_of(result: object) -> FloatArray:
    """Return the student's path as an array of two columns."""
    path = expect_array(result, what="run_gradient_descent")
    expect(
        path.ndim == 2 and path.shape[1] == 2,
        f"run_gradient_descent returned shape {path.shape}: two columns are asked for, w and the loss at that w.",
    )
    expect(len(path) >= 2, "run_gradient_descent returned a single point: a path holds the start and every step.")
    return path


TINY = 2e-7
"""Steps rounded to seven decimals or more are right; rounded to six or fewer, some of many are off by more."""


# -- what right work does -------------------------------------------------------------------------
# The first check tests how w changes from row to row, the second the two columns of a row, the third which rows there
# are: a path without its start still has right steps and right losses.


@exercise.check(points=2)
def steps_against_the_slope(run_gradient_descent, rng):
    """Each step goes from w to w minus the learning rate times the slope 2 w."""
    walks = starts_and_rates(rng)
    walks.append((walks[1][0], walks[1][1]))
    starts, rates = zip(*walks, strict=True)
    paths = each(run_gradient_descent, starts, rates, [6, 6, 6, 6, 15])
    for start, rate, path in zip(starts, rates, paths, strict=True):
        w = path_of(path)[:, 0]
        given = f"start {start:.3g} and learning rate {rate:.3g}"
        expect(abs(w[0]) > 0, f"Given {given}: the path is at 0 from the beginning.")
        wanted = w[:-1] - rate * bowl_slope(w[:-1])
        expect_close(w[1:], wanted, rtol=1e-5, atol=TINY, given=given, what="the column of w")


@exercise.check(points=1)
def records_the_loss_beside_its_w(run_gradient_descent, rng):
    """Beside each w stands the loss at that same w."""
    starts, rates = zip(*starts_and_rates(rng)[:2], strict=True)
    for start, rate, path in zip(starts, rates, each(run_gradient_descent, starts, rates, [6] * 2), strict=True):
        w, loss = path_of(path).T
        expect(float(np.ptp(w)) > 0, "The path never moves.")
        expect_close(
            loss,
            bowl(w),
            rtol=1e-5,
            given=f"start {start:.3g} and learning rate {rate:.3g}",
            what="the column of losses",
        )


@exercise.check(points=1)
def has_the_start_and_every_step(run_gradient_descent, rng):
    """The path has steps + 1 rows, the start first, and takes 15 steps unless told otherwise."""
    start, rate = starts_and_rates(rng)[0]
    with random_state_untouched():
        paths = [(15, run_gradient_descent(start, rate))]
    paths += [(steps, run_gradient_descent(start, rate, steps=steps)) for steps in (1, 4)]
    # At these rates w is almost 0 long before the end, but all steps are asked for.
    paths += [(steps, run_gradient_descent(start, good, steps=steps)) for steps, good in ((40, 0.3), (4, 0.5))]
    for steps, result in paths:
        path = path_of(result)
        expect(
            path.shape == (steps + 1, 2),
            f"For {steps} steps your path has {len(path)} rows; with the start it should have {steps + 1}.",
        )
        expect_close(path[0, 0], start, rtol=1e-5, given=f"start {start:.3g}", what="the first row")


# -- what tells mistakes apart --------------------------------------------------------------------


def columns(run_gradient_descent, start, rate, **steps):
    """Return the two columns of the path, or whatever is returned in its place."""
    path = run_gradient_descent(start, rate, **steps)
    array = np.asarray(path) if isinstance(path, np.ndarray | list | tuple) and _is_path(path) else None
    return path if array is None else (array[:, 0], [array[:, 1], "losses"])


def _is_path(value):
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return False
    return array.ndim == 2 and array.shape[1] == 2 and array.dtype.kind in "fiu"


@exercise.probe
def a_crawl(run_gradient_descent, rng):
    return columns(run_gradient_descent, *starts_and_rates(rng)[0], steps=5)


@exercise.probe
def fifteen_steps(run_gradient_descent, rng):
    return columns(run_gradient_descent, *starts_and_rates(rng)[1])


@exercise.probe
def a_bounce(run_gradient_descent, rng):
    return columns(run_gradient_descent, *starts_and_rates(rng)[2], steps=4)


@exercise.probe
def a_rate_that_is_too_large(run_gradient_descent, rng):
    return columns(run_gradient_descent, *starts_and_rates(rng)[3], steps=6)


@exercise.probe
def a_long_way(run_gradient_descent, rng):
    return columns(run_gradient_descent, *starts_and_rates(rng)[1], steps=40)


@exercise.probe
def a_single_step(run_gradient_descent, rng):
    return columns(run_gradient_descent, *starts_and_rates(rng)[2], steps=1)


# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def list_of_tuples(start_w, learning_rate, steps=15):
    w, path = start_w, []
    for _ in range(steps + 1):
        path.append((w, w**2 + 0.5))
        w -= learning_rate * 2 * w
    return path


@exercise.variant
def list_of_lists(start_w, learning_rate, steps=15):
    path = [[start_w, start_w * start_w + 0.5]]
    while len(path) <= steps:
        w = path[-1][0] * (1 - 2 * learning_rate)
        path.append([w, w * w + 0.5])
    return path


@exercise.variant
def closed_form(start_w, learning_rate, steps=15):
    w = start_w * (1 - 2 * learning_rate) ** np.arange(steps + 1)
    return np.column_stack([w, w**2 + 0.5])


@exercise.variant
def filled_array(start_w, learning_rate, steps=15):
    path = np.empty((steps + 1, 2))
    path[0] = start_w, start_w**2 + 0.5
    for i in range(1, steps + 1):
        w = path[i - 1, 0]
        w = w - learning_rate * (2 * w)
        path[i] = w, w**2 + 0.5
    return path


@exercise.variant
def zeros_filled_by_column(start_w, learning_rate, steps=15):
    path = np.zeros((steps + 1, 2))
    path[0, 0] = start_w
    for i in range(steps):
        path[i + 1, 0] = path[i, 0] + -learning_rate * 2 * path[i, 0]
    path[:, 1] = np.square(path[:, 0]) + 0.5
    return path


@exercise.variant
def recursion(start_w, learning_rate, steps=15):
    here = [[start_w, start_w**2 + 0.5]]
    if steps == 0:
        return np.array(here)
    return np.vstack([here, recursion(start_w - learning_rate * 2 * start_w, learning_rate, steps - 1)])


@exercise.variant
def two_lists_zipped(start_w, learning_rate, steps=15):
    ws, losses = [float(start_w)], []
    for _ in range(steps):
        ws.append(ws[-1] - learning_rate * 2.0 * ws[-1])
    for w in ws:
        losses.append(w * w + 0.5)
    return np.array(list(zip(ws, losses)))


@exercise.variant
def numerical_slope(start_w, learning_rate, steps=15):
    def loss(w):
        return w**2 + 0.5

    h, w = 1e-5, start_w
    path = [(w, loss(w))]
    for _ in range(steps):
        w = w - learning_rate * (loss(w + h) - loss(w - h)) / (2 * h)
        path.append((w, loss(w)))
    return np.array(path)


@exercise.variant
def generator(start_w, learning_rate, steps=15):
    def walk(w):
        yield w, w**2 + 0.5
        for _ in range(steps):
            w = w - 2 * learning_rate * w
            yield w, w**2 + 0.5

    return np.array(list(walk(start_w)))


@exercise.variant
def itertools_accumulate(start_w, learning_rate, steps=15, verbose=False):
    from itertools import accumulate, repeat

    ws = list(accumulate(repeat(0, steps), lambda w, _: w - learning_rate * 2 * w, initial=start_w))
    if verbose:
        print(ws)
    return np.array([[w, w**2 + 0.5] for w in ws])


@exercise.variant
def stacked_rows(start_w, learning_rate, steps=15):
    path = np.array([[start_w, start_w**2 + 0.5]], dtype=float)
    for _ in range(steps):
        w = path[-1, 0] - learning_rate * 2 * path[-1, 0]
        path = np.append(path, [[w, w**2 + 0.5]], axis=0)
        print(f"w = {w:.4f}")
    return path


# -- what is wrong --------------------------------------------------------------------------------


def descend_by(step, start_w, learning_rate, steps):
    """Return the right path with another step from one w to the next."""
    w, path = start_w, [(start_w, start_w**2 + 0.5)]
    for _ in range(steps):
        w = step(w, learning_rate)
        path.append((w, w**2 + 0.5))
    return np.array(path)


@exercise.misconception("You add the slope, which leads uphill. Subtract it.", loses=2)
def climbs_the_bowl(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w + rate * 2 * w, start_w, learning_rate, steps)


@exercise.misconception("The slope of w squared is 2 w, not w.", loses=2)
def forgets_the_2_in_the_slope(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate * w, start_w, learning_rate, steps)


@exercise.misconception("The step follows the slope 2 w of the loss, not the value of the loss.", loses=2)
def steps_by_the_loss(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate * (w**2 + 0.5), start_w, learning_rate, steps)


@exercise.misconception("You put the loss into the formula of the slope. The slope at w is 2 w.", loses=2)
def takes_the_slope_at_the_loss(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate * 2 * (w**2 + 0.5), start_w, learning_rate, steps)


@exercise.misconception("A constant 0.5 has slope 0, so it does not appear in the slope of the loss.", loses=2)
def keeps_the_constant_in_the_slope(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate * (2 * w + 0.5), start_w, learning_rate, steps)


@exercise.misconception(
    "Your step has the same length everywhere. It is the learning rate times the slope, so it shrinks near the bottom.",
    loses=2,
)
def steps_by_a_constant(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate * np.sign(w), start_w, learning_rate, steps)


@exercise.misconception("The step subtracts the learning rate alone, without the slope.", loses=2)
def subtracts_the_rate_alone(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate, start_w, learning_rate, steps)


@exercise.misconception("The step is multiplied by the learning rate twice.", loses=2)
def applies_the_rate_twice(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate * (rate * 2 * w), start_w, learning_rate, steps)


def rate_in_use(run_gradient_descent):
    """Find the learning rate that is used, if it does not depend on the one that is passed."""
    steps = [walk_of(run_gradient_descent(1.0, rate, steps=3)) for rate in (0.11, 0.37)]
    rates = [(1 - walk[1] / walk[0]) / 2 for walk in steps]
    known = any(math.isclose(rates[0], rate, abs_tol=1e-9) for rate in (0, 1))  # it does not move, or has no rate
    return {"rate": float(rates[0])} if np.isclose(*rates) and not known else None


def walk_of(result):
    """Return the weights along a path; they may have been returned without losses."""
    path = expect_array(result)
    return path[:, 0] if path.ndim == 2 and path.shape[1] == 2 else path.reshape(-1)


@exercise.misconception(
    "The learning rate you are given is not used. Multiply the slope by it.", loses=2, fits=rate_in_use
)
def ignores_the_rate(start_w, learning_rate, steps=15, *, right=descend_the_bowl, rate=0.3):
    return right(start_w, rate, steps)


@exercise.misconception(
    "Without the learning rate the step is the whole slope, which throws w to the other side.", loses=2
)
def leaves_the_rate_out(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - 2 * w, start_w, learning_rate, steps)


@exercise.misconception("Divide nothing: the slope is multiplied by the learning rate.", loses=2)
def divides_by_the_rate(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - 2 * w / rate, start_w, learning_rate, steps)


@exercise.misconception("The slope is always taken at the start. Take it at the w you have reached.", loses=2)
def keeps_the_slope_of_the_start(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate * 2 * start_w, start_w, learning_rate, steps)


@exercise.misconception("`w = -rate * slope` replaces w. The new w is the old one minus the step.", loses=2)
def replaces_w_by_the_step(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: -rate * 2 * w, start_w, learning_rate, steps)


@exercise.misconception("w never changes: assign the result of the step to w.", loses=3)
def never_moves(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w, start_w, learning_rate, steps)


@exercise.misconception("The path begins after the first step. Record the start before the loop.", loses=1)
def leaves_the_start_out(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    return np.asarray(right(start_w, learning_rate, steps))[1:]


@exercise.misconception("One step is missing: after `steps` steps the path has steps + 1 rows.", loses=1)
def takes_one_step_too_few(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    return right(start_w, learning_rate, steps - 1)


def size_by(criterion, w, learning_rate):
    """Compute the size of the step from w, or of the slope at w."""
    slope = 2 * np.abs(w)
    return learning_rate * slope if criterion == "step" else slope


def where_it_stops(run_gradient_descent):
    """Find the criterion and the size at which the loop stops early, and how many rows it keeps; None if it doesn't."""
    walks = [(rate, walk_of(run_gradient_descent(1.0, rate, steps=500))) for rate in (0.04, 0.11, 0.23, 0.31)]
    if any(len(walk) in (0, 501) for _, walk in walks):
        return None
    for criterion in ("step", "slope"):
        for kept in (0, 1, -1):
            low, high = 0.0, math.inf
            for rate, walk in walks:
                last = len(walk) - 1 - kept
                low = max(low, float(size_by(criterion, (1 - 2 * rate) ** last, rate)))
                if last > 0:  # otherwise it stopped at the start, whatever its size
                    high = min(high, float(size_by(criterion, (1 - 2 * rate) ** (last - 1), rate)))
            # The roundest of the numbers between the two is the most likely.
            round_ones = (n * 10.0**k for n in (1, 5, 2) for k in range(-16, 1) if low < n * 10.0**k <= high)
            if low < high:
                return {"criterion": criterion, "kept": kept, "small": next(round_ones, math.sqrt(low * high))}
    return None


@exercise.misconception(
    "The loop ends early where the steps get small. Take as many steps as asked for, however small they are.",
    loses=1,
    fits=where_it_stops,
)
def stops_when_the_steps_get_small(
    start_w, learning_rate, steps=15, *, right=descend_the_bowl, criterion="step", kept=0, small=1e-3
):
    path = np.asarray(right(start_w, learning_rate, steps))
    ends = np.flatnonzero(size_by(criterion, path[:, 0], learning_rate) < small)
    return path[: ends[0] + 1 + kept] if ends.size else path


@exercise.misconception(
    "There is one step too many: after `steps` steps the path has steps + 1 rows.",
    loses=1,
    excludes=("takes_one_step_too_few",),
)
def takes_one_step_too_many(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    return right(start_w, learning_rate, steps + 1)


def steps_in_use(run_gradient_descent):
    """Find the number of steps, if it does not depend on the one that is passed."""
    lengths = {len(np.asarray(run_gradient_descent(1.0, 0.1, steps=steps))) - 1 for steps in (3, 7)}
    return {"number": lengths.pop()} if len(lengths) == 1 and lengths != {1} else None  # 1 is a return in the loop


@exercise.misconception(
    "The number of steps is written into the code. Use the argument `steps`.", loses=1, fits=steps_in_use
)
def always_takes_15_steps(start_w, learning_rate, steps=15, *, right=descend_the_bowl, number=15):
    return right(start_w, learning_rate, number)


@exercise.misconception("The loss is computed before the step but recorded beside the w after it.", loses=1)
def records_the_loss_of_the_row_before(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    path = np.array(right(start_w, learning_rate, steps))
    path[1:, 1] = path[:-1, 1].copy()
    return path


@exercise.misconception("The loss is w squared plus 0.5; the constant is missing.", loses=1)
def forgets_the_constant_of_the_loss(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    path = np.array(right(start_w, learning_rate, steps))
    path[:, 1] -= 0.5
    return path


@exercise.misconception("The second column holds the slope. It should hold the loss.", loses=1)
def records_the_slope(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    path = np.array(right(start_w, learning_rate, steps))
    path[:, 1] = 2 * path[:, 0]
    return path


@exercise.misconception("The columns have changed places: w comes first, its loss second.", loses=2)
def swaps_the_columns(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    return np.asarray(right(start_w, learning_rate, steps))[:, ::-1]


@exercise.misconception(
    "The path lies on its side: it needs a row for each point, not a column. Transpose it.", loses=1
)
def returns_rows_for_columns(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    return np.asarray(right(start_w, learning_rate, steps)).T


@exercise.misconception("Only the last w comes back. Collect each (w, loss) in a list and return them all.", loses=2)
def returns_the_last_weight(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    return np.asarray(right(start_w, learning_rate, steps))[-1, 0]


@exercise.misconception("Only the weights come back. Record the loss beside each of them.", loses=1)
def returns_the_weights_alone(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    return np.asarray(right(start_w, learning_rate, steps))[:, 0]


@exercise.misconception("Only the losses come back. Record the weight beside each of them.", loses=2)
def returns_the_losses_alone(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    return np.asarray(right(start_w, learning_rate, steps))[:, 1]


@exercise.misconception(
    "The `return` is inside the loop, so the function ends after one step. Indent it less.", loses=1
)
def returns_inside_the_loop(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    return right(start_w, learning_rate, 1)


@exercise.misconception("A printed path is only on the screen. Give it back with `return`.", loses=2)
def prints_in_place_of_returning(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    print(right(start_w, learning_rate, steps))


@exercise.misconception("The function ends without `return`, so it gives back None.", loses=4)
def returns_nothing(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    right(start_w, learning_rate, steps)


def digits_of_the_path(run_gradient_descent):
    """Find out to how many decimals the path is rounded."""
    digits = digits_kept(run_gradient_descent(2.6180339, 0.2718281, steps=4))
    return {"digits": digits} if digits else None


@exercise.misconception("Record the numbers as they are, not rounded.", loses=2, fits=digits_of_the_path)
def rounds_the_result(start_w, learning_rate, steps=15, *, right=descend_the_bowl, digits=3):
    return np.round(right(start_w, learning_rate, steps), digits)


def start_in_use(run_gradient_descent):
    """Find the start, if it does not depend on the one that is passed."""
    walks = [walk_of(run_gradient_descent(start, 0.1, steps=3)) for start in (1.3, -2.1)]
    starts = [float(walk[0]) if walk.size > 1 else float(walk[0]) / 0.8**3 for walk in walks]
    return {"start": starts[0]} if starts[0] == starts[1] else None


@exercise.misconception("The start is written into the code. Use the argument `start_w`.", loses=1, fits=start_in_use)
def ignores_the_start(start_w, learning_rate, steps=15, *, right=descend_the_bowl, start=2.5):
    return right(start, learning_rate, steps)


@exercise.misconception("The last w comes back beside the path. Return the path alone: its last row has it.", loses=1)
def returns_the_last_weight_and_the_path(start_w, learning_rate, steps=15, *, right=descend_the_bowl):
    path = np.asarray(right(start_w, learning_rate, steps))
    return path[-1, 0], path


@exercise.misconception("The learning rate shrinks from step to step here. It stays as it is given.", loses=2)
def shrinks_the_rate(start_w, learning_rate, steps=15):
    w, path = start_w, [(start_w, start_w**2 + 0.5)]
    for step in range(1, steps + 1):
        w = w - learning_rate / step * 2 * w
        path.append((w, w**2 + 0.5))
    return np.array(path)


@exercise.misconception("Your step keeps some of the step before (momentum). Plain gradient descent has none.", loses=2)
def keeps_some_of_the_step_before(start_w, learning_rate, steps=15):
    w, step, path = start_w, 0.0, [(start_w, start_w**2 + 0.5)]
    for _ in range(steps):
        step = 0.9 * step - learning_rate * 2 * w
        w = w + step
        path.append((w, w**2 + 0.5))
    return np.array(path)


def limit_of_the_walk(run_gradient_descent):
    """Find how far from 0 w may go, if that is limited."""
    limit = float(np.max(np.abs(walk_of(run_gradient_descent(1.0, 1.5, steps=12)))))
    return {"limit": limit} if limit < 1000 else None


@exercise.misconception(
    "The walk is held back where it goes far. At a rate that is too large it has to be seen to run away.",
    loses=2,
    fits=limit_of_the_walk,
)
def holds_the_walk_back(start_w, learning_rate, steps=15, *, limit=5.0):
    return descend_by(lambda w, rate: min(max(w - rate * 2 * w, -limit), limit), start_w, learning_rate, steps)


def largest_rate_in_use(run_gradient_descent):
    """Find the largest learning rate that is used unchanged, if there is a limit."""
    walk = walk_of(run_gradient_descent(1.0, 2.5, steps=3))
    rate = float(1 - walk[1] / walk[0]) / 2
    return {"largest": rate} if 0 < rate < 2.4 and rate_in_use(run_gradient_descent) is None else None


@exercise.misconception(
    "A large learning rate is replaced by a smaller one. Use it as it is given: where it leads is to be seen.",
    loses=2,
    fits=largest_rate_in_use,
)
def caps_the_rate(start_w, learning_rate, steps=15, *, right=descend_the_bowl, largest=0.5):
    return right(start_w, min(learning_rate, largest), steps)
