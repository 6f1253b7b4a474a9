"""The gradebook that is kept open between two uses."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Gradebook, MissingEntry

from fairgrade.nbgrader.gradebook import gradebook_at


def test_a_gradebook_in_the_place_of_another_gets_its_tables(tmp_path: Path) -> None:
    """The file may be exchanged: the new one can be asked, and knows nothing."""
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with Gradebook(url) as gradebook:
        gradebook.add_assignment("ps1")
    with gradebook_at(url) as gradebook:
        assert gradebook.find_assignment("ps1").name == "ps1"
    (tmp_path / "gradebook.db").rename(tmp_path / "old.db")
    with gradebook_at(url) as gradebook, pytest.raises(MissingEntry):
        gradebook.find_assignment("ps1")
