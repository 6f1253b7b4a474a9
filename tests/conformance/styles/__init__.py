"""Courses as other people write them: how their cells look, with a right and a wrong solution.

Each module has ``CELLS``, a list of ``("given", source)``, ``("solution", right, wrong)`` and
``("test", points, source)``.
"""
