"""Shows one thing in a thousand places, and then something large in all of them, again and again."""

SQUARE = r"""
from IPython.display import display, update_display
for _ in range(1000):
    display({"text/plain": ""}, raw=True, display_id="d")
for _ in range(8):
    update_display({"text/plain": "x" * 5000}, raw=True, display_id="d")
def square(x):
    return x * x
"""

EARNS = {"test_square": 4.0, "test_triple": 2.0}
