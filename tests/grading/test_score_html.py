"""A score's page: what was right, what was wrong, what to look at next; and nothing that should not be there."""

from __future__ import annotations

from html.parser import HTMLParser

from fairgrade.grading import CheckResult, Diagnosis, Failed, NotAttempted, Passed, Score

SQUARES = Diagnosis("squares", "Squares it", "Use `2 * x`, not <x*x>.", 1)


def page(*outcomes, points=1.0, **rest) -> str:
    results = tuple(CheckResult(f"c{i}", f"Property {i} holds.", points, o) for i, o in enumerate(outcomes))
    return Score("double", points * len(outcomes), results, **rest).to_html()


class Text(HTMLParser):
    """The text a reader sees, and the tags it is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.tags, self.open = "", set(), []
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_points_and_sentences_are_there():
    """The page begins with the points; each check has its sentence and its points."""
    seen = Text(page(Passed(), Failed("It is not."), points=2.0))
    assert seen.open == []
    assert seen.text.startswith("2 of 4 points")
    assert "✓ Property 0 holds. 2 / 2" in seen.text
    assert "✗ Property 1 holds.It is not. 0 / 2" in seen.text


def test_the_same_reason_is_given_once():
    """Four checks that meet the same error do not repeat it."""
    text = Text(page(Failed("Your code stopped."), Failed("Your code stopped."))).text
    assert text.count("Your code stopped.") == 1
    assert "As above." in text


def test_a_misconception_comes_with_its_hint_and_price():
    """The student reads that one mistake is paid for once."""
    text = Text(page(Failed("a"), Failed("b"), misconceptions=(SQUARES,), priced_by=SQUARES)).text
    assert "This looks like: Squares it. Use 2 * x, not <x*x>." in text
    assert "One mistake is paid for once: it costs 1 point" in text


def test_untouched_work_is_invited():
    """Nothing is called wrong."""
    text = Text(page(NotAttempted(), NotAttempted())).text
    assert "Not attempted yet" in text
    assert "✗" not in text


def test_students_text_is_inert():
    """What a student's exception says can't become markup."""
    html = page(Failed('<script>alert(1)</script><img src=x onerror="x">'))
    assert Text(html).tags <= {"div", "strong", "span", "table", "tbody", "tr", "td", "br", "code"}
    assert "&lt;script&gt;" in html
