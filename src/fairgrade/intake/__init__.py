"""Intake: from whatever was handed in to a notebook that is safe to grade, without executing or following any of it."""

from fairgrade.intake.blueprint import Blueprint, read_source
from fairgrade.intake.files import fetch_folder, take_in_files, take_in_folder
from fairgrade.intake.notes import Cause, Kind, Note, Refused
from fairgrade.intake.read import Limits, Submitted, parse, read
from fairgrade.intake.taken import Taken, is_refused, mark_ungraded, refuse
from fairgrade.intake.transplant import take_in

__all__ = [
    "Blueprint",
    "Cause",
    "Kind",
    "Limits",
    "Note",
    "Refused",
    "Submitted",
    "Taken",
    "fetch_folder",
    "is_refused",
    "mark_ungraded",
    "parse",
    "read",
    "read_source",
    "refuse",
    "take_in",
    "take_in_files",
    "take_in_folder",
]
