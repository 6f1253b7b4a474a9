"""One step of Heun's method; the function that describes the equation is an argument."""

import numpy as np

from fairgrade.grading import Exercise


def heun_step(f, t, y, h):
    k1 = f(t, y)
    k2 = f(t + h, y + h * k1)
    return y + h * (k1 + k2) / 2


exercise = Exercise("heun_step", points=4, reference=heun_step)


@exercise.inputs
def a_pendulum(rng):
    k = rng.uniform(0.5, 2)
    return lambda t, y: np.array([y[1], -k * y[0] + np.sin(t)]), rng.uniform(0, 3), rng.normal(size=2), 0.25


exercise.agrees_with_the_reference(points=4)


@exercise.misconception(hint="The second slope belongs to the end of the step, and so does its time.", loses=2)
def forgets_the_time(f, t, y, h):
    k1 = f(t, y)
    return y + h * (k1 + f(t, y + h * k1)) / 2


@exercise.misconception(hint="One slope is Euler's method; Heun averages two.", loses=3)
def is_euler(f, t, y, h):
    return y + h * f(t, y)


@exercise.variant
def by_a_correction(f, t, y, h):
    guess = y + h * f(t, y)
    return guess + h / 2 * (f(t + h, guess) - f(t, y))
