"""Code to be turned into cells."""

import math

from fairgrade.course import Course

RADIUS_UNIT = 1.0


def unused():
    return 0


def square(x):
    return (x * RADIUS_UNIT) ** 2


def decorated(function):
    return function


@decorated
def area(radius):
    return math.pi * square(radius)


def countdown(n):
    return [n, *countdown(n - 1)] if n else [0]


class Quiet:
    def say(self):
        return "hello"


class Loud(Quiet):
    def say(self):
        return super().say().upper()


def needs_the_kit():
    return Course
