"""Match submitted files to the notebooks of the assignment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from fairgrade.intake.accepted import Accepted, refuse
from fairgrade.intake.blueprint import Blueprint
from fairgrade.intake.extra_files import ExtraFiles
from fairgrade.intake.notes import Cause, Kind, Note, Refused, shown
from fairgrade.intake.read import DEFAULT_LIMITS, NotebookLimits, ParsedNotebook, parse, plain_bytes
from fairgrade.intake.recognise import known_cells
from fairgrade.intake.transplant import take_in

_MOST_CANDIDATES = 20
_MOST_NAMES = 5


def take_in_folder(
    blueprints: Mapping[str, Blueprint],
    folder: Path,
    limits: NotebookLimits = DEFAULT_LIMITS,
    notes: Sequence[Note] = (),
) -> dict[str, Accepted]:
    """Take in all notebooks of an assignment that are in a student's folder.

    Parameters
    ----------
    blueprints : mapping of str to Blueprint
        The assignment's notebooks by their names, without ``.ipynb``.
    folder : Path
        The submitted folder.
    limits : NotebookLimits
    notes : sequence of Note
        Notes about the folder as a whole.

    Returns
    -------
    dict of str to Accepted
        By the notebook's name. A notebook that was not handed in is absent; if none was handed in, all are refused.
    """
    return take_in_files(blueprints, fetch_folder(blueprints, folder, limits), limits, notes)


def fetch_folder(
    notebooks: Iterable[str], folder: Path, limits: NotebookLimits = DEFAULT_LIMITS
) -> dict[str, bytes | Refused] | Refused:
    """Read the files in a student's folder that may be notebooks, by name.

    Files named like `notebooks` are read first. The limit of one file holds for all files together.
    """
    if folder.is_symlink():
        return Refused(Cause.LINK)
    names = candidates(folder)
    called = [name for notebook in notebooks if (name := f"{notebook}.ipynb") in names]
    others = [name for name in names if name not in called][:_MOST_CANDIDATES]
    left = limits.file_bytes
    found: dict[str, bytes | Refused] = dict.fromkeys(names, Refused(Cause.TOO_LARGE))
    for name in [*called, *others]:
        found[name] = content = plain_bytes(folder / name, left)
        left -= 0 if isinstance(content, Refused) else len(content)
    return found


def take_in_files(
    blueprints: Mapping[str, Blueprint],
    handed_in: Mapping[str, bytes | Refused] | Refused,
    limits: NotebookLimits = DEFAULT_LIMITS,
    notes: Sequence[Note] = (),
) -> dict[str, Accepted]:
    """Do what :func:`take_in_folder` does, with what :func:`fetch_folder` has read, perhaps on another machine."""
    found, others = _match(blueprints, handed_in, limits)
    about_folder = (*notes, Note(Kind.OTHER_NOTEBOOKS, detail=listed(others))) if others else tuple(notes)
    taken = {}
    for name, submitted in found.items():
        all_notes = (*submitted.notes, *about_folder)
        if isinstance(submitted, Refused):
            taken[name] = refuse(blueprints[name], replace(submitted, notes=all_notes))
        else:
            taken[name] = take_in(blueprints[name], replace(submitted, notes=all_notes))
    return taken


def _match(
    blueprints: Mapping[str, Blueprint], handed_in: Mapping[str, bytes | Refused] | Refused, limits: NotebookLimits
) -> tuple[dict[str, ParsedNotebook | Refused], list[str]]:
    """Return the content read for each notebook, and the names of the other files."""
    if isinstance(handed_in, Refused):
        return dict.fromkeys(blueprints, handed_in), []
    names = list(handed_in)
    read_already: dict[str, ParsedNotebook | Refused] = {}

    def content(name: str) -> ParsedNotebook | Refused:
        if name not in read_already:
            fetched = handed_in[name]
            read_already[name] = fetched if isinstance(fetched, Refused) else parse(fetched, limits)
        return read_already[name]

    named = {notebook: f"{notebook}.ipynb" for notebook in blueprints if f"{notebook}.ipynb" in names}

    @cache
    def fits(notebook: str, name: str) -> tuple[int, int]:
        found = content(name)
        return known_cells(blueprints[notebook], found.notebook.cells) if isinstance(found, ParsedNotebook) else (0, 0)

    # A wrong or damaged file under the right name does not hide the right file under another.
    chosen = {
        notebook: name
        for notebook, name in named.items()
        if (0, 0) < fits(notebook, name) == max(fits(other, name) for other in blueprints)
    }
    for notebook in [notebook for notebook in blueprints if notebook not in chosen]:
        free = [name for name in names if name not in chosen.values()][:_MOST_CANDIDATES]
        best = max(free, key=lambda name: fits(notebook, name), default="")
        if best and fits(notebook, best) > (0, 0):
            chosen[notebook] = best
    for notebook, name in named.items():
        if name not in chosen.values():
            chosen.setdefault(notebook, name)
    others = [name for name in names if name not in chosen.values()]
    if not chosen:
        only = content(others[0]) if len(others) == 1 else Refused(Cause.MISSING)
        refused = only if isinstance(only, Refused) else Refused(Cause.NO_KNOWN_CELL)
        return dict.fromkeys(blueprints, refused), others
    found = {notebook: content(name) for notebook, name in chosen.items()}
    for notebook, name in chosen.items():
        if name != f"{notebook}.ipynb":
            note = Note(Kind.RENAMED, detail=shown(name))
            found[notebook] = replace(found[notebook], notes=(note, *found[notebook].notes))
    return found, others


def candidates(folder: Path) -> list[str]:
    """The names of files that look like notebooks, including those that browsers rename (``x.ipynb.txt``)."""
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return []
    return [name for name in names if ".ipynb" in name.lower() and name != ".ipynb_checkpoints"]


def listed(names: Sequence[str]) -> str:
    """Join names that the student chose, for a sentence."""
    listed = ", ".join(shown(name) for name in names[:_MOST_NAMES])
    return listed if len(names) <= _MOST_NAMES else f"{listed} and {len(names) - _MOST_NAMES} more"


def notes_on(beside: ExtraFiles) -> tuple[Note, ...]:
    """The notes about the files beside the notebooks."""
    return (Note(Kind.OTHER_FILES, detail=listed(beside.left_out)),) if beside.left_out else ()
