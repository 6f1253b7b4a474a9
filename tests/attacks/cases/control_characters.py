"""Prints ANSI escapes and control characters, and raises with them."""

SQUARE = r"""
print("\x1b[2J\x1b]0;owned\x07\x00\x08\u202e", "\ud800")
raise ValueError("\x1b[31m\x00\ud800")
"""
