"""Returns an array of 10**12 elements that takes no memory."""

SQUARE = r"""
import numpy as np
def square(x):
    return np.broadcast_to(np.float64(4), (10**6, 10**6))
"""
