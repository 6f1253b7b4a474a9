"""Raises GeneratorExit and StopIteration in calls."""

SQUARE = r"""
def square(x):
    raise GeneratorExit if x == 2 else StopIteration
"""
