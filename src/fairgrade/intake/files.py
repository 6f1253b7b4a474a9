"""Which submitted file is which notebook of the assignment, and which files beside them are safe to copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from fairgrade.intake.blueprint import Blueprint
from fairgrade.intake.notes import Cause, Kind, Note, Refused, shown
from fairgrade.intake.read import DEFAULT_LIMITS, Limits, Submitted, fetch, parse
from fairgrade.intake.recognise import known_cells
from fairgrade.intake.transplant import Taken, refuse, take_in

_MOST_CANDIDATES = 20
_MOST_NAMES = 5


def take_in_folder(
    blueprints: Mapping[str, Blueprint], folder: Path, limits: Limits = DEFAULT_LIMITS
) -> dict[str, Taken]:
    """Take in all notebooks of an assignment that are in a student's folder.

    Parameters
    ----------
    blueprints : mapping of str to Blueprint
        The assignment's notebooks by their names, without ``.ipynb``.
    folder : Path
        What the student handed in.
    limits : Limits

    Returns
    -------
    dict of str to Taken
        By the notebook's name. A notebook that was not handed in is not in it; if none was, all are, refused.
    """
    handed_in = fetch_folder(folder, limits)
    return take_in_files(blueprints, handed_in, limits)


def fetch_folder(folder: Path, limits: Limits = DEFAULT_LIMITS) -> dict[str, bytes | Refused] | Refused:
    """The content of each file in a student's folder that may be a notebook, by its name.

    Of all files together no more is read than one of them may hold.
    """
    if folder.is_symlink():
        return Refused(Cause.LINK)
    left = limits.file_bytes
    found: dict[str, bytes | Refused] = {}
    for name in _candidates(folder):
        found[name] = content = fetch(folder / name, replace(limits, file_bytes=left))
        left -= 0 if isinstance(content, Refused) else len(content)
    return found


def take_in_files(
    blueprints: Mapping[str, Blueprint],
    handed_in: Mapping[str, bytes | Refused] | Refused,
    limits: Limits = DEFAULT_LIMITS,
) -> dict[str, Taken]:
    """Take in what :func:`fetch_folder` has read, perhaps on another machine; otherwise as :func:`take_in_folder`."""
    if isinstance(handed_in, Refused):
        return {name: refuse(blueprint, handed_in) for name, blueprint in blueprints.items()}
    found, others = _match(blueprints, handed_in, limits)
    about_others = (Note(Kind.OTHER_NOTEBOOKS, detail=_listed(others)),) if others else ()
    taken = {}
    for name, submitted in found.items():
        notes = (*submitted.notes, *about_others)
        if isinstance(submitted, Refused):
            taken[name] = refuse(blueprints[name], replace(submitted, notes=notes))
        else:
            taken[name] = take_in(blueprints[name], replace(submitted, notes=notes))
    return taken


def _match(
    blueprints: Mapping[str, Blueprint], handed_in: Mapping[str, bytes | Refused], limits: Limits
) -> tuple[dict[str, Submitted | Refused], list[str]]:
    """What was read for each notebook, and the names of the files that are none of them."""

    def read(name: str) -> Submitted | Refused:
        content = handed_in[name]
        return content if isinstance(content, Refused) else parse(content, limits)

    names = list(handed_in)
    read_already: dict[str, Submitted | Refused] = {}
    found: dict[str, Submitted | Refused] = {}
    for notebook in blueprints:
        name = f"{notebook}.ipynb"
        if name in names:
            read_already[name] = found[notebook] = read(name)
    used = {f"{notebook}.ipynb" for notebook in found}
    # A wrong or damaged file under the right name does not hide the right file under another.
    for notebook, blueprint in blueprints.items():
        if _knows(blueprint, found.get(notebook)):
            continue
        best, most = None, 0
        for name in names:
            if name in used:
                continue
            if name not in read_already:
                read_already[name] = read(name)
            known = _knows(blueprint, read_already[name])
            if known > most:
                best, most = name, known
        if best is not None:
            submitted = read_already[best]
            assert isinstance(submitted, Submitted)
            note = Note(Kind.RENAMED, detail=shown(best))
            found[notebook] = replace(submitted, notes=(note, *submitted.notes))
            used.add(best)
    others = [name for name in names if name not in used]
    if not found:
        cause = read_already[others[0]] if len(others) == 1 else Refused(Cause.MISSING)
        refused = cause if isinstance(cause, Refused) else Refused(Cause.NO_KNOWN_CELL)
        return dict.fromkeys(blueprints, refused), others
    return found, others


def _knows(blueprint: Blueprint, submitted: Submitted | Refused | None) -> int:
    """How many cells of the notebook are in what was read."""
    return known_cells(blueprint, submitted.notebook.cells) if isinstance(submitted, Submitted) else 0


def _candidates(folder: Path) -> list[str]:
    """The files that look like notebooks by their names, also as browsers change them (``x.ipynb.txt``)."""
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return []
    return [name for name in names if ".ipynb" in name.lower() and name != ".ipynb_checkpoints"][:_MOST_CANDIDATES]


def _listed(names: list[str]) -> str:
    listed = ", ".join(shown(name) for name in names[:_MOST_NAMES])
    return listed if len(names) <= _MOST_NAMES else f"{listed} and {len(names) - _MOST_NAMES} more"
