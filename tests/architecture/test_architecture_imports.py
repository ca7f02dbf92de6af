"""Imports run one way, from chapter to chapter, and the compiled core is short."""

import ast
import io
import sys
import tokenize

import pytest
from new_python import printed
from package_sources import (
    FILES,
    PACKAGE,
    PAGE,
    files_of,
    full_name,
    imported,
    module_of,
    outside,
    parsed,
    short_name,
)

# A chapter, which is a folder or a file at the top, imports only from rows above its own.
ROWS = (
    ("checks", "archive", "install", "ownrules", "versions"),
    ("notation",),
    ("kernels", "data"),
    ("rules", "report", "naive"),
    ("optimizers", "net"),
    ("descent",),
    ("racing", "surfaces", "stepwise", "dialects"),
    ("gpu",),
    ("methods",),
    ("lecture",),
    ("cli",),
    ("benchmark", "__main__"),
)
ROW = {chapter: row for row, chapters in enumerate(ROWS) for chapter in chapters}
DEVICES = PACKAGE / "racing/devices.py"  # enters the GPU chapter, for a device only

# What trains a net compiled; all else stands around it.
TRAINED_CORE = {
    "checks", "archive", "install", "notation", "kernels", "rules", "optimizers", "net", "descent",
}  # fmt: skip


def inside(path, *, at_its_top=False, names=None):
    """The package's own modules (first part of the name) that a file imports, as these names."""
    known = {module_of(p) for p in FILES}
    parts = [
        full.split(".")
        for name, full in imported(path, at_its_top=at_its_top)
        if full.startswith("minnet.") and (names is None or name in names)
    ]
    return {p[1] for p in parts if p[1] in known} - {module_of(path)}


@pytest.mark.parametrize("path", files_of(*ROW), ids=short_name)
def test_imports_run_one_way(path):
    own = module_of(path)
    wrong = {name for name in inside(path) if ROW.get(name, len(ROWS)) >= ROW[own]}
    wrong -= {"gpu"} if path == DEVICES else set()
    assert not wrong, (
        f"{short_name(path)} must not import {', '.join(sorted(wrong))}; a new chapter gets its row"
    )


def test_a_race_on_the_cpu_does_not_pass_through_the_gpu_chapter():
    """One file of racing/ imports it, inside its functions, when a device is asked for."""
    users = {path for path in FILES if "gpu" in inside(path) and module_of(path) != "benchmark"}
    assert users == {DEVICES} and "gpu" not in inside(DEVICES, at_its_top=True)
    code = "import minnet as mn, sys; mn.race(mn.MLP([2, 2]), 'xor', 'sgd', epochs=1)"
    assert printed(f"{code}; print('minnet.gpu' in sys.modules)") == "False\n"


@pytest.mark.parametrize("chapter", sorted({module_of(path) for path in FILES}))
def test_there_are_no_circles_in_a_chapter(chapter):
    """Of its files, but for the `__init__.py` that only hands names on."""
    files = {full_name(path): path for path in files_of(chapter) if path.name != "__init__.py"}
    arrows = {
        name: {full for _, full in imported(path, at_its_top=True)} & set(files) - {name}
        for name, path in files.items()
    }
    while free := [file for file, targets in arrows.items() if not targets & set(arrows)]:
        for file in free:
            del arrows[file]
    assert not arrows, f"files that import each other: {arrows}"


def test_the_rows_name_the_chapters_that_there_are():
    """All of them, but the package itself, which imports each when its name is first used."""
    assert {module_of(path) for path in FILES} - {"minnet"} == set(ROW)
    assert sum(map(len, ROWS)) == len(ROW)


def test_nothing_imports_the_command_line():
    users = {short_name(path) for path in FILES if "cli" in inside(path)}
    assert users <= {"__main__.py"}


@pytest.mark.parametrize("path", files_of(*TRAINED_CORE), ids=short_name)
def test_the_core_imports_none_of_what_stands_around_it(path):
    assert inside(path, at_its_top=True) <= TRAINED_CORE
    assert inside(path) <= TRAINED_CORE
    assert outside(path) & {"matplotlib", "tqdm", "threadpoolctl", "argparse"} == set()


PLAN = PACKAGE / "descent/plan.py"


@pytest.mark.parametrize("path", [PLAN, *files_of("data")], ids=short_name)
def test_plans_and_data_know_nothing_of_nets(path):
    assert inside(path) <= {"checks", "install", "notation"}
    assert "numba" not in outside(path)


def test_the_page_stands_by_itself():
    """NumPy, the standard library and the data are all that it imports, and nothing imports it."""
    assert {full for _, full in imported(PAGE) if full.startswith("minnet")} == {
        "minnet.data", "minnet.data.load",
    }  # fmt: skip
    assert outside(PAGE) - sys.stdlib_module_names == {"numpy"}
    assert not {short_name(path) for path in FILES if "naive" in inside(path)}


@pytest.mark.parametrize(
    "path",
    [
        *files_of("minnet", "__main__", "checks", "install"),
        PACKAGE / "cli/main.py",
        PACKAGE / "cli/words.py",
    ],
    ids=short_name,
)
def test_import_and_help_wait_for_nothing(path):
    """At their top these import the standard library only (and NumPy, to check)."""
    top = ast.Module([n for n in parsed(path).body if "Import" in type(n).__name__], [])
    found = {
        name.split(".")[0]
        for node in ast.walk(top)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    assert not found & {"numba", "scipy", "matplotlib", "tqdm", "llvmlite"}


def test_only_the_compile_decorators_know_how_to_compile():
    """`njit` and `jit` are called in `kernels/jit.py` alone."""
    for path in FILES:
        if short_name(path) == "kernels/jit.py" or module_of(path) in ("benchmark", "gpu"):
            continue
        names = {n.attr for n in ast.walk(parsed(path)) if isinstance(n, ast.Attribute)}
        assert not names & {"njit", "jit", "vectorize", "guvectorize"}, short_name(path)


def code_lines(path):
    """Lines that hold code: neither blank, nor comment, nor docstring."""
    text, lines, texts = path.read_text(), set(), set()
    for node in ast.walk(ast.parse(text)):
        has_body = isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))
        if has_body and ast.get_docstring(node):
            texts |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    silent = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in (*silent, tokenize.ENDMARKER):
            lines |= set(range(token.start[0], token.end[0] + 1))
    return len(lines - texts)


# What `walk` and a race run once their arguments are checked; a student reads it in an afternoon.
# Not part of it: how kernels are kept on disk, which rules and values are allowed, how a text is
# read.
AFTERNOON = [
    path
    for path in [
        *files_of("kernels", "rules", "optimizers", "descent"),
        *(PACKAGE / f"net/{name}.py" for name in ("mlp", "initial", "units", "backprop")),
    ]
    if short_name(path)
    not in (
        "kernels/cache.py",
        "rules/checking.py",
        "optimizers/ranges.py",
        "optimizers/notation.py",
    )
]
MOST_CODE_LINES = 1300


def test_the_compiled_core_is_read_in_an_afternoon():
    lines = {short_name(path): code_lines(path) for path in AFTERNOON}
    assert {"descent/walk.py", "descent/loop.py", "net/backprop.py", "rules/lift.py"} <= set(lines)
    assert sum(lines.values()) <= MOST_CODE_LINES, lines


def test_code_lines_are_counted(tmp_path):
    text = '"""A.\n\nB.\n"""\n\n# why\nx = (\n    1,\n)\n\n\ny = 2  # two\n'
    (tmp_path / "code.py").write_text(text)
    assert code_lines(tmp_path / "code.py") == 4
