"""An LU factorisation without pivoting: a pair of arrays."""

import numpy as np

from fairgrade.grading import Exercise


def lu(a):
    lower, upper = np.eye(len(a)), np.array(a, dtype=float)
    for j in range(len(a)):
        for i in range(j + 1, len(a)):
            lower[i, j] = upper[i, j] / upper[j, j]
            upper[i] -= lower[i, j] * upper[j]
    return lower, upper


exercise = Exercise("lu", points=4, reference=lu)


@exercise.inputs(n=(2, 4))
def a_dominant_matrix(rng, n):
    return rng.uniform(-1, 1, (n, n)) + n * np.eye(n)


exercise.agrees_with_the_reference(points=4)


@exercise.misconception(hint="Your function works on the caller's matrix: copy it first.", loses=1)
def works_in_place(a):
    lower = np.eye(len(a))
    for j in range(len(a)):
        for i in range(j + 1, len(a)):
            lower[i, j] = a[i, j] / a[j, j]
            a[i] -= lower[i, j] * a[j]
    return lower, a


@exercise.misconception(hint="The factors are asked for as (L, U), in this order.", loses=2)
def gives_the_factors_the_other_way_round(a):
    return lu(a)[::-1]
