"""Graders of ten subjects, each as short as its thought."""
