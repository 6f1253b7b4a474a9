"""What cells are called: by their name, or by the heading above them where nbgrader made up the name."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from nbformat import NotebookNode

from fairgrade.notebook.cell import AssignmentCell

MOST_CHARACTERS = 70

_ANSWER, _CODE, _TEXT = " (answer)", " (code)", " (text)"

_MADE_UP = re.compile(r"cell-[0-9a-f]{16}")
"""The grade_ids that nbgrader's notebook editor gives to cells whose author chose none."""

_HTML_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>", re.IGNORECASE | re.DOTALL)
_REGION = re.compile(r"^[^\n]*BEGIN (MARK SCHEME|HIDDEN TESTS)(.*?END \1[^\n]*|.*)", re.MULTILINE | re.DOTALL)
"""What students don't get; its own marks read like headings."""

_TAG = re.compile(r"<[^>]*>")
_LEAD = re.compile(r"(exercise|question|problem|task|part)\b|q\d", re.IGNORECASE)
"""How the bold beginning of a paragraph reads where it serves as a heading, such as "**Question 2.**"."""


def title_of(name: str) -> str:
    """Turn the name of a cell into words, without the ``test_`` that many test cells begin with."""
    return name.removeprefix("test_").replace("_", " ")


def titles_by_heading(cells: Iterable[NotebookNode]) -> dict[str, str]:
    """Name the cells whose name was made up by a program after the headings above them.

    Parameters
    ----------
    cells : iterable of NotebookNode
        All cells of a notebook, in order.

    Returns
    -------
    dict of str to str
        The titles by grade_id, or by cell id for code that has none. No two are the same: cells below one heading
        are numbered. A cell with a name of its own is not in it.
    """
    named: list[tuple[str, str]] = []
    heading = ""
    for cell in map(AssignmentCell, cells):
        if not cell.is_solution:  # an answer may hold headings, too
            heading = _last_heading(cell) or heading
        if cell.name and _is_made_up(cell):
            named.append((cell.name, f"{heading or 'Exercise'}{_suffix(cell)}"))
    total, seen = Counter(title for _, title in named), Counter[str]()
    titles = {}
    for name, title in named:
        seen[title] += 1
        titles[name] = title if total[title] == 1 else _numbered(title, seen[title])
    return titles


def headings_in(markdown: str) -> list[str]:
    """Return the headings in a text as plain text."""
    return [text for text in map(_plain, _headings(markdown)) if text]


def _is_made_up(cell: AssignmentCell) -> bool:
    return cell.is_code if cell.grade_id is None else _MADE_UP.fullmatch(cell.grade_id) is not None


def _suffix(cell: AssignmentCell) -> str:
    """Tell apart the cells that have no points from the exercise itself."""
    if cell.is_graded or cell.is_task:
        return ""
    return _ANSWER if cell.is_solution else _CODE if cell.is_code else _TEXT


def _numbered(title: str, number: int) -> str:
    return f"{title[:-1]} {number})" if title.endswith((_ANSWER, _CODE, _TEXT)) else f"{title} ({number})"


def _last_heading(cell: AssignmentCell) -> str:
    """Return the last heading in a cell's Markdown as plain text; empty if it has none."""
    if cell.node.cell_type != "markdown":
        return ""
    found = headings_in(_REGION.sub("", cell.source))
    if not found:
        return ""
    last = found[-1]
    return last if len(last) <= MOST_CHARACTERS else f"{last[: MOST_CHARACTERS - 1].rstrip()}…"


def _headings(markdown: str) -> Iterator[str]:
    import mistune  # noqa: PLC0415 - most who import this module ask for no title

    tokens: Any = mistune.create_markdown(renderer=None, plugins=["math"])(markdown)
    for token in tokens:
        children = token.get("children", [])
        if token["type"] == "heading":
            yield _text(children)
        elif token["type"] == "block_html":
            yield from (_TAG.sub("", text) for _, text in _HTML_HEADING.findall(token["raw"]))
        elif token["type"] == "paragraph" and children and children[0]["type"] == "strong":
            lead = _text([children[0]])
            if _LEAD.match(lead):
                yield lead


def _text(tokens: Iterable[Any]) -> str:
    return "".join(
        " " if token["type"] in ("softbreak", "linebreak") else token.get("raw", "") + _text(token.get("children", ()))
        for token in tokens
        if token["type"] != "inline_html"
    )


def _plain(text: str) -> str:
    return " ".join(html.unescape(text).split()).rstrip(" .:")
