"""Returns millions of lists of nothing, each a byte on its way and seventy when it has arrived."""

SQUARE = r"""
def square(x):
    return [[[] for _ in range(1000)] for _ in range(3500)]
"""
