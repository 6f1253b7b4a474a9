"""Training loops that are wrong, as people write them."""

from __future__ import annotations

import numpy as np

from graders.part5_training.train.exercise import RightPerceptron, sigmoid, training


@training.misconception(hint="You add the gradient, which climbs the loss. Subtract it.", loses=3)
class AddsTheGradient(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, -learning_rate)


@training.misconception(hint="The weights move, the bias never does. It has a gradient, too.", loses=2)
class NeverUpdatesTheBias(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true) * x


@training.misconception(hint="The bias moves the wrong way: subtract its gradient as you do for the weights.", loses=2)
class TheBiasAscends(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, learning_rate)
        self.bias += 2 * learning_rate * (y_pred - y_true)


@training.misconception(hint="The bias's step does not use the learning rate.", loses=2)
class MovesTheBiasWithoutTheRate(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true) * x
        self.bias = self.bias - (y_pred - y_true)


@training.misconception(hint="Only the bias moves; the weights stay as they were.", loses=2)
class NeverUpdatesTheWeights(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.bias -= learning_rate * (y_pred - y_true)


@training.misconception(
    hint="`weights = weights - ...` makes a local variable that is gone after the loop. Write `self.weights`.",
    loses=3,
    elsewhere={"convergence": 5},
)
class UpdatesALocalCopy(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history, self.accuracy_history = [], []
        weights, bias = self.weights, self.bias
        for _ in range(epochs):
            losses, hits = [], []
            for x, y_true in zip(X, y):
                y_pred = float(sigmoid(np.dot(weights, x) + bias))
                losses.append(self.compute_loss(y_true, y_pred))
                hits.append((y_pred >= 0.5) == (y_true == 1))
                weights = weights - learning_rate * (y_pred - y_true) * x
                bias = bias - learning_rate * (y_pred - y_true)
            self.loss_history.append(float(np.mean(losses)))
            self.accuracy_history.append(float(np.mean(hits)))
        return self.loss_history


@training.misconception(hint="The step replaces the weights. The new weights are the old ones minus the step.", loses=2)
class OverwritesTheWeights(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = -learning_rate * (y_pred - y_true) * x
        self.bias = -learning_rate * (y_pred - y_true)


@training.misconception(
    hint="Every epoch begins from scratch. Initialise once, before the loop over the epochs.", loses=2
)
class StartsAgainEachEpoch(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for _ in range(epochs):
            self.weights = np.zeros_like(self.weights)
            self.bias = 0.0
            losses += super().train(X, y, learning_rate, 1, False)
            accuracies += self.accuracy_history
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@training.misconception(hint="There is one epoch whatever was asked for. Loop over `range(epochs)`.", loses=3)
class TrainsForOneEpoch(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, 1, verbose)


@training.misconception(
    hint="The `return` is inside the loop over the epochs, so training ends after the first. Indent it less.",
    loses=3,
    same_as=("trains_for_one_epoch",),
)
class ReturnsInsideTheLoop(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        for _ in range(epochs):
            return super().train(X, y, learning_rate, 1, verbose)


@training.misconception(
    hint="`range(epochs - 1)` or `range(1, epochs)` has one epoch too few.",
    loses=3,
    excludes=("trains_one_epoch_too_many",),
)
class TrainsOneEpochTooFew(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, epochs - 1, verbose)


@training.misconception(hint="`range(epochs + 1)` has one epoch too many.", loses=3)
class TrainsOneEpochTooMany(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, epochs + 1, verbose)


@training.misconception(hint="The number of epochs is written into the code. Use the argument `epochs`.", loses=3)
class AlwaysTrainsForAHundredEpochs(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, 100, verbose)


@training.misconception(hint="The learning rate is written into the code. Use the argument `learning_rate`.", loses=3)
class IgnoresTheLearningRate(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, 0.1)


@training.misconception(
    hint="A huge learning rate from a trial is still in the code, so every step overshoots.", loses=3
)
class LeavesAHugeRateIn(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, 50.0)


@training.misconception(hint="The step has no learning rate at all. Multiply the gradient by it.", loses=3)
class LeavesTheLearningRateOut(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, 1.0)


@training.misconception(
    hint="The learning rate shrinks on the way. Use the one that was passed in for all epochs.", loses=2
)
class LetsTheLearningRateDecay(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for epoch in range(epochs):
            losses += super().train(X, y, learning_rate / (1 + epoch), 1, False)
            accuracies += self.accuracy_history
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@training.misconception(hint="X is shuffled, y is not, so labels and samples no longer belong together.", loses=1)
class ShufflesXWithoutY(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(np.random.permutation(X), y, learning_rate, epochs, verbose)


@training.misconception(
    hint="The labels are turned into -1 and +1. The gradient y_pred - y_true needs 0 and 1.", loses=3
)
class TurnsLabelsIntoPlusAndMinus(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, 2 * y_true - 1, y_pred, learning_rate)


@training.misconception(
    hint="The weights are integers, so every step is rounded away. Start them as floats.",
    loses=3,
    elsewhere={"convergence": 5},
)
class TruncatesWeightsToIntegers(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.weights = np.zeros(n_inputs, dtype=int)

    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = (self.weights - learning_rate * (y_pred - y_true) * x).astype(int)
        self.bias = int(self.bias - learning_rate * (y_pred - y_true))


@training.misconception(
    hint="All predictions are made at the start of the epoch. Make each one just before its update.", loses=1
)
class PredictsOnceAnEpoch(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for _ in range(epochs):
            chances = [self.forward(x) for x in X]
            losses.append(np.mean([self.compute_loss(t, p) for t, p in zip(y, chances)]))
            accuracies.append(np.mean((np.array(chances) >= 0.5) == y))
            for x, y_true, y_pred in zip(X, y, chances):
                self.update(x, y_true, y_pred, learning_rate)
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@training.misconception(
    hint="There is one update an epoch, with the mean gradient of all samples. Update after each sample.", loses=1
)
class AveragesOverTheWholeBatch(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        X, y = np.asarray(X), np.asarray(y)
        losses, accuracies = [], []
        for _ in range(epochs):
            chances = np.array([self.forward(x) for x in X])
            losses.append(np.mean([self.compute_loss(t, p) for t, p in zip(y, chances)]))
            accuracies.append(np.mean((chances >= 0.5) == y))
            self.weights = self.weights - learning_rate * (chances - y) @ X / len(X)
            self.bias = self.bias - learning_rate * np.mean(chances - y)
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@training.misconception(
    hint="There is one update an epoch, with the gradient of the last sample. Update inside the loop over the samples.",
    loses=1,
)
class UpdatesAfterTheLastSampleOnly(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for _ in range(epochs):
            chances = [self.forward(x) for x in X]
            losses.append(np.mean([self.compute_loss(t, p) for t, p in zip(y, chances)]))
            accuracies.append(np.mean((np.array(chances) >= 0.5) == y))
            self.update(X[-1], y[-1], chances[-1], learning_rate)
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@training.misconception(hint="The loop ends one sample early: `range(n)` already stops before n.", loses=3)
class MissesTheLastSample(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X[:-1], y[:-1], learning_rate, epochs, verbose)


@training.misconception(hint="The loop starts at index 1, so the first sample is never seen.", loses=3)
class MissesTheFirstSample(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X[1:], y[1:], learning_rate, epochs, verbose)


@training.misconception(
    hint="A `break` or `return` inside the loop over the samples ends each epoch after the first one.", loses=1
)
class StopsAfterTheFirstSample(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for _ in range(epochs):
            chances = [self.forward(x) for x in X]
            losses.append(np.mean([self.compute_loss(t, p) for t, p in zip(y, chances)]))
            accuracies.append(np.mean((np.array(chances) >= 0.5) == y))
            for x, y_true, y_pred in zip(X, y, chances):
                self.update(x, y_true, y_pred, learning_rate)
                break
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@training.misconception(
    hint="Training ends at the first sample that is predicted right. Go through all of them, every epoch.", loses=3
)
class StopsAtTheFirstHit(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history, self.accuracy_history = [], []
        for _ in range(epochs):
            losses, hits = [], []
            for x, y_true in zip(X, y):
                y_pred = self.forward(x)
                losses.append(self.compute_loss(y_true, y_pred))
                hits.append((y_pred >= 0.5) == (y_true == 1))
                if hits[-1]:
                    break
                self.update(x, y_true, y_pred, learning_rate)
            self.loss_history.append(float(np.mean(losses)))
            self.accuracy_history.append(float(np.mean(hits)))
        return self.loss_history


@training.misconception(hint="train uses data from outside the class. Use the X and y that it is given.", loses=4)
class IgnoresTheDataItIsGiven(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        vertical, horizontal = np.zeros((3, 3)), np.zeros((3, 3))
        vertical[:, 1], horizontal[1, :] = 1.0, 1.0
        images, labels = np.array([vertical.ravel(), horizontal.ravel()]), np.array([1.0, 0.0])
        return super().train(images, labels, learning_rate, epochs, verbose)


@training.misconception(
    hint="Samples that are predicted right move nothing. Here every sample moves the weights a little.", loses=3
)
class UpdatesOnlyAfterMistakes(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        if (y_pred >= 0.5) != (y_true == 1):
            super().update(x, y_true, y_pred, learning_rate)


@training.misconception(
    hint="That is Rosenblatt's rule, with the predicted label. The gradient needs the probability from forward.",
    loses=3,
)
class LearnsFromThePredictedLabel(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, float(y_pred >= 0.5), learning_rate)


@training.misconception(
    hint="train fills the histories but never touches the weights.", loses=4, elsewhere={"convergence": 5}
)
class OnlyPretendsToTrain(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history = [0.7 / (1 + epoch) for epoch in range(epochs)]
        self.accuracy_history = [1 - 0.5 / (1 + epoch) for epoch in range(epochs)]
        return self.loss_history


@training.misconception(hint="The labels are not used: every sample is taught as label 1.", loses=3)
class TeachesOneLabelOnly(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, 1.0, y_pred, learning_rate)


@training.misconception(hint="The weights shrink to nothing after each sample. Leave out the decay.", loses=3)
class ForgetsAfterEachSample(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, learning_rate)
        self.weights = 0.01 * self.weights
        self.bias = 0.01 * self.bias


@training.misconception(
    hint="The factor y_pred (1 - y_pred) belongs to the squared error. It cancels for cross-entropy.", loses=3
)
class FollowsTheSquaredError(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, learning_rate * y_pred * (1 - y_pred))


@training.misconception(hint="The weights' step leaves x out, so all of them get the same blame.", loses=2)
class LeavesXOutOfTheStep(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true)
        self.bias = self.bias - learning_rate * (y_pred - y_true)


@training.misconception(hint="The step has a factor 2, which belongs to the squared error.", loses=3)
class DoublesTheStep(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, 2 * learning_rate)


@training.misconception(
    hint="The bias is moved after a second forward pass. Both steps use the same prediction.", loses=2
)
class PredictsAgainForTheBias(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true) * x
        self.bias = self.bias - learning_rate * (self.forward(x) - y_true)


@training.misconception(
    hint="loss_history has an entry for each sample. Average them and append once an epoch.", loses=1
)
class RecordsTheLossOfEachSample(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        every = []
        self.accuracy_history = []
        for _ in range(epochs):
            hits = []
            for x, y_true in zip(X, y):
                y_pred = self.forward(x)
                every.append(self.compute_loss(y_true, y_pred))
                hits.append((y_pred >= 0.5) == (y_true == 1))
                self.update(x, y_true, y_pred, learning_rate)
            self.accuracy_history.append(np.mean(hits))
        self.loss_history = every
        return every


@training.misconception(hint="loss_history holds sums over the samples. Divide by their number.", loses=1)
class RecordsTheSumOfTheLosses(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history = [loss * len(X) for loss in self.loss_history]
        return self.loss_history


@training.misconception(hint="loss_history holds the accuracy. Append the mean loss to it.", loses=1)
class RecordsTheAccuracyForTheLoss(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history = list(self.accuracy_history)
        return self.loss_history


@training.misconception(
    hint="loss_history holds the loss of the epoch's last sample. Take the mean over all samples.", loses=1
)
class RecordsTheLossOfTheLastSample(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for _ in range(epochs):
            last = len(X) - 1
            for i, (x, y_true) in enumerate(zip(X, y)):
                y_pred = self.forward(x)
                if i == last:
                    losses.append(self.compute_loss(y_true, y_pred))
                self.update(x, y_true, y_pred, learning_rate)
            accuracies.append(np.mean([self.predict(x) == t for x, t in zip(X, y)]))
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@training.misconception(hint="The loss is cross-entropy; your history holds squared errors.", loses=1)
class RecordsTheSquaredError(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return (y_true - y_pred) ** 2


@training.misconception(hint="The loss has no minus sign: it should be positive and fall towards 0.", loses=1)
class RecordsANegativeLoss(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return -super().compute_loss(y_true, y_pred)


@training.misconception(
    hint="compute_loss takes the logarithm of 0 for predictions of exactly 0 or 1. Clip them first.", loses=1
)
class TakesTheLogarithmOfZero(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return -(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred))


@training.misconception(hint="Nothing is recorded: append the mean loss and the accuracy after each epoch.", loses=2)
class RecordsNothing(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history, self.accuracy_history = [], []
        return self.loss_history


@training.misconception(hint="accuracy_history holds percentages. A fraction between 0 and 1 is asked for.", loses=1)
class RecordsPercentages(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses = super().train(X, y, learning_rate, epochs, verbose)
        self.accuracy_history = [100 * accuracy for accuracy in self.accuracy_history]
        return losses


@training.misconception(hint="accuracy_history counts the hits. Divide by the number of samples.", loses=1)
class CountsTheHits(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses = super().train(X, y, learning_rate, epochs, verbose)
        self.accuracy_history = [accuracy * len(X) for accuracy in self.accuracy_history]
        return losses


@training.misconception(hint="accuracy_history holds the fraction of misses. Record the fraction of hits.", loses=1)
class RecordsTheErrorRate(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses = super().train(X, y, learning_rate, epochs, verbose)
        self.accuracy_history = [1 - accuracy for accuracy in self.accuracy_history]
        return losses


@training.misconception(hint="accuracy_history stays empty. Append the accuracy after each epoch.", loses=1)
class RecordsNoAccuracy(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses = super().train(X, y, learning_rate, epochs, verbose)
        self.accuracy_history = []
        return losses


@training.misconception(
    hint="A second train appends to the histories of the first. Empty both at the start of train.", loses=1
)
class NeverEmptiesItsHistories(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = self.loss_history, self.accuracy_history
        super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history, self.accuracy_history = losses + self.loss_history, accuracies + self.accuracy_history
        return self.loss_history


@training.misconception(
    hint="The histories belong to the class, so all models share them. Make them in __init__ with `self.`.", loses=3
)
class SharesItsHistories(RightPerceptron):
    loss_history: list[float] = []
    accuracy_history: list[float] = []

    def __init__(self, n_inputs):
        self.weights = 0.1 * np.random.default_rng().standard_normal(n_inputs)
        self.bias = 0.0

    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        for _ in range(epochs):
            losses, hits = [], []
            for x, y_true in zip(X, y):
                y_pred = self.forward(x)
                losses.append(self.compute_loss(y_true, y_pred))
                hits.append((y_pred >= 0.5) == (y_true == 1))
                self.update(x, y_true, y_pred, learning_rate)
            self.loss_history.append(float(np.mean(losses)))
            self.accuracy_history.append(float(np.mean(hits)))
        return self.loss_history


@training.misconception(hint="train returns nothing. End it with `return self.loss_history`.", loses=1)
class ReturnsNothing(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)


@training.misconception(hint="train returns the model. It should return `self.loss_history`.", loses=1)
class ReturnsItself(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)
        return self


@training.misconception(hint="train returns the last loss. It should return the whole `self.loss_history`.", loses=1)
class ReturnsTheLastLoss(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, epochs, verbose)[-1]


@training.misconception(
    hint="X is scaled inside the caller's array, and the model learns from other data. Leave X as it is.", loses=3
)
class NormalisesXInPlace(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        X /= np.abs(X).max()
        return super().train(X, y, learning_rate, epochs, verbose)


@training.misconception(
    hint="`np.random.seed` resets the generator for the whole program. Use `np.random.default_rng`.", loses=1
)
class SeedsTheGlobalGenerator(RightPerceptron):
    def __init__(self, n_inputs):
        np.random.seed(42)
        super().__init__(n_inputs)


@training.misconception(hint="The number nine is written into the code. Use `n_inputs`.", loses=2)
class AssumesNineInputs(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(9)


@training.misconception(hint="predict returns the probability. Compare it with 0.5 and return 0 or 1.", loses=1)
class PredictsTheProbability(RightPerceptron):
    def predict(self, x):
        return self.forward(x)


@training.misconception(hint="The threshold of predict is not one half.", loses=1)
class HasAnotherThreshold(RightPerceptron):
    def predict(self, x):
        return int(self.forward(x) >= 0.8)


@training.misconception(hint="predict has the labels the wrong way round.", loses=1)
class PredictsTheOppositeLabel(RightPerceptron):
    def predict(self, x):
        return int(self.forward(x) < 0.5)


@training.misconception(hint="forward leaves the bias out.", loses=1)
class ForwardWithoutTheBias(RightPerceptron):
    def forward(self, x):
        return float(sigmoid(np.dot(self.weights, x)))


@training.misconception(hint="The exponent has the wrong sign: sigmoid(z) = 1 / (1 + exp(-z)).", loses=1)
class ExponentOfTheWrongSign(RightPerceptron):
    def forward(self, x):
        return float(sigmoid(-(np.dot(self.weights, x) + self.bias)))


@training.misconception(
    hint="exp(z) / (1 + exp(z)) is infinity over infinity for a large z. Use the sigmoid of the setup.", loses=1
)
class OverflowsInTheSigmoid(RightPerceptron):
    def forward(self, x):
        z = np.dot(self.weights, x) + self.bias
        return np.exp(z) / (1 + np.exp(z))


@training.misconception(hint="forward returns the weighted sum. It still has to go through the sigmoid.", loses=1)
class ForwardWithoutTheSigmoid(RightPerceptron):
    def forward(self, x):
        return float(np.dot(self.weights, x) + self.bias)


@training.misconception(
    hint="forward returns 0 or 1. It should return the probability; predict makes a label of it.", loses=1
)
class ForwardReturnsTheLabel(RightPerceptron):
    def forward(self, x):
        return float(np.dot(self.weights, x) + self.bias >= 0)
