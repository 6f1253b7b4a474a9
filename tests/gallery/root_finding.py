"""Bisection, which refuses an interval without a change of sign."""

from fairgrade.grading import Exercise


def bisect(f, a, b):
    if f(a) * f(b) > 0:
        raise ValueError("f(a) and f(b) need opposite signs")
    while b - a > 1e-9:
        middle = (a + b) / 2
        a, b = (a, middle) if f(a) * f(middle) <= 0 else (middle, b)
    return (a + b) / 2


exercise = Exercise("bisect", points=4, reference=bisect)


@exercise.inputs
def a_cubic(rng):
    root = rng.uniform(-1, 1)
    return lambda x: (x - root) * (x * x + 1), -2.0, 2.0 + rng.uniform(0, 1)


@exercise.inputs
def no_change_of_sign(rng):
    return lambda x: x * x + 1.0, -1.0, rng.uniform(1, 2)


exercise.agrees_with_the_reference(3, a_cubic, sentence="It finds the root.", tolerance="iteration")
exercise.agrees_with_the_reference(1, no_change_of_sign, sentence="It raises ValueError where there may be no root.")


@exercise.misconception(hint="What if f(a) and f(b) have the same sign?", loses=1)
def never_refuses(f, a, b):
    while b - a > 1e-9:
        middle = (a + b) / 2
        a, b = (a, middle) if f(a) * f(middle) <= 0 else (middle, b)
    return (a + b) / 2


@exercise.misconception(hint="Which half does the sign change in?", loses=3)
def keeps_the_wrong_half(f, a, b):
    if f(a) * f(b) > 0:
        raise ValueError
    while b - a > 1e-9:
        middle = (a + b) / 2
        a, b = (middle, b) if f(a) * f(middle) <= 0 else (a, middle)
    return (a + b) / 2
