"""Compose classes: honest work, each student's in a style of its own, and copies that hide themselves.

Honest work starts from the banks' variants and misconceptions. Two students who chose the same one do not write the
same code: `Restyle` rewrites expressions and statements as people with other habits would. A copy differs from its
original as copies do: `disguise` changes names, comments, literals, and the order of definitions, and leaves the rest.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import nbformat

from fairgrade.bank_source import cell_source
from fairgrade.course import Course
from fairgrade.demo.class_plan import plan_class
from fairgrade.demo.submission_files import solution_cells
from fairgrade.similar.submitted_code import ClassCode

ROOT = Path(__file__).parents[2]

WORDS = (
    "value", "total", "current", "result", "item", "part", "amount", "entry", "step", "delta", "step_size", "acc",
    "summed", "mean_value", "answer", "store", "trail", "row", "sample", "guess", "target", "truth", "estimate",
    "output", "gap", "diff", "residual", "log_term", "first_part", "second_part", "slope", "level",
)  # fmt: skip

NUMPY_OF = {ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.Add: "add"}
FLIPPED = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
NEGATED = {ast.Lt: ast.GtE, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}


class Restyle(ast.NodeTransformer):
    """Rewrite code as one student would: each habit is likely or unlikely for all of their code.

    Parameters
    ----------
    random : Random
        The student's.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.habits = {name: random.random() ** 1.5 for name in (
            "square", "swap", "augment", "name_result", "split", "flip", "negate", "numpy", "append", "loop", "guard",
            "convert", "float", "minus", "mean", "speak",
        )}  # fmt: skip
        self.fresh = 0

    def has(self, habit: str) -> bool:
        """Whether the habit shows here."""
        return self.random.random() < self.habits[habit]

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant) and self.has("square"):
            if isinstance(node.left, ast.Name):
                return ast.BinOp(node.left, ast.Mult(), copy.deepcopy(node.left))
            return _numpy(self.random.choice(["square", "power"]), node.left, node.right)
        if isinstance(node.op, ast.Add | ast.Mult) and self.has("swap"):
            return ast.BinOp(node.right, node.op, node.left)
        if type(node.op) in NUMPY_OF and self.habits["numpy"] > 0.6 and self.random.random() < 0.3:
            return _numpy(NUMPY_OF[type(node.op)], node.left, node.right)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant) and self.has("minus"):
            return ast.BinOp(ast.Constant(self.random.choice([-1, -1.0])), ast.Mult(), node.operand)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if len(node.ops) == 1 and type(node.ops[0]) in FLIPPED and self.has("flip"):
            return ast.Compare(node.comparators[0], [FLIPPED[type(node.ops[0])]()], [node.left])
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in NEGATED and self.has("negate"):
            other = ast.Compare(test.left, [NEGATED[type(test.ops[0])]()], test.comparators)
            return ast.IfExp(other, node.orelse, node.body)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="mean"), args=[one], keywords=[]) if (
                self.has("mean")
            ):
                if self.random.random() < 0.5:
                    return ast.BinOp(_numpy("sum", one), ast.Div(), _numpy("size", copy.deepcopy(one)))
                return _numpy("average", one)
            case ast.Call(func=ast.Name(id="range"), args=[one]) if self.has("loop"):
                node.args = [ast.Constant(0), one]
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        self.generic_visit(node)
        if isinstance(node.target, ast.Name) and self.has("augment"):
            return ast.Assign([node.target], ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value))
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        self.generic_visit(node)
        match node.value:
            case ast.Call(func=ast.Attribute(value=ast.Name() as owner, attr="append"), args=[one]) if self.has(
                "append"
            ):
                more = ast.List([one], ast.Load())
                return ast.AugAssign(ast.Name(owner.id, ast.Store()), ast.Add(), more)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.stmt | list[ast.stmt]:
        self.generic_visit(node)
        return self._split(node) if self.has("split") else node

    def visit_Return(self, node: ast.Return) -> ast.stmt | list[ast.stmt]:
        self.generic_visit(node)
        if node.value is None or isinstance(node.value, ast.Name | ast.Constant | ast.Tuple):
            return node
        if self.has("float"):
            node.value = ast.Call(ast.Name("float", ast.Load()), [node.value], [])
        if self.has("name_result"):
            name = self._name()
            first = self._split(ast.Assign([ast.Name(name, ast.Store())], node.value))
            return [*(first if isinstance(first, list) else [first]), ast.Return(ast.Name(name, ast.Load()))]
        return self._split(node) if self.has("split") else node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        self.generic_visit(node)
        arguments = [argument.arg for argument in node.args.args if argument.arg != "self"]
        first: list[ast.stmt] = []
        for name in arguments[:2]:
            if self.has("convert"):
                kind = self.random.choice(["asarray", "array", "atleast_1d", "ravel", "asarray_chkfinite"])
                first.append(ast.Assign([ast.Name(name, ast.Store())], _numpy(kind, ast.Name(name, ast.Load()))))
        if arguments and self.has("guard"):
            text = self.random.choice([
                f"assert {arguments[0]} is not None", f"if {arguments[0]} is None:\n    return None",
                f"if {arguments[0]} is None:\n    raise ValueError('missing')", f"{arguments[-1]} = {arguments[-1]}",
            ])  # fmt: skip
            first += ast.parse(text).body
        if self.has("speak") and self.random.random() < 0.4:
            first += ast.parse(self.random.choice(["print('called')", "debug = False", "pass"])).body
        node.body = [*first, *(statement for statement in node.body if not _is_docstring(statement))]
        return node

    def _split(self, statement: ast.stmt) -> ast.stmt | list[ast.stmt]:
        """Give a part of the statement's value a name of its own."""
        value = statement.value
        parts = [
            child for child in ast.iter_child_nodes(value)
            if isinstance(child, ast.BinOp | ast.Call) and not isinstance(value, ast.Lambda | ast.ListComp)
        ]  # fmt: skip
        if not parts or any(
            isinstance(part, ast.GeneratorExp | ast.comprehension) for part in ast.iter_child_nodes(value)
        ):
            return statement
        part, name = self.random.choice(parts), self._name()
        statement.value = _Replace(part, ast.Name(name, ast.Load())).visit(value)
        return [ast.Assign([ast.Name(name, ast.Store())], part), statement]

    def _name(self) -> str:
        self.fresh += 1
        return f"{self.random.choice(WORDS)}_{self.fresh}"


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else super().visit(node)


def _numpy(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load()), list(arguments), [])


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def restyled(source: str, random: Random) -> str:
    """Write code of a bank as one honest student would."""
    tree = Restyle(random).visit(ast.parse(source))
    _shuffle_definitions(tree, random)
    return ast.unparse(_Rename(random, 0.5).visit(ast.fix_missing_locations(tree)))


class _Rename(ast.NodeTransformer):
    """Give variables and parameters other names, each with this probability."""

    def __init__(self, random: Random, share: float) -> None:
        self.random, self.share, self.names = random, share, {}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        inner = [part for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
        for name in sorted({part.id for part in inner} | {argument.arg for argument in node.args.args}):
            if name not in self.names and self.random.random() < self.share:
                self.names[name] = f"{self.random.choice(WORDS)}{self.random.randrange(100)}"
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self.names.get(node.arg, node.arg)
        return node


class _OtherLiterals(ast.NodeTransformer):
    def __init__(self, random: Random) -> None:
        self.random = random

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if type(node.value) in (int, float):
            return ast.Constant(self.random.randrange(2, 9))
        return ast.Constant("other words") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node


def _shuffle_definitions(tree: ast.Module, random: Random) -> None:
    """Put the methods of each class, and the functions of the module, into another order."""
    for body in [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]:
        places = [i for i, statement in enumerate(body) if isinstance(statement, ast.FunctionDef)]
        functions = [body[i] for i in places]
        random.shuffle(functions)
        for i, function in zip(places, functions, strict=True):
            body[i] = function


def disguise(source: str, random: Random) -> str:
    """Copy code and hide it: other names, comments, literals and blank lines, and definitions in another order."""
    tree = ast.parse(source)
    _shuffle_definitions(tree, random)
    tree = _OtherLiterals(random).visit(_Rename(random, 1.0).visit(tree))
    lines = []
    for line in ast.unparse(ast.fix_missing_locations(tree)).splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        if random.random() < 0.2:
            lines.append(f"{indent}# {' '.join(random.choices(WORDS, k=4))}")
        lines.append(line + ("   # so" if random.random() < 0.1 else ""))
        if random.random() < 0.1:
            lines.append("")
    return "\n".join(lines)


def disguised_half(source: str, own: str, random: Random) -> str:
    """Copy the first half of the lines and hide them; the second half is one's own."""
    copied, kept = disguise(source, random).splitlines(), own.splitlines()
    return "\n".join([*copied[: (len(copied) + 1) // 2], *kept[(len(kept) + 1) // 2 :]])


Works = dict[str, dict[str, str]]
"""The code of a class, by student and cell."""


@dataclass(frozen=True)
class Planted:
    """A copy: `copier` has the work of `author`, all of it or the part that `kind` says."""

    author: str
    copier: str
    kind: str


def compose(assignment: str, students: int, seed: int) -> Works:
    """Compose a class of an assignment of this course in which nobody copied."""
    course = Course.at(ROOT)
    cells = solution_cells(nbformat.read(ROOT / "release" / assignment / f"{assignment}.ipynb", 4))
    works: Works = {}
    sources: dict[tuple[str, str], str] = {}
    for plan in plan_class(course.exercises(assignment), [], cells, students, seed):
        for work in plan.works:
            if (work.cell, work.item) not in sources:
                sources[work.cell, work.item] = _source(work.code, work.name)
        chosen = {work.cell: sources[work.cell, work.item] for work in plan.works}
        style = f"{seed}/{plan.student}"  # the same habits in all cells
        works[plan.student] = {cell: restyled(source, Random(style)) for cell, source in chosen.items() if source}
    return works


def _source(code: Any, name: str) -> str:
    try:
        return cell_source(code, name)
    except ValueError:  # it needs a library that is not imported as a module
        return ""


def plant(works: Works, seed: int, copies: Mapping[str, int], group: int = 0) -> tuple[Works, list[Planted]]:
    """Return the class with copies in it: so many of each kind, and one work that a group of so many has.

    Kinds are "all", "half of the exercises" and "half of the lines".
    """
    random = Random(seed)
    works = {student: dict(of) for student, of in works.items()}
    most = max(map(len, works.values()))
    free = [student for student, of in works.items() if len(of) >= most - 1]
    random.shuffle(free)
    planted = [Planted(free.pop(), free.pop(), kind) for kind, count in copies.items() for _ in range(count)]
    if group:
        author = free.pop()
        planted += [Planted(author, free.pop(), "group") for _ in range(group - 1)]
    for one in planted:
        source, own = works[one.author], works[one.copier]
        half = one.kind == "half of the exercises"
        for cell in random.sample(sorted(source), (len(source) + 1) // 2) if half else sorted(source):
            if one.kind == "half of the lines":
                own[cell] = disguised_half(source[cell], own.get(cell, ""), random)
            else:
                own[cell] = disguise(source[cell], random)
    return works, planted


def class_code(works: Works, assignment: str) -> ClassCode:
    """Return what the class wrote, without going through files."""
    release = nbformat.read(ROOT / "release" / assignment / f"{assignment}.ipynb", 4)
    released = tuple(cell.source for cell in release.cells if cell.cell_type == "code")
    cells = sorted({cell for of in works.values() for cell in of})
    exercises = {cell: {student: of[cell] for student, of in works.items() if cell in of} for cell in cells}
    return ClassCode(tuple(works), exercises, released, {})


def hand_in(works: Works, assignment: str, submitted: Path) -> None:
    """Write the submissions of a class."""
    release = nbformat.read(ROOT / "release" / assignment / f"{assignment}.ipynb", 4)
    for student, of in works.items():
        notebook = copy.deepcopy(release)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = of.get(name, cell.source)
        folder = submitted / student / assignment
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / f"{assignment}.ipynb")
