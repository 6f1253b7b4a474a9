"""Shows an integer of more digits than Python writes."""

SQUARE = r"""
import sys
from IPython.display import display
sys.set_int_max_str_digits(0)
display({"application/json": {"n": 10**5000}}, raw=True, metadata={"n": 10**5000})
def square(x):
    return x * x
"""

EARNS = {"test_square": 4.0, "test_triple": 2.0}
