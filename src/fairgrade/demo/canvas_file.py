"""A gradebook file as the learning management system Canvas lets instructors download it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

ASSIGNMENT_ID = 1001


def canvas_gradebook(students: Sequence[tuple[str, str]], assignment: str, points: float) -> str:
    """Return the text of a file in which nobody has points yet.

    Parameters
    ----------
    students : sequence of (str, str)
        Ids and names.
    assignment : str
    points : float
        The most that the assignment gives.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", f"{assignment} ({ASSIGNMENT_ID})"])
    writer.writerow(["    Points Possible", "", "", "", "", f"{points:g}"])
    for number, (student, name) in enumerate(students, start=1):
        writer.writerow([name, 50_000 + number, "", student, "Section 1", ""])
    writer.writerow(["Student, Test", 60_000, "", "", "Section 1", ""])
    return text.getvalue()
