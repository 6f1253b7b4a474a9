"""Code as tokens that stay the same when names, comments, literals or the layout change.

A student's code may be anything, so it is neither parsed nor compiled: that can exhaust the stack. Python's `tokenize`
stops at code that is broken, at a place that depends on the version; the expression here takes any text, in a time that
grows with its length.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator
from typing import NamedTuple

NAME, TEXT, NUMBER = "name", "text", "0"
"""What stands for a name that the student chose, for a string and for a number."""

MAX_CHARACTERS = 50_000
"""A longer text is compared up to here."""

_KEPT = frozenset(dir(builtins)) | frozenset(keyword.kwlist) | frozenset(keyword.softkwlist)
_LEFT_OUT = ("import", "from", "%", "!", "@")
_ASSIGNMENTS = frozenset(["=", "+=", "-=", "*=", "/=", "//=", "%=", "**=", "@=", "&=", "|=", "^=", ">>=", "<<=", ":"])

# All repetitions are possessive and closing quotes optional: no text can make it look at a character twice.
_TOKEN = re.compile(
    r"""
    (?P<comment> \#[^\n]*+ )
  | (?P<text> (?:[rbfut]{1,2}+(?=["']))?+ (?:
        \"{3} (?:[^"\\]|\\.|"(?!""))*+ (?:\"{3})?+ | '{3} (?:[^'\\]|\\.|'(?!''))*+ (?:'{3})?+
      | " (?:[^"\\\n]|\\.)*+ "?+ | ' (?:[^'\\\n]|\\.)*+ '?+ ) )
  | (?P<number> \.?\d(?:[eE][+-]|[\w.])*+ )
  | (?P<name> \w++ )
  | (?P<continued> \\[ ]*+\n )
  | (?P<newline> \n )
  | (?P<operator> (?:\*\*|//|>>|<<|[-+*/%@&|^=<>!:])=?+ | \S )
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


class Token(NamedTuple):
    """One token.

    Attributes
    ----------
    text : str
        In its normal form.
    start, end : int
        Where it stands in the code, in characters.
    """

    text: str
    start: int
    end: int


def normal_tokens(code: str) -> list[Token]:
    """Return the tokens of code without its imports, comments, docstrings, decorators and magics.

    Names that a copy can change have one normal form: variables, functions, classes, and attributes that the code
    itself sets. Other attributes, such as those of a library, stay as they are.
    """
    statements = list(_statements(code[:MAX_CHARACTERS]))
    own = _own_attributes(statements)
    found: list[Token] = []
    for statement in statements:
        is_docstring = all(token.lastgroup == "text" for token in statement)
        if statement[0].group() in _LEFT_OUT or is_docstring:
            continue
        before = ""
        for token in statement:
            text = _normal(token, before, own)
            if text != TEXT or before != TEXT:  # adjacent strings are one
                found.append(Token(text, *token.span()))
            before = text
    return found


def _statements(code: str) -> Iterator[list[re.Match[str]]]:
    """Split code into logical lines; what follows a bracket that is never closed is one."""
    statement: list[re.Match[str]] = []
    depth = 0
    for token in _TOKEN.finditer(code):
        if token.lastgroup == "newline":
            if statement and depth <= 0:
                yield statement
                statement, depth = [], 0
        elif token.lastgroup not in ("comment", "continued"):
            statement.append(token)
            depth += (token.group() in "([{") - (token.group() in ")]}")
    if statement:
        yield statement


def _own_attributes(statements: list[list[re.Match[str]]]) -> set[str]:
    """Return the attributes that the code sets or defines, as ``self.total = 0`` and ``def total`` do."""
    found = set()
    for statement in statements:
        texts = [token.group() for token in statement]
        for before, name, after in zip(texts, texts[1:], texts[2:], strict=False):
            if before == "def" or (before == "." and after in _ASSIGNMENTS):
                found.add(name)
    return found


def _normal(token: re.Match[str], before: str, own: set[str]) -> str:
    kind, text = token.lastgroup, token.group()
    if kind == "number":
        return NUMBER
    if kind == "text":
        return TEXT
    if kind != "name":
        return text
    if before == ".":
        return NAME if text in own else text
    return text if text in _KEPT else NAME
