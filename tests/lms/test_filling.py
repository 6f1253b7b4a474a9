"""A column is filled as each system wants it, and whatever speaks against it is told before."""

from __future__ import annotations

import pytest

from fairgrade.lms.dialects import DIALECTS
from fairgrade.lms.filling import CantFill, Filling, fill
from fairgrade.lms.lossless_csv import Table

POINTS = {"s001": 7.5, "s002": 3.0, "s003": None}
ROSTER = {"s001": {"101", "one@example.org"}, "s002": {"102", "two@example.org"}, "s003": {"103", "three@example.org"}}

CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,ps1 (4711),ps2 (4712),Final Score\r\n"
    "    Points Possible,,,,,10,10,(read only)\r\n"
    '"One, A",101,x1,one,S1,,9,90\r\n'
    '"Two, ""B""",102,x2,two,S1,3.00,"8",80\r\n'
    '"Three, C",103,x3,three,S1,EX,,\r\n'
    '"Student, Test",104,,,S1,,,\r\n'
)
CANVAS_SEMICOLONS = (
    "Student;ID;SIS User ID;SIS Login ID;Section;ps1 (4711)\nOne;101;;;S1;\nTwo;102;;;S1;3,00\nThree;103;;;S1;\n"
)
MOODLE = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed","Feedback comments"\n'
    'Participant 1,"A One",one@example.org,"Submitted",,10.00,Yes,"line 1\nline 2"\n'
    'Participant 2,"B Two",two@example.org,"Submitted",3.00,10.00,Yes,\n'
    'Participant 3,"C Three",three@example.org,"No submission",,10.00,Yes,\n'
)
BRIGHTSPACE = (
    "OrgDefinedId,Username,ps1 Points Grade <Numeric MaxPoints:10>,End-of-Line Indicator\n"
    "#101,#one,,#\n#102,#two,3,#\n#103,#three,,#\n"
)
BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"ps1 [Total Pts: 10 Score] |123"\n'
    '"One"\t"A"\t"101"\t""\n"Two"\t"B"\t"102"\t"3.00"\n"Three"\t"C"\t"103"\t""\n'
)


def filled(text: str, system: str, encoding: str = "utf-8", **more: object) -> tuple[Filling, str]:
    """What filling comes to, and the file afterwards."""
    table = Table(text.encode(encoding))
    found = fill(table, DIALECTS[system], "ps1", POINTS, ROSTER, **more)  # type: ignore[arg-type]
    for change in found.changes:
        table.set(change.row, change.column, change.after)
    return found, table.to_bytes().decode(encoding)


@pytest.mark.parametrize(
    ("text", "system", "encoding", "before", "after"),
    [
        (CANVAS, "canvas", "utf-8", "S1,,9,90", "S1,7.5,9,90"),
        (CANVAS_SEMICOLONS, "canvas", "utf-8", "One;101;;;S1;\n", "One;101;;;S1;7,5\n"),
        (MOODLE, "moodle", "utf-8", '"Submitted",,', '"Submitted",7.5,'),
        (BRIGHTSPACE, "brightspace", "utf-8", "#one,,", "#one,7.5,"),
        (BLACKBOARD, "blackboard", "utf-16", '"101"\t""', '"101"\t"7.5"'),
    ],
    ids=["canvas", "canvas with semicolons", "moodle", "brightspace", "blackboard"],
)
def test_one_value_is_set_and_the_rest_is_the_same(
    text: str, system: str, encoding: str, before: str, after: str
) -> None:
    """Points that are there stay as they are written; nobody who has not handed in gets any."""
    found, written = filled(text, system, encoding)
    assert written == text.replace(before, after, 1)
    assert [change.student for change in found.changes] == ["s001"]
    assert found.unchanged == 1
    assert found.blank + found.kept == 1
    assert not found.unmatched_rows
    assert not found.unmatched_students


def test_who_is_unknown_on_either_side_is_told() -> None:
    text = BRIGHTSPACE.replace("#102,#two", "#999,#nobody")
    found, _ = filled(text, "brightspace")
    assert found.unmatched_rows == ["#999 #nobody"]
    assert found.unmatched_students == ["s002"]


def test_fewer_points_are_told() -> None:
    found, _ = filled(BRIGHTSPACE.replace("#two,3,", "#two,4,"), "brightspace")
    assert [change.student for change in found.lowering] == ["s002"]


@pytest.mark.parametrize(
    ("text", "system", "more", "says"),
    [
        (CANVAS.replace("ps1 (4711)", "other"), "canvas", {}, "a column of ps1 once, found it 0 times"),
        (CANVAS, "canvas", {"column": "Final Score"}, "is read only for canvas"),
        (BRIGHTSPACE.replace("OrgDefinedId,Username", "a,b"), "brightspace", {}, "none of the columns OrgDefinedId"),
        (BRIGHTSPACE.replace("#102,#two", "#101,#two"), "brightspace", {}, "s001 is in two rows, 2 and 3"),
    ],
)
def test_what_cant_be_filled_is_refused(text: str, system: str, more: dict[str, object], says: str) -> None:
    with pytest.raises(CantFill, match=says):
        filled(text, system, **more)


def test_an_identifier_of_two_students_is_refused() -> None:
    table = Table(BRIGHTSPACE.encode())
    roster = {**ROSTER, "s002": {"101"}}
    with pytest.raises(CantFill, match="may be s001 and s002"):
        fill(table, DIALECTS["brightspace"], "ps1", POINTS, roster)


def test_students_of_one_name_get_points_of_their_own() -> None:
    """Names are never looked at; one who is called like Canvas's test student, or longer, is a student all the same."""
    text = CANVAS.replace('"Two, ""B"""', '"One, A"').replace('"One, A",101', '"Student, Testa",101')
    found, written = filled(text.replace("S1,3.00", "S1,"), "canvas")
    assert {change.student: change.after for change in found.changes} == {"s001": "7.5", "s002": "3"}
    assert '"Student, Testa",101,x1,one,S1,7.5,9,90' in written
    assert '"One, A",102,x2,two,S1,3,"8",80' in written
    assert '"Student, Test",104,,,S1,,,' in written


def test_columns_of_one_name_are_refused() -> None:
    """Canvas may have an assignment of that name twice, with different ids; one of them can be named."""
    text = CANVAS.replace("ps2 (4712)", "ps1 (4712)")
    with pytest.raises(CantFill, match="a column of ps1 once, found it 2 times"):
        filled(text, "canvas")
    found, _ = filled(text, "canvas", column="ps1 (4712)")
    assert (found.title, found.column) == ("ps1 (4712)", 6)
