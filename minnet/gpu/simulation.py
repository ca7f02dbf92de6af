"""What Numba's CUDA simulator needs to be quick and sound; imported only where it is on."""

import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numba.cuda.simulator.kernelapi import FakeCUDAShared
from numba.np.numpy_support import as_dtype

IMPATIENT = 1e-4  # seconds between thread switches: the simulator waits for threads by asking
lock = threading.Lock()


def array(self, shape, dtype, alignment=None) -> np.ndarray:
    """`cuda.shared.array` of the simulator, for one thread at a time.

    Its own looks whether the array of this line is there, and if not makes it; two threads of a
    block that look at the same moment get an array each, and wrong sums.
    """
    dtype = np.dtype(dtype) if isinstance(dtype, (type, np.dtype)) else as_dtype(dtype)
    if shape == 0:  # dynamic: all that the launch asked for
        return np.frombuffer(self._dynshared.data, dtype, self._dynshared_size // dtype.itemsize)
    code = sys._getframe(1)
    place = code.f_code.co_filename, code.f_lineno
    with lock:
        if place not in self._allocations:
            self._allocations[place] = np.empty(shape, dtype)
        return self._allocations[place]


@contextmanager
def simulating() -> Iterator[None]:
    """Switch threads often, and do not warn of NaN and overflow, which no card would do."""
    before, FakeCUDAShared.array = sys.getswitchinterval(), array
    sys.setswitchinterval(IMPATIENT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            yield
    finally:
        sys.setswitchinterval(before)
