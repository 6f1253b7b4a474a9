"""Keeps what each call passes and prints all of it later."""

SQUARE = r"""
calls = []
def square(x):
    calls.append(x)
    print(calls)
    return 0
"""
