"""Tests of starting a course and of what a machine lacks."""
