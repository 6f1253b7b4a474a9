"""Returns an object whose __class__ says float."""

SQUARE = r"""
class S:
    __class__ = float
    def __float__(self): return 4.0
    def __rsub__(self, o): return 0
    def __eq__(self, o): return True
def square(x):
    return S()
"""
