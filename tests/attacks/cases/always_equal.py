"""Returns an object equal to everything."""

SQUARE = r"""
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
def square(x):
    return Equal()
"""
