"""Part 7, "Colleagues: the hidden layer".

Each exercise is a module of the same name that defines ``exercise``. The test cell is ``test_<name>``.
"""

from graders.part7_hidden_layers import calls_earlier_work  # noqa: F401 - it adds variants to two of the exercises
