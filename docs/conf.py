"""How the documentation is built: ``make docs`` turns this folder into a site, build/docs/index.html."""

import subprocess
import sys
from pathlib import Path

from sphinx.application import Sphinx

from fairgrade import __version__

project, author, release = "fairgrade", "the fairgrade developers", __version__
copyright = f"the fairgrade developers. fairgrade {release}"  # noqa: A001

extensions = ["myst_parser", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.intersphinx"]
html_theme = "pydata_sphinx_theme"
html_title = "fairgrade"
html_theme_options = {"navbar_center": [], "secondary_sidebar_items": ["page-toc"]}
html_sidebars = {"**": ["globaltoc.html"]}  # all pages, with the captions of index.md
html_show_sourcelink = False

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3  # links such as CLASS.md#preflight
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # numpydoc's sections say the types
numpydoc_show_class_members = False


def write_commands(app: Sphinx) -> None:
    """Write the reference of the command line from the commands themselves."""
    made = subprocess.run(
        [sys.executable, "-m", "typer", "fairgrade.cli", "utils", "docs", "--name", "fairgrade"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    (Path(app.srcdir) / "reference" / "commands.md").write_text(made.stdout.replace("# `fairgrade`", "# Commands", 1))


def setup(app: Sphinx) -> None:
    """Let Sphinx write what is generated before it looks for pages."""
    app.connect("builder-inited", write_commands)
