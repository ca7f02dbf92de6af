"""A window is a view: the same numbers, no copy."""

import numba
import numpy as np
import pytest

from minnet.kernels.windows import window


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_window_is_the_slice_reshaped(dtype):
    flat = np.arange(20, dtype=dtype)
    cut = window(flat, 3, 4, 2)
    np.testing.assert_array_equal(cut, flat[3:11].reshape(4, 2))
    assert cut.dtype == dtype and cut.flags.c_contiguous


def test_writing_into_a_window_writes_into_the_vector():
    flat = np.zeros(6)
    window(flat, 2, 2, 2)[1, 0] = 7
    assert flat.tolist() == [0, 0, 0, 0, 7, 0]


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="NUMBA_DISABLE_JIT: nothing is compiled")
def test_a_window_keeps_its_memory_alive():
    @numba.njit
    def cut():
        return window(np.arange(100_000.0), 50_000, 10, 10)

    kept = cut()
    np.zeros(100_000)  # would reuse the memory if it were free
    assert kept[0, 0] == 50_000
