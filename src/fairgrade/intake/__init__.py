"""Intake: turn any submitted file into a notebook that is safe to grade. Nothing is executed, no link followed."""

from fairgrade.intake.accepted import Accepted, mark_ungraded, refusal_of, refuse
from fairgrade.intake.blueprint import Blueprint, read_source
from fairgrade.intake.files import fetch_folder, take_in_files, take_in_folder
from fairgrade.intake.notes import Cause, Kind, Note, Refused
from fairgrade.intake.read import NotebookLimits, ParsedNotebook, parse, read
from fairgrade.intake.transplant import take_in

__all__ = [
    "Accepted",
    "Blueprint",
    "Cause",
    "Kind",
    "Note",
    "NotebookLimits",
    "ParsedNotebook",
    "Refused",
    "fetch_folder",
    "mark_ungraded",
    "parse",
    "read",
    "read_source",
    "refusal_of",
    "refuse",
    "take_in",
    "take_in_files",
    "take_in_folder",
]
