"""Returns an object whose repr, len, iter and attributes never end."""

SQUARE = r"""
import itertools
class O:
    def __repr__(self):
        while True: pass
    def __len__(self): return 2**62
    def __iter__(self): return itertools.count()
    def __getattr__(self, name):
        while True: pass
    def __getitem__(self, i): return 0
def square(x):
    return O()
"""
