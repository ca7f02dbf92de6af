"""Are all parameters documented: of kernels, device functions, factories, classes and methods?

The sources are read, not imported, so that this is tested without numba-cuda too.
"""

import ast
import re
from pathlib import Path

import pytest

import minnet as mn

FOLDER = Path(mn.__file__).with_name("gpu")
FILES = sorted(FOLDER.glob("*.py"))


def is_kernel(function: ast.FunctionDef) -> bool:
    return any("cuda.jit" in ast.unparse(decorator) for decorator in function.decorator_list)


def public(path: Path) -> list[ast.FunctionDef | ast.ClassDef]:
    """Functions and classes at the top of a file, their methods, and kernels inside functions."""
    nodes = [node for node in ast.parse(path.read_text()).body if hasattr(node, "name")]
    for node in list(nodes):
        inner = [child for child in node.body if isinstance(child, ast.FunctionDef)]
        nodes += [child for child in inner if isinstance(node, ast.ClassDef) or is_kernel(child)]
    return [node for node in nodes if not node.name.startswith("_")]


def is_setter(function: ast.FunctionDef | ast.ClassDef) -> bool:
    return any(ast.unparse(decorator).endswith(".setter") for decorator in function.decorator_list)


def parameters(node: ast.FunctionDef | ast.ClassDef) -> set[str]:
    """Of a function, or the fields of a named tuple or data class."""
    if isinstance(node, ast.FunctionDef):
        arguments = node.args
        everything = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        return {argument.arg for argument in everything} - {"self"}
    is_fields = ast.unparse(node).startswith("@dataclass") or "NamedTuple" in map(
        ast.unparse, node.bases
    )
    fields = [child for child in node.body if isinstance(child, ast.AnnAssign) and is_fields]
    return {field.target.id for field in fields}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_all_parameters_are_documented(path):
    for node in public(path):
        if not is_setter(node):
            text = ast.get_docstring(node) or ""
            assert text, node.name
            missing = parameters(node) - set(re.findall(r"\w+", text))
            assert not missing, f"{node.name} does not document {', '.join(sorted(missing))}"


def test_there_is_something_to_look_at():
    names = {node.name for path in FILES for node in public(path)}
    assert {"descend", "score", "multiply", "forward", "Tile", "race_on", "pull"} <= names
    assert len(names) > 70
