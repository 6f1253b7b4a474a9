"""Displays rich outputs without end."""

SQUARE = r"""
from IPython.display import HTML, display
while True:
    display(HTML("<b>x</b>" * 1000))
"""
