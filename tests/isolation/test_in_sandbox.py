"""Tests that run in the sandbox: what they see, what student code can't decide about them, and what is shown."""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from fairgrade.grading import InfraError, Submission
from fairgrade.isolation import submission as module
from fairgrade.isolation.engine import Session
from fairgrade.isolation.student_process import Zygote
from fairgrade.isolation.submission import run_submission
from fairgrade.isolation.submission_inputs import SubmissionInputs
from fairgrade.nbgrader.autoscores import autoscores_of
from fairgrade.notebook.plan import read_plan
from tests.isolation.conftest import little_time, settings
from tests.notebooks import cell, grades, notebook_of

IN_SANDBOX = "in-sandbox"
SECRET = "SECRET-5e1f"


class Grader:
    """Runs notebooks in one of the sandboxes."""

    def __init__(self, zygote: Zygote, folder: Path) -> None:
        self.zygote, self.folder, self.settings = zygote, folder, settings(zygote.backend)

    def run(self, source: NotebookNode, how: str = IN_SANDBOX, **work: str) -> NotebookNode:
        """The source with `work` in its solution cells, graded; every test runs as `how` says."""
        nb = copy.deepcopy(source)
        for c in nb.cells:
            c.source = work.get(c.metadata.nbgrader.grade_id, c.source)
        tests = {c.metadata.nbgrader.grade_id: how for c in nb.cells if c.metadata.nbgrader.grade}
        inputs = SubmissionInputs(read_plan(source, found=tests), Submission("ps", "ada"), {}, self.folder)
        run_submission(nb, inputs, self.settings)
        nbformat.validate(nb)
        return nb


@pytest.fixture
def grader(zygote: Zygote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Grader:
    """Uses the sandboxes that the other tests use."""
    monkeypatch.setattr(module, "zygote_for", lambda *_: zygote)
    return Grader(zygote, tmp_path)


def notebook(*parts: tuple[str, str]) -> NotebookNode:
    """A source of (kind, text); tests are worth 2 points, and cells are called by their kind and place."""
    return notebook_of(
        *(
            cell(kind, text, 2 if kind == "test" else None, grade_id=f"{kind}{i}")
            for i, (kind, text) in enumerate(parts)
        )
    )


def test_a_test_sees_the_objects_as_they_were_at_its_place(grader: Grader) -> None:
    source = notebook(
        ("solution", "class A: pass\na = A()\na.v = [1]"),
        ("test", "assert type(a) is A and a.v == [1]"),
        ("solution", "a.v.append(2)"),
        ("test", "assert a.v == [1, 2]\n1.5"),
        ("test", "assert a.v == [1]"),
    )
    assert grades(grader.run(source)) == [2.0, 1.5, 0.0]


def test_only_where_processes_are_alone_they_are_forked(session: Session) -> None:
    session.run_cell("x = 1")
    waiting = session.snapshot()
    assert (waiting is not None) == (session.zygote.backend == "bubblewrap")
    if waiting is not None:
        waiting.close()
    assert session.run_cell("x").outputs[0].data["text/plain"] == "1"


def test_where_nothing_can_be_forked_the_cells_run_again(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "snapshot", lambda self: None)
    source = notebook(("solution", "a = [1]"), ("test", "assert a == [1]"), ("solution", "a = 2"), ("test", "a - 1"))
    assert grades(grader.run(source)) == [2.0, 1.0]


def test_what_a_test_leaves_is_not_there_for_the_next(grader: Grader) -> None:
    source = notebook(
        ("solution", "kept = []\ndef f(x):\n    kept.append(x)\n    return len(kept)"),
        ("test", "assert f(1) == 1"),
        ("test", "assert f(2) == 1 and kept == [2]"),
    )
    assert grades(grader.run(source)) == [2.0, 2.0]


def test_in_order_a_test_finds_what_earlier_ones_have_done(grader: Grader) -> None:
    source = notebook(
        ("solution", "acc = [1]\ndef f(): return LIMIT"),
        ("test", "acc.append(2)\nLIMIT = 7"),
        ("solution", "y = LIMIT"),
        ("test", "assert f() == y == 7 and acc == [1, 2]\n0.5"),
        ("test", "assert acc == [1, 2]"),
    )
    assert grades(grader.run(source, "in-order")) == [2.0, 0.5, 2.0]
    assert grades(grader.run(source, "in-sandbox")) == [2.0, 0.0, 0.0]


def test_imports_functions_and_constants_of_earlier_tests_are_found(grader: Grader) -> None:
    source = notebook(
        ("solution", "x = 4.0"),
        ("test", "import math as m\nTOL = 1e-6\ndef close(a, b): return abs(a - b) < TOL\nassert close(x, 4)"),
        ("test", "assert close(m.sqrt(x), 2)"),
    )
    assert grades(grader.run(source)) == [2.0, 2.0]


PATCHABLE = notebook(
    ("given", "import numpy as np\nfrom math import isclose\ndef check(got, want):\n    assert np.allclose(got, want)"),
    ("solution", "def f(x): return x + 1.0"),
    ("test", "assert np.isclose(f(1), 2) and isclose(f(1), 2) and all([abs(f(1) - 2) < 1e-9])"),
    ("test", "np.testing.assert_allclose(f(1), 2)"),
    ("test", "import unittest\nunittest.TestCase().assertEqual(f(1), 2)"),
    ("test", "check(f(1), 2)"),
)


def test_right_work_earns_all_where_patches_are_undone(grader: Grader) -> None:
    assert grades(grader.run(PATCHABLE)) == [2.0] * 4


@pytest.mark.parametrize(
    "forging",
    [
        "np.isclose = np.allclose = lambda *a, **k: True",
        "np.testing.assert_allclose = lambda *a, **k: None",
        "np.testing.assert_allclose.__code__ = (lambda *a, **k: None).__code__",
        "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.all = lambda x: True",
        "import sys, types\nm = sys.modules['numpy'] = types.ModuleType('numpy')\nm.isclose = lambda *a: True",
        "class np:\n    isclose = allclose = staticmethod(lambda *a: True)\n    class testing:\n"
        "        assert_allclose = staticmethod(lambda *a: None)",
        "isclose = lambda *a: True\nabs = lambda x: 0\nall = any = bool = lambda x: True",
        "def check(*a): pass",
        "check.__code__ = (lambda got, want: None).__code__",
        "AssertionError = type('E', (Exception,), {})\nException = ValueError",
        "import unittest\nunittest.TestCase.assertEqual = lambda *a: None",
        "get_ipython().run_cell = lambda *a, **k: None",
        "type(get_ipython()).run_cell = lambda *a, **k: None",
        "import ast\nclass Gone(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass()\n"
        "    def visit_Expr(self, node): return ast.Pass()\n"
        "get_ipython().ast_transformers.append(Gone())",
        "get_ipython().input_transformers_post.append(lambda lines: ['2\\n'])",
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['2\\n'])",
        "get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)",
        "import sys\nsys.displayhook = print",
        "import sys\nsys.settrace(lambda *a: 1 / 0)",
    ],
)
def test_what_student_code_patched_does_not_decide(grader: Grader, forging: str) -> None:
    forged = grader.run(PATCHABLE, solution1=f"def f(x): return x\n{forging}")
    assert grades(forged) == [0.0] * 4


@pytest.mark.parametrize(
    "forging",
    [
        "print(2)",
        "import os\nos._exit(0)",
        "import sys\nsys.exit(0)",
        "raise SystemExit",
        "raise KeyboardInterrupt",
        "import os\nos.closerange(3, 100)",
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "while True: pass",
        "import os, stat, struct, msgpack\nfor fd in range(3, 100):\n    try:\n"
        "        if stat.S_ISSOCK(os.fstat(fd).st_mode):\n"
        "            for m in (['done', True, 1, None], ['judged', 0, True, 2.0, None]):\n"
        "                data = msgpack.packb(m)\n"
        "                os.write(fd, struct.pack('>I', len(data)) + data)\n"
        "    except OSError:\n        pass",
        "display(2)",
        "from IPython import get_ipython\nget_ipython().run_cell('2')\nraise ValueError",
    ],
)
def test_what_a_call_does_before_the_end_earns_nothing(grader: Grader, forging: str) -> None:
    source = notebook(("solution", "def f(): return 1"), ("test", "x = f()\nassert x == 1"), ("test", "pass"))
    lines = "\n    ".join(forging.split("\n"))
    if forging.startswith("while"):
        grader.settings = little_time(grader.zygote.backend)
    assert grades(grader.run(source, solution0=f"def f():\n    {lines}\n    return 0")) == [0.0, 2.0]
    assert grades(grader.run(source, solution0=f"def f(): return 0\nif 0:\n    {lines}")) == [0.0, 2.0]


def test_no_output_holds_a_hidden_test(grader: Grader) -> None:
    hidden = f"### BEGIN HIDDEN TESTS\nmarker = '{SECRET}'\nf()\nassert marker == 1, marker\n### END HIDDEN TESTS"
    source = notebook(
        ("solution", "def f(): pass"), ("test", f"f()\n{hidden}"), ("solution", "pass"), ("test", "assert f() is None")
    )
    spying = (
        "import sys\n"
        "def look():\n    return str([v for k, v in globals().items() if 'i' in k])\n"
        "def f():\n"
        "    frame = sys._getframe()\n    found = [look()]\n"
        "    while frame:\n        found.append(repr(frame.f_locals))\n        frame = frame.f_back\n"
        "    open('left', 'w').write(str(found))\n    print(found)\n"
        "    raise type('Told', (Exception,), {})(str(found))\n"
    )
    later = "import os\nprint(os.path.exists('left') and open('left').read(), In)"
    nb = grader.run(source, solution0=spying, solution2=later)
    assert grades(nb) == [0.0, 0.0]
    shown = str([c.outputs for c in nb.cells[:3]])
    assert "5e1f" not in shown
    assert "False" in nb.cells[2].outputs[0].text


def test_a_test_without_a_hidden_part_shows_what_failed(grader: Grader) -> None:
    source = notebook(("solution", "x = 1"), ("test", "print('looking')\nassert x == 2, f'not {x}'"))
    outputs = grader.run(source).cells[1].outputs
    assert outputs[0].text == "looking\n"
    assert (outputs[-1].ename, outputs[-1].evalue) == ("AssertionError", "not 1")
    assert outputs[-1].traceback[:2] == ["In test cell test1, line 2", "----> 2 assert x == 2, f'not {x}'"]


def test_a_hidden_part_shows_only_the_instructors_own_message(grader: Grader) -> None:
    hidden = "### BEGIN HIDDEN TESTS\nassert x != 1, 'x is 1'\nassert x == 2, f'not {x}'\n### END HIDDEN TESTS"
    source = notebook(("solution", "x = 2"), ("test", hidden))
    assert [
        [grader.run(source, solution0=f"x = {x}").cells[1].outputs[-1][key] for key in ("ename", "evalue")]
        for x in (1, 3)
    ] == [["AssertionError", "x is 1"], ["AssertionError", ""]]


def test_students_code_goes_on_to_find_its_own_names(grader: Grader) -> None:
    source = notebook(
        ("given", "from math import sqrt"),
        ("solution", "sum = 0\nfor i in range(4):\n    sum += i\ndef f(): return sqrt(sum)"),
        ("test", "assert f() ** 2 - 6 < 1e-9 and f() ** 2 > 5"),
    )
    other = "sum = 6\ndef sqrt(x): return x ** 0.5\nsqrt.mine = True\ndef f(): return sqrt(sum) if sqrt.mine else 0"
    assert grades(grader.run(source, solution1=other)) == [2.0]


@pytest.mark.parametrize(
    ("given", "solution", "test"),
    [
        ("", "async def f(): return 3", "import asyncio\nassert await f() == 3"),
        ("", "y = 1", "%%time\nassert y == 1"),
        ("", "y = 1", "assert get_ipython() is not None and 'y = 1' in In[-2]"),
        ("", "def ask(): return input()", "input = lambda *a: '4'\nassert ask() == '4'\ndel input"),
        ("N = 2", "def f(x): return x * N", "N = 5\nassert f(2) == 10"),
        ("def g(x): return x", "def f(x): return g(x)", "def g(x): return 3\nassert f(1) == 3"),
        ("def g(x):\n    g.n += 1\n    return x\ng.n = 0", "def f(x): return g(x)", "f(1)\nassert g.n == 1"),
        ("class P: pass", "p = P()", "assert isinstance(p, P) and type(p) is P"),
        (
            "",
            "import random\ndef f(): return random.random()",
            "import random\nrandom.random = lambda: 4\nassert f() == 4",
        ),
        ("", "max = 3", "assert max == 3"),
        ("def input(): return '5'", "def f(): return input()", "assert f() == input() == '5'"),
        ("import os", "open('a', 'w').write('b')", "assert os.path.exists('a') and open('a').read() == 'b'"),
        (
            "class P:\n    def __init__(s): s.x = 1",
            "class Q(P): pass",
            "class R(Q):\n    def __init__(s): super().__init__()\nassert R().x == 1",
        ),
        ("k = [3, 1]", "def f(k): k.sort()", "f(k)\nassert k == [1, 3]\nassert [sum for sum in k] == k"),
        (
            "",
            "def f(x): return x",
            "for i, (a, g) in enumerate([(1, f)]):\n    assert g(a) is a and sorted([3], key=f)",
        ),
    ],
)
def test_a_test_means_what_it_means_in_one_process(grader: Grader, given: str, solution: str, test: str) -> None:
    source = notebook(("given", given or "pass"), ("solution", solution), ("test", test))
    assert grades(grader.run(source)) == [2.0]
    assert grades(grader.run(source, "in-order")) == [2.0]


def test_a_process_that_ends_later_on_costs_only_its_own_cell(grader: Grader) -> None:
    source = notebook(
        ("solution", "x = 1"), ("test", "assert x == 1"), ("solution", "y = 2"), ("test", "assert x == 1")
    )
    assert grades(grader.run(source, solution2="import os\nos._exit(1)")) == [2.0, 2.0]


@pytest.mark.parametrize("how", ["in-sandbox", "in-order"])
def test_an_error_that_a_magic_swallows_is_an_error(grader: Grader, how: str) -> None:
    source = notebook(("solution", "def f(): print(1)"), ("test", "%%capture shown\nf()"), ("test", "%%time\nf()"))
    assert grades(grader.run(source, how)) == [2.0, 2.0]
    assert grades(grader.run(source, how, solution0="def f(): 1 / 0")) == [0.0, 0.0]


def test_graders_do_not_go_into_a_sandbox(grader: Grader) -> None:
    source = notebook(("solution", "x = 1"), ("test", "from graders.ps import check\ncheck(x)"))
    with pytest.raises(InfraError, match=r"Test cell test1: expected a test without graders.*Take its tag"):
        grader.run(source)


def test_what_the_instructors_own_work_does_not_pass_waits_for_a_person(grader: Grader) -> None:
    source = notebook(("solution", "x = 1"), ("test", "assert x == 2"), ("test", "assert x == 1"))
    nb = grader.run(source, "nowhere")
    assert autoscores_of(nb).scores == {"test1": None, "test2": None}
    assert nb.cells[1].outputs[-1].ename == "NotGradable"
