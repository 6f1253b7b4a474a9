"""The plug-in: what makes nbgrader grade fairly, and `configure`, which sets a course up with it."""

from fairgrade.nbgrader.configuration import configure
from fairgrade.nbgrader.stock import RefuseInfraErrors, SeedForSubmission

__all__ = ["RefuseInfraErrors", "SeedForSubmission", "configure"]
