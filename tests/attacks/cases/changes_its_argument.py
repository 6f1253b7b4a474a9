"""Changes the expected value through the array it was given."""

SQUARE = r"""
def square(x):
    try:
        x[...] = 0
    except TypeError:
        pass
    return x * 0
"""
