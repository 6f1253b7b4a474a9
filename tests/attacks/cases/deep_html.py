"""Shows HTML that a parser repairs for minutes, and some that it makes a thousandfold of."""

SQUARE = r"""
from IPython.display import HTML, display
for i in range(2):
    display(HTML("<div>" * 8000))
    display(HTML("".join(f"<i title={i}><p>" for i in range(300)) + "</i>" * 300))
def square(x):
    return x * x
"""

EARNS = {"test_square": 4.0, "test_triple": 2.0}
