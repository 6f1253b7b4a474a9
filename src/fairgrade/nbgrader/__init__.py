"""The plug-in: preprocessors that make nbgrader grade fairly."""

from fairgrade.nbgrader.stock import RefuseInfraErrors, SeedForSubmission

__all__ = ["RefuseInfraErrors", "SeedForSubmission"]
