"""Where a Numba lacks the private parts that minnet uses, is all still right, only slower?"""

from types import SimpleNamespace

import numba
import numpy as np
import pytest
from new_python import printed
from numba import types

from minnet.kernels import jit

compiled_only = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="asks about compiled code, and nothing is compiled"
)

RACE = """
import minnet as mn
data = mn.load("moons", cases=60)
net = mn.MLP([2, 3, 2], ["relu"], l2=0.01)
report = mn.race(net, data, "sgd(0.5), nesterov(0.1), rmsprop(0.01)", epochs=3, batch_size=8)
print(report.weights.tobytes().hex(), report.losses.tobytes().hex())
"""
HIDE = """
import numba.core.caching, numba.core.dispatcher, numba.core.imputils
del numba.core.caching._Cache
del numba.core.dispatcher.Dispatcher.get_compile_result
hidden = numba.core.imputils.impl_ret_borrowed
del numba.core.imputils.impl_ret_borrowed
from minnet.kernels import cache, jit, windows
numba.core.imputils.impl_ret_borrowed = hidden  # which Numba itself needs
assert windows.window is windows.sliced
assert cache.whereabouts().startswith("not kept: Numba ")
"""


@compiled_only
@pytest.mark.slow
def test_a_race_without_private_parts_of_numba_has_the_same_bits():
    plain = printed(RACE)
    assert plain and printed(HIDE + RACE) == plain


@compiled_only
def test_a_kernel_is_an_argument_for_kernels_without_them():
    """Through the address of a callback, which is public, instead of its own."""
    signature = types.float64(types.float64)

    @numba.njit
    def twice(x):
        return 2 * x

    @numba.njit
    def applied(function, x):
        return function(x) + 1

    bare = SimpleNamespace(compile=twice.compile, py_func=twice.py_func)
    assert applied(jit.first_class(bare, signature), 4.0) == 9.0


@compiled_only
def test_a_kernel_is_called_without_them():
    """It asks for the types at every call."""

    @numba.njit
    def add(x):
        return x.sum()

    vector = types.float64[::1]
    bare = SimpleNamespace(compile=add.compile)
    assert jit.entry(bare, vector) is bare
    assert jit.entry(add, vector)(np.ones(3)) == 3.0
