"""Part 5, "Training: learning from mistakes".

Each exercise is a module, or a package if it is large, of the same name; it defines ``exercise``. The test cell is
``test_<name>``.
"""
