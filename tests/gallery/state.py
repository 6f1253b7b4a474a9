"""A class with state: a running mean."""

import numpy as np

from fairgrade.grading import Exercise


class RunningMean:
    def __init__(self):
        self.count, self.mean = 0, 0.0

    def add(self, x):
        self.count += 1
        self.mean += (x - self.mean) / self.count
        return self.mean


exercise = Exercise("RunningMean", points=3, reference=RunningMean)


@exercise.scenario(points=2)
def follows_the_numbers(RunningMean, rng):
    """After each number, `mean` is the mean of all numbers so far."""
    running = RunningMean()
    return [(running.add(x), running.mean) for x in rng.normal(2, 1, 5)]


@exercise.scenario(points=1)
def each_has_its_own_numbers(RunningMean, rng):
    """Two objects don't share their numbers."""
    one, other = RunningMean(), RunningMean()
    return [(one.add(x), other.add(-2 * x)) for x in rng.normal(2, 1, 3)]


@exercise.misconception(hint="How much does the last number weigh, after a hundred others?", loses=3)
class AveragesWithTheLast(RunningMean):
    def add(self, x):
        self.mean = (self.mean + x) / 2
        return self.mean


@exercise.misconception(hint="A list in the class body belongs to the class, and so to all objects.", loses=1)
class SharesItsNumbers:
    numbers = []  # noqa: RUF012 - that is the mistake

    def __init__(self):
        if len(self.numbers) > 4:
            self.numbers.clear()

    def add(self, x):
        self.numbers.append(x)
        self.mean = np.mean(self.numbers)
        return self.mean
