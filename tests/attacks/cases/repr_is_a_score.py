"""Returns an object whose representations are numbers of points."""

SQUARE = r"""
class R:
    def __repr__(self): return "4"
    def _repr_mimebundle_(self, **k): return {"text/plain": "4"}
    def _repr_html_(self): return "<b>4</b>"
    def _ipython_display_(self): print(4)
def square(x):
    return R()
"""
