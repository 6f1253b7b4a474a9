"""Misconceptions: training loops that record, return or predict in a wrong way, as people write them."""

from __future__ import annotations

import math

import numpy as np

from graders.part5_training.train.reference import RightPerceptron, exercise, sigmoid


@exercise.misconception("loss_history has an entry for each sample. Average them and append once an epoch.", loses=1)
class RecordsTheLossOfEachSample(RightPerceptron):
    def record(self, losses, hits):
        super().record(losses, hits)
        self.loss_history[-1:] = losses


@exercise.misconception("loss_history holds sums over the samples. Divide by their number.", loses=1)
class RecordsTheSumOfTheLosses(RightPerceptron):
    def record(self, losses, hits):
        super().record([sum(losses)], hits)


@exercise.misconception("loss_history holds the accuracy. Append the mean loss to it.", loses=1)
class RecordsTheAccuracyForTheLoss(RightPerceptron):
    def record(self, losses, hits):
        super().record(hits, hits)


@exercise.misconception(
    "loss_history holds the loss of the epoch's last sample. Take the mean over all samples.", loses=1
)
class RecordsTheLossOfTheLastSample(RightPerceptron):
    def record(self, losses, hits):
        super().record(losses[-1:], hits)


@exercise.misconception("The loss is cross-entropy; your history holds squared errors.", loses=1)
class RecordsTheSquaredError(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return (y_true - y_pred) ** 2


@exercise.misconception("The loss has no minus sign: it should be positive and fall towards 0.", loses=1)
class RecordsANegativeLoss(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return -super().compute_loss(y_true, y_pred)


@exercise.misconception(
    "compute_loss takes the logarithm of 0 for predictions of exactly 0 or 1. Clip them first.", loses=1
)
class TakesTheLogarithmOfZero(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return -(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred))


@exercise.misconception("Nothing is recorded: append the mean loss and the accuracy after each epoch.", loses=2)
class RecordsNothing(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history, self.accuracy_history = [], []
        return self.loss_history


@exercise.misconception("accuracy_history holds percentages. A fraction between 0 and 1 is asked for.", loses=1)
class RecordsPercentages(RightPerceptron):
    def record(self, losses, hits):
        super().record(losses, [100 * hit for hit in hits])


@exercise.misconception("accuracy_history counts the hits. Divide by the number of samples.", loses=1)
class CountsTheHits(RightPerceptron):
    def record(self, losses, hits):
        super().record(losses, [sum(hits)])


@exercise.misconception("accuracy_history holds the fraction of misses. Record the fraction of hits.", loses=1)
class RecordsTheErrorRate(RightPerceptron):
    def record(self, losses, hits):
        super().record(losses, [1 - hit for hit in hits])


@exercise.misconception("accuracy_history stays empty. Append the accuracy after each epoch.", loses=1)
class RecordsNoAccuracy(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses = super().train(X, y, learning_rate, epochs, verbose)
        self.accuracy_history = []
        return losses


@exercise.misconception(
    "A second train appends to the histories of the first. Empty both at the start of train.", loses=1
)
class NeverEmptiesItsHistories(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = self.loss_history, self.accuracy_history
        super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history, self.accuracy_history = losses + self.loss_history, accuracies + self.accuracy_history
        return self.loss_history


@exercise.misconception(
    "The histories belong to the class, so all models share them. Make them in __init__ with `self.`.", loses=3
)
class SharesItsHistories(RightPerceptron):
    loss_history: list[float] = []
    accuracy_history: list[float] = []

    def __init__(self, n_inputs):
        self.weights = 0.1 * np.random.default_rng().standard_normal(n_inputs)
        self.bias = 0.0

    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        for _ in range(epochs):
            self.record(*self.epoch(X, y, learning_rate))
        return self.loss_history


@exercise.misconception("train returns nothing. End it with `return self.loss_history`.", loses=1)
class ReturnsNothing(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)


@exercise.misconception("train returns the model. It should return `self.loss_history`.", loses=1)
class ReturnsItself(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)
        return self


@exercise.misconception("train returns the last loss. It should return the whole `self.loss_history`.", loses=1)
class ReturnsTheLastLoss(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, epochs, verbose)[-1]


@exercise.misconception(
    "`np.random.seed` resets the generator for the whole program. Use `np.random.default_rng`.", loses=1
)
class SeedsTheGlobalGenerator(RightPerceptron):
    def __init__(self, n_inputs):
        np.random.seed(42)
        super().__init__(n_inputs)


@exercise.misconception("The number nine is written into the code. Use `n_inputs`.", loses=2)
class AssumesNineInputs(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(9)


@exercise.misconception("predict returns the probability. Compare it with 0.5 and return 0 or 1.", loses=1)
class PredictsTheProbability(RightPerceptron):
    def predict(self, x):
        return self.forward(x)


@exercise.misconception("The threshold of predict is not one half.", loses=1)
class HasAnotherThreshold(RightPerceptron):
    def predict(self, x):
        return int(self.forward(x) >= 0.8)


@exercise.misconception("predict has the labels the wrong way round.", loses=1)
class PredictsTheOppositeLabel(RightPerceptron):
    def predict(self, x):
        return int(self.forward(x) < 0.5)


@exercise.misconception("forward leaves the bias out.", loses=1)
class ForwardWithoutTheBias(RightPerceptron):
    def forward(self, x):
        return float(sigmoid(np.dot(self.weights, x)))


@exercise.misconception("The exponent has the wrong sign: sigmoid(z) = 1 / (1 + exp(-z)).", loses=1)
class ExponentOfTheWrongSign(RightPerceptron):
    def forward(self, x):
        return float(sigmoid(-(np.dot(self.weights, x) + self.bias)))


@exercise.misconception(
    "exp(z) / (1 + exp(z)) is infinity over infinity for a large z. Use the sigmoid of the setup.", loses=1
)
class OverflowsInTheSigmoid(RightPerceptron):
    def forward(self, x):
        z = np.dot(self.weights, x) + self.bias
        return np.exp(z) / (1 + np.exp(z))


@exercise.misconception("forward returns the weighted sum. It still has to go through the sigmoid.", loses=1)
class ForwardWithoutTheSigmoid(RightPerceptron):
    def forward(self, x):
        return float(np.dot(self.weights, x) + self.bias)


@exercise.misconception(
    "forward returns 0 or 1. It should return the probability; predict makes a label of it.", loses=1
)
class ForwardReturnsTheLabel(RightPerceptron):
    def forward(self, x):
        return float(np.dot(self.weights, x) + self.bias >= 0)


@exercise.misconception("loss_history holds the number of wrong predictions. Append the mean of compute_loss.", loses=1)
class CountsTheMistakesForTheLoss(RightPerceptron):
    def record(self, losses, hits):
        super().record([len(hits) - sum(hits)], hits)


class RecordsErrors(RightPerceptron):
    """A base for classes that record something else than compute_loss."""

    def epoch(self, X, y, learning_rate):
        errors = np.array([self.forward(x) - y_true for x, y_true in zip(X, y)])
        _, hits = super().epoch(X, y, learning_rate)
        return self.recorded(errors), hits


@exercise.misconception(
    "loss_history holds the mean squared error. Append the mean of compute_loss, the cross-entropy.", loses=1
)
class RecordsTheMeanSquaredError(RecordsErrors):
    def recorded(self, errors):
        return [np.mean(errors**2)]


@exercise.misconception(
    "loss_history holds the sum of the squared errors. Append the mean of compute_loss, the cross-entropy.", loses=1
)
class RecordsTheSumOfSquaredErrors(RecordsErrors):
    def recorded(self, errors):
        return [np.sum(errors**2)]


@exercise.misconception(
    "loss_history holds half of the squared errors. Append the mean of compute_loss, the cross-entropy.", loses=1
)
class RecordsHalfOfTheSquaredErrors(RecordsErrors):
    def recorded(self, errors):
        return [np.sum(errors**2) / 2]


@exercise.misconception(
    "loss_history holds how far predictions are off. Append the mean of compute_loss, the cross-entropy.", loses=1
)
class RecordsTheMeanError(RecordsErrors):
    def recorded(self, errors):
        return [np.mean(np.abs(errors))]


@exercise.misconception("compute_loss returns how far the prediction is off. The loss is cross-entropy.", loses=1)
class ReturnsTheErrorForTheLoss(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return abs(y_true - y_pred)


@exercise.misconception(
    "compute_loss uses a logarithm of another base. The gradient belongs to the natural one.", loses=1
)
class TakesALogarithmOfAnotherBase(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return super().compute_loss(y_true, y_pred) / np.log(10)


@exercise.misconception(
    "compute_loss takes the logarithm of 0 for a certain prediction that is wrong. Clip predictions first.", loses=1
)
class TakesTheLogarithmOfZeroIfWrong(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return -np.log(y_pred) if y_true == 1 else -np.log(1 - y_pred)


@exercise.misconception(
    "compute_loss hides infinity behind `nan_to_num`, which makes it an absurdly large number. Clip predictions "
    "before the logarithm.",
    loses=1,
)
class HidesAnInfiniteLoss(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return float(np.nan_to_num(-(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred))))


@exercise.misconception("The losses that you keep are rounded. Append them with all their digits.", loses=1)
class RoundsTheLosses(RightPerceptron):
    def record(self, losses, hits):
        super().record([round(sum(losses) / len(losses), 3)], hits)


@exercise.misconception("The histories have an entry only now and then. Append one after each epoch.", loses=1)
class RecordsNowAndThen(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history, self.accuracy_history = self.loss_history[::10], self.accuracy_history[::10]
        return self.loss_history


@exercise.misconception(
    "The histories are kept only with `verbose=True`. What is printed is one thing, what is kept another.", loses=1
)
class RecordsOnlyWhatItPrints(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)
        if not verbose:
            self.loss_history, self.accuracy_history = [], []
        return self.loss_history


@exercise.misconception(
    "train returns several things. It should return `self.loss_history` alone; the model keeps the rest.", loses=1
)
class ReturnsSeveralThings(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return self.weights, self.bias, super().train(X, y, learning_rate, epochs, verbose)


@exercise.misconception("The histories have a single entry, that of the end. Append one after each epoch.", loses=2)
class RecordsTheEndAlone(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history, self.accuracy_history = self.loss_history[-1:], self.accuracy_history[-1:]
        return self.loss_history


@exercise.misconception(
    "The number that keeps the logarithm from 0 is so large that every loss is off. Take one like 1e-15.", loses=1
)
class TakesALargeEpsilon(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return super().compute_loss(y_true, y_pred + 1e-3 if y_true == 1 else y_pred - 1e-3)


@exercise.misconception("forward subtracts the bias. The weighted sum is weights . x + bias.", loses=1)
class SubtractsTheBias(RightPerceptron):
    def forward(self, x):
        return float(sigmoid(np.dot(self.weights, x) - self.bias))

    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true) * x
        self.bias = self.bias + learning_rate * (y_pred - y_true)


@exercise.misconception("The bias starts somewhere else than at 0.0, perhaps at random.", loses=1)
class StartsWithAnotherBias(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.bias = 0.1 + 0.1 * np.random.default_rng().random()


@exercise.misconception("exp(-z) overflows for a weighted sum far below 0. Use the sigmoid of the setup.", loses=1)
class OverflowsForNegativeSums(RightPerceptron):
    def forward(self, x):
        return 1 / (1 + math.exp(-float(np.dot(self.weights, x) + self.bias)))
