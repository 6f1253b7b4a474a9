"""Returns a float subclass that is equal to everything and has an __array_ufunc__."""

SQUARE = r"""
class F(float):
    def __eq__(self, other): return True
    def __array_ufunc__(self, *a, **k): return True
    def __sub__(self, other): return 0.0
def square(x):
    return F(1)
"""
