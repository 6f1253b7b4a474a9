"""What is right and what is wrong in this course: a package for each assignment."""
