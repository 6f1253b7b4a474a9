"""Training and test data: what is right, what is also right, what is wrong.

The notebook asks for ``split(X, y, test_share=0.25, seed=0)``, which returns ``X_train, X_test, y_train, y_test``: the
samples in random order, of which ``ceil(test_share * n)`` are for testing. Any shuffle will do, so checks and probes
look at facts that hold for each of them.
"""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np

from fairgrade.grading import Exercise, FloatArray, expect, expect_array, random_state_untouched, unchanged


def shuffled_split(X, y, test_share=0.25, seed=0):
    order = np.random.default_rng(seed).permutation(len(X))
    n_test = math.ceil(test_share * len(X))
    test, train = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


exercise = Exercise("split", points=5, reference=shuffled_split, has_fact_probes=True)

NAMES = ("X_train", "X_test", "y_train", "y_test")


def numbered(rng: np.random.Generator, n: int, n_inputs: int = 3) -> tuple[FloatArray, FloatArray]:
    """Draw `n` samples of which the first input, and the label, tell the number."""
    X = rng.uniform(10, 20, (n, n_inputs))
    X[:, 0] = np.arange(n)
    return X, np.arange(0.5, n)


def parts_of(split: Any, X: FloatArray, y: FloatArray, *more: Any) -> dict[str, FloatArray]:
    """Call the student's function with copies; return its four arrays by name, or fail if they are not four."""
    parts = split(X.copy(), y.copy(), *more)
    expect(parts is not None, "`split` gives None. Is there a `return`?")
    expect(isinstance(parts, list | tuple), f"`split`: expected four arrays, got {type(parts).__name__}.")
    expect(len(parts) == 4, f"`split`: expected four arrays, got {len(parts)}.")
    arrays = {name: expect_array(part, what=f"`{name}`") for name, part in zip(NAMES, parts, strict=True)}
    for name, array in arrays.items():
        shape = "(k, n_inputs)" if name[0] == "X" else "(k,)"
        axes = 2 if name[0] == "X" else 1
        expect(
            array.ndim == axes, f"`{name}`: expected shape {shape}, got {array.shape}. What is the order of the four?"
        )
    return arrays


def numbers_of(X: FloatArray) -> list[int]:
    """Return the numbers of the samples in a part."""
    return [round(number) for number in X[:, 0].tolist()]


# -- what right work does -------------------------------------------------------------------------


@exercise.check(points=1)
def takes_the_share_that_is_asked_for(split, rng):
    """`test_share` of the samples, rounded up, are for testing, and all others for training."""
    for n, share in ((int(rng.integers(21, 24)), 0.25), (int(rng.integers(14, 17)), 0.4), (7, 0.5)):
        X, y = numbered(rng, n)
        parts = parts_of(split, X, y, share)
        n_test = math.ceil(share * n)
        found = len(parts["X_train"]), len(parts["X_test"])
        given = f"`split` of {n} samples with test_share={share:g}"
        expect(found == (n - n_test, n_test), f"{given} gives {found[0]} for training and {found[1]} for testing.")
    X, y = numbered(rng, 8)
    expect(len(parts_of(split, X, y)["X_test"]) == 2, "Without `test_share`, a quarter is for testing.")


@exercise.check(points=1)
def keeps_samples_and_labels_together(split, rng):
    """Each sample keeps its label, and all of its inputs."""
    X, y = numbered(rng, int(rng.integers(18, 26)))
    parts = parts_of(split, X, y, 0.3, int(rng.integers(1000)))
    for part in ("train", "test"):
        rows, labels = parts[f"X_{part}"], parts[f"y_{part}"]
        expect(len(rows) == len(labels), f"{len(rows)} samples for {part}ing have {len(labels)} labels.")
        numbers = numbers_of(rows)
        expect(all(0 <= k < len(X) for k in numbers), "The values of the samples are other ones than before.")
        expect(bool(np.allclose(rows, X[numbers], rtol=1e-9)), "The values of the samples are other ones than before.")
        expect(bool(np.allclose(labels, y[numbers])), "A sample has the label of another one.")


@exercise.check(points=1)
def uses_each_sample_once(split, rng):
    """Each sample is in one of the two parts, once: what was trained on is not tested on."""
    X, y = numbered(rng, int(rng.integers(24, 32)))
    parts = parts_of(split, X, y, 0.5, int(rng.integers(1000)))
    train, test = numbers_of(parts["X_train"]), numbers_of(parts["X_test"])
    both = set(train) & set(test)
    expect(not both, f"{len(both)} of {len(X)} samples are in both parts.")
    lost = set(range(len(X))) - set(train) - set(test)
    expect(not lost, f"{len(lost)} of {len(X)} samples are in neither part.")
    expect(len(train) + len(test) == len(X), "Some samples are in a part twice.")


@exercise.check(points=1, false_rejection=1e-9)
def shuffles_by_the_seed(split, rng):
    """The order is random, the same for the same seed, and another for another seed."""
    X, y = numbered(rng, 40)
    seed, other = (int(k) for k in rng.choice(1000, 2, replace=False))
    first, again, another = (numbers_of(parts_of(split, X, y, 0.5, k)["X_test"]) for k in (seed, seed, other))
    expect(not _in_order(first), "The samples for testing are neighbours: shuffle before you cut.")
    expect(first == again, f"Two calls with seed={seed} give different parts.")
    expect(first != another, f"seed={seed} and seed={other} give the same parts.")


@exercise.check(points=1)
def leaves_the_rest_alone(split, rng):
    """It changes neither its arguments nor the global random generator."""
    X, y = numbered(rng, 24)
    with unchanged(X=X, y=y), random_state_untouched():
        parts = split(X, y, 0.25, int(rng.integers(1000)))
    expect(parts is not None, "`split` gives None. Is there a `return`?")


def _in_order(numbers: list[int]) -> bool:
    """Whether the samples are neighbours in the order in which they came."""
    return bool(np.all(np.diff(numbers) == 1))


# -- what tells mistakes apart --------------------------------------------------------------------


@exercise.probe
def what_is_in_the_parts(split, rng):
    X, y = numbered(rng, 23)
    X_train, X_test, y_train, y_test = (np.asarray(part, dtype=float) for part in split(X.copy(), y.copy(), 0.3, 5))
    if (X_train.ndim, X_test.ndim, y_train.ndim) == (2, 1, 2):
        order = "training data first" if len(X_train) == len(X_test) else "samples of training and testing mixed"
        X_test, y_train = y_train, X_test
    elif (X_train.ndim, X_test.ndim, y_train.ndim) == (1, 1, 2):
        order, (X_train, X_test, y_train, y_test) = "labels first", (y_train, y_test, X_train, X_test)
    else:
        order = "as asked for"
    train, test = numbers_of(X_train), numbers_of(X_test)
    is_moved = not all(0 <= k < 23 and np.allclose(row, X[k]) for k, row in zip(train, X_train))
    return {
        "order of the four": order,
        "sizes": f"{len(train)} and {len(test)}",
        "labels": "their own" if _have_their_labels(train, y_train) else "those of others",
        "values": "others" if is_moved else "as they were",
        "samples": _use_of_samples(train, test, 23),
    }


def _have_their_labels(numbers: list[int], labels: FloatArray) -> bool:
    return len(numbers) == len(labels) and bool(np.allclose(labels, np.array(numbers) + 0.5))


def _use_of_samples(train: list[int], test: list[int], n: int) -> str:
    if set(train) & set(test):
        return "all in training, some in both" if len(set(train)) == n else "some in both parts"
    if len(set(train)) < len(train) or len(set(test)) < len(test):
        return "some twice in a part"
    return "each once" if len(train) + len(test) == n else "some in neither part"


@exercise.probe
def what_the_seed_does(split, rng):
    X, y = numbered(rng, 40)
    parts = [split(X.copy(), y.copy(), 0.5, seed) for seed in (3, 3, 4)]
    first, again, another = (np.asarray(part[1], dtype=float).ravel().tolist() for part in parts)
    order = [int(k) for k in np.asarray(parts[0][0], dtype=float).reshape(len(parts[0][0]), -1)[:, 0]]
    return {
        "order": "as they came" if _in_order(order) else "shuffled",
        "the same seed": "the same parts" if first == again else "other parts",
        "another seed": "the same parts" if first == another and not _in_order(order) else "other parts",
    }


@exercise.probe
def what_else_changes(split, rng):
    X, y = numbered(rng, 24)
    own_X, own_y = X.copy(), y.copy()
    np.random.seed(7)
    expected = np.random.random()
    np.random.seed(7)
    split(own_X, own_y, 0.25, 11)
    return {
        "arguments": "as before" if np.array_equal(own_X, X) and np.array_equal(own_y, y) else "changed",
        "global generator": "as before" if np.random.random() == expected else "moved",
        "a share of one half": f"{len(split(X, y, 0.5, 2)[1])} of 24",
        "a share of one tenth": f"{len(split(X, y, 0.1, 2)[1])} of 24",
    }


# -- changes of the reference that make no difference ---------------------------------------------

exercise.equivalent(
    "def split(X, y, test_share=0.25, seed=0):",
    "def split(X, y, test_share=0.25, seed=1):",
    why="Any seed will do where none is passed.",
)

# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def with_a_mask(X, y, test_share=0.25, seed=0):
    n_test = math.ceil(test_share * len(X))
    is_test = np.zeros(len(X), dtype=bool)
    is_test[np.random.default_rng(seed).choice(len(X), n_test, replace=False)] = True
    return X[~is_test], X[is_test], y[~is_test], y[is_test]


@exercise.variant
def sorted_by_random_keys(X, y, test_share=0.25, seed=0):
    order = np.argsort(np.random.default_rng(seed).random(len(y)))
    cut = len(y) - math.ceil(test_share * len(y))
    return X[order][:cut], X[order][cut:], y[order][:cut], y[order][cut:]


@exercise.variant
def with_a_legacy_generator(X, y, test_share=0.25, seed=0):
    order = np.random.RandomState(seed).permutation(len(X))
    n_test = int(np.ceil(len(X) * test_share))
    return X[order[n_test:]], X[order[:n_test]], y[order[n_test:]], y[order[:n_test]]


@exercise.variant
def with_a_generator_of_the_standard_library(X, y, test_share=0.25, seed=0):
    numbers = list(range(len(X)))
    random.Random(seed).shuffle(numbers)
    n_test = -int(-len(X) * test_share // 1)
    test, train = numbers[:n_test], numbers[n_test:]
    return X[train], X[test], y[train], y[test]


@exercise.variant
def shuffles_samples_with_their_labels(X, y, test_share=0.25, seed=0):
    both = np.random.default_rng(seed).permutation(np.column_stack([X, y]))
    test, train = np.split(both, [math.ceil(test_share * len(both))])
    return train[:, :-1], test[:, :-1], train[:, -1], test[:, -1]


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception("Samples and labels must be shuffled alike: draw one order, and use it for both.", loses=1)
def shuffles_samples_without_labels(X, y, test_share=0.25, seed=0):
    rng = np.random.default_rng(seed)
    X, y = X[rng.permutation(len(X))], y[rng.permutation(len(y))]
    n_test = math.ceil(test_share * len(X))
    return X[n_test:], X[:n_test], y[n_test:], y[:n_test]


@exercise.misconception("The data may be sorted by label. Shuffle before you cut.", loses=1)
def does_not_shuffle(X, y, test_share=0.25, seed=0):
    n_test = math.ceil(test_share * len(X))
    return X[:-n_test], X[-n_test:], y[:-n_test], y[-n_test:]


@exercise.misconception(
    "Drawing with replacement takes some samples twice and leaves others out. Use a permutation.", loses=1
)
def draws_with_replacement(X, y, test_share=0.25, seed=0):
    order = np.random.default_rng(seed).choice(len(X), len(X))
    n_test = math.ceil(test_share * len(X))
    return X[order[n_test:]], X[order[:n_test]], y[order[n_test:]], y[order[:n_test]]


@exercise.misconception(
    "All data are used for training, the test samples as well. What was trained on proves nothing in a test.", loses=2
)
def trains_on_all_samples(X, y, test_share=0.25, seed=0, *, right=shuffled_split):
    _, X_test, _, y_test = right(X, y, test_share, seed)
    return X, X_test, y, y_test


@exercise.misconception("The four are asked for in the order X_train, X_test, y_train, y_test.", loses=4)
def returns_training_data_first(X, y, test_share=0.25, seed=0, *, right=shuffled_split):
    X_train, X_test, y_train, y_test = right(X, y, test_share, seed)
    return X_train, y_train, X_test, y_test


@exercise.misconception(
    "`np.random.seed` changes the generator of the whole program. Draw from `np.random.default_rng(seed)`.", loses=1
)
def seeds_the_global_generator(X, y, test_share=0.25, seed=0):
    np.random.seed(seed)
    order = np.random.permutation(len(X))
    n_test = math.ceil(test_share * len(X))
    return X[order[n_test:]], X[order[:n_test]], y[order[n_test:]], y[order[:n_test]]


@exercise.misconception("The number of test samples is rounded up. Yours is rounded down.", loses=1)
def rounds_down(X, y, test_share=0.25, seed=0):
    order = np.random.default_rng(seed).permutation(len(X))
    n_test = int(test_share * len(X))
    return X[order[n_test:]], X[order[:n_test]], y[order[n_test:]], y[order[:n_test]]


@exercise.misconception("`test_share` is the part for testing. Yours trains on it.", loses=1)
def takes_the_share_for_training(X, y, test_share=0.25, seed=0, *, right=shuffled_split):
    X_train, X_test, y_train, y_test = right(X, y, test_share, seed)
    return X_test, X_train, y_test, y_train


@exercise.misconception("Yours tests on a quarter whatever `test_share` says.", loses=1)
def keeps_a_quarter_for_testing_always(X, y, test_share=0.25, seed=0, *, right=shuffled_split):
    return right(X, y, 0.25, seed)


@exercise.misconception(
    "The values are shifted and scaled here. That was not asked for, and with test data in the mean it leaks.", loses=1
)
def normalises_with_all_data(X, y, test_share=0.25, seed=0, *, right=shuffled_split):
    return right((X - X.mean(axis=0)) / X.std(axis=0), y, test_share, seed)


@exercise.misconception("Without the seed each call gives other parts. Pass it to `default_rng`.", loses=1)
def ignores_the_seed(X, y, test_share=0.25, seed=0, *, right=shuffled_split):
    return right(X, y, test_share, None)


@exercise.misconception("Yours shuffles in the same way whatever `seed` says. Pass it to `default_rng`.", loses=1)
def uses_one_seed_always(X, y, test_share=0.25, seed=0, *, right=shuffled_split):
    return right(X, y, test_share, 0)


@exercise.misconception(
    "`X[:] = ...` and `rng.shuffle(X)` work inside the caller's array. Pick rows by an order: `X[order]`.", loses=1
)
def shuffles_in_place(X, y, test_share=0.25, seed=0):
    order = np.random.default_rng(seed).permutation(len(X))
    X[:], y[:] = X[order], y[order]
    n_test = math.ceil(test_share * len(X))
    return X[n_test:].copy(), X[:n_test].copy(), y[n_test:].copy(), y[:n_test].copy()
