"""Are kernels compiled once, never answered from stale or damaged files, and never in the way?

Each of these is a question about a new process, so each starts one; they compile one small step.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from minnet.kernels import cache as kernel_cache, jit

compiled_only = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="asks about compiled code, and nothing is compiled"
)

# By hand: Adagrad with lr 1 from 0 on g = 3, 4 is at -1, then at -1 - 4/5.
# By hand: Rprop from 0.5 on + + - is at -0.5, -1.1, -0.8.
SCRIPT = """
import json
from minnet.kernels import cache as kernel_cache
from minnet.descent.walk import replay
gradients = {"adagrad(1)": [3.0, 4.0], "rprop(0.5)": [1.0, 1.0, -1.0]}
paths = [replay(rule, 0.0, gradients[rule])[1:, 0].round(6).tolist() for rule in RULES]
print(json.dumps([*paths, kernel_cache.compiled, str(kernel_cache.cache_folder())]))
"""
RPROP, ADAGRAD = "rprop(0.5)", "adagrad(1)"
PATHS = {RPROP: [-0.5, -1.1, -0.8], ADAGRAD: [-1.0, -1.8]}


def started(package, script, *, home=None, cache=None, **options) -> subprocess.Popen:
    """A new Python that runs `script` with this package, HOME and cache folder."""
    env = {k: v for k, v in os.environ.items() if k not in ("HOME", "NUMBA_CACHE_DIR")}
    env = {k: v for k, v in env.items() if not k.startswith(("XDG_", "NUMBA_", "COV_"))}
    env |= {"PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    env |= {"HOME": str(home)} if home else {}
    env |= {"NUMBA_CACHE_DIR": str(cache)} if cache else {}
    return subprocess.Popen(
        [sys.executable, "-c", script],
        env=env, cwd=package.parent, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        **options,
    )  # fmt: skip


def told(process: subprocess.Popen) -> list:
    out, err = process.communicate(timeout=900)
    assert process.returncode == 0, err
    return json.loads(out)


def ask(package, *rules, **where) -> list:
    """(each rule's path, names of the kernels compiled, cache folder) of a new process."""
    return told(started(package, SCRIPT.replace("RULES", repr(rules)), **where))


def files(folder) -> list[Path]:
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())


def copied(to) -> Path:
    """A copy of the package: what it holds is up to the tests alone."""
    return shutil.copytree(
        Path(jit.__file__).parents[1], to / "minnet", ignore=shutil.ignore_patterns("__pycache__")
    )


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    return copied(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def filled(package, tmp_path_factory) -> Path:
    """A cache folder that one process has filled, with a HOME beside it."""
    root = tmp_path_factory.mktemp("filled")
    (root / "home").mkdir()
    *paths, compiled, folder = ask(package, *PATHS, home=root / "home", cache=root / "cache")
    assert paths == [*PATHS.values()]
    assert {"minnet.rules.lecture.rprop_minus", "minnet.rules.neighbours.adagrad"} <= set(compiled)
    assert Path(folder).is_relative_to(root / "cache")
    return root


@pytest.fixture
def cache(filled, tmp_path) -> Path:
    """A copy of that folder, to be spoilt."""
    shutil.copytree(filled / "cache", tmp_path / "cache")
    return tmp_path / "cache"


# ---------------------------------------------------------------------------- once


@pytest.mark.slow
@compiled_only
def test_the_second_process_compiles_nothing(package, filled):
    *paths, compiled, folder = ask(package, *PATHS, cache=filled / "cache")
    assert paths == [*PATHS.values()] and compiled == []
    # One file a kernel, and no litter.
    names = [path.name for path in files(filled / "cache")]
    assert {path.parent for path in files(filled / "cache")} == {Path(folder)}
    assert sum(name.startswith("minnet.rules.lecture.rprop_minus-") for name in names) == 1
    assert not [name for name in names if name.startswith(".")]


@pytest.mark.slow
@compiled_only
def test_the_cache_folder_that_is_set_wins_over_the_home(filled):
    assert files(filled / "cache") and not files(filled / "home")


@pytest.mark.slow
@compiled_only
def test_without_one_the_cache_is_in_the_home(package, tmp_path):
    path, compiled, folder = ask(package, RPROP, home=tmp_path)
    assert path == PATHS[RPROP] and len(files(tmp_path)) == len(compiled) > 0
    assert Path(folder).is_relative_to(tmp_path)


@compiled_only
def test_importing_compiles_and_writes_nothing(package, tmp_path):
    script = (
        "import json, minnet.descent.walk, minnet.surfaces, minnet.kernels.cache\n"
        "print(json.dumps(minnet.kernels.cache.compiled))"
    )
    assert told(started(package, script, cache=tmp_path / "cache")) == []
    assert not (tmp_path / "cache").exists()


# ---------------------------------------------------------------------------- never stale


@pytest.mark.slow
@compiled_only
def test_damaged_files_are_compiled_anew(package, cache):
    for number, path in enumerate(files(cache)):
        content = path.read_bytes()
        middle = len(content) // 2
        damaged = [
            content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
            bytes([content[0] ^ 1]) + content[1:],  # in its digest
            content[:middle],
            content[:32],
            b"",
        ]
        path.write_bytes(damaged[number % len(damaged)])
    assert number >= 5
    *paths, compiled, _ = ask(package, *PATHS, cache=cache)
    assert paths == [*PATHS.values()] and len(compiled) == len(files(cache))
    assert ask(package, *PATHS, cache=cache)[-2] == []  # they are whole again


@pytest.mark.slow
@compiled_only
@pytest.mark.parametrize(
    ("rule", "module", "before", "after", "expected"),
    [
        pytest.param(
            RPROP,
            "rules/lecture.py",
            "return w - sign(g) * size, size, g\n\n\ndef rprop_plus",
            "return w - sign(g) * (size + size), size, g\n\n\ndef rprop_plus",
            [-1.0, -2.2, -1.6],
            id="a formula",
        ),
        pytest.param(
            RPROP,
            "rules/lecture.py",
            "ZERO, ONE = np.float32(0), np.float32(1)",
            "ZERO, ONE = np.float32(0), np.float32(2)",
            [-1.0, -2.2, -1.6],
            id="a constant",
        ),
        pytest.param(
            ADAGRAD,
            "rules/neighbours.py",
            "sum_squares = sum_squares + g * g",
            "sum_squares = sum_squares + g * g * g * g",
            [-0.333333, -0.551227],  # by hand: 3 / 9, then 4 / sqrt(81 + 256) more
            id="a neighbour",
        ),
    ],
)
def test_an_edit_is_never_answered_from_the_cache(
    cache, tmp_path, rule, module, before, after, expected
):
    edited = copied(tmp_path)
    source = (edited / module).read_text()
    assert source.count(before) == 1
    (edited / module).write_text(source.replace(before, after))
    assert ask(edited, rule, cache=cache)[0] == expected


@pytest.mark.slow
def test_the_digest_is_of_every_file_that_a_kernel_can_read(package, tmp_path, monkeypatch):
    """A new file counts too; those that only present what was computed do not."""
    monkeypatch.setattr(kernel_cache, "PACKAGE", copied(tmp_path))
    before = kernel_cache.source_digest()
    assert before == kernel_cache.source_digest()
    for path in files(kernel_cache.PACKAGE):
        if path.suffix != ".py":
            continue
        content = path.read_bytes()
        path.write_bytes(content + b"#")
        name = path.relative_to(kernel_cache.PACKAGE).parts[0]
        assert (kernel_cache.source_digest() == before) == (name in kernel_cache.PRESENTATION), path
        path.write_bytes(content)
    assert kernel_cache.source_digest() == before
    (kernel_cache.PACKAGE / "new.py").write_text("")
    assert kernel_cache.source_digest() != before


LOOKING = """
import json
from minnet import rules
from minnet.optimizers.optimizer import Optimizer
from minnet.surfaces import roll

def first():
    def mine(w, g, a, velocity, b, momentum=0.9, lr=0.01):
        velocity = momentum * velocity - lr * g
        return w + velocity, 7.0, velocity, 5.0
    return mine

def second():
    def mine(w, g, a, b, velocity, momentum=0.9, lr=0.01):
        velocity = momentum * velocity - lr * g
        return w + velocity, 7.0, 5.0, velocity
    return mine

both = [Optimizer("mine", rule(), jump=rules.jump) for rule in (first, second)]
print(json.dumps(roll("bowl", both, (1, 1), 3).w.tolist()))
"""


@pytest.mark.slow
@compiled_only
def test_a_jump_knows_which_slot_is_the_velocity(package, tmp_path):
    """Two rules of one name, as when a user edits his file, with their slots in another order."""
    first, second = told(started(package, LOOKING, cache=tmp_path / "cache"))
    assert first == second


@pytest.mark.slow
@compiled_only
def test_a_users_rule_is_not_kept(package, tmp_path):
    """It can depend on anything."""
    script = (
        "import json, minnet.descent.walk, minnet.kernels.cache\n"
        "def mine(w, g, lr=1.0): return w - lr * g\n"
        "minnet.descent.walk.replay(mine, 0.0, [1.0])\n"
        "print(json.dumps(minnet.kernels.cache.compiled))"
    )
    assert told(started(package, script, cache=tmp_path / "cache")) == []
    assert not files(tmp_path)


def test_only_the_newest_caches_of_other_sources_are_kept(tmp_path):
    for age in range(12):
        folder = tmp_path / f"{age:02}"
        folder.mkdir()
        (folder / "kernel").write_bytes(b"x")
        os.utime(folder, (1e9 - age, 1e9 - age))
    kernel_cache._drop_old_caches(tmp_path)
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == [f"{age:02}" for age in range(kernel_cache.MOST_FOLDERS - 1)]  # and the new one
    kernel_cache._drop_old_caches(tmp_path / "no such folder")


# ---------------------------------------------------------------------------- never in the way


@pytest.mark.slow
@compiled_only
def test_two_processes_at_once(package, tmp_path):
    script = SCRIPT.replace("RULES", repr([RPROP]))
    both = [started(package, script, cache=tmp_path / "cache") for _ in range(2)]
    assert [told(process)[0] for process in both] == [PATHS[RPROP]] * 2
    assert ask(package, RPROP, cache=tmp_path / "cache")[:2] == [PATHS[RPROP], []]
    assert not [path for path in files(tmp_path) if path.name.startswith(".")]


@pytest.mark.slow
@compiled_only
def test_a_folder_that_cannot_be_written_costs_only_the_cache(package, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    path, compiled, _ = ask(package, RPROP, cache=tmp_path / "file" / "cache")
    assert path == PATHS[RPROP] and compiled
    assert (tmp_path / "file").read_text() == "not a folder"


@pytest.mark.slow
@compiled_only
def test_without_a_home(package):
    assert ask(package, RPROP)[0] == PATHS[RPROP]


NOBODY = """
import platformdirs
def nowhere(*names, **options):
    raise RuntimeError("could not determine the home directory")
platformdirs.user_cache_path = nowhere
"""
LOCKED = """
import pathlib, minnet.descent.walk
def locked(path):
    raise PermissionError(13, "Permission denied", str(path))
pathlib.Path.exists = locked
"""


@pytest.mark.slow
@compiled_only
@pytest.mark.parametrize("trouble", [NOBODY, LOCKED], ids=["no home", "a locked home"])
def test_a_home_that_is_not_ours(package, tmp_path, trouble):
    """A container started with --user 54321; another user's HOME, which Python 3.11 cannot ask."""
    script = trouble + SCRIPT.replace("RULES", repr([RPROP])).replace(
        ", str(kernel_cache.cache_folder())", ""
    )
    assert told(started(package, script, home=tmp_path))[0] == PATHS[RPROP]


def test_where_the_kernels_are_kept_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(kernel_cache, "cache_folder", lambda: tmp_path / "new" / "kernels")
    assert kernel_cache.whereabouts() == f"kept in {tmp_path / 'new' / 'kernels'}"
    assert files(tmp_path) == []  # what it tried the folder with is gone
    (tmp_path / "file").write_text("not a folder")
    nowhere = "not kept: there is no cache folder that can be written; set NUMBA_CACHE_DIR"
    monkeypatch.setattr(kernel_cache, "cache_folder", lambda: tmp_path / "file" / "kernels")
    assert kernel_cache.whereabouts() == nowhere

    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(kernel_cache, "cache_folder", homeless)
    assert kernel_cache.whereabouts() == nowhere


def test_writing_is_atomic(tmp_path):
    kernel_cache.write_atomically(tmp_path / "new" / "kernel", b"one")
    kernel_cache.write_atomically(tmp_path / "new" / "kernel", b"two")
    assert [path.read_bytes() for path in files(tmp_path)] == [b"two"]
    with pytest.raises(OSError):  # which a kernel's cache takes as "not kept"
        kernel_cache.write_atomically(tmp_path / "new" / "kernel" / "below a file", b"three")
    assert [path.read_bytes() for path in files(tmp_path)] == [b"two"]


def test_giving_up_leaves_nothing_behind(tmp_path, monkeypatch):
    def refuses(*paths):
        raise OSError("no")

    (tmp_path / "kernel").write_bytes(b"before")
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", refuses)
        with pytest.raises(OSError, match=r"^no$"):
            kernel_cache.write_atomically(tmp_path / "kernel", b"one")
    assert [path.read_bytes() for path in files(tmp_path)] == [b"before"]


# ---------------------------------------------------------------------------- flags


@compiled_only
def test_a_division_by_zero_is_infinite_as_in_numpy():
    def over(a, b):
        return a / b

    compiled = jit.kernel(over)
    assert compiled(1.0, 0.0) == np.inf and np.isnan(compiled(0.0, 0.0))


@compiled_only
def test_nan_and_infinity_keep_their_meaning():
    def is_number(x):
        return x == x and x - x == 0

    compiled = jit.kernel(is_number)
    assert compiled(1.0) and not compiled(np.nan) and not compiled(np.inf)
    assert "fastmath" not in jit.FLAGS and jit.FLAGS["nogil"]


def test_a_closure_and_a_users_function_are_not_cached():
    constant = 2.0

    def closure(x):
        return x * constant

    for function in (closure, lambda x: x):
        function.__module__ = "minnet.rules" if function is closure else __name__
        kernel = jit.kernel(function)
        assert not isinstance(getattr(kernel, "_cache", None), kernel_cache.KernelCache)
        assert kernel(3.0) in (6.0, 3.0)
