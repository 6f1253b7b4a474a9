"""What a course's ``nbgrader_config.py`` lacks for fairgrade: which lines, what they would replace, and adding them."""

from __future__ import annotations

import ast
import copy
import difflib
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute
from traitlets.config import Config

from fairgrade.autograde.bundle import configuration_of
from fairgrade.course import CONFIG, Course, CourseError
from fairgrade.isolation.settings import Isolation
from fairgrade.nbgrader.configuration import configure
from fairgrade.nbgrader.isolated_execute import IsolatedExecute
from fairgrade.nbgrader.steps import autograde_steps

COMMENT = "# fairgrade: student code runs in a sandbox, tests apart from it where your own solution passes them so."
MOST_SECONDS = 600
"""What stands for a time limit that the course has switched off."""


@dataclass(frozen=True)
class ConfigAddition:
    """What is to be added to a configuration.

    Attributes
    ----------
    path : Path
        The file.
    lines : tuple of str
        The lines; none if it grades with fairgrade already.
    conflicts : tuple of str
        Settings of the course that the lines would replace by others.
    config : Config
        The configuration with the lines.
    """

    path: Path
    lines: tuple[str, ...]
    conflicts: tuple[str, ...]
    config: Config


def addition_for(course: Course, config: Config) -> ConfigAddition:
    """Return what a course lacks.

    Parameters
    ----------
    course : Course
    config : Config
        What nbgrader reads now, from all its files.
    """
    path = course.root / CONFIG
    wanted = copy.deepcopy(config)
    lines = []
    conflicts: tuple[str, ...] = ()
    if not _is_adopted(config):
        conflicts = tuple(_conflicts(config, path))
        configure(wanted, path)
        lines += ["from fairgrade.nbgrader import configure", "", *_binding(path), "configure(c, __file__)"]
    if "tests" not in config.IsolatedExecute:  # what the course chose stays
        wanted.IsolatedExecute.tests = "auto"
        lines.append('c.IsolatedExecute.tests = "auto"')
    seconds = _cell_timeout_s(config)
    isolation = Isolation(config=config)
    if lines and seconds > isolation.cell_timeout_s and "cell_timeout_s" not in config.Isolation:
        limits = {"cell_timeout_s": seconds, "call_timeout_s": seconds}
        limits["notebook_timeout_s"] = max(isolation.notebook_timeout_s, 5 * seconds)
        for name, value in limits.items():
            wanted.Isolation[name] = value
            lines.append(f"c.Isolation.{name} = {value:g}")
    return ConfigAddition(path, tuple(lines), conflicts, wanted)


def _binding(path: Path) -> list[str]:
    """Return the line that binds ``c``, unless the file has it."""
    has_it = path.is_file() and re.search(rb"^c = get_config\(\)", path.read_bytes(), re.MULTILINE)
    return [] if has_it else ["c = get_config()"]


def _is_adopted(config: Config) -> bool:
    return any(issubclass(step, IsolatedExecute) for step in autograde_steps(Autograde(config=config)))


def _cell_timeout_s(config: Config) -> float:
    """Return what the course lets a cell take in stock nbgrader."""
    allowed = Execute(config=config).timeout
    return float(allowed) if allowed and allowed > 0 else MOST_SECONDS


def _conflicts(config: Config, path: Path) -> Iterator[str]:
    """Yield the course's own settings that ``configure`` would set to something else."""
    own: Any = Config()
    configure(own, path)
    for section, trait, value in _settings(own):
        if not _holds(config, section, trait):
            continue
        known = _value(config, section, trait)
        is_same = known == value or (trait == "root" and Path(str(known)).resolve() == path.parent.resolve())
        if not is_same:
            line = _line_that_sets(path, [*section, trait])
            place = f"{path.name}:{line}" if line else "nbgrader's configuration"
            yield f"{place} sets c.{'.'.join([*section, trait])}, which fairgrade sets as well"


def _settings(config: Mapping[str, Any], section: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    for name, value in config.items():
        if isinstance(value, Config):
            yield from _settings(value, (*section, name))
        else:
            yield section, name, value


def _holds(config: Any, section: tuple[str, ...], trait: str) -> bool:
    for name in section:
        if not dict.__contains__(config, name):
            return False
        config = dict.__getitem__(config, name)
    return dict.__contains__(config, trait)


def _value(config: Any, section: tuple[str, ...], trait: str) -> Any:
    for name in section:
        config = config[name]
    return config[trait]


def _line_that_sets(path: Path, names: list[str]) -> int | None:
    """Return the last line that assigns to ``<config>.<names>``; None if it is not written so."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    dotted = "." + ".".join(names)
    lines = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if ast.unparse(target).endswith(dotted)
    ]
    return max(lines, default=None)


# -- adding them -----------------------------------------------------------------------------------


def add_lines(course: Course, addition: ConfigAddition) -> str:
    """Add the lines at the end of the file, and return the difference; nothing that is there changes.

    Raises
    ------
    CourseError
        If the file is one that can't be added to safely; it is then as it was.
    """
    path = addition.path
    before = text_to_add_to(addition)
    end = "\r\n" if b"\r\n" in before else "\n"
    gap = "" if not before else end if before.endswith(b"\n") else 2 * end
    after = before + (gap + end.join([COMMENT, *addition.lines]) + end).encode()
    _replace(path, after)
    try:
        if not _is_adopted(configuration_of(course)[0]):
            raise CourseError(f"{path}: expected the lines to count, but something overrides them.")
    except BaseException:  # Ctrl-C, and a file that ends the process, too
        if before:
            _replace(path, before)
        else:
            path.unlink()
        raise
    old, new = before.decode().splitlines(), after.decode().splitlines()
    return "\n".join(difflib.unified_diff(old, new, path.name, path.name, lineterm="", n=2))


def text_to_add_to(addition: ConfigAddition) -> bytes:
    """Return the file as it is, if lines can be added to it; empty if there is none.

    Raises
    ------
    CourseError
        If they can't be added safely.
    """
    path = addition.path
    if addition.conflicts:
        said = "\n".join(f"  {conflict}" for conflict in addition.conflicts)
        raise CourseError(
            f"{path}: expected settings that fairgrade may add to, but\n{said}\nDelete these lines and run the command "
            "again, or add the lines by hand where you want them: what comes last counts."
        )
    if path.is_symlink():
        raise CourseError(
            f"{path}: expected a file of this course's own, got a link to {os.path.realpath(path)}, which other "
            "courses may use. Add the lines by hand."
        )
    if path.with_suffix(".json").exists():
        raise CourseError(
            f"{path.with_suffix('.json')}: expected no settings that override {path.name}. Move them there, and run "
            "the command again."
        )
    if not path.exists():
        return b""
    try:
        content = path.read_bytes()
        ast.parse(content.decode())
    except (UnicodeDecodeError, SyntaxError) as error:
        raise CourseError(f"{path}: expected Python in UTF-8, got {error}. Add the lines by hand.") from error
    except OSError as error:
        raise CourseError(f"{path}: expected a file that can be read, got {error}.") from error
    return content


def _replace(path: Path, content: bytes) -> None:
    """Write a file in one step, with the rights it had."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_bytes(content)
        if path.exists():
            shutil.copymode(path, new)
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise CourseError(f"{path}: expected a file that can be written, got {error}. Nothing is changed.") from error


def write_no_bytecode() -> None:
    """Keep Python from writing ``__pycache__`` beside modules of the course that its configuration imports."""
    sys.dont_write_bytecode = True
