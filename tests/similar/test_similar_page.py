"""The page shows both works with what they share, and nothing of them acts."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from fairgrade.similar.pair_scores import score_pairs
from fairgrade.similar.passages import passages_of
from fairgrade.similar.similar_groups import SimilarityReport, find_groups
from fairgrade.similar.similar_page import render
from fairgrade.similar.submitted_code import ClassCode

SHARED = """total = 0
for x in xs:
    if x > 0:
        total += np.log(x) * np.exp(-x)
    else:
        total -= 1
while total > 1:
    total = total / 2 - np.sqrt(total)
"""
RENAMED = SHARED.replace("total", "acc").replace("xs", "rows").replace("np", "numpy")


def report_on(special: str) -> SimilarityReport:
    """A class of 20 in which two have the same code, with this text in it; they made the same mistake, too."""
    texts = {
        f"s{number:03}": "\n".join(f"a.f{number}_{line}(b, {'c + ' * line}d)" for line in range(12))
        for number in range(18)
    }
    texts |= {"t1": SHARED + special, "t2<b>": RENAMED + special}
    code = ClassCode(tuple(texts), {"scores<i>": texts}, (), {"broken": "the file is empty"})
    return find_groups("ps1", code, score_pairs(code), {"scores<i>": {"t1": "halves", "t2<b>": "halves"}})


class Tags(HTMLParser):
    """Collects the tags of a page, and the text of its marks and of its code."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.marked: dict[str, list[str]] = {}
        self.code: list[str] = []
        self._number = ""
        self._in_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        if tag == "mark":
            self._number = dict(attrs)["data-passage"] or ""
        if tag == "pre":
            self._in_code = True
            self.code.append("")

    def handle_endtag(self, tag: str) -> None:
        self._number = "" if tag == "mark" else self._number
        self._in_code = self._in_code and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self._number:
            self.marked.setdefault(self._number, []).append(data)
        if self._in_code:
            self.code[-1] += data


def read(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    return tags


HOSTILE = "</pre><script>alert(1)</script><img src=x onerror=alert(1)> {{ 7 * 7 }} \u202edrawkcab\x1b[31m\x00\ud800"


@pytest.fixture(scope="module")
def shown() -> Tags:
    """The page on a class with hostile work."""
    return read(render(report_on(HOSTILE)))


def test_nothing_of_a_student_is_markup(shown: Tags) -> None:
    assert shown.tags.isdisjoint({"script", "img", "b", "i", "link", "iframe"})
    assert shown.links == []
    assert len(shown.code) == 2
    for code in shown.code:
        assert "<script>alert(1)</script>" in code
        assert "{{ 7 * 7 }}" in code
        assert not set("\u202e\x1b\x00\ud800") & set(code)


def test_passages_of_both_have_one_number(shown: Tags) -> None:
    """They begin alike, whatever the names; what only one has is not marked."""
    one, other = shown.marked["1"]
    assert one.startswith("total = 0\nfor x in xs:")
    assert other.startswith("acc = 0\nfor x in rows:")


def test_the_same_unexplained_result_is_told_and_no_word_accuses() -> None:
    page = render(report_on(""))
    assert "the same wrong result, which no misconception explains and 2 students have" in page
    assert "A person" in page
    assert not any(word in page.lower() for word in ("plagiar", "cheat", "copied", "misconduct"))
    assert "the file is empty" in page


def test_a_class_without_similar_work_has_a_page_that_says_so() -> None:
    texts = {f"s{number:03}": f"a.f{number}(b, c)\n" * 20 for number in range(20)}
    code = ClassCode(tuple(texts), {"scores": texts}, (), {})
    page = render(find_groups("ps1", code, score_pairs(code), {}))
    assert "Nothing to see: among 20 submissions" in page
    assert read(page).code == []


def test_passages_are_the_whole_text_in_order() -> None:
    one, other = f"first()\n{SHARED}last()", f"{RENAMED}\nelsewhere(1)"
    (evidence,) = report_on("").exercises
    passages = passages_of(one, other, evidence.shared("t1", "t2<b>"))
    assert ["".join(passage.text for passage in side) for side in passages] == [one, other]
    assert [[passage.number for passage in side] for side in passages] == [[0, 1, 0], [1, 0]]
