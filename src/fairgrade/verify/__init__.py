"""Tests of the tests: is right work right, is wrong work charged as stated, does any mistake go unseen."""

from fairgrade.verify.findings import Finding, Part
from fairgrade.verify.run import ExerciseReport, Report, verify

__all__ = ["ExerciseReport", "Finding", "Part", "Report", "verify"]
