"""Style for pages with students' work: the font of formulas, and what the formgrader's pages lack."""

from __future__ import annotations

import base64
import functools
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode

TEMPLATES = Path(__file__).parent / "templates"

# The generic family `math` is last: where no math font is installed, it is one that sets no limits and stretches no
# brackets.
_FORMGRADER = """
math { font-family: "Feedback Math", "STIX Two Math", "Cambria Math", "Latin Modern Math", math, serif; }
.rendered_html :is(th, td), .output_html .dataframe :is(th, td) { padding: .35em .6em; }
"""


@functools.cache
def math_font() -> str:
    """Return the style with the embedded font, for devices that have no font with which formulas can be set."""
    font = base64.b64encode((TEMPLATES / "fairgrade_feedback" / "math-font.woff").read_bytes()).decode()
    sources = f'local("STIX Two Math"), local("STIXTwoMath-Regular"), url(data:font/woff;base64,{font})'
    return f'@font-face {{ font-family: "Feedback Math"; src: {sources}; }}\n'


class FormgraderStyle(CSSHTMLHeaderPreprocessor):
    """Set formulas with a font that can, and give tables room between their columns, in the formgrader's pages.

    nbgrader's template inlines the style that this preprocessor of nbconvert's collects.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Collect the page's style; the notebook stays as it is."""
        nb, resources = super().preprocess(nb, resources)
        resources["inlining"]["css"].append(math_font() + _FORMGRADER)
        return nb, resources
