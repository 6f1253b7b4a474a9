"""Returns an ndarray subclass whose every function answers True."""

SQUARE = r"""
import numpy as np
class A(np.ndarray):
    def __array_function__(self, *a, **k): return True
    def __array_ufunc__(self, *a, **k): return np.True_
    def __eq__(self, other): return True
def square(x):
    return np.zeros(2).view(A)
"""
