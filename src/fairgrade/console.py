"""The console of the commands, and their messages about errors and interruptions."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.markup import escape


def open_console() -> Console:
    """The console on standard output."""
    # This very stream, as grading redirects what sys.stdout is; a log has no width to keep to, but tables need one.
    console = Console(file=sys.stdout)
    return console if console.is_terminal else Console(file=sys.stdout, width=120)


def print_error(error: Exception) -> None:
    """Say what went wrong, on standard error."""
    Console(stderr=True).print(f"[bold red]Error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)


def print_stopped(*, kept: bool) -> None:
    """Answer Ctrl-C, on standard error; `kept` if what was graded so far stays."""
    more = " What is graded stays; run the same command again to go on." if kept else ""
    Console(stderr=True).print(f"Stopped.{more}")
