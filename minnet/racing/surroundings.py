"""What surrounds a race while it runs: Ctrl-C, the progress bar, and the threads of BLAS."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


@contextmanager
def ctrl_c() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into a request, so that no run is left ahead of another.

    A second one interrupts as ever.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = signal.getsignal(signal.SIGINT)
    if before in (signal.SIG_IGN, None):  # as under nohup: it is to be ignored here too
        yield asked
        return

    def ask(number: int, frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def progress_of(progress: bool | Callable[[int, int], None]) -> Callable[[int | None, int], None]:
    """A function to call with (steps done, steps in all), and with None at the end."""
    if callable(progress):
        return lambda done, total: progress(done, total) if done is not None else None
    if not progress:
        return lambda done, total: None
    from tqdm.auto import tqdm

    bar = tqdm(unit=" mini-batches", leave=False)

    def tick(done: int | None, total: int) -> None:
        if done is None:
            bar.close()
            return
        bar.total = total
        bar.update(done - bar.n)

    return tick


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
