"""Gradient descent on a bowl: what is right, what is also right, what is wrong.

The notebook asks for ``run_gradient_descent(start_w, learning_rate, steps=15)`` on the loss
L(w) = w**2 + 0.5, whose slope is 2 w. It returns an array of shape (steps + 1, 2): a row (w, loss at
that w) for the start and for each step.
"""

from __future__ import annotations

import numpy as np

from fairgrade.grading import Exercise, FloatArray, each, expect, expect_array, expect_close, random_state_untouched


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


descent = Exercise("gradient_descent", points=4, reference=descend_the_bowl, solution_name="run_gradient_descent")


def starts_and_rates(rng: np.random.Generator) -> list[tuple[float, float]]:
    """A slow, a good, a bouncing and a diverging rate, from starts on both sides of the bowl."""
    return [
        (float(rng.choice([-1, 1]) * rng.uniform(1, 3)), float(rate))
        for rate in rng.uniform([0.03, 0.25, 0.7, 1.02], [0.1, 0.4, 0.95, 1.1])
    ]


def path_of(result: object) -> FloatArray:
    """The student's path as an array of two columns, with as many rows as it has."""
    path = expect_array(result, what="run_gradient_descent")
    expect(
        path.ndim == 2 and path.shape[1] == 2,
        f"run_gradient_descent returned shape {path.shape}: two columns are asked for, w and the loss at that w.",
    )
    expect(len(path) >= 2, "run_gradient_descent returned a single point: a path holds the start and every step.")
    return path


# -- what right work does -------------------------------------------------------------------------
# The first check looks at how w changes from row to row, the second at the two columns of a row, the
# third at which rows there are: a path without its start still steps and measures as it should.


@descent.check(points=2)
def steps_against_the_slope(run_gradient_descent, rng):
    """Each step goes from w to w minus the learning rate times the slope 2 w."""
    starts, rates = zip(*starts_and_rates(rng), strict=True)
    for start, rate, path in zip(starts, rates, each(run_gradient_descent, starts, rates, [6] * 4), strict=True):
        w = path_of(path)[:, 0]
        given = f"start {start:.3g} and learning rate {rate:.3g}"
        expect(abs(w[0]) > 0, f"Given {given}: the path is at 0 from the beginning.")
        expect_close(w[1:], w[:-1] - rate * bowl_slope(w[:-1]), rtol=1e-5, given=given, what="the column of w")


@descent.check(points=1)
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


@descent.check(points=1)
def has_the_start_and_every_step(run_gradient_descent, rng):
    """The path has steps + 1 rows, the start first, and takes 15 steps unless told otherwise."""
    start, rate = starts_and_rates(rng)[0]
    with random_state_untouched():
        paths = [(15, run_gradient_descent(start, rate))]
    paths += [(steps, run_gradient_descent(start, rate, steps=steps)) for steps in (1, 4)]
    # At these rates w is next to 0 long before the end, but steps are steps.
    paths += [(steps, run_gradient_descent(start, good, steps=steps)) for steps, good in ((40, 0.3), (4, 0.5))]
    for steps, result in paths:
        path = path_of(result)
        expect(
            path.shape == (steps + 1, 2),
            f"For {steps} steps your path has {len(path)} rows; with the start it should have {steps + 1}.",
        )
        expect_close(path[0, 0], start, rtol=1e-5, given=f"start {start:.3g}", what="the first row")


# -- what tells mistakes apart --------------------------------------------------------------------


@descent.probe
def a_crawl(run_gradient_descent, rng):
    return run_gradient_descent(*starts_and_rates(rng)[0], steps=5)


@descent.probe
def a_good_rate(run_gradient_descent, rng):
    return run_gradient_descent(*starts_and_rates(rng)[1])


@descent.probe
def a_bounce(run_gradient_descent, rng):
    return run_gradient_descent(*starts_and_rates(rng)[2], steps=4)


@descent.probe
def a_long_way(run_gradient_descent, rng):
    return np.shape(expect_array(run_gradient_descent(2.0, 0.3, steps=40)))


@descent.probe
def a_single_step(run_gradient_descent, rng):
    return run_gradient_descent(*starts_and_rates(rng)[3], steps=1)


# -- what is also right ---------------------------------------------------------------------------


@descent.variant
def list_of_tuples(start_w, learning_rate, steps=15):
    w, path = start_w, []
    for _ in range(steps + 1):
        path.append((w, w**2 + 0.5))
        w -= learning_rate * 2 * w
    return path


@descent.variant
def list_of_lists(start_w, learning_rate, steps=15):
    path = [[start_w, start_w * start_w + 0.5]]
    while len(path) <= steps:
        w = path[-1][0] * (1 - 2 * learning_rate)
        path.append([w, w * w + 0.5])
    return path


@descent.variant
def closed_form(start_w, learning_rate, steps=15):
    w = start_w * (1 - 2 * learning_rate) ** np.arange(steps + 1)
    return np.column_stack([w, w**2 + 0.5])


@descent.variant
def filled_array(start_w, learning_rate, steps=15):
    path = np.empty((steps + 1, 2))
    path[0] = start_w, start_w**2 + 0.5
    for i in range(1, steps + 1):
        w = path[i - 1, 0]
        w = w - learning_rate * (2 * w)
        path[i] = w, w**2 + 0.5
    return path


@descent.variant
def zeros_filled_by_column(start_w, learning_rate, steps=15):
    path = np.zeros((steps + 1, 2))
    path[0, 0] = start_w
    for i in range(steps):
        path[i + 1, 0] = path[i, 0] + -learning_rate * 2 * path[i, 0]
    path[:, 1] = np.square(path[:, 0]) + 0.5
    return path


@descent.variant
def recursion(start_w, learning_rate, steps=15):
    here = [[start_w, start_w**2 + 0.5]]
    if steps == 0:
        return np.array(here)
    return np.vstack([here, recursion(start_w - learning_rate * 2 * start_w, learning_rate, steps - 1)])


@descent.variant
def two_lists_zipped(start_w, learning_rate, steps=15):
    ws, losses = [float(start_w)], []
    for _ in range(steps):
        ws.append(ws[-1] - learning_rate * 2.0 * ws[-1])
    for w in ws:
        losses.append(w * w + 0.5)
    return np.array(list(zip(ws, losses)))


@descent.variant
def numerical_slope(start_w, learning_rate, steps=15):
    def loss(w):
        return w**2 + 0.5

    h, w = 1e-5, start_w
    path = [(w, loss(w))]
    for _ in range(steps):
        w = w - learning_rate * (loss(w + h) - loss(w - h)) / (2 * h)
        path.append((w, loss(w)))
    return np.array(path)


@descent.variant
def generator(start_w, learning_rate, steps=15):
    def walk(w):
        yield w, w**2 + 0.5
        for _ in range(steps):
            w = w - 2 * learning_rate * w
            yield w, w**2 + 0.5

    return np.array(list(walk(start_w)))


@descent.variant
def itertools_accumulate(start_w, learning_rate, steps=15, verbose=False):
    from itertools import accumulate, repeat

    ws = list(accumulate(repeat(0, steps), lambda w, _: w - learning_rate * 2 * w, initial=start_w))
    if verbose:
        print(ws)
    return np.array([[w, w**2 + 0.5] for w in ws])


@descent.variant
def stacked_rows(start_w, learning_rate, steps=15):
    path = np.array([[start_w, start_w**2 + 0.5]], dtype=float)
    for _ in range(steps):
        w = path[-1, 0] - learning_rate * 2 * path[-1, 0]
        path = np.append(path, [[w, w**2 + 0.5]], axis=0)
        print(f"w = {w:.4f}")
    return path


# -- what is wrong --------------------------------------------------------------------------------


def descend_by(step, start_w, learning_rate, steps):
    """The right path, but for the step from one w to the next."""
    w, path = start_w, [(start_w, start_w**2 + 0.5)]
    for _ in range(steps):
        w = step(w, learning_rate)
        path.append((w, w**2 + 0.5))
    return np.array(path)


@descent.misconception(hint="You add the slope, which leads uphill. Subtract it.", loses=2)
def climbs_the_bowl(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w + rate * 2 * w, start_w, learning_rate, steps)


@descent.misconception(hint="The slope of w squared is 2 w, not w.", loses=2)
def forgets_the_2_in_the_slope(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate * w, start_w, learning_rate, steps)


@descent.misconception(hint="The step follows the slope 2 w of the loss, not the value of the loss.", loses=2)
def steps_by_the_loss(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate * (w**2 + 0.5), start_w, learning_rate, steps)


@descent.misconception(hint="You put the loss into the formula of the slope. The slope at w is 2 w.", loses=2)
def takes_the_slope_at_the_loss(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate * 2 * (w**2 + 0.5), start_w, learning_rate, steps)


@descent.misconception(hint="A constant 0.5 has slope 0, so it does not appear in the slope of the loss.", loses=2)
def keeps_the_constant_in_the_slope(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate * (2 * w + 0.5), start_w, learning_rate, steps)


@descent.misconception(
    hint="Your step has the same length everywhere. It is the learning rate times the slope, so it shrinks near the "
    "bottom.",
    loses=2,
)
def steps_by_a_constant(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate * np.sign(w), start_w, learning_rate, steps)


@descent.misconception(hint="The step subtracts the learning rate alone, without the slope.", loses=2)
def subtracts_the_rate_alone(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate, start_w, learning_rate, steps)


@descent.misconception(hint="The step is multiplied by the learning rate twice.", loses=2)
def applies_the_rate_twice(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate * (rate * 2 * w), start_w, learning_rate, steps)


@descent.misconception(hint="The learning rate you are given is not used. Multiply the slope by it.", loses=2)
def ignores_the_rate(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - 0.3 * 2 * w, start_w, learning_rate, steps)


@descent.misconception(
    hint="Without the learning rate the step is the whole slope, which throws w to the other side.", loses=2
)
def leaves_the_rate_out(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - 2 * w, start_w, learning_rate, steps)


@descent.misconception(hint="Divide nothing: the slope is multiplied by the learning rate.", loses=2)
def divides_by_the_rate(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - 2 * w / rate, start_w, learning_rate, steps)


@descent.misconception(hint="The slope is always taken at the start. Take it at the w you have reached.", loses=2)
def keeps_the_slope_of_the_start(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w - rate * 2 * start_w, start_w, learning_rate, steps)


@descent.misconception(hint="`w = -rate * slope` replaces w. The new w is the old one minus the step.", loses=2)
def replaces_w_by_the_step(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: -rate * 2 * w, start_w, learning_rate, steps)


@descent.misconception(hint="w never changes: assign the result of the step to w.", loses=3)
def never_moves(start_w, learning_rate, steps=15):
    return descend_by(lambda w, rate: w, start_w, learning_rate, steps)


@descent.misconception(hint="The path begins after the first step. Record the start before the loop.", loses=1)
def leaves_the_start_out(start_w, learning_rate, steps=15):
    return descend_the_bowl(start_w, learning_rate, steps)[1:]


@descent.misconception(hint="One step is missing: after `steps` steps the path has steps + 1 rows.", loses=1)
def takes_one_step_too_few(start_w, learning_rate, steps=15):
    return descend_the_bowl(start_w, learning_rate, steps - 1)


@descent.misconception(
    hint="The loop ends early where the steps get small. Take as many steps as asked for, however small they are.",
    loses=1,
)
def stops_when_the_steps_get_small(start_w, learning_rate, steps=15):
    path = descend_the_bowl(start_w, learning_rate, steps)
    small = np.flatnonzero(np.abs(path[:, 0]) < 1e-3)
    return path[: small[0] + 1] if small.size else path


@descent.misconception(hint="There is one step too many: after `steps` steps the path has steps + 1 rows.", loses=1)
def takes_one_step_too_many(start_w, learning_rate, steps=15):
    return descend_the_bowl(start_w, learning_rate, steps + 1)


@descent.misconception(hint="The number of steps is written into the code. Use the argument `steps`.", loses=1)
def always_takes_15_steps(start_w, learning_rate, steps=15):
    return descend_the_bowl(start_w, learning_rate, 15)


@descent.misconception(hint="The loss is computed before the step but recorded beside the w after it.", loses=1)
def records_the_loss_of_the_row_before(start_w, learning_rate, steps=15):
    w, path = start_w, [(start_w, start_w**2 + 0.5)]
    for _ in range(steps):
        loss = w**2 + 0.5
        w = w - learning_rate * 2 * w
        path.append((w, loss))
    return np.array(path)


@descent.misconception(hint="The loss is w squared plus 0.5; the constant is missing.", loses=1)
def forgets_the_constant_of_the_loss(start_w, learning_rate, steps=15):
    path = descend_the_bowl(start_w, learning_rate, steps)
    path[:, 1] -= 0.5
    return path


@descent.misconception(hint="The second column holds the slope. It should hold the loss.", loses=1)
def records_the_slope(start_w, learning_rate, steps=15):
    path = descend_the_bowl(start_w, learning_rate, steps)
    path[:, 1] = 2 * path[:, 0]
    return path


@descent.misconception(hint="The columns have changed places: w comes first, its loss second.", loses=2)
def swaps_the_columns(start_w, learning_rate, steps=15):
    return descend_the_bowl(start_w, learning_rate, steps)[:, ::-1]


@descent.misconception(
    hint="The path lies on its side: it needs a row for each point, not a column. Transpose it.", loses=1
)
def returns_rows_for_columns(start_w, learning_rate, steps=15):
    return descend_the_bowl(start_w, learning_rate, steps).T


@descent.misconception(
    hint="Only the last w comes back. Collect each (w, loss) in a list and return them all.", loses=2
)
def returns_the_last_weight(start_w, learning_rate, steps=15):
    return descend_the_bowl(start_w, learning_rate, steps)[-1, 0]


@descent.misconception(hint="Only the weights come back. Record the loss beside each of them.", loses=1)
def returns_the_weights_alone(start_w, learning_rate, steps=15):
    return descend_the_bowl(start_w, learning_rate, steps)[:, 0]


@descent.misconception(hint="Only the losses come back. Record the weight beside each of them.", loses=2)
def returns_the_losses_alone(start_w, learning_rate, steps=15):
    return descend_the_bowl(start_w, learning_rate, steps)[:, 1]


@descent.misconception(
    hint="The `return` is inside the loop, so the function ends after one step. Indent it less.", loses=1
)
def returns_inside_the_loop(start_w, learning_rate, steps=15):
    return descend_the_bowl(start_w, learning_rate, 1)


@descent.misconception(hint="A printed path is only on the screen. Give it back with `return`.", loses=2)
def prints_in_place_of_returning(start_w, learning_rate, steps=15):
    print(descend_the_bowl(start_w, learning_rate, steps))
