"""Remote objects: what a test in the grading process sees of the objects in a student's process."""
