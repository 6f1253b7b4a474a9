"""Calls exit() in its own cell: no crime, and the rest goes on."""

SQUARE = r"""
exit()
import sys
sys.exit()
"""
