"""Estimate in one pass whether a piece of HTML is cheap to clean.

An HTML parser repairs its input, which can take time and memory that grow with the square of its length: it searches
all open elements for each new one, and reopens in each paragraph the formatting that was left open in the one before.
This module computes an upper bound of that cost. It ignores ambiguous end tags, so that no piece looks cheaper than it
is.

It does not tell whether a piece is safe to show.
"""

from __future__ import annotations

import re

# Possessive throughout, and no value holds "<": no text can make it look at a character more than twice.
_TAG = re.compile(
    r"""<(?:
        (?P<end>/)?+(?P<name>[A-Za-z][A-Za-z0-9-]*+)
        (?P<attributes>(?:\s++[^\s"'<>/=]++(?:\s*+=\s*+(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>=`]++))?+)*+)\s*+/?+>
        |!--[^<>]*?-->
        |(?P<odd>[A-Za-z/!?])
    )""",
    re.VERBOSE,
)
_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
}  # fmt: skip
_FORMATTING = {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
_RAW = {"iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp"}

_MOST_ATTRIBUTES = 200
_MOST_ODD = 20_000
_STEPS = (32, 50_000)
_COPIES = (2, 20_000)


def is_cheap(html: str) -> bool:
    """Whether a parser's time and memory for `html` stay within a small multiple of its length.

    This holds at any length if elements are closed in the reverse order of their opening, or if few are left open.
    """
    open_tags: list[tuple[str, int]] = []
    steps = copies = reopened = 0
    is_odd, raw = False, ""
    most_steps, most_copies = (each * len(html) + some for each, some in (_STEPS, _COPIES))
    for tag in _TAG.finditer(html):
        name = (tag["name"] or "").lower()
        if raw and not (tag["end"] and name == raw):
            is_odd = True  # it may be part of an element that holds no HTML
        raw = ""
        if tag["odd"]:
            # An unusual tag, or a comment that holds tags: parsers differ on where it ends.
            is_odd = True
            name = "a"
        elif not name:
            continue
        if tag["end"]:
            if not is_odd and open_tags and open_tags[-1][0] == name:
                reopened -= open_tags.pop()[1]
        elif name not in _VOID:
            attributes = tag["attributes"] or ""
            if len(attributes) > 2 * _MOST_ATTRIBUTES and len(attributes.split()) > _MOST_ATTRIBUTES:
                return False  # each is compared with all others
            weight = len(tag.group()) + 16 if name in _FORMATTING else 0
            open_tags.append((name, weight))
            reopened += weight
            raw = name if name in _RAW else ""
        steps += len(open_tags)
        copies += 2 * reopened
        if steps > most_steps or copies > most_copies or (is_odd and len(html) > _MOST_ODD):
            return False
    return True
