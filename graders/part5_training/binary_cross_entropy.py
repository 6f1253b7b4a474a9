"""Binary cross-entropy: what is right, what is also right, what is wrong.

The notebook asks for ``binary_cross_entropy(y_true, y_pred) -> float``, the mean over the samples of
-(y log p + (1 - y) log(1 - p)) with the natural logarithm, finite for predictions of exactly 0 and 1.
Both arguments are arrays of the same shape, (n,) or (n, 1).
"""

from __future__ import annotations

import functools
import math
import sys

import numpy as np

from fairgrade.grading import (
    Exercise,
    FloatArray,
    StudentError,
    expect,
    expect_array,
    expect_close,
    expect_finite,
    expect_number,
    random_state_untouched,
    unchanged,
)
from graders.part5_training.losses import (
    digits_of_the_loss,
    error_for_columns,
    expect_to_depend_on_predictions,
    losses_of,
    seen,
)


def mean_cross_entropy(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return float(-np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))


exercise = Exercise("binary_cross_entropy", points=6, reference=mean_cross_entropy, more_costs=1)


def batch(rng: np.random.Generator, n: int, ones: float = 0.5) -> tuple[FloatArray, FloatArray]:
    """Draw `n` labels, about a fraction `ones` of them 1, and predictions well inside (0, 1), of shape (n,).

    Two samples, one per label, are confident misses, for which an epsilon that is too large shows.
    """
    y, p = (rng.random(n) < ones).astype(np.float64), rng.uniform(0.03, 0.97, n)
    y[:2], p[:2] = (0.0, 1.0), (rng.uniform(0.955, 0.97), rng.uniform(0.03, 0.045))
    return y, p


# An epsilon of up to 1e-5, anywhere in the formula, changes a loss of ordinary predictions by less than this.
RTOL = 1e-4


def nearly_sure(rng: np.random.Generator) -> float:
    """Draw the prediction of a hit whose loss, about 0.03, shows whether it is rounded to four decimals or fewer.

    Rounding to more decimals is within the tolerance of 1e-5, so the price is the same for every student.
    """
    return float(np.exp(-(rng.integers(25, 35) * 1e-3 + rng.integers(1, 9) * 1e-4 + rng.uniform(3e-5, 7e-5))))


# -- what right work does -------------------------------------------------------------------------
# The surprise is checked for single samples, whose sum and mean are the same, and per label; the average is checked
# whatever is averaged. So each mistake fails its own check.


@exercise.check(points=1)
def surprise_when_the_label_is_1(binary_cross_entropy, rng):
    """For a sample labelled 1 the loss is minus the natural logarithm of the prediction."""
    chances = [*rng.uniform((0.03, 0.2, 0.6), (0.045, 0.4, 0.8)), nearly_sure(rng)]
    for p, loss in zip(chances, losses_of(binary_cross_entropy, *[([1.0], [p]) for p in chances]), strict=True):
        expect_close(loss, -math.log(p), rtol=RTOL, atol=1e-5, given=f"one sample labelled 1 and predicted as {p:.3f}")


@exercise.check(points=1)
def surprise_when_the_label_is_0(binary_cross_entropy, rng):
    """For a sample labelled 0 the loss is minus the natural logarithm of one minus the prediction."""
    chances = [1 - nearly_sure(rng), *rng.uniform((0.2, 0.6, 0.955), (0.4, 0.8, 0.97))]
    for p, loss in zip(chances, losses_of(binary_cross_entropy, *[([0.0], [p]) for p in chances]), strict=True):
        expect_close(
            loss, -math.log1p(-p), rtol=RTOL, atol=1e-5, given=f"one sample labelled 0 and predicted as {p:.3f}"
        )


@exercise.check(points=1)
def averages_over_the_samples(binary_cross_entropy, rng):
    """The loss is an average: it does not grow with the number of samples, and each sample counts alike."""
    y, p = batch(rng, int(rng.integers(6, 10)))
    order = np.roll(np.arange(y.size), 1)
    loss, reordered, tripled = losses_of(
        binary_cross_entropy, (y, p), (y[order], p[order]), (np.tile(y, 3), np.tile(p, 3))
    )
    expect_to_depend_on_predictions(binary_cross_entropy, y, p)
    # A loss that is not averaged is off by more than this. A rounded one is off by less, and has its own checks.
    close = {"rtol": RTOL, "atol": 0.02}
    for label in (0.0, 1.0):
        given = f"{y.size} samples, and the average of the same with one more"
        one, longer = losses_of(binary_cross_entropy, ([label], [0.4]), (np.append(y, label), np.append(p, 0.4)))
        expect_close(longer, (y.size * loss + one) / (y.size + 1), given=given, **close)
    expect_close(reordered, loss, given="the same samples in another order", **close)
    given = f"{y.size} samples, each of them three times, whose average is that of the samples once"
    expect_close(tripled, loss, given=given, **close)


@exercise.check(points=1)
def gives_the_right_number(binary_cross_entropy, rng):
    """The number is right: few and many samples, rare labels, columns."""
    batches = []
    for n, ones in ((2, 0.5), (7, 0.5), (60, 0.5), (40, 0.05), (40, 0.95)):
        y, p = batch(rng, n, ones)
        batches.append((y, p, f"{n} samples, {int(y.sum())} of them labelled 1"))
    y, p = batch(rng, 12)
    batches.append((y[:, np.newaxis], p[:, np.newaxis], "two columns of shape (12, 1)"))
    losses = losses_of(binary_cross_entropy, *[(y, p) for y, p, _ in batches])
    for (y, p, given), loss in zip(batches, losses, strict=True):
        expect_close(loss, mean_cross_entropy(y, p), rtol=RTOL, given=given)


@exercise.check(points=1)
def stays_finite_at_certainty(binary_cross_entropy):
    """Predictions of exactly 0 and 1 give a finite loss: large if they are wrong, about zero if they are right."""
    for label in (0.0, 1.0):
        miss, hit = losses_of(binary_cross_entropy, ([label], [1 - label]), ([label], [label]))
        given = f"a certain miss, label {label:g} predicted as exactly {1 - label:g}"
        expect_finite(miss, given)
        expect(miss >= 10, f"Given {given}: the loss is {miss:.3g}, too small for the worst possible prediction.")
        expect(miss <= 1e4, f"Given {given}: the loss is {miss:.3g}, which would drown all other samples.")
        given = f"a certain hit, label {label:g} predicted as exactly {label:g}"
        expect_finite(hit, given)
        # With an epsilon inside the logarithm it is a tiny negative number, which is no mistake.
        expect(-1e-5 <= hit <= 1e-3, f"Given {given}: the loss is {hit:.3g}, where it should be about zero.")
    mixed, misses = losses_of(
        binary_cross_entropy, ([1.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.5, 0.5]), ([1.0, 0.0, 1.0], [0.0, 1.0, 0.5])
    )
    given = "two certain hits, which cost nothing, and two predictions of 0.5"
    expect_close(mixed, math.log(2) / 2, rtol=1e-3, given=given)
    expect_finite(misses, "two certain misses and a prediction of 0.5")


@exercise.check(points=1)
def returns_a_number_and_changes_nothing(binary_cross_entropy, rng):
    """It returns one number, which depends on what it was given, and leaves that alone."""
    y, p = batch(rng, 6)
    loss = expect_number(binary_cross_entropy(y.copy(), p.copy()))
    expect_finite(loss)
    expect_to_depend_on_predictions(binary_cross_entropy, y, p)
    p[:2] = 0.0, 1.0  # clipping in place would change these
    with unchanged(y_true=y, y_pred=p), random_state_untouched():
        expect_number(binary_cross_entropy(y, p))


# -- what tells mistakes apart --------------------------------------------------------------------


def finite_loss(binary_cross_entropy, y, p):
    """Return the loss; if it is infinite, as a logarithm of the label is, that of labels between 0 and 1."""
    loss = binary_cross_entropy(y, p)
    infinite = isinstance(loss, float | np.ndarray) and not np.isfinite(np.asarray(loss, dtype=np.float64)).any()
    return binary_cross_entropy(0.1 + 0.8 * y, p) if infinite else loss


@exercise.probe
def a_small_batch(binary_cross_entropy, rng):
    y, p = batch(rng, 5)
    return seen(functools.partial(finite_loss, binary_cross_entropy), y, p)


@exercise.probe
def a_larger_batch(binary_cross_entropy, rng):
    y, p = batch(rng, 24, ones=0.3)
    return seen(functools.partial(finite_loss, binary_cross_entropy), y, p)


@exercise.probe
def one_sample_of_each_label(binary_cross_entropy, rng):
    p = rng.uniform(0.06, 0.08, 1)  # rounded to whole numbers the losses are 3 and 0, which no larger batch has
    return [finite_loss(binary_cross_entropy, np.array([label]), p) for label in (1.0, 0.0)]


@exercise.probe
def predictions_that_are_nearly_sure(binary_cross_entropy, rng):
    p = np.array([nearly_sure(rng)])
    return [
        finite_loss(binary_cross_entropy, np.array([1.0]), p),
        finite_loss(binary_cross_entropy, np.zeros(1), 1 - p),
    ]


@exercise.probe
def two_columns(binary_cross_entropy, rng):
    y, p = batch(rng, 7)
    return finite_loss(binary_cross_entropy, y[:, np.newaxis], p[:, np.newaxis])


@exercise.probe
def certain_predictions(binary_cross_entropy):
    """Say in words how large the loss is: its exact value depends on the epsilon, which students choose."""
    bounds = {-1: "negative", -1e-5: "slightly negative", 1e-3: "zero", 10: "moderate", 1e4: "large"}
    bounds[sys.float_info.max] = "huge"

    def size(label, chance):
        loss = loss_or_nan(binary_cross_entropy, [label], [chance])
        return next((word for bound, word in bounds.items() if loss <= bound), "not finite")

    return [size(label, chance) for label in (0.0, 1.0) for chance in (0.0, 1.0)]


@exercise.probe
def certain_hits_among_others(binary_cross_entropy):
    loss = loss_or_nan(binary_cross_entropy, [1.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.5, 0.5])
    return loss if math.isfinite(loss) else "not finite"


def loss_or_nan(binary_cross_entropy, y, p):
    """Return the loss, or the largest of several; nan if it is no number, as `math.log` raises an error for 0."""
    try:
        return float(np.max(expect_array(binary_cross_entropy(np.array(y), np.array(p)))))
    except StudentError:
        return math.nan


@exercise.probe
def arrays_with_certain_predictions(binary_cross_entropy):
    """Say which of the two arrays has changed."""
    y, p = np.array([0.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.5])
    given = y.copy(), p.copy()
    try:
        binary_cross_entropy(y, p)
    except StudentError:
        pass  # the arrays may have changed before the error
    return ["the same" if np.array_equal(now, then) else "changed" for now, then in zip((y, p), given, strict=True)]


# -- changes of the reference that make no difference ---------------------------------------------

for becomes, why in {
    "p = np.clip(1e-15, y_pred, 1 - 1e-15)": "The larger of prediction and epsilon is the same in either order.",
    "p = np.clip(y_pred, 1.1e-15, 1 - 1e-15)": "Any epsilon from 1e-15 to 1e-6 is right.",
    "p = np.clip(y_pred, 1e-15, 1 - 1.1e-15)": "Any epsilon from 1e-15 to 1e-6 is right.",
}.items():
    exercise.equivalent("p = np.clip(y_pred, 1e-15, 1 - 1e-15)", becomes, why=why)

# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def loop_with_math_log(y_true, y_pred):
    total = 0.0
    for y, p in zip(np.ravel(y_true), np.ravel(y_pred)):
        p = min(max(p, 1e-15), 1 - 1e-15)
        total -= y * math.log(p) + (1 - y) * math.log(1 - p)
    return total / len(y_true)


@exercise.variant
def choose_by_label(y_true, y_pred):
    p = np.clip(y_pred, 1e-12, 1 - 1e-12)
    return -np.mean(np.where(y_true == 1, np.log(p), np.log(1 - p)))


@exercise.variant
def probability_given_to_what_happened(y_true, y_pred):
    given = np.where(np.asarray(y_true) > 0.5, y_pred, 1 - np.asarray(y_pred))
    return np.mean(-np.log(np.maximum(given, 1e-9)))


@exercise.variant
def log1p_of_minus_p(y_true, y_pred):
    eps = 1e-15
    p = np.clip(y_pred, eps, 1 - eps)
    return np.mean(-y_true * np.log(p) - (1 - y_true) * np.log1p(-p))


@exercise.variant
def log_clamped_at_minus_100(y_true, y_pred):
    log_p = np.maximum(np.log(y_pred), -100)
    log_q = np.maximum(np.log1p(-np.asarray(y_pred)), -100)
    return float(-(y_true * log_p + (1 - y_true) * log_q).mean())


@exercise.variant
def epsilon_inside_the_logarithm(y_true, y_pred):
    eps = 1e-7
    return -np.mean(y_true * np.log(y_pred + eps) + (1 - y_true) * np.log(1 - y_pred + eps))


@exercise.variant
def smallest_epsilon_of_the_type(y_true, y_pred):
    eps = np.finfo(np.float64).eps
    p = np.minimum(np.maximum(y_pred, eps), 1 - eps)
    return np.mean(-(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))


@exercise.variant
def likelihood_then_logarithm(y_true, y_pred):
    p = np.clip(y_pred, 1e-10, 1 - 1e-10)
    likelihood = p**y_true * (1 - p) ** (1 - y_true)
    return -np.log(likelihood).mean()


@exercise.variant
def two_groups_added(y_true, y_pred):
    y, p = np.ravel(y_true), np.clip(np.ravel(y_pred), 1e-15, 1 - 1e-15)
    return -(np.log(p[y == 1]).sum() + np.log(1 - p[y == 0]).sum()) / y.size


@exercise.variant
def through_the_logit(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    z = np.log(p) - np.log(1 - p)
    return np.mean(np.logaddexp(0, z) - y_true * z)


@exercise.variant
def dot_products(y_true, y_pred):
    y, p = np.ravel(y_true), np.clip(np.ravel(y_pred), 1e-15, 1 - 1e-15)
    return -(y @ np.log(p) + (1 - y) @ np.log(1 - p)) / len(y)


@exercise.variant
def base_2_logarithm_turned_natural(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.mean(y_true * np.log2(p) + (1 - y_true) * np.log2(1 - p)) * np.log(2)


@exercise.variant
def recursion(y_true, y_pred):
    def surprise(i):
        p = min(max(float(np.squeeze(y_pred[i])), 1e-12), 1 - 1e-12)
        return -math.log(p) if float(np.squeeze(y_true[i])) == 1 else -math.log(1 - p)

    def total(i):
        return surprise(i) + total(i + 1) if i < len(y_true) else 0.0

    return total(0) / len(y_true)


@exercise.variant
def list_comprehension_and_fsum(y_true, y_pred, eps=1e-15):
    pairs = [(float(np.squeeze(y)), float(np.squeeze(p))) for y, p in zip(y_true, y_pred)]
    return math.fsum(-math.log(max(p if y else 1 - p, eps)) for y, p in pairs) / len(pairs)


@exercise.variant
def reduce_with_a_lambda(y_true, y_pred):
    one = lambda y, p: -math.log(max(p, 1e-15)) if y == 1 else -math.log(max(1 - p, 1e-15))  # noqa: E731
    return functools.reduce(
        lambda t, yp: t + one(float(np.squeeze(yp[0])), float(np.squeeze(yp[1]))), zip(y_true, y_pred), 0.0
    ) / len(y_true)


@exercise.variant
def float32_result(y_true, y_pred):
    p = np.clip(y_pred, 1e-7, 1 - 1e-7)
    return np.float32(-np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))


@exercise.variant
def array_of_one_element(y_true, y_pred):
    p = np.clip(np.array(y_pred, dtype=float), 1e-15, 1 - 1e-15)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)).reshape(1)


@exercise.variant
def xlogy_by_hand(y_true, y_pred):
    def xlogy(x, y):
        out = np.zeros(np.shape(x))
        np.multiply(x, np.log(y, where=x != 0, out=np.zeros(np.shape(y))), out=out, where=x != 0)
        return out

    p = np.clip(y_pred, 1e-300, 1)
    q = np.clip(1 - np.asarray(y_pred), 1e-300, 1)
    return float(-(xlogy(y_true, p) + xlogy(1 - y_true, q)).mean())


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception(
    "Logarithms of probabilities are negative; the minus sign in front makes a loss of them.", loses=2
)
def forgets_the_minus(y_true, y_pred, *, right=mean_cross_entropy):
    return -right(y_true, y_pred)


@exercise.misconception("The sum of the surprises still has to be divided by the number of samples.", loses=2)
def adds_up_without_averaging(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.sum(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@exercise.misconception("Samples labelled 0 add nothing to your loss: the term (1 - y) log(1 - p) is missing.", loses=2)
def keeps_only_the_term_of_label_1(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.mean(y_true * np.log(p))


@exercise.misconception("Samples labelled 1 add nothing to your loss: the term y log(p) is missing.", loses=2)
def keeps_only_the_term_of_label_0(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.mean((1 - y_true) * np.log(1 - p))


def epsilon_of_swapped_arguments(binary_cross_entropy):
    """Find the epsilon by which labels are clipped, if truth and prediction have changed places."""
    loss = float(np.max(expect_array(binary_cross_entropy(np.array([1.0]), np.array([0.5])))))
    if not math.isfinite(loss):
        return {"epsilon": 0.0}
    return {"epsilon": math.exp(-2 * loss)} if 4 < loss < 400 else None


@exercise.misconception(
    "Truth and prediction have changed places: the logarithm is of the prediction.",
    loses=2,
    fits=epsilon_of_swapped_arguments,
)
def swaps_truth_and_prediction(y_true, y_pred, *, right=mean_cross_entropy, epsilon=1e-15):
    return right(y_pred, np.clip(y_true, epsilon, 1 - epsilon))


@exercise.misconception("log(0) is minus infinity. Clip the predictions a little way from 0 and 1 first.", loses=1)
def does_not_clip(y_true, y_pred):
    p = y_pred
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@exercise.misconception(
    "Turning nan into 0 afterwards makes the worst prediction free. Clip the predictions before the logarithm.", loses=1
)
def hides_nan_afterwards(y_true, y_pred):
    p = y_pred
    return -np.mean(np.nan_to_num(y_true * np.log(p) + (1 - y_true) * np.log(1 - p), nan=0.0, posinf=0.0, neginf=0.0))


@exercise.misconception(
    "Turning nan of the whole loss into a number makes all samples free where one is certain. Clip the predictions.",
    loses=1,
)
def hides_nan_of_the_whole_loss(y_true, y_pred):
    p = y_pred
    return np.nan_to_num(-np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))


@exercise.misconception("Cross-entropy uses the natural logarithm, `np.log`; yours has base 10.", loses=2)
def uses_the_base_10_logarithm(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.mean(y_true * np.log10(p) + (1 - y_true) * np.log10(1 - p))


@exercise.misconception("Cross-entropy uses the natural logarithm, `np.log`; yours has base 2.", loses=2)
def uses_the_base_2_logarithm(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.mean(y_true * np.log2(p) + (1 - y_true) * np.log2(1 - p))


def epsilon_of_a_certain_miss(binary_cross_entropy):
    """Find the epsilon that limits the loss."""
    loss = expect_number(binary_cross_entropy(np.array([1.0]), np.array([0.0])))
    return {"epsilon": math.exp(-loss)} if 0.7 < loss < 10 else None


@exercise.misconception(
    "Your epsilon is so large that it changes ordinary predictions and caps the loss. Use 1e-15.",
    loses=2,
    fits=epsilon_of_a_certain_miss,
)
def clips_far_too_much(y_true, y_pred, *, right=mean_cross_entropy, epsilon=0.05):
    return right(y_true, np.clip(y_pred, epsilon, 1 - epsilon))


@exercise.misconception(
    "A prediction of exactly 1 is not clipped: there is no upper limit, or 1 - epsilon is exactly 1 in floating point.",
    loses=1,
)
def clips_at_0_only(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@exercise.misconception(
    "Only predictions near 1 are clipped. A prediction of exactly 0 needs it just as much.", loses=1
)
def clips_at_1_only(y_true, y_pred):
    p = np.clip(y_pred, 0, 1 - 1e-15)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@exercise.misconception(
    "1 - 1e-20 is exactly 1 in floating point, so the upper end is not clipped at all. Use 1e-15.",
    loses=1,
    same_as=("clips_at_0_only",),
)
def epsilon_below_the_precision(y_true, y_pred):
    p = np.clip(y_pred, 1e-20, 1 - 1e-20)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@exercise.misconception("The predictions are probabilities already; a second sigmoid squeezes them together.", loses=3)
def applies_the_sigmoid_again(y_true, y_pred, *, right=mean_cross_entropy):
    return right(y_true, 1 / (1 + np.exp(-np.asarray(y_pred))))


@exercise.misconception("The labels are crossed: log(p) belongs to label 1, log(1 - p) to label 0.", loses=2)
def crosses_the_labels(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.mean((1 - y_true) * np.log(p) + y_true * np.log(1 - p))


@exercise.misconception(
    "Your product pairs every label with every prediction. Print its shape: it should be that of y_true.", loses=2
)
def multiplies_every_pair(y_true, y_pred):
    y, p = np.reshape(y_true, (-1, 1)), np.clip(np.reshape(y_pred, (1, -1)), 1e-15, 1 - 1e-15)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@exercise.misconception(
    "A column times a flat array pairs every label with every prediction. Give both the same shape first.", loses=1
)
def flattens_one_of_the_two(y_true, y_pred):
    p = np.clip(np.ravel(y_pred), 1e-15, 1 - 1e-15)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@exercise.misconception("Divide by the number of all samples, not only of those labelled 1.", loses=2)
def divides_by_the_positives(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.sum(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)) / np.sum(y_true)


@exercise.misconception("`np.log1p(p)` is log(1 + p). The formula needs log(p) and log(1 - p).", loses=3)
def takes_log1p_for_log(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.mean(y_true * np.log1p(p) + (1 - y_true) * np.log1p(1 - p))


@exercise.misconception("One surprise a sample comes back. Average them into one number.", loses=2)
def returns_the_vector(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@exercise.misconception(
    "That is the mean squared error. This exercise asks for the cross-entropy, which has a logarithm.", loses=4
)
def computes_the_squared_error(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2)


@exercise.misconception("Clipping works inside the caller's array here. Let `np.clip` return a new one.", loses=1)
def changes_its_inputs(y_true, y_pred, *, right=mean_cross_entropy):
    np.clip(y_pred, 1e-15, 1 - 1e-15, out=y_pred)
    return right(y_true, y_pred)


@exercise.misconception("A printed number is only on the screen. Give it back with `return`.", loses=2)
def prints_in_place_of_returning(y_true, y_pred, *, right=mean_cross_entropy):
    print(right(y_true, y_pred))


@exercise.misconception(
    "The `return` is inside the loop, so the function ends after the first sample. Indent it less.", loses=2
)
def returns_inside_the_loop(y_true, y_pred, *, right=mean_cross_entropy):
    for i in range(len(y_true)):
        return right(y_true[: i + 1], y_pred[: i + 1]) / len(y_true)


@exercise.misconception(
    "The minus covers only the first term. Put the sum in brackets, or a minus before each term.", loses=2
)
def minus_before_the_first_term_only(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return np.mean(-y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@exercise.misconception("The second term uses log(p) as the first does. It needs log(1 - p).", loses=2)
def uses_log_p_in_both_terms(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(p))


@exercise.misconception(
    "The average is taken before the logarithm. Take the logarithm of each sample, then average.", loses=2
)
def takes_the_logarithm_of_the_mean(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.log(np.mean(np.where(y_true == 1, p, 1 - p)))


@exercise.misconception("The factor 1/2 is not part of the cross-entropy.", loses=2)
def halves_the_mean(y_true, y_pred, *, right=mean_cross_entropy):
    return right(y_true, y_pred) / 2


@exercise.misconception(
    "The loss takes the predictions as they are. Rounding them to 0 or 1 makes every miss infinitely bad.", loses=3
)
def rounds_the_predictions_first(y_true, y_pred, *, right=mean_cross_entropy):
    return right(y_true, np.where(np.asarray(y_pred) >= 0.5, 1.0, 0.0))


@exercise.misconception(
    "The surprise is -log(p). `1 - p` grows with the miss, too, but hardly punishes a confident one.", loses=4
)
def takes_one_minus_p_for_the_surprise(y_true, y_pred):
    return np.mean(np.where(y_true == 1, 1 - np.asarray(y_pred), y_pred))


@exercise.misconception("There is no logarithm in your loss. The surprise is minus the logarithm of p.", loses=4)
def takes_no_logarithm(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.mean(y_true * p + (1 - y_true) * (1 - p))


@exercise.misconception(
    "A certain miss is infinite: log(0) is minus infinity. Clip the predictions a little way from 0 and 1 first.",
    loses=1,
    excludes=("does_not_clip",),
)
def leaves_a_certain_miss_infinite(y_true, y_pred):
    p = y_pred
    return -np.mean(
        np.nan_to_num(y_true * np.log(p) + (1 - y_true) * np.log(1 - p), nan=0.0, posinf=np.inf, neginf=-np.inf)
    )


@exercise.misconception(
    "`nan_to_num` turns infinity into the largest number there is, which drowns all other samples. Clip the "
    "predictions before the logarithm.",
    loses=1,
)
def replaces_infinity_by_the_largest_number(y_true, y_pred):
    p = y_pred
    return -np.mean(np.nan_to_num(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))


@exercise.misconception(
    "The second logarithm is of 1 minus the label. It should be of 1 minus the prediction.", loses=6
)
def takes_the_logarithm_of_the_label(y_true, y_pred):
    p = y_pred
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - y_true))


@exercise.misconception("The function ends without `return`, so it gives back None.", loses=6)
def returns_nothing(y_true, y_pred, *, right=mean_cross_entropy):
    right(y_true, y_pred)


@exercise.misconception(
    "Return the loss as it is: whoever computes with it needs all its digits.", loses=2, fits=digits_of_the_loss
)
def rounds_the_result(y_true, y_pred, *, right=mean_cross_entropy, digits=3):
    return np.round(right(y_true, y_pred), digits)


@exercise.misconception("Each surprise is divided by their number, but they are not added up to one number.", loses=2)
def does_not_add_up(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)) / len(y_true)


@exercise.misconception(
    "An axis leaves a column as it is: for shape (n, 1) one number a sample comes back. Average over all.", loses=1
)
def averages_over_the_last_axis(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p), axis=-1)


@exercise.misconception(
    "`axis=1` is the second axis, which a flat array does not have. Average over all without naming an axis.", loses=6
)
def reduces_along_the_second_axis(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p), axis=1)


@exercise.misconception(
    "`shape[1]` is the length of the second axis, which a flat array does not have. The number of samples is "
    "`len(y_true)`.",
    loses=6,
)
def reads_the_second_axis(y_true, y_pred):
    p = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.sum(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)) / y_true.shape[1]


@exercise.misconception(
    "It stops with an error where it is given columns of shape (n, 1), as the exercise may do.",
    loses=1,
    fits=error_for_columns,
)
def stops_for_columns(y_true, y_pred, *, right=mean_cross_entropy, error=None):
    if np.ndim(y_true) > 1:
        raise error or TypeError("columns")
    return right(y_true, y_pred)


@exercise.misconception(
    "`nanmean` leaves certain hits out of the average, and certain misses are infinite. Clip the predictions.", loses=1
)
def leaves_nan_out_of_the_average(y_true, y_pred):
    p = y_pred
    return -np.nanmean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))
