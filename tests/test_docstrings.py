"""Does every public class and function say what is inside, and what each parameter is?

The sources are read, not run. A chapter joins `CHAPTERS` when its docstrings are complete.
"""

import ast
import re
from pathlib import Path

import pytest

import minnet

PACKAGE = Path(minnet.__file__).parent
CHAPTERS = ("data", "report", "cli", "archive.py", "checks.py")
BRIEF = {"main.py": {"options"}}  # what all commands of a file share is explained once
DRAWN = {"rng", "cases", "noise"}  # of data/generated.py, explained at its top
FILES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] in CHAPTERS
)


def public(path):
    """The classes, functions and methods of a file that bear no leading underscore."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            methods = node.body if isinstance(node, ast.ClassDef) else []
            for method in methods:
                if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                    yield method


def parameters(node):
    """Of a function, or the fields of a class."""
    if isinstance(node, ast.ClassDef):
        fields = [line.target.id for line in node.body if isinstance(line, ast.AnnAssign)]
        return {name for name in fields if not name.startswith("_")}
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return {argument.arg for argument in every} - {"self", "cls"}


def explained(text):
    """Names that stand, alone or several together, before a type in a NumPy docstring."""
    lines = re.findall(r"^ *([a-z_0-9]+(?:, [a-z_0-9]+)*)(?= : |$)", text, re.M)
    return {name for line in lines for name in line.split(", ")}


THINGS = [(path, node) for path in FILES for node in public(path)]


@pytest.mark.parametrize(
    ("path", "node"), THINGS, ids=[f"{path.stem}.{node.name}" for path, node in THINGS]
)
def test_every_parameter_is_explained(path, node):
    text = ast.get_docstring(node)
    assert text
    left_out = BRIEF.get(path.name, set()) | (DRAWN if path.name == "generated.py" else set())
    unexplained = parameters(node) - explained(text) - left_out
    assert not unexplained, f"{path.name}: {node.name} does not explain {sorted(unexplained)}"


@pytest.mark.parametrize(
    ("path", "node"), THINGS, ids=[f"{path.stem}.{node.name}" for path, node in THINGS]
)
def test_every_parameter_has_a_type(path, node):
    if isinstance(node, ast.FunctionDef):
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        untyped = {a.arg for a in every if a.annotation is None} - {"self", "cls"}
        assert node.returns is not None and not untyped


def test_there_are_things_to_look_at():
    """The tests above would pass on anything if they found nothing."""
    names = {node.name for _, node in THINGS}
    assert {"load", "from_arrays", "Data", "Part", "Report", "save", "transformed"} <= names
