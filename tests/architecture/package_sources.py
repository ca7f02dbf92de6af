"""The package's source files, read and not run: their chapters, imports, functions and kernels."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "minnet"
FILES = sorted(PACKAGE.rglob("*.py"))
PAGE, PAGES_LINES = PACKAGE / "naive.py", 350  # the whole learner on one page


def module_of(path):
    """`data/cases.py` belongs to data, `__init__.py` of the package is minnet itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "minnet" if parts == ("__init__",) else parts[0]


def full_name(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(["minnet", *(part for part in parts if part != "__init__")])


def parsed(path):
    return ast.parse(path.read_text(), str(path))


def for_types_alone(tree):
    """The statements under `if TYPE_CHECKING:`, which never run: what they import is no arrow."""
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.If)]
    blocks = [block for block in blocks if getattr(block.test, "id", "") == "TYPE_CHECKING"]
    return {node for block in blocks for node in ast.walk(block)}


def imported(path, *, at_its_top=False):
    """Full names of all that a file imports, at its top or later too, by the names it has there."""
    package = full_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    tree, found = parsed(path), []
    types = for_types_alone(tree)
    for node in tree.body if at_its_top else ast.walk(tree):
        if node in types:
            continue
        if isinstance(node, ast.Import):
            found += [(alias.asname or alias.name, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            place = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*place, *filter(None, [node.module])])
            found += [(alias.asname or alias.name, f"{start}.{alias.name}") for alias in node.names]
            found += [(alias.asname or alias.name, start) for alias in node.names]
    return found


def outside(path):
    """Other people's packages that a file imports."""
    return {full.split(".")[0] for _, full in imported(path)} - {"minnet"}


def short_name(path):
    return path.relative_to(PACKAGE).as_posix()


def files_of(*modules):
    return [path for path in FILES if module_of(path) in modules]


def functions(path):
    return [node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef)]


def is_kernel(function):
    names = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    return "kernel" in {n.attr if isinstance(n, ast.Attribute) else n.id for n in names}
