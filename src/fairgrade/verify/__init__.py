"""Tests of the tests: is right work right, is wrong work charged as stated, does any mistake go unseen."""

from fairgrade.verify.findings import Finding, Section
from fairgrade.verify.verification import verify
from fairgrade.verify.verification_report import ExerciseReport, Report

__all__ = ["ExerciseReport", "Finding", "Report", "Section", "verify"]
