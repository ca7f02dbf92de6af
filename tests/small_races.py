"""A small net, small data sets, small races, and a rule of one's own: for many tests the same ones.

28 training cases in mini-batches of 5 are 6 steps an epoch.
"""

import numba
import numpy as np
import pytest

import minnet as mn

NET = mn.MLP([3, 4, 3], "tanh", l2=0.01)
LINE = mn.MLP([2, 2], loss="squared")
DTYPES = ("float32", "float64")
PLAIN = bool(numba.config.DISABLE_JIT)  # the kernels are plain Python: small and few
MEASURED = (  # by a race, in its report
    "losses", "evaluated_at", "scores", "diverged_at", "stopped_at", "weights", "best_weights",
    "best_at", "kept_at", "kept",
)  # fmt: skip


def three_classes(dtype="float32", seed=4, **shares):
    """40 cases of three numbers; unless said otherwise 28 to train on, 8 to validate, 4 to test."""
    labels = np.arange(40) % 3
    x = np.random.default_rng(seed).normal(size=(40, 3)) + labels[:, None]
    shares = {"validation": 0.2, "test": 0.1} | shares
    return mn.from_arrays(x, labels, name="three", dtype=dtype, **shares)


def a_regression(dtype="float32", cases=20, validation=0):
    """Two numbers from two numbers, all to train on unless said otherwise."""
    x = np.random.default_rng(5).normal(size=(cases, 2))
    t = x @ [[1.0, -1.0], [0.5, 2.0]] + 0.25
    return mn.from_arrays(x, t, validation=validation, test=0, dtype=dtype)


def small_race(optimizers, dtype="float32", **options):
    """A race of NET on three classes, two epochs long, unless said otherwise."""
    options = {
        "net": NET, "data": three_classes(dtype), "batch_size": 5, "epochs": 2, "seed": 3
    } | options  # fmt: skip
    return mn.race(options.pop("net"), options.pop("data"), optimizers, dtype=dtype, **options)


def heavy(w, g, velocity, lr=0.1, momentum=0.9):
    """Momentum, as a user would write it."""
    velocity = momentum * velocity - lr * g
    return w + velocity, velocity


def never(done, total):
    """The progress of a race that is refused before its first step."""
    pytest.fail("something ran")
