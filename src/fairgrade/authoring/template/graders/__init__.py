"""The graders of this course: a package per assignment."""
