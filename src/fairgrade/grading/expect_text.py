"""Text that student code prints or returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fairgrade.grading.captured_output import quiet
from fairgrade.grading.expect import expect, kind_of, opening


def printed_by(action: Callable[[], Any]) -> str:
    """Return the first 10,000 characters that the student's code prints while `action` calls it.

    Text on stderr and warnings are left out.
    """
    with quiet() as printed:
        action()
    return printed.getvalue()


def expect_text(
    got: Any, want: str, *, what: str = "your function", ignore_spaces: bool = True, ignore_case: bool = False
) -> None:
    """Fail unless `got` is the text `want`, line by line.

    Parameters
    ----------
    got : object
        The student's text, such as what :func:`printed_by` returns.
    want : str
    what : str
        What the text is, or who prints it; it begins the message.
    ignore_spaces : bool
        Whether several spaces or tabs count as one, and those at the ends of lines and empty lines count as none.
    ignore_case : bool
        Whether capital letters count as small ones.

    Raises
    ------
    CheckFailed
        With the student's first line that is not right; the right one is not shown.
    """
    expect(
        got is not None, f"{opening(what)}: expected text, got None, which is what a function without `return` gives."
    )
    expect(isinstance(got, str), f"{opening(what)}: expected text, got {kind_of(got)}.")

    def lines_of(text: str) -> list[str]:
        text = text.casefold() if ignore_case else text
        lines = text.splitlines()
        return [" ".join(line.split()) for line in lines if line.strip()] if ignore_spaces else lines

    mine, right = lines_of(got), lines_of(want)
    expect(bool(mine) or not right, f"{opening(what)}: expected text, got none.")
    for number, (line, wanted) in enumerate(zip(mine, right, strict=False), start=1):
        expect(line == wanted, f"{opening(what)}: line {number}, {line[:80]!r}, is not right.")
    expect(len(mine) == len(right), f"{opening(what)}: expected {len(right)} lines, got {len(mine)}.")
