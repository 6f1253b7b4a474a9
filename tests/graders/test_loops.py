"""Wrong training loops that are in no bank: whatever they record and when, each mistake has its own name."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from graders.part5_training.train import RightPerceptron, sigmoid
from graders.part5_training.train import exercise as train
from tests.graders.work import STUDENTS, earned
from tests.graders.work import graded as graded_by


class Loop:
    """A class that shares no code with the bank; it records during the pass, or after it."""

    after = False

    def __init__(self, n_inputs):
        self.weights = np.random.randn(n_inputs) * 0.1
        self.bias = 0.0
        self.loss_history, self.accuracy_history = [], []

    def forward(self, x):
        return float(1 / (1 + np.exp(-np.clip(np.dot(x, self.weights) + self.bias, -500, 500))))

    def predict(self, x):
        return int(self.forward(x) >= 0.5)

    def compute_loss(self, y_true, y_pred):
        p = np.clip(y_pred, 1e-15, 1 - 1e-15)
        return float(-(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))

    def error(self, x, label, chance):
        return chance - label

    def begin(self, n_inputs):
        self.loss_history, self.accuracy_history = [], []

    def one_pass(self, X, y, rate):
        seen = []
        for x, label in zip(X, y, strict=True):
            seen.append(self.forward(x))
            error = self.error(x, label, seen[-1])
            self.weights = self.weights - rate * error * x
            self.bias = self.bias - rate * error
        return seen

    def record(self, X, y, seen):
        chances = [self.forward(x) for x in X] if self.after else seen
        self.loss_history.append(np.mean([self.compute_loss(t, p) for t, p in zip(y, chances, strict=True)]))
        self.accuracy_history.append(np.mean([(p >= 0.5) == (t == 1) for t, p in zip(y, chances, strict=True)]))

    def is_done(self):
        return False

    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.begin(X.shape[1])
        for _ in range(epochs):
            self.record(X, y, self.one_pass(X, y, learning_rate))
            if self.is_done():
                break
        return self.loss_history


class Resets(Loop):
    def begin(self, n_inputs):
        super().begin(n_inputs)
        self.weights, self.bias = np.zeros(n_inputs), 0.0


class ResetsAtRandom(Loop):
    def begin(self, n_inputs):
        super().begin(n_inputs)
        self.weights, self.bias = np.random.rand(n_inputs), np.random.rand()


class Votes(Loop):
    def error(self, x, label, chance):
        return self.predict(x) - label


class Slopes(Loop):
    def error(self, x, label, chance):
        return (chance - label) * chance * (1 - chance)


class Linear(Loop):
    def error(self, x, label, chance):
        return x @ self.weights + self.bias - label


class Fixed(Loop):
    def one_pass(self, X, y, rate):
        return super().one_pass(X, y, 0.02)


class Batch(Loop):
    def one_pass(self, X, y, rate):
        seen = np.array([self.forward(x) for x in X])
        errors = np.array([self.error(x, t, p) for x, t, p in zip(X, y, seen, strict=True)])
        self.weights = self.weights - rate * X.T @ errors / len(X)
        self.bias = self.bias - rate * np.mean(errors)
        return list(seen)


class MiniBatch(Batch):
    def one_pass(self, X, y, rate):
        order, seen = np.random.permutation(len(X)), [self.forward(x) for x in X]
        for first in range(0, len(X), 10):
            some = order[first : first + 10]
            super().one_pass(X[some], y[some], rate)
        return seen


class Stops(Loop):
    def is_done(self):
        return len(self.loss_history) > 1 and abs(self.loss_history[-1] - self.loss_history[-2]) < 3e-4


class StopsWithoutErrors(Loop):
    def is_done(self):
        return self.accuracy_history[-1] == 1


class Keeps(Loop):
    def begin(self, n_inputs):
        pass


class DoesNotClip(Loop):
    def compute_loss(self, y_true, y_pred):
        return -(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred))


class TenBase(Loop):
    def compute_loss(self, y_true, y_pred):
        return super().compute_loss(y_true, y_pred) / np.log(10)


class Silent(Loop):
    def train(self, *args, **kwargs):
        super().train(*args, **kwargs)


class Column(Loop):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.weights = self.weights.reshape(-1, 1)

    def forward(self, x):
        return float(sigmoid(np.dot(x, self.weights) + self.bias).item())

    def one_pass(self, X, y, rate):
        A, Y = sigmoid(X @ self.weights + self.bias), y.reshape(-1, 1)
        self.weights = self.weights - rate * X.T @ (A - Y) / len(X)
        self.bias = self.bias - rate * np.mean(A - Y)
        return list(A.ravel())


class MissesTheLast(Loop):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X[:-1], y[:-1], learning_rate, epochs, verbose)


class Shuffles(Loop):
    def one_pass(self, X, y, rate):
        return super().one_pass(np.random.permutation(X), y, rate)


class HalvesSquares(Loop):
    def record(self, X, y, seen):
        chances = np.array([self.forward(x) for x in X]) if self.after else np.array(seen)
        super().record(X, y, seen)
        self.loss_history[-1] = 0.5 * np.sum((y - chances) ** 2)


class Momentum(Loop):
    def begin(self, n_inputs):
        super().begin(n_inputs)
        self.velocity = np.zeros(n_inputs + 1)

    def one_pass(self, X, y, rate):
        seen = []
        for x, label in zip(X, y, strict=True):
            seen.append(self.forward(x))
            self.velocity = 0.9 * self.velocity - rate * self.error(x, label, seen[-1]) * np.array([*x, 1.0])
            self.weights, self.bias = self.weights + self.velocity[:-1], self.bias + self.velocity[-1]
        return seen


class ForgetsTheBias(Loop):
    def error(self, x, label, chance):
        return float(sigmoid(self.weights @ x)) - label


class Standardises(Loop):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train((X - X.mean(0)) / (X.std(0) + 1e-8), y, learning_rate, epochs, verbose)


NAMES = {
    Resets: "starts_afresh_in_train",
    ResetsAtRandom: "starts_afresh_in_train",
    Votes: "learns_from_the_predicted_label",
    Slopes: "follows_the_squared_error",
    Linear: "learns_from_the_weighted_sum",
    Fixed: "ignores_the_learning_rate",
    Batch: "averages_over_the_whole_batch",
    MiniBatch: "trains_in_small_batches",
    Stops: "stops_when_the_loss_settles",
    StopsWithoutErrors: "stops_when_all_are_right",
    Keeps: "never_empties_its_histories",
    DoesNotClip: "takes_the_logarithm_of_zero",
    TenBase: "takes_a_logarithm_of_another_base",
    Silent: "returns_nothing",
    Column: "averages_over_the_whole_batch",
    MissesTheLast: "misses_the_last_sample",
    Shuffles: "shuffles_x_without_y",
    HalvesSquares: "records_half_of_the_squared_errors",
    Momentum: "keeps_momentum",
    ForgetsTheBias: "trains_without_the_bias",
    Standardises: "standardises_x_in_train",
}

TOGETHER = [
    (Resets, Votes),
    (Resets, Votes, StopsWithoutErrors),
    (Resets, Batch, DoesNotClip, Silent),
    (Batch, Keeps),
    (Slopes, Fixed),
    (Keeps, DoesNotClip),
    (MissesTheLast, Shuffles),
    (MissesTheLast, HalvesSquares),
    (Momentum, Slopes),
]


def made(*classes, after):
    """A class that makes the mistakes of several."""
    return type("Made", classes, {"after": after})


graded = partial(graded_by, train)


def named(work, student=STUDENTS[0]):
    return {found.name for found in graded(work, student).misconceptions}


@pytest.mark.parametrize("after", [False, True], ids=["during", "after"])
def test_a_right_loop_is_right(after):
    """In either way to keep histories."""
    assert graded(made(Loop, after=after)).earned == train.points


@pytest.mark.parametrize("after", [False, True], ids=["during", "after"])
@pytest.mark.parametrize("wrong", NAMES, ids=lambda wrong: wrong.__name__)
def test_a_wrong_loop_is_named_whenever_it_records(wrong, after):
    """During the pass or after it, in any form and in any size."""
    assert named(made(wrong, after=after)) == {NAMES[wrong]}


@pytest.mark.parametrize("after", [False, True], ids=["during", "after"])
@pytest.mark.parametrize("wrong", TOGETHER, ids=lambda wrong: "-".join(each.__name__ for each in wrong))
def test_mistakes_made_at_once_are_all_named(wrong, after):
    """Two, three or four of them, and nothing else."""
    score = graded(made(*wrong, after=after))
    names = {NAMES[each] for each in wrong}
    assert {found.name for found in score.misconceptions} == names
    assert train.points - score.earned <= sum(train.misconceptions[name].loses for name in names)


@pytest.mark.parametrize(
    "names",
    [
        ("misses_the_last_sample", "shuffles_x_without_y"),
        ("misses_the_last_sample", "records_half_of_the_squared_errors"),
        ("follows_the_squared_error", "keeps_momentum"),
        ("adds_the_gradient", "starts_afresh_in_train"),
        ("standardises_x_in_train", "trains_without_the_bias"),
        ("moves_the_bias_without_the_rate", "starts_again_each_epoch"),
        ("starts_again_each_epoch", "keeps_momentum"),
        ("overwrites_the_weights", "records_nothing"),
        ("truncates_weights_to_integers", "stops_when_the_loss_settles"),
        ("normalises_x_in_place", "records_the_sum_of_the_losses"),
    ],
    ids="-".join,
)
def test_what_two_mistakes_do_together_is_within_their_prices(names):
    """Also where a check fails both at once that fails neither of them alone."""
    (pair,) = [each for each in train.pairs if {member.name for member in each.members} == set(names)]
    score = graded(pair.code)
    assert {found.name for found in score.misconceptions} == set(names)
    assert train.points - score.earned <= pair.loses


class MovesInSomeOtherWay(Loop):
    def error(self, x, label, chance):
        return (chance - label) ** 3 + 0.1


def test_what_has_no_name_is_told_as_it_was_measured():
    """Nothing in the bank is like it."""
    score = graded(MovesInSomeOtherWay)
    assert score.misconceptions == ()
    assert "the weights follow" not in score.relations[0].hint  # there are no words for it
    assert "passes over the samples not told (asked for: as many as asked for)" in score.relations[0].hint


class TrainsForTwoThousandEpochs(RightPerceptron):
    calls = 0

    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        TrainsForTwoThousandEpochs.calls += 1
        self.loss_history, self.accuracy_history = [0.5] * 2000, [0.5] * 2000
        return self.loss_history


def test_a_loop_that_takes_too_long_is_not_measured_further():
    """A few trainings show that it takes thousands of epochs; the rest is left alone, and no price holds."""
    score = graded(TrainsForTwoThousandEpochs)
    checks = TrainsForTwoThousandEpochs.calls
    assert [found.name for found in score.misconceptions] == ["always_trains_for_a_hundred_epochs"]
    assert score.priced_by is None
    assert checks < 60


@pytest.mark.parametrize("wrong", NAMES, ids=lambda wrong: wrong.__name__)
def test_the_same_mistake_costs_every_student_the_same(wrong):
    """And is named for each."""
    work = made(wrong, after=True)
    scores = [graded(work, student) for student in STUDENTS[::4]]
    assert len({score.earned for score in scores}) == 1
    assert {tuple(found.name for found in score.misconceptions) for score in scores} == {(NAMES[wrong],)}


@pytest.mark.parametrize("tolerance", [1e-3, 1e-5, 1e-8])
@pytest.mark.parametrize("after", [False, True], ids=["during", "after"])
def test_ending_early_costs_every_student_the_same_at_any_tolerance(after, tolerance):
    """Whatever the loop goes by, the change of the loss or its size."""

    class Settles(Loop):
        def is_done(self):
            return len(self.loss_history) > 1 and abs(self.loss_history[-1] - self.loss_history[-2]) < tolerance

    class IsSmall(Loop):
        def is_done(self):
            return self.loss_history[-1] < tolerance

    for wrong in (Settles, IsSmall):
        assert earned(train, made(wrong, after=after), STUDENTS[:8]) == {train.points - 1}
