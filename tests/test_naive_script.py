"""`python -m minnet.naive` as a reader runs it, and its numbers beside those of a compiled race."""

import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import numba
import numpy as np
import pytest

import minnet as mn
from minnet import naive

ROOT = Path(__file__).parents[1]
SIZES = [64, 32, 10]


def output(*arguments):
    """What a new Python prints, with warnings as errors."""
    run = subprocess.run(
        [sys.executable, "-W", "error", *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def printed():
    with redirect_stdout(StringIO()) as table:
        naive.main()
    return table.getvalue()


def columns(table):
    """Names, losses and errors of the four rows below the heading."""
    names, losses, errors = zip(*(line.split() for line in table.splitlines()[1:]), strict=True)
    return names, [float(loss) for loss in losses], [float(e.strip("%")) / 100 for e in errors]


def test_the_start_and_the_mini_batches_are_those_of_a_race():
    """Bit for bit; the layers are the same views too."""
    net, w = mn.MLP(SIZES), naive.start(SIZES, seed=6)
    np.testing.assert_array_equal(w, net.start(6, "float64"))
    for layer, expected in zip(naive.as_layers(w, SIZES), net.named(w), strict=True):
        for array, view in zip(layer, expected, strict=True):
            np.testing.assert_array_equal(array, view)
    plan = naive.mini_batches(100, batch_size=32, epochs=3, seed=6)
    for cases, expected in zip(plan, mn.Plan(100, 32, 3, seed=6), strict=True):
        np.testing.assert_array_equal(cases, expected)


@pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="a race of 3,600 steps takes minutes if not compiled"
)
def test_the_printed_table_is_that_of_a_race(printed):
    """Four rules, 900 mini-batches each, losses to the ninth decimal."""
    names, losses, errors = columns(printed)
    assert names == ("sgd(lr=0.5)", "rprop_minus", "adagrad(lr=0.05)", "rmsprop(lr=0.002)")
    report = mn.race(
        mn.MLP(SIZES), "digits", [mn.SGD(0.5), mn.Rprop(), mn.Adagrad(0.05), mn.RMSprop(0.002)],
        batch_size=32, epochs=20, seed=6, dtype="float64", evaluate_every=0,
    )  # fmt: skip
    (train_loss, _), (_, validation_error) = report.scores[:, -1, 0].T, report.scores[:, -1, 1].T
    np.testing.assert_allclose(losses, train_loss, rtol=0, atol=1e-9)
    np.testing.assert_allclose(errors, validation_error, rtol=0, atol=5e-5)


@pytest.mark.slow
def test_it_runs_where_numba_cannot_be_imported(printed):
    """Nor what minnet needs to compile, to draw and to show progress: as `python -m` runs it."""
    code = (
        "import sys, runpy\n"
        "for name in 'numba llvmlite scipy matplotlib PIL tqdm threadpoolctl'.split():\n"
        "    sys.modules[name] = None\n"
        "runpy.run_module('minnet.naive', run_name='__main__')\n"
    )
    assert output("-c", code) == printed


def test_a_page_that_is_imported_prints_nothing():
    assert output("-c", "import minnet.naive") == ""
