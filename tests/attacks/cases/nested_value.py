"""Returns a list nested 100,000 deep, and one that holds itself."""

SQUARE = r"""
def square(x):
    if x == 2:
        loop = []
        loop.append(loop)
        return loop
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep
"""
