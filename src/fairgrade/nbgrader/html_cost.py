"""Whether a piece of HTML is cheap to clean, told by one look along it.

A parser of HTML repairs what it reads, which takes time and room that grow with the square of it: it looks through
all open elements for each new one, and opens again in each paragraph what bold or coloured text was left open in the
one before. What a student shows is not worth that. This module adds up the most that a piece can cost; it takes every
end tag that could be meant otherwise for none, so that no piece looks cheaper than it is.

It says nothing about whether a piece is harmless.
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

    It is, at whatever length, where elements are closed in the order they were opened in, or where few are left open.
    """
    open_tags: list[tuple[str, int]] = []
    steps = copies = reopened = 0
    is_odd, raw = False, ""
    most_steps, most_copies = (each * len(html) + some for each, some in (_STEPS, _COPIES))
    for tag in _TAG.finditer(html):
        name = (tag["name"] or "").lower()
        if raw and not (tag["end"] and name == raw):
            is_odd = True  # it stands within what is no HTML, or does it?
        raw = ""
        if tag["odd"]:
            # A tag that is none of the plain kind, a comment that holds tags: where it ends is anybody's guess.
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
