"""The standard error of a mean: ``standard_error(x) -> float``, where x is an array of shape (n,)."""

import numpy as np

from fairgrade.grading import Exercise


def standard_error(x):
    return float(np.std(x, ddof=1) / np.sqrt(len(x)))


exercise = Exercise("standard_error", points=3, reference=standard_error)


@exercise.inputs(n=(2, 9))
def a_sample(rng, n):
    return rng.normal(rng.uniform(-3, 3), rng.uniform(0.5, 2), n)


exercise.agrees_with_the_reference(points=3)


@exercise.misconception(
    hint="A sample varies less around its own mean than around the true one: divide by n - 1.", loses=1
)
def divides_by_n(x):
    return np.std(x) / np.sqrt(len(x))


@exercise.misconception(hint="This is how far the numbers scatter. How far does their mean scatter?", loses=2)
def forgets_the_root_of_n(x):
    return np.std(x, ddof=1)


@exercise.variant
def with_a_loop(x):
    mean = sum(x) / len(x)
    return (sum((v - mean) ** 2 for v in x) / (len(x) - 1) / len(x)) ** 0.5
