"""A random sampler: checked by its distribution, with a stated rate of false rejection."""

import numpy as np

from fairgrade.grading import Exercise, expect_distribution, expect_shape


def exponential(n, rate):
    return -np.log(1 - np.random.random(n)) / rate


exercise = Exercise("exponential", points=3, reference=exponential)


@exercise.check(points=1)
def has_the_length(exponential, rng):
    """It returns `n` numbers."""
    expect_shape(np.asarray(exponential(7, 1.0)), (7,))


@exercise.check(points=2, false_rejection=1e-6)
def has_the_distribution(exponential, rng):
    """The numbers follow the exponential distribution of the given rate."""
    rate = rng.uniform(0.5, 2) * rng.choice([0.3, 3])
    expect_distribution(exponential(4000, rate), lambda x: np.where(x < 0, 0, 1 - np.exp(-rate * x)))


@exercise.probe
def its_mean(exponential, rng):
    return [round(float(np.mean(exponential(4000, rate))) * rate * 2) for rate in (0.25, 2.0)]


@exercise.probe
def its_spread(exponential, rng):
    return [round(float(np.std(exponential(4000, rate))) * rate * 2) for rate in (0.25, 2.0)]


@exercise.probe
def its_least(exponential, rng):
    return float(np.min(exponential(4000, 1.0)) > 0)


@exercise.misconception(hint="A large rate means short times: what is the mean?", loses=2)
def multiplies_by_the_rate(n, rate):
    return -np.log(1 - np.random.random(n)) * rate


@exercise.misconception(hint="Where is the logarithm? Uniform numbers stay below 1 / rate.", loses=2)
def is_uniform(n, rate):
    return np.random.random(n) / rate


@exercise.variant
def from_numpy(n, rate):
    return np.random.exponential(1 / rate, n)
