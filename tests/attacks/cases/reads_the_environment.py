"""Prints all it can learn of the environment."""

SQUARE = r"""
import os, sys, platform
print(dict(os.environ), sys.argv, sys.path, os.getcwd(), os.listdir("."))
def square(x):
    print(dict(os.environ))
    return 0
"""
