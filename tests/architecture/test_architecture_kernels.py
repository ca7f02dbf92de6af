"""Rules are plain arithmetic, and kernels neither check nor print."""

import ast

import pytest
from package_sources import (
    FILES,
    PACKAGE,
    files_of,
    full_name,
    functions,
    imported,
    is_kernel,
    outside,
    parsed,
    short_name,
)

from minnet.kernels import cache as kernel_cache

RULES = [PACKAGE / "rules/lecture.py", PACKAGE / "rules/neighbours.py"]


@pytest.mark.parametrize("path", RULES, ids=short_name)
def test_rules_are_plain_arithmetic(path):
    """numpy only for the typed constants: its functions do not compile for every device."""
    tree = parsed(path)
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        and node.value.id in ("np", "numpy")
    }  # fmt: skip
    assert used == {"float32"}
    for function in functions(path):
        names = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
        assert not names & {"np", "numpy", "print", "float", "int"}, function.name
    assert outside(path) <= {"math", "numpy"}


@pytest.mark.parametrize("path", RULES, ids=short_name)
def test_rules_hold_no_number_that_would_widen_float32(path):
    """Bare numbers stand in default values only; in a formula they are ZERO and ONE."""
    for function in functions(path):
        numbers = [
            node.value
            for statement in function.body
            for node in ast.walk(statement)
            if isinstance(node, ast.Constant) and isinstance(node.value, (int, float))
        ]
        assert not numbers, f"{function.name} holds {numbers}"


@pytest.mark.parametrize("path", FILES, ids=short_name)
def test_kernels_check_nothing_and_say_nothing(path):
    rules = path in RULES
    for function in functions(path):
        if not (rules or is_kernel(function)):
            continue
        for node in ast.walk(function):
            assert not isinstance(node, (ast.Raise, ast.Assert, ast.Try)), function.name
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            assert not (called and node.func.id == "print"), function.name


def read_when_compiling(path):
    """Names that compiled code may read: in kernels, in rules and surfaces, and at a file's top."""
    found = set()
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef):
            is_rule = [argument.arg for argument in node.args.args[:1]] == ["w"]
            is_surface = path.name == "heights.py"
            if not (is_kernel(node) or is_rule or is_surface):
                continue
        if not isinstance(node, ast.ClassDef):
            found |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return found


def has_kernels(path):
    return any(is_kernel(function) for function in functions(path))


def reached_when_compiling():
    """Files with kernels, rules or surfaces, and all whose contents can end in machine code."""
    by_name = {full_name(path): path for path in FILES}
    formulas = {*RULES, PACKAGE / "surfaces/heights.py", *files_of("dialects")}
    with_kernels = {path for path in FILES if has_kernels(path)} | formulas
    new, reached = with_kernels | {PACKAGE / "rules/lift.py"}, set()  # lift writes kernels' texts
    while new:
        reached |= new
        new = {
            by_name[full]
            for path in new
            for name, full in imported(path, at_its_top=True)
            if full in by_name
            and by_name[full].name != "__init__.py"
            and (path not in with_kernels or name in read_when_compiling(path))
        } - reached
    return reached


def test_the_cache_watches_all_that_is_compiled():
    """Or a kernel would be answered from the cache after an edit in a file that is left out."""
    for name in kernel_cache.PRESENTATION:
        assert (PACKAGE / name).exists(), f"{name} is left out of the digest, but there is none"
    reached = {short_name(path) for path in reached_when_compiling()}
    assert {"kernels/jit.py", "kernels/elementary.py", "kernels/windows.py"} <= reached
    assert {"net/units.py", "net/backprop.py", "descent/loop.py", "rules/lecture.py"} <= reached
    assert not {name for name in reached if name.split("/")[0] in kernel_cache.PRESENTATION}


def test_there_are_kernels_to_look_at():
    """The test above would pass on anything if it found none."""
    kernels = {f.name for path in FILES for f in functions(path) if is_kernel(f)}
    assert {"gradient", "forward", "descend", "exp", "tanh_slope", "sign"} <= kernels


@pytest.mark.parametrize("path", FILES, ids=short_name)
def test_random_numbers_come_from_seeded_generators_only(path):
    for node in ast.walk(parsed(path)):
        if (
            isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute)
            and node.value.attr == "random"
        ):  # fmt: skip
            assert node.attr in ("default_rng", "Generator")
    assert "random" not in outside(path)
