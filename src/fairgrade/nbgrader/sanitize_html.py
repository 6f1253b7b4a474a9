"""Make students' HTML, Markdown and outputs inert: no script, form or frame, and nothing loaded from elsewhere.

They are shown to students and graders in pages with access to their sessions. So HTML is rebuilt from a short list of
elements and attributes, pictures must be embedded in the page, and formulas become MathML, which needs no script.
"""

from __future__ import annotations

import functools
import re
from html import escape, unescape
from typing import Any

import nh3
from jinja2 import pass_context
from latex2mathml import converter
from mistune.plugins.table import render_table_cell
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from pygments.token import STANDARD_TYPES
from traitlets import Integer

from fairgrade.grading import SCORE_MIME
from fairgrade.intake.read import PICTURES, is_base64
from fairgrade.nbgrader.html_cost import is_cheap
from fairgrade.notebook.cell import AssignmentCell

_MATHML = {
    "math", "menclose", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow",
    "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
}  # fmt: skip
_TAGS = (nh3.ALLOWED_TAGS - {"area", "map"}) | _MATHML | {"tfoot"}
_ATTRIBUTES = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "math": {"display"},
    "mo": {"stretchy", "fence", "form", "lspace", "rspace", "minsize", "maxsize"},
    "mover": {"accent"},
    "mi": {"mathvariant"},
    "mspace": {"width"},
    "mtable": {"columnalign", "rowspacing", "columnspacing"},
    "mstyle": {"displaystyle", "scriptlevel", "mathsize"},
    "*": {"style", "title", "role", "aria-label"},
}
_CLASSES = {"span": {name for name in STANDARD_TYPES.values() if name}, "div": {"highlight"}, "table": {"dataframe"}}
# Nothing that leaves its own box: no position, margin, transform or z-index.
_STYLES = {
    "align-items", "background", "background-color", "border", "border-bottom", "border-collapse", "border-color",
    "border-left", "border-radius", "border-right", "border-spacing", "border-style", "border-top", "border-width",
    "color", "display", "flex-wrap", "font-family", "font-size", "font-style", "font-weight", "gap", "line-height",
    "list-style-type", "max-width", "opacity", "overflow", "padding", "padding-bottom", "padding-left",
    "padding-right", "padding-top", "table-layout", "text-align", "text-decoration", "vertical-align", "white-space",
    "width",
}  # fmt: skip
_DROPPED_WITH_CONTENT = {"script", "style", "template", "noscript", "iframe", "object", "svg", "title", "textarea"}
_FORMULA_IN_HTML = re.compile(r"\$([^$<>\n]+)\$")
_PICTURE_IN_HTML = re.compile(r"""(<img\b[^<>]*?\ssrc=)["']([^"'<>]+)["']""")
_MOST_MARKDOWN = 50_000
_MOST_FORMULA = 4000
_MOST_REPEATED = 20_000
_MOST_AS_TEXT = 20_000
_TEXT_TYPES = ("text/plain", "text/latex", "text/markdown")


def clean_html(text: str) -> str:
    """Remove everything active from HTML, and keep its looks.

    HTML that would take a parser too long is shown as text.
    """
    text = str(text)
    if not is_cheap(text):
        return _as_text(text, "Too much of this HTML is left open or nested")
    return _clean_again(text) if len(text) <= _MOST_REPEATED else _clean(text)


def _as_text(text: str, reason: str) -> str:
    """Show the beginning of some HTML as text, with the reason."""
    return f"<p><em>{reason} for it to be shown. It begins so:</em></p><pre>{escape(text[:_MOST_AS_TEXT])}</pre>"


def _clean(text: str) -> str:
    return nh3.clean(
        text,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        allowed_classes=_CLASSES,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        filter_style_properties=_STYLES,
        url_schemes={"https", "http", "mailto", "data"},  # which of them where, says _attribute
    )


_clean_again = functools.lru_cache(maxsize=256)(_clean)  # three in four pages of a class's scores are the same


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src" and not re.match(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,", value):
        return None
    if name == "href" and not re.match(r"#|https?:|mailto:", value):
        return None
    if name == "style" and re.search(r"url|\\|@|expression|image", value, re.IGNORECASE):
        return None
    return value


@pass_context
def markdown2html(context: Any, source: str) -> str:
    """Render Markdown for nbconvert's templates: inert, with formulas as MathML."""
    cell = context.get("cell") or {}
    path = (context.get("resources") or {}).get("metadata", {}).get("path", "")
    return render_markdown(source, cell.get("attachments", {}), path)


def render_markdown(source: str, attachments: Any = None, folder: str = "") -> str:
    """Render Markdown as inert HTML.

    Parameters
    ----------
    source : str
    attachments : mapping, optional
        The cell's, by name.
    folder : str
        The folder of the pictures that the text names; they are embedded in the page.
    """
    if len(source) <= _MOST_MARKDOWN:
        renderer = _Renderer(escape=False, attachments=attachments or {}, embed_images=bool(folder), path=folder)
        try:
            html = MarkdownWithMath(renderer=renderer).render(source)
            if is_cheap(html):
                return clean_html(html)
        except Exception:  # noqa: S110 - a text that nobody can parse is still a text
            pass
    return f"<pre>{escape(source)}</pre>"


class _Renderer(IPythonRenderer):
    """nbconvert's renderer with formulas that need no script, and headings without links of their own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(exclude_anchor_links=True, **kwargs)

    def block_math(self, body: str) -> str:
        return _formula(body, "block")

    def inline_math(self, body: str) -> str:
        return _formula(body, "inline")

    def latex_environment(self, name: str, body: str) -> str:
        return _formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")

    def block_html(self, html: str) -> str:
        # MathJax sets formulas in HTML, too.
        return self.inline_html(_FORMULA_IN_HTML.sub(lambda found: _formula(unescape(found[1]), "inline"), html)) + "\n"

    def inline_html(self, html: str) -> str:
        # A piece of HTML may open an element that another one closes: it is not parsed by itself, as nbconvert does.
        return _PICTURE_IN_HTML.sub(lambda found: f'{found[1]}"{self._url(found[2])}"', html)

    def _url(self, url: str) -> str:
        try:
            return str(self._embed_image_or_attachment(url))
        except InvalidNotebook:
            return ""

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        # A header without text heads nothing.
        return render_table_cell(self, text, align, head and bool(text.strip()))

    def block_mermaidjs(self, code: str) -> str:
        return f"<pre>{escape(code)}</pre>"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        embedded = self._url(url)
        return super().image(text, embedded, title) if embedded else f"<em>{escape(text or url)}</em>"


def _formula(latex: str, display: str) -> str:
    """Convert a formula to MathML, or show it as code if that fails."""
    # The converter does not know the escape \_ within \text.
    latex = re.sub(r"\\text\w*\{[^{}]*\}", lambda text: text.group().replace("\\_", "_"), latex)
    if len(latex) <= _MOST_FORMULA:
        try:
            # It escapes nothing inside \text. Other elements go at once, before they can swallow what follows.
            return nh3.clean(converter.convert(latex.strip(), display=display), tags=_MATHML, attributes=_ATTRIBUTES)
        except Exception:  # noqa: S110 - half of LaTeX is unknown to it
            pass
    return f"<code>{escape(latex)}</code>"


def clean_output(output: NotebookNode, *, is_tests: bool) -> NotebookNode:
    """Make an output inert: keep pictures, text, and HTML without anything that acts.

    Parameters
    ----------
    output : NotebookNode
        It is changed in place.
    is_tests : bool
        Whether a test made it. Only a test's output keeps fairgrade's own data, such as a score: a student's output
        of that type is a forgery.
    """
    if output.output_type not in ("display_data", "execute_result"):
        return output
    kept = NotebookNode()
    for kind, content in output.data.items():
        if kind == "text/html":
            kept[kind] = clean_html(content)
        elif kind in _TEXT_TYPES or (is_tests and kind == SCORE_MIME):
            kept[kind] = content
        elif (kind in PICTURES and is_base64(content)) or (kind == "image/svg+xml" and isinstance(content, str)):
            kept[kind] = content  # nbconvert puts both into an <img>, where SVG can't act
    output.data = kept
    output.metadata = NotebookNode(
        {kind: _sizes(about) for kind, about in output.metadata.items() if kind in kept and isinstance(about, dict)}
    )
    return output


def _sizes(about: dict[str, Any]) -> NotebookNode:
    return NotebookNode({key: about[key] for key in ("width", "height") if isinstance(about.get(key), int)})


class CleanOutputs(NbGraderPreprocessor):
    """Make the outputs of a graded notebook inert, wherever it will be shown; goes right after the cells were run."""

    html_bytes = Integer(
        32 << 20, help="The most HTML that one notebook may show, once cleaned; the rest is left out."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Clean all cells."""
        self._left = self.html_bytes
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        """Clean one cell."""
        if cell.cell_type == "code":
            outputs = [clean_output(output, is_tests=AssignmentCell(cell).is_test) for output in cell.outputs]
            cell.outputs = [self._within_bounds(output) for output in outputs]
        return cell, resources

    def _within_bounds(self, output: NotebookNode) -> NotebookNode:
        html = output.get("data", {}).get("text/html")
        if html is not None:
            self._left -= len(html)
            if self._left < 0:
                output.data["text/html"] = "<p><em>This notebook shows more HTML than there is room for.</em></p>"
        return output
