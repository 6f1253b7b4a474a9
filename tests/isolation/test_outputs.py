"""Whatever a cell shows, its outputs fit into a notebook, and all of them into the room there is."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from fairgrade.isolation.engine import CellRun, Session
from fairgrade.isolation.outputs import CellOutputs, Room
from fairgrade.isolation.student_process import Zygote
from tests.attacks.frames import SPEAKS
from tests.isolation.conftest import settings


def size_of(ran: CellRun) -> int:
    """Of a valid notebook with these outputs, in bytes."""
    notebook = new_notebook(cells=[new_code_cell("", outputs=ran.outputs, execution_count=ran.count)])
    nbformat.validate(notebook)
    return len(nbformat.writes(notebook).encode())


def roomy(zygote: Zygote, room_bytes: int) -> Session:
    """A submission whose notebook may show so much."""
    limits = settings(zygote.backend)
    limits.notebook_output_bytes = room_bytes
    return Session(zygote, limits, seed=7)


def test_what_a_notebook_has_no_room_for_is_left_out(zygote: Zygote) -> None:
    """With a word, in each cell it happens to; the cells have run all the same."""
    with roomy(zygote, 200_000) as session:
        first, second, third = (session.run_cell(f"x{i} = {i}\nprint('a' * 90_000)") for i in range(3))
        assert (first.ok, second.ok, third.ok) == (True, True, True)
        assert [len(ran.outputs[0].text) for ran in (first, second)] == [90_001, 90_001]
        assert [node.text for node in third.outputs] == [
            "a" * (200_000 - 2 * (90_000 + 1 + 12) - 3 * 1000),
            "\n[What follows is not shown: all cells together show more than 0.191 MiB.]\n",
        ]
        assert session.link.get("x2") == 2


def test_lines_weigh_what_they_take_in_the_file(zygote: Zygote) -> None:
    """A notebook has a line for each."""
    with roomy(zygote, 1 << 20) as session:
        show = "from IPython.display import display\ndisplay({'text/plain': '\\n' * 49_000}, raw=True)"
        runs = [session.run_cell(show) for _ in range(10)]
        assert sum(map(size_of, runs)) < 1 << 20
        assert [ran.outputs[0].output_type for ran in runs] == ["display_data"] + ["stream"] * 9


def test_an_update_weighs_as_often_as_it_is_shown(zygote: Zygote) -> None:
    """One of 10 KB that stands in 200 places takes 2 MB."""
    with roomy(zygote, 1 << 20) as session:
        session.run_cell(
            "from IPython.display import display, update_display\n"
            "for _ in range(200): display({'text/plain': 'small'}, raw=True, display_id='d')"
        )
        ran = session.run_cell("update_display({'text/plain': 'x' * 10_000}, raw=True, display_id='d')")
        assert "[What follows is not shown" in ran.outputs[-1].text


def test_an_integer_that_python_does_not_write_is_left_out(session: Session) -> None:
    """More than 4,300 digits, in what may hold any JSON, and where text is expected."""
    ran = session.run_cell(
        "import sys\nsys.set_int_max_str_digits(0)\nfrom IPython.display import display\n"
        "display({'application/json': {'n': 10**300, 'm': 10**400, 'text': 'x'}}, raw=True)"
    )
    assert ran.outputs[0].data["application/json"] == {"n": 10**300, "m": None, "text": "x"}
    long = "msgpack.ExtType(4, (10**5000).to_bytes(2100, 'big', signed=True))"
    shows = "{'output_type': 'display_data', 'data': {'text/plain': " + long + "}}"
    ran = session.run_cell(SPEAKS + f"send(['out', {shows}])")
    assert ran.outputs[0].data["text/plain"] == "a value that can't be shown"
    assert size_of(ran) < 1000


def test_text_that_grows_piece_by_piece_is_whole() -> None:
    """Other outputs between its pieces stay where they were."""
    outputs = CellOutputs({}, 1 << 20, Room(1 << 20))
    for text in ("a", "b"):
        outputs.add({"output_type": "stream", "name": "stdout", "text": text})
    outputs.add({"output_type": "stream", "name": "stderr", "text": "c"})
    outputs.add({"output_type": "display_data", "data": {"text/plain": "d"}, "metadata": {}})
    outputs.add({"output_type": "stream", "name": "stdout", "text": "e"})
    assert [node.get("text", "-") for node in outputs.nodes] == ["ab", "c", "-", "e"]
    outputs.add({"output_type": "stream", "name": "stdout", "text": "f"})
    assert outputs.nodes[-1].text == "ef"


@pytest.mark.parametrize("wait", [True, False])
def test_clearing_takes_what_was_shown_away(wait: bool) -> None:
    outputs = CellOutputs({}, 1 << 20, Room(1 << 20))
    outputs.add({"output_type": "stream", "name": "stdout", "text": "a"})
    outputs.add({"output_type": "clear_output", "wait": wait})
    outputs.add({"output_type": "stream", "name": "stdout", "text": "b"})
    assert [node.text for node in outputs.nodes] == ["b"]
    assert json.dumps(outputs.nodes)
