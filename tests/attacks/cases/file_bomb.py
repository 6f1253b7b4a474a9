"""Writes a file without end."""

SQUARE = r"""
with open("big", "wb") as file:
    while True:
        file.write(b"0" * 1_000_000)
"""
