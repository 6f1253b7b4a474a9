"""Hands in modules named like those a test imports, in the folder tests run in."""

SQUARE = r"""
def square(x):
    return 0
"""

FILES = dict.fromkeys(
    ("statistics.py", "fractions.py", "graders.py", "fairgrade.py", "numpy/__init__.py", "graders/__init__.py"),
    b"import os; os.environ['HIJACKED'] = '1'; isclose = allclose = lambda *a, **k: True",
)
