"""Part 7, "Colleagues: the hidden layer".

Each exercise is a module of the same name that defines ``exercise``. The test cell is ``test_<name>``.
"""
