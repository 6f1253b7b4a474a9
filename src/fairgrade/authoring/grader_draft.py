"""The draft of a grader: the reference from the notebook, inputs like those of its tests, and what is left to do."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairgrade.authoring.notebook_pieces import Definition, Piece, PieceKind
from fairgrade.notebook.code import bound_by, names_of

MAX_POINTS = 5
"""A draft gives a point per assertion, up to this."""

_MISCONCEPTIONS = """
# TODO: Add the mistakes that you expect, as code, such as
#
# @exercise.misconception(hint="Where to look, but not the answer.", loses=1)
# def forgets_the_last_one({parameters}):
#     ...
#
# and right answers that look different, below @exercise.variant: they must earn all points.
"""

_INPUTS = """
@exercise.inputs
def {name}(rng):
    # TODO: {todo}
    return {arguments}


exercise.agrees_with_the_reference(points={points})
"""

_SCENARIO = '''
@exercise.scenario(points={points})
def is_used_as_in_the_tests({work}, rng):
    """TODO: Say in a sentence what holds; students read it."""
    # TODO: Draw numbers with rng, so that nobody can know them beforehand. The reference's result is the right one.
    seen = []
{steps}
    return seen
'''


@dataclass(frozen=True)
class GraderDraft:
    """The draft of an exercise's grader.

    Attributes
    ----------
    name : str
    points : int
    text : str
        The module.
    is_like_tests : bool
        Whether its inputs come from the notebook's tests; without one, an author has to say what they are.
    """

    name: str
    points: int
    text: str
    is_like_tests: bool


def draft_grader(name: str, definition: Definition, pieces: Sequence[Piece]) -> GraderDraft:
    """Draft the grader of an exercise.

    Parameters
    ----------
    name : str
        The function's or class's, which is the exercise's as well.
    definition : FunctionDef or ClassDef
    pieces : sequence of Piece
        The whole notebook.
    """
    tests = [piece.tree for piece in pieces if piece.kind is PieceKind.TEST and piece.exercise == name]
    asserted = sum(isinstance(node, ast.Assert) for tree in tests for node in ast.walk(tree))
    points = min(max(asserted, 1), MAX_POINTS)
    if isinstance(definition, ast.FunctionDef):
        parameters = [argument.arg for argument in [*definition.args.posonlyargs, *definition.args.args]]
        calls = _calls_in(tests, name, parameters)
        arguments = [_like([call[i] for call in calls]) for i in range(len(calls[0]))] if calls else []
        check, is_like_tests = _inputs(arguments, parameters, points), bool(calls)
        rest = _MISCONCEPTIONS.format(parameters=", ".join(parameters))
    else:
        check, is_like_tests = _scenario(name, tests, points), bool(tests)
        rest = _MISCONCEPTIONS.format(parameters="...")
        rest = rest.replace("def forgets_the_last_one(...)", "class ForgetsTheLastOne")
    imports, helpers = _needed(f"{ast.unparse(definition)}\n{check}", {name, "exercise"}, pieces)
    reference = _text_of(definition, pieces)
    blocks = [
        f'"""TODO: Say in a line what the exercise asks for: ``{name}``."""\n',
        "\n".join(imports) + ("\n" if imports else ""),
        "from fairgrade.grading import Exercise\n",
        *(f"\n{helper}\n" for helper in helpers),
        f"\n{reference}\n",
        f'\nexercise = Exercise("{name}", points={points}, reference={name})\n',
        check,
        rest,
    ]
    return GraderDraft(name, points, "\n".join(block for block in blocks if block), is_like_tests)


def _text_of(definition: Definition, pieces: Iterable[Piece]) -> str:
    """Return a definition as its author wrote it, comments included."""
    texts = [p.source for p in pieces if p.kind is PieceKind.SOLUTION and p.exercise == definition.name]
    return texts[-1] if texts else ast.unparse(definition)


# -- inputs ----------------------------------------------------------------------------------------


def _inputs(arguments: Sequence[str], parameters: Sequence[str], points: int) -> str:
    if arguments:
        name = "as_in_the_tests"
        todo = "Draw what matters: sizes, signs, edge cases; several functions below @exercise.inputs are fine."
    else:
        name = "typical_arguments"
        arguments = ["rng.normal(size=5)"] * len(parameters)
        todo = "Return the arguments of one call, drawn with rng; several as a tuple. No test shows what they are."
    shown = ", ".join(arguments) or "()"
    return _INPUTS.format(name=name, todo=todo, arguments=shown, points=points)


def _calls_in(tests: Iterable[ast.Module], name: str, parameters: Sequence[str]) -> list[list[ast.expr]]:
    """Return the arguments of calls in tests, in the order of the parameters; of calls with one number of them."""
    found = []
    for node in (node for tree in tests for node in ast.walk(tree)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name):
            continue
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        arguments = [*node.args]
        while len(arguments) < len(parameters) and parameters[len(arguments)] in named:
            arguments.append(named.pop(parameters[len(arguments)]))
        if not named and not any(isinstance(argument, ast.Starred) for argument in arguments):
            found.append(arguments)
    known = [call for call in found if not any(_local_names(argument, tests) for argument in call)]
    most = max((len(call) for call in known), default=0)
    return [call for call in known if len(call) == most and most > 0]


def _local_names(argument: ast.expr, tests: Iterable[ast.Module]) -> set[str]:
    """Return the names in an argument that a test itself binds, which a grader does not have."""
    used = {node.id for node in ast.walk(argument) if isinstance(node, ast.Name)}
    steps = [step for tree in tests for step in tree.body if not isinstance(step, ast.Import | ast.ImportFrom)]
    loops = {n.id for step in steps for n in ast.walk(step) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return used & (bound_by(steps) | loops)


def _like(examples: Sequence[ast.expr]) -> str:
    """Return code that draws an argument like these examples; what can't be drawn is taken as it stands."""
    first = examples[0]
    is_array = isinstance(first, ast.Call) and getattr(first.func, "attr", "") in ("array", "asarray") and first.args
    literals = [_literal(one.args[0] if isinstance(one, ast.Call) and one.args else one) for one in examples]
    values = [value for value in literals if value is not None]
    if values and not isinstance(first, ast.Call):
        if all(isinstance(value, str) for value in values) and len(set(values)) > 1:
            return f"str(rng.choice({sorted(set(values))!r}))"
        if all(_is_number(value) for value in values):
            drawn = _drawn(values, "")
            return f"int({drawn})" if "integers" in drawn else f"float({drawn})"
    numbers = _as_numbers(values)
    if numbers and (is_array or isinstance(values[0], list | tuple)):
        dtype = "dtype=float" if any(k.arg == "dtype" for k in getattr(first, "keywords", ())) else ""
        drawn = _drawn([n for array in numbers for n in array.ravel().tolist()], f"size={numbers[0].shape!r}", dtype)
        return (
            drawn if is_array else f"tuple({drawn}.tolist())" if isinstance(values[0], tuple) else f"{drawn}.tolist()"
        )
    return ast.unparse(first)


def _literal(expression: ast.expr) -> Any:
    try:
        return ast.literal_eval(expression)
    except (ValueError, TypeError):
        return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_numbers(values: Sequence[Any]) -> list[np.ndarray[Any, np.dtype[Any]]]:
    """Return lists of numbers as arrays; nothing if one of them is empty, ragged or no list of numbers."""
    try:
        arrays = [np.asarray(value) for value in values]
    except ValueError:
        return []
    return arrays if all(a.ndim and a.size and a.dtype.kind in "iuf" and np.isfinite(a).all() for a in arrays) else []


def _drawn(values: Sequence[float], size: str, dtype: str = "") -> str:
    """Return code that draws numbers from the range of these."""
    low, high = min(values), max(values)
    if all(isinstance(value, int) for value in values) and not dtype:
        high = high if high > low else low + 3
        return f"rng.integers({', '.join(filter(None, (str(low), str(high + 1), size)))})"
    high = high if high > low else low + 1
    return f"rng.uniform({', '.join(filter(None, (repr(low), repr(high), size)))})"


# -- classes ---------------------------------------------------------------------------------------


def _scenario(name: str, tests: Sequence[ast.Module], points: int) -> str:
    steps = [step for tree in tests for step in _Seen().visit(ast.parse(ast.unparse(tree))).body]
    text = ast.unparse(ast.Module(steps, [])) if steps else f"# TODO: use {name}(...), and append what to compare."
    return _SCENARIO.format(points=points, work=name, steps=textwrap.indent(text, "    "))


class _Seen(ast.NodeTransformer):
    """Turn assertions into what they look at: the left side of a comparison, or the whole condition."""

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        condition = node.test
        looked_at = condition.left if isinstance(condition, ast.Compare) else condition
        called = ast.Attribute(ast.Name("seen", ast.Load()), "append", ast.Load())
        return ast.copy_location(ast.Expr(ast.Call(called, [looked_at], [])), node)


# -- what the reference needs ----------------------------------------------------------------------


def _needed(text: str, known: set[str], pieces: Sequence[Piece]) -> tuple[list[str], list[str]]:
    """Return the imports and the definitions of the notebook that code needs, as text, in the notebook's order."""
    steps: dict[str, ast.stmt] = {}
    for step in (step for piece in pieces if piece.kind is not PieceKind.TEST for step in piece.tree.body):
        if isinstance(step, Definition | ast.Import | ast.ImportFrom) or _is_plain_assignment(step):
            steps |= dict.fromkeys(bound_by([step]), step)
    wanted, seen = list(names_of(ast.parse(text)).uses), set(known)
    needed: set[ast.stmt] = set()
    while wanted:
        name = wanted.pop()
        if name in seen or name not in steps:
            continue
        seen.add(name)
        needed.add(steps[name])
        wanted += names_of(ast.Module([steps[name]], [])).uses
    ordered = [step for step in dict.fromkeys(steps.values()) if step in needed]
    are_imports = [isinstance(step, ast.Import | ast.ImportFrom) for step in ordered]
    texts = [ast.unparse(step) for step in ordered]
    imports = sorted(text for text, is_import in zip(texts, are_imports, strict=True) if is_import)
    if "np" not in seen and "np." in text and "import numpy as np" not in imports:
        imports.append("import numpy as np")
    return imports, [text for text, is_import in zip(texts, are_imports, strict=True) if not is_import]


def _is_plain_assignment(step: ast.stmt) -> bool:
    return isinstance(step, ast.Assign) and _literal(step.value) is not None
