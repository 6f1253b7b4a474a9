"""Raises an exception named like the grader's own, so that no score would be recorded."""

SQUARE = r"""
class InfraError(Exception):
    pass
InfraError.__module__ = "fairgrade.grading.outcomes"
def square(x):
    raise InfraError("no score, please")
"""
