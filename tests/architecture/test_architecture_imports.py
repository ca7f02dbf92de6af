"""Is the package still built as it was meant to be: imports one way, short files, plain kernels?

The sources are read, not run.
"""

import ast
import io
import re
import sys
import tokenize
from pathlib import Path

import pytest
from new_python import printed

from minnet.kernels import cache as kernel_cache

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "minnet"
FILES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 320
PAGE, PAGES_LINES = PACKAGE / "naive.py", 350  # the whole learner on one page
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "core", "base", "common", "misc"}

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


def inside(path, *, at_its_top=False, names=None):
    """The package's own modules (first part of the name) that a file imports, as these names."""
    known = {module_of(p) for p in FILES}
    parts = [
        full.split(".")
        for name, full in imported(path, at_its_top=at_its_top)
        if full.startswith("minnet.") and (names is None or name in names)
    ]
    return {p[1] for p in parts if p[1] in known} - {module_of(path)}


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


# ---------------------------------------------------------------------------- names and lengths


@pytest.mark.parametrize("path", FILES, ids=short_name)
def test_names_say_what_is_inside(path):
    assert not NAMES_THAT_SAY_NOTHING & set(path.relative_to(PACKAGE).with_suffix("").parts)


@pytest.mark.parametrize("path", FILES, ids=short_name)
def test_files_are_short(path):
    most = PAGES_LINES if path == PAGE else MOST_LINES
    assert len(path.read_text().splitlines()) <= most


@pytest.mark.parametrize("path", FILES, ids=short_name)
def test_every_file_opens_with_its_story(path):
    assert ast.get_docstring(parsed(path))


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if p.name == "__init__.py" and "\n- `" in p.read_text()],
    ids=short_name,
)
def test_a_table_of_contents_names_all_files_of_its_folder(path):
    lines = re.findall(r"^- .*$", ast.get_docstring(parsed(path)), re.M)
    named = {name for line in lines for name in re.findall(r"`(\w+)`", line)}
    assert {p.stem for p in path.parent.glob("*.py")} - {"__init__"} <= named


# ---------------------------------------------------------------------------- arrows


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


# ---------------------------------------------------------------------------- rules and kernels


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


# ---------------------------------------------------------------------------- the README's commands


def commands(text):
    """The shell blocks of a README."""
    return [block.strip() for block in re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M)]


def test_one_line_runs_the_race_and_one_line_the_tests():
    race, tests = commands((ROOT / "README.md").read_text())[:2]
    for command in (race, tests):
        assert "\n" not in command and command.startswith("python3 -m venv .venv && ")
    assert race.endswith(".venv/bin/minnet race") and tests.endswith(".venv/bin/python -m pytest")


def test_continuous_integration_runs_the_tests_as_the_readme_does():
    _, tests = commands((ROOT / "README.md").read_text())[:2]
    assert tests in (ROOT / ".ci/run").read_text().splitlines()
