"""Small races, the readable descent of one run, and when two reports are the same, bit for bit.

K mini-batches of all epochs, n weights
"""

import numpy as np
import small_races
from small_races import MEASURED
from threadpoolctl import threadpool_info

import minnet as mn

BOLD = "sgd(0.5), nesterov(0.2), irprop_plus, rmsprop(0.05), adam(0.1)"


def small_race(optimizers=BOLD, dtype="float32", **options):
    return small_races.small_race(optimizers, dtype, **options)


def assert_same(a, b, runs=slice(None)):
    """Bit for bit, NaN included; `runs` of the first report against all of the second."""
    for name in MEASURED:
        left, right = getattr(a, name), getattr(b, name)
        left = left if name in ("evaluated_at", "kept_at") else left[runs]
        np.testing.assert_array_equal(left, right, err_msg=name)
        assert left.dtype == right.dtype


def walked(net, data, optimizer, plan, dtype, seed=3):
    """The errors (K,) and the weights (K + 1, n) of the readable descent."""
    w = net.start(seed, dtype)
    errors, path = [], [w.copy()]
    for e, now in mn.walk(net, data.train, optimizer, plan, w):
        errors.append(e)
        path.append(now.copy())
    return np.array(errors), np.array(path)


def blas_threads():
    return [blas["num_threads"] for blas in threadpool_info() if blas["user_api"] == "blas"]
