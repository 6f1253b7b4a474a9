"""Returns a dict, and then a set, whose keys have one hash, no larger than what crosses."""

SQUARE = r"""
def square(x):
    keys = [i * (2**61 - 1) for i in range(2000)]
    return dict.fromkeys(keys, 0) if x == 2 else set(keys)
"""
