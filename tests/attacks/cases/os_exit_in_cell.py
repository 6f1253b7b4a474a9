"""Ends the process in its own cell."""

SQUARE = r"""
import os
os._exit(0)
"""
