"""``python -m fairgrade``: the command line, also where ``fairgrade`` is not on the PATH."""

from fairgrade.cli import app

app()
