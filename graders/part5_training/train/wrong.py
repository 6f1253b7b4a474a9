"""Misconceptions: training loops that learn in a wrong way, as people write them."""

from __future__ import annotations

import numpy as np

from graders.part5_training.train.reference import RightPerceptron, exercise, sigmoid


def predict_first(model, X, y, learning_rate, use=slice(None)):
    """Run an epoch that makes all predictions before it updates with some of the samples."""
    chances = [model.forward(x) for x in X]
    for x, y_true, y_pred in list(zip(X, y, chances))[use]:
        model.update(x, y_true, y_pred, learning_rate)
    losses = [model.compute_loss(y_true, y_pred) for y_true, y_pred in zip(y, chances)]
    return losses, [(y_pred >= 0.5) == (y_true == 1) for y_true, y_pred in zip(y, chances)]


@exercise.misconception("You add the gradient, which climbs the loss. Subtract it.", loses=3)
class AddsTheGradient(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, -learning_rate)


@exercise.misconception("The weights move, the bias never does. It has a gradient, too.", loses=2)
class NeverUpdatesTheBias(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true) * x


@exercise.misconception("The bias moves the wrong way: subtract its gradient as you do for the weights.", loses=2)
class TheBiasAscends(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, learning_rate)
        self.bias += 2 * learning_rate * (y_pred - y_true)


@exercise.misconception("The bias's step does not use the learning rate.", loses=2)
class MovesTheBiasWithoutTheRate(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true) * x
        self.bias = self.bias - (y_pred - y_true)


@exercise.misconception("Only the bias moves; the weights stay as they were.", loses=2)
class NeverUpdatesTheWeights(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.bias -= learning_rate * (y_pred - y_true)


@exercise.misconception(
    "`weights = weights - ...` makes a local variable that is gone after the loop. Write `self.weights`.",
    loses=3,
    elsewhere={"convergence": 5},
)
class UpdatesALocalCopy(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        weights, bias = self.weights, self.bias
        losses = super().train(X, y, learning_rate, epochs, verbose)
        self.weights, self.bias = weights, bias
        return losses


@exercise.misconception("The step replaces the weights. The new weights are the old ones minus the step.", loses=2)
class OverwritesTheWeights(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = -learning_rate * (y_pred - y_true) * x
        self.bias = -learning_rate * (y_pred - y_true)


@exercise.misconception("Every epoch begins from scratch. Initialise once, before the loop over the epochs.", loses=2)
class StartsAgainEachEpoch(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        self.weights, self.bias = np.zeros_like(self.weights), 0.0
        return super().epoch(X, y, learning_rate)


@exercise.misconception("There is one epoch whatever was asked for. Loop over `range(epochs)`.", loses=3)
class TrainsForOneEpoch(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, 1, verbose)


@exercise.misconception(
    "The `return` is inside the loop over the epochs, so training ends after the first. Indent it less.",
    loses=3,
    same_as=("trains_for_one_epoch",),
)
class ReturnsInsideTheLoop(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        for _ in range(epochs):
            return super().train(X, y, learning_rate, 1, verbose)


@exercise.misconception(
    "`range(epochs - 1)` or `range(1, epochs)` has one epoch too few.", loses=3, excludes=("trains_one_epoch_too_many",)
)
class TrainsOneEpochTooFew(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, epochs - 1, verbose)


@exercise.misconception("`range(epochs + 1)` has one epoch too many.", loses=3)
class TrainsOneEpochTooMany(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, epochs + 1, verbose)


@exercise.misconception("The number of epochs is written into the code. Use the argument `epochs`.", loses=3)
class AlwaysTrainsForAHundredEpochs(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, 100, verbose)


@exercise.misconception("The learning rate is written into the code. Use the argument `learning_rate`.", loses=3)
class IgnoresTheLearningRate(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, 0.05)


@exercise.misconception("A huge learning rate from a trial is still in the code, so every step overshoots.", loses=3)
class LeavesAHugeRateIn(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, 50.0)


@exercise.misconception("The step has no learning rate at all. Multiply the gradient by it.", loses=3)
class LeavesTheLearningRateOut(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, 1.0)


@exercise.misconception("The learning rate shrinks on the way. Use the one that was passed in for all epochs.", loses=2)
class LetsTheLearningRateDecay(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        return super().epoch(X, y, learning_rate / (1 + len(self.accuracy_history)))


@exercise.misconception("X is shuffled, y is not, so labels and samples no longer belong together.", loses=1)
class ShufflesXWithoutY(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        return super().epoch(np.random.permutation(X), y, learning_rate)


@exercise.misconception("The labels are turned into -1 and +1. The gradient y_pred - y_true needs 0 and 1.", loses=3)
class TurnsLabelsIntoPlusAndMinus(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, 2 * y_true - 1, y_pred, learning_rate)


@exercise.misconception(
    "The weights are integers, so every step is rounded away. Start them as floats.",
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


@exercise.misconception(
    "All predictions are made at the start of the epoch. Make each one just before its update.", loses=1
)
class PredictsOnceAnEpoch(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        return predict_first(self, X, y, learning_rate)


@exercise.misconception(
    "There is one update an epoch, with the mean gradient of all samples. Update after each sample.", loses=1
)
class AveragesOverTheWholeBatch(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        return predict_first(self, X, y, learning_rate / len(X))


@exercise.misconception(
    "There is one update an epoch, with the gradient of the last sample. Update inside the loop over the samples.",
    loses=1,
)
class UpdatesAfterTheLastSampleOnly(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        return predict_first(self, X, y, learning_rate, slice(-1, None))


@exercise.misconception("The loop ends one sample early: `range(n)` already stops before n.", loses=3)
class MissesTheLastSample(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        return super().epoch(X[:-1], y[:-1], learning_rate)


@exercise.misconception("The loop starts at index 1, so the first sample is never seen.", loses=3)
class MissesTheFirstSample(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        return super().epoch(X[1:], y[1:], learning_rate)


@exercise.misconception(
    "A `break` or `return` inside the loop over the samples ends each epoch after the first one.", loses=1
)
class StopsAfterTheFirstSample(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        return predict_first(self, X, y, learning_rate, slice(1))


@exercise.misconception(
    "Training ends at the first sample that is predicted right. Go through all of them, every epoch.", loses=3
)
class StopsAtTheFirstHit(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        losses, hits = [], []
        for i in range(len(X)):
            is_right = self.predict(X[i]) == y[i]
            more = super().epoch(X[i : i + 1], y[i : i + 1], 0.0 if is_right else learning_rate)
            losses, hits = losses + more[0], hits + more[1]
            if is_right:
                break
        return losses, hits


@exercise.misconception("train uses data from outside the class. Use the X and y that it is given.", loses=4)
class IgnoresTheDataItIsGiven(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        vertical, horizontal = np.zeros((3, 3)), np.zeros((3, 3))
        vertical[:, 1], horizontal[1, :] = 1.0, 1.0
        images, labels = np.array([vertical.ravel(), horizontal.ravel()]), np.array([1.0, 0.0])
        return super().train(images, labels, learning_rate, epochs, verbose)


@exercise.misconception(
    "Samples that are predicted right move nothing. Here every sample moves the weights a little.", loses=3
)
class UpdatesOnlyAfterMistakes(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        if (y_pred >= 0.5) != (y_true == 1):
            super().update(x, y_true, y_pred, learning_rate)


@exercise.misconception(
    "That is Rosenblatt's rule, with the predicted label. The gradient needs the probability from forward.", loses=3
)
class LearnsFromThePredictedLabel(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, float(y_pred >= 0.5), learning_rate)


@exercise.misconception(
    "train fills the histories but never touches the weights.", loses=4, elsewhere={"convergence": 5}
)
class OnlyPretendsToTrain(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history = [0.7 / (1 + epoch) for epoch in range(epochs)]
        self.accuracy_history = [1 - 0.5 / (1 + epoch) for epoch in range(epochs)]
        return self.loss_history


@exercise.misconception("The labels are not used: every sample is taught as label 1.", loses=3)
class TeachesOneLabelOnly(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, 1.0, y_pred, learning_rate)


@exercise.misconception("The weights shrink to nothing after each sample. Leave out the decay.", loses=3)
class ForgetsAfterEachSample(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, learning_rate)
        self.weights = 0.01 * self.weights
        self.bias = 0.01 * self.bias


@exercise.misconception(
    "The factor y_pred (1 - y_pred) belongs to the squared error. It cancels for cross-entropy.", loses=3
)
class FollowsTheSquaredError(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, learning_rate * y_pred * (1 - y_pred))


@exercise.misconception("The weights' step leaves x out, so all of them get the same blame.", loses=2)
class LeavesXOutOfTheStep(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true)
        self.bias = self.bias - learning_rate * (y_pred - y_true)


@exercise.misconception(
    "The step has a constant factor, such as the 2 of the squared error. Only the learning rate belongs there.", loses=3
)
class DoublesTheStep(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, 2 * learning_rate)


@exercise.misconception("The bias is moved after a second forward pass. Both steps use the same prediction.", loses=2)
class PredictsAgainForTheBias(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true) * x
        self.bias = self.bias - learning_rate * (self.forward(x) - y_true)


@exercise.misconception(
    "X is scaled inside the caller's array, and the model learns from other data. Leave X as it is.", loses=3
)
class NormalisesXInPlace(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        X /= np.abs(X).max()
        return super().train(X, y, learning_rate, epochs, verbose)


@exercise.misconception("The weights' step does not use the learning rate.", loses=2)
class MovesTheWeightsWithoutTheRate(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - (y_pred - y_true) * x
        self.bias = self.bias - learning_rate * (y_pred - y_true)


@exercise.misconception(
    "The error is that of the weighted sum. Pass it through the sigmoid before you compare it with the label.", loses=3
)
class LearnsFromTheWeightedSum(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, float(np.dot(self.weights, x) + self.bias), learning_rate)


@exercise.misconception(
    "The step passes the prediction through the sigmoid a second time. It is a probability already.", loses=3
)
class AppliesTheSigmoidTwice(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, float(sigmoid(y_pred)), learning_rate)


@exercise.misconception(
    "The step has a slope of the sigmoid, and that at the prediction. For cross-entropy the slope cancels.", loses=3
)
class TakesTheSlopeAtThePrediction(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        slope = float(sigmoid(y_pred) * (1 - sigmoid(y_pred)))
        super().update(x, y_true, y_pred, learning_rate * slope)


@exercise.misconception("Samples with label 0 move nothing. They have an error, too: y_pred - 0.", loses=3)
class LearnsFromOneLabelOnly(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, learning_rate * y_true)


@exercise.misconception("Only the sign of the error is used. How far the prediction is off counts, too.", loses=3)
class UsesTheSignOfTheError(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, 0.0, float(np.sign(y_pred - y_true)), learning_rate)


@exercise.misconception(
    "While it trains, your class predicts without the bias. Use `self.forward`, which has it.", loses=1
)
class TrainsWithoutTheBias(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, float(sigmoid(np.dot(self.weights, x))), learning_rate)


@exercise.misconception("The weights shrink or grow by themselves at each step. Leave out the regularisation.", loses=1)
class LetsTheWeightsFade(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = (1 - 0.01 * learning_rate) * self.weights
        super().update(x, y_true, y_pred, learning_rate)


@exercise.misconception(
    "The weights grow by themselves at each step: the regularisation has the wrong sign. Leave it out.", loses=1
)
class LetsTheWeightsGrow(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = (1 + 0.01 * learning_rate) * self.weights
        super().update(x, y_true, y_pred, learning_rate)


@exercise.misconception("Steps go on from those before (momentum). Use this sample's gradient alone.", loses=1)
class KeepsMomentum(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.pace = np.zeros(np.size(self.weights) + 1)
        return super().train(X, y, learning_rate, epochs, verbose)

    def update(self, x, y_true, y_pred, learning_rate):
        self.pace = 0.9 * self.pace + (y_pred - y_true) * np.append(x, 1.0)
        self.weights = self.weights - learning_rate * self.pace[:-1]
        self.bias = self.bias - learning_rate * self.pace[-1]


@exercise.misconception("Weights and bias are rounded after each step. Keep all their digits.", loses=1)
class RoundsTheWeights(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, learning_rate)
        self.weights, self.bias = np.round(self.weights, 3), round(self.bias, 3)


@exercise.misconception(
    "train begins by setting weights and bias anew, which forgets what was learned before. That belongs into "
    "`__init__`.",
    loses=1,
)
class StartsAfreshInTrain(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.weights, self.bias = np.random.rand(X.shape[1]), np.random.rand()  # zeros would fail the same checks
        return super().train(X, y, learning_rate, epochs, verbose)


@exercise.misconception(
    "Each step is divided by the number of samples. An update after each sample takes the whole of its gradient.",
    loses=1,
)
class DividesByTheNumberOfSamples(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        return super().epoch(X, y, learning_rate / len(X))


@exercise.misconception(
    "Samples are gathered in small batches, with one update for the mean of each. Update after each sample.", loses=1
)
class TrainsInSmallBatches(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        losses, hits = [], []
        for first in range(0, len(X), 8):
            batch, labels = X[first : first + 8], y[first : first + 8]
            more = predict_first(self, batch, labels, learning_rate / len(batch))
            losses, hits = losses + more[0], hits + more[1]
        return losses, hits


@exercise.misconception(
    "An epoch uses one random sample. It is a pass over all of them, with an update after each.", loses=1
)
class TakesOneSampleAnEpoch(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        i = np.random.randint(len(X))
        return predict_first(self, X, y, learning_rate, slice(i, i + 1))


@exercise.misconception(
    "Samples are drawn at random, so that an epoch has some of them twice and leaves others out. Shuffle them instead.",
    loses=1,
)
class DrawsSamplesWithReplacement(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        measured = predict_first(self, X, y, learning_rate, slice(0))
        for i in np.random.randint(len(X), size=len(X)):
            self.update(X[i], y[i], self.forward(X[i]), learning_rate)
        return measured


@exercise.misconception(
    "Some samples are held back and never learned from. Whoever calls train has split the data already.", loses=2
)
class HoldsSamplesBack(RightPerceptron):
    def epoch(self, X, y, learning_rate):
        some = max(1, int(0.8 * len(X)))
        return super().epoch(X[:some], y[:some], learning_rate)


@exercise.misconception(
    "X is standardised inside of train, but not in predict, so what is learned fits other data. Leave X as it is.",
    loses=3,
)
class StandardisesXInTrain(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        X = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8)
        return super().train(X, y, learning_rate, epochs, verbose)


class StopsEarly(RightPerceptron):
    """A base for classes that stop training early."""

    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for _ in range(epochs):
            losses += super().train(X, y, learning_rate, 1, False)
            accuracies += self.accuracy_history
            if self.has_enough(losses, accuracies):
                break
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@exercise.misconception(
    "Training ends when the loss hardly changes any more. Train for as many epochs as are asked for.", loses=1
)
class StopsWhenTheLossSettles(StopsEarly):
    def has_enough(self, losses, accuracies):
        return len(losses) > 1 and abs(losses[-2] - losses[-1]) < 1e-3


@exercise.misconception(
    "Training ends once all samples are predicted right. Train for as many epochs as are asked for: the loss "
    "still sinks.",
    loses=1,
)
class StopsWhenAllAreRight(StopsEarly):
    def has_enough(self, losses, accuracies):
        return accuracies[-1] == 1.0


@exercise.misconception(
    "Training ends once the loss or its gradient is small. Train for as many epochs as are asked for.", loses=1
)
class StopsWhenTheLossIsSmall(StopsEarly):
    def has_enough(self, losses, accuracies):
        return losses[-1] < 0.01
