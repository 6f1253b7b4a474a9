"""Part 6, "Evaluation: how good is the expert really?".

Each exercise is a module of the same name that defines ``exercise``. The test cell is ``test_<name>``.
"""
