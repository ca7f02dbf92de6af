"""Two repairs of Numba's CUDA simulator: shared arrays for all threads of a block, and its speed.

Imported only where the simulator is on.
"""

import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numba.core import types
from numba.cuda.simulator.kernelapi import FakeCUDAShared
from numba.np.numpy_support import as_dtype

SWITCH_INTERVAL = 1e-4  # seconds between thread switches: the simulator waits for threads by asking
lock = threading.Lock()


def array(
    self: FakeCUDAShared,
    shape: int | tuple[int, ...],
    dtype: type | np.dtype | types.Type,
    alignment: int | None = None,
) -> np.ndarray:
    """`cuda.shared.array` of the simulator, for one thread at a time.

    The simulator's own looks whether the array of this line is there, and if not makes it; two
    threads of a block that look at the same moment get an array each, and wrong sums.

    Parameters
    ----------
    self : FakeCUDAShared
        The shared memory of one block.
    shape : int or tuple of int
        0 for dynamic shared memory: all that the launch asks for.
    dtype : type or dtype
        NumPy's, or Numba's type of a number.
    alignment : int, optional
        Not used: it concerns cards only.
    """
    dtype = np.dtype(dtype) if isinstance(dtype, (type, np.dtype)) else as_dtype(dtype)
    if shape == 0:
        return np.frombuffer(self._dynshared.data, dtype, self._dynshared_size // dtype.itemsize)
    code = sys._getframe(1)
    place = code.f_code.co_filename, code.f_lineno
    with lock:
        if place not in self._allocations:
            self._allocations[place] = np.empty(shape, dtype)
        return self._allocations[place]


@contextmanager
def simulating() -> Iterator[None]:
    """Repair the simulator, and silence warnings of NaN and overflow, which no card would give."""
    before = sys.getswitchinterval()
    FakeCUDAShared.array = array  # type: ignore[method-assign]
    sys.setswitchinterval(SWITCH_INTERVAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            yield
    finally:
        sys.setswitchinterval(before)
