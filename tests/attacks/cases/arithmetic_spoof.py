"""Returns an object whose every operator gives what a test hopes for."""

SQUARE = r"""
class Z:
    def __getattr__(self, n): return self
    def __call__(self, *a): return self
for n in "sub rsub add radd mul rmul abs lt le gt ge eq bool pow truediv neg".split():
    setattr(Z, f"__{n}__", lambda self, *a: True)
Z.__hash__ = lambda self: 1
def square(x):
    return Z()
"""
