"""Displays data that is no MIME bundle."""

SQUARE = r"""
from IPython.display import publish_display_data
publish_display_data({"text/plain": ["a", {"b": object()}], 7: b"x", "application/json": float("nan"), "image/png": b"\x00"}, {"k": object()})
def square(x):
    return 0
"""
