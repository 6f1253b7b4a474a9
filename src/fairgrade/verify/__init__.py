"""Tests of the tests: is right work right, is wrong work charged as stated, does any mistake go unseen."""

from fairgrade.verify.findings import Finding, Section
from fairgrade.verify.verification import ExerciseReport, Report, verify

__all__ = ["ExerciseReport", "Finding", "Report", "Section", "verify"]
