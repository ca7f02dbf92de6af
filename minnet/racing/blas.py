"""The threads of the BLAS libraries, held at one while runs train in parallel."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


_racing = threading.Lock()
_races: list = []  # the races under way in this process, and the limit that the first one set


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold the BLAS libraries at one thread while any race is under way: its runs are parallel."""
    with _racing:
        if not _races:
            _races.append(blas().limit(limits=1, user_api="blas"))
        _races.append(None)
    try:
        yield
    finally:
        with _racing:
            _races.pop()
            if len(_races) == 1:
                _races.pop().restore_original_limits()


@cache
def blas() -> "ThreadpoolController":
    """The BLAS libraries of this process."""
    import scipy.linalg.cython_blas  # noqa: F401  the BLAS that np.dot calls in kernels
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
