"""Cells behave as in Jupyter."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from fairgrade.isolation.engine import Session
from tests.isolation.conftest import settings


def outputs(session: Session, source: str) -> list[Any]:
    """A cell's outputs; valid nbformat."""
    ran = session.run_cell(source)
    cell = new_code_cell(source, outputs=ran.outputs, execution_count=ran.count)
    nbformat.validate(new_notebook(cells=[cell]))
    return ran.outputs


def test_streams_keep_their_order(session: Session) -> None:
    source = "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')\n1 + 1"
    shown = outputs(session, source)
    assert [(o.get("name"), o.get("text")) for o in shown[:3]] == [
        ("stdout", "a\n"),
        ("stderr", "b\n"),
        ("stdout", "c\n"),
    ]
    assert shown[3].data == {"text/plain": "2"}
    assert shown[3].execution_count == 1


def test_what_c_code_and_child_processes_print_is_shown(session: Session) -> None:
    shown = outputs(session, "import os\nos.write(1, b'from below\\n');")
    assert shown[0].text == "from below\n"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("%%time\nprint('x')", "x\n"),
        ("%timeit -n1 -r1 pass", "ns"),
        ("x = 3\nx?", "Type:"),
        ("import asyncio\nawait asyncio.sleep(0)\nprint('awaited')", "awaited\n"),
        ("%matplotlib inline\nprint('ok')", "ok\n"),
        ("print(__name__, get_ipython() is not None)", "__main__ True\n"),
    ],
)
def test_ipython_syntax_works(session: Session, source: str, text: str) -> None:
    shown = outputs(session, source)
    everything = "".join(o.get("text", "") + str(o.get("data", "")) for o in shown)
    assert text in everything or source.startswith("%timeit")
    assert [o for o in shown if o.output_type == "error"] == []


def test_a_figure_is_shown_inline(session: Session) -> None:
    shown = outputs(session, "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.show()")
    assert shown[-1].output_type == "display_data"
    assert shown[-1].data["image/png"].startswith("iVBOR")


def test_displays_are_updated_across_cells(session: Session) -> None:
    first = outputs(session, "from IPython.display import display\nh = display('old', display_id=True)")
    outputs(session, "h.update('new')")
    assert first[0].data["text/plain"] == "'new'"


def test_output_can_be_cleared(session: Session) -> None:
    source = "from IPython.display import clear_output\nprint('a')\nclear_output()\nprint('b')"
    assert [o.text for o in outputs(session, source)] == ["b\n"]


def test_input_is_refused(session: Session) -> None:
    shown = outputs(session, "input('name?')")
    assert shown[-1].ename == "StdinNotImplementedError"


def test_widgets_do_not_crash(session: Session) -> None:
    source = "from ipywidgets import interact, IntSlider\n@interact(n=(0, 3))\ndef show(n):\n    return n\nIntSlider()"
    assert [o for o in outputs(session, source) if o.output_type == "error"] == []


def test_an_exception_has_a_traceback_and_the_rest_goes_on(session: Session) -> None:
    shown = outputs(session, "x = 1\nraise ValueError('no')")
    assert (shown[0].ename, shown[0].evalue) == ("ValueError", "no")
    assert any("raise" in line for line in shown[0].traceback)
    assert outputs(session, "x")[0].data["text/plain"] == "1"


def test_a_syntax_error_is_shown(session: Session) -> None:
    assert outputs(session, "def f(:")[0].ename == "SyntaxError"


def test_much_output_is_cut_short_and_says_so(session: Session) -> None:
    ran = session.run_cell("for i in range(60_000):\n    print(i)\ndone = True")
    assert ran.ok
    text = "".join(o.text for o in ran.outputs)
    assert 100_000 <= len(text) < 101_000
    assert "are not shown" in text


def test_submissions_do_not_see_one_another(zygote: Any) -> None:
    for _ in range(2):
        with Session(zygote, settings(zygote.backend), seed=1) as session:
            source = "import os, numpy as np\nprint('x' in globals() or os.path.exists('f') or not np.isclose(1, 1))"
            assert session.run_cell(source).outputs[0].text == "False\n"
            session.run_cell("x = 1\nopen('f', 'w').close()\nnp.isclose = None")


def test_files_beside_the_notebook_are_in_its_folder(zygote: Any) -> None:
    files = {"data.csv": b"1,2\n", "sub/helper.py": b"def f():\n    return 5\n", "big.bin": b"x" * 3_000_000}
    with Session(zygote, settings(zygote.backend), seed=1, files=files) as session:
        source = (
            "import os, sys\nsys.path.insert(0, 'sub')\nimport helper\n"
            "helper.f(), open('data.csv').read(), os.path.getsize('big.bin')"
        )
        assert session.run_cell(source).outputs[0].data["text/plain"] == "(5, '1,2\\n', 3000000)"
