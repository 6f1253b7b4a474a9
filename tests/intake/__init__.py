"""Intake: notebooks mangled in every way we know of, read, transplanted and graded."""
