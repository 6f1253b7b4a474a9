"""Asks for input that nobody gives."""

SQUARE = r"""
name = input("Password of the instructor? ")
"""
