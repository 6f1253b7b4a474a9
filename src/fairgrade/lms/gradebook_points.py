"""The points of an assignment, read from the gradebook."""

from __future__ import annotations

from fairgrade.autograde.graded_gradebook import opened_gradebook
from fairgrade.lms.assignment_points import AssignmentPoints


def read_points(db_url: str, assignment: str) -> AssignmentPoints:
    """Read the points of an assignment.

    Raises
    ------
    CourseError
        If nothing of it is graded yet, or there is no gradebook; none is made.
    """
    with opened_gradebook(db_url, assignment) as (gradebook, recorded):
        found = AssignmentPoints({}, float(recorded.max_score), {}, {}, [])
        found.points.update((student.id, None) for student in gradebook.students)
        for submission in gradebook.assignment_submissions(assignment):
            student = submission.student.id
            penalty = float(submission.late_submission_penalty or 0.0)
            found.points[student] = round(max(0.0, float(submission.score) - penalty), 4)
            cells = found.cells.setdefault(student, {})
            comments = []
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    is_waiting = grade.needs_manual_grade and grade.manual_score is None
                    cells[grade.name] = None if is_waiting and grade.auto_score is None else float(grade.score)
                # Only those written by hand: nbgrader's own is "No response." for each question left blank.
                comments += [comment.manual_comment for comment in notebook.comments if comment.manual_comment]
            found.comments[student] = "\n".join(comments)
            if submission.needs_manual_grade:
                found.waiting.append(student)
    return found
