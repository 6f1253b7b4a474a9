"""Part 5, "Training: learning from mistakes".

A module for each exercise, or a package for a large one, named as the exercise; each hands on its ``exercise``. The
test cell is called ``test_<name>``.
"""
