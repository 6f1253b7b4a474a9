"""Printed output: a table of squares."""

from fairgrade.grading import Exercise, expect_text, printed_by


def print_squares(n):
    for i in range(1, n + 1):
        print(f"{i} squared is {i * i}")


exercise = Exercise("print_squares", points=2, reference=print_squares)


@exercise.check(points=2)
def prints_a_line_per_number(print_squares, rng):
    """It prints a line per number. Spaces don't matter."""
    n = int(rng.integers(3, 9))
    text = printed_by(lambda: print_squares(n))
    expect_text(text, printed_by(lambda: exercise.reference(n)), what="the output")


@exercise.probe
def three(print_squares):
    return [ord(c) for c in printed_by(lambda: print_squares(3))]


@exercise.probe
def four(print_squares):
    return [ord(c) for c in printed_by(lambda: print_squares(4))]


@exercise.probe
def six(print_squares):
    return [ord(c) for c in printed_by(lambda: print_squares(6))]


@exercise.misconception(hint="What is the last number that `range` gives?", loses=2)
def leaves_out_the_last(n):
    print_squares(n - 1)
