"""Registers an input transformer that empties every later cell."""

SQUARE = r"""
ip = get_ipython()
ip.input_transformers_cleanup.append(lambda lines: [])
"""

EARNS = {"test_square": 0.0, "test_triple": 0.0}
