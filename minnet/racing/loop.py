"""From the first mini-batch to the last: evaluate, adapt, save, show how far, and heed Ctrl-C."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache

from .checkpoint import Checkpoint
from .state import DeviceLost, Race, settle
from .stopping import Criterion

log = logging.getLogger("minnet")


def drive(
    state: Race,
    *,
    evaluate_every: int,
    keep: Sequence[int],
    stop: Sequence[Criterion],
    checkpoint: Checkpoint | None,
    progress,
) -> bool:
    """Drive the race to its end; True if Ctrl-C came first."""
    plan, tick, began = state.plan, progress_of(progress), time.monotonic() - state.spent
    saving = checkpoint.steps(plan.steps) if checkpoint else ()
    begun, saved = state.step, -1
    pause = 1 if state.adaptive else evaluate_every or plan.epochs
    epochs = range(0, plan.steps, pause * plan.steps_per_epoch)
    with ThreadPoolExecutor(state.threads) as pool, one_blas_thread(), ctrl_c() as asked:
        try:
            state.compile()
            if state.step == 0:
                state.keep(keep)
                if evaluate_every and not state.evaluated_at:
                    state.evaluate(pool)
            chunks = state.chunks({*keep, *saving, *epochs})
            chunk = next(chunks, None)
            while chunk is not None and state.running and not asked.is_set():
                tasks = state.submit(pool, chunk)
                try:
                    following = next(chunks, None)  # gathered while the runs use this one
                finally:
                    settle(tasks)
                if not state.running:
                    state.step = int(state.ended_at.max())  # wherever the chunk would have ended
                    tick(state.step, plan.steps)
                    break
                state.keep(keep)
                epoch, chunk = state.step // plan.steps_per_epoch, following
                if state.step % plan.steps_per_epoch == 0:
                    if epoch == plan.epochs or (evaluate_every and epoch % evaluate_every == 0):
                        state.evaluate(pool)
                        state.stop(stop, time.monotonic() - began)
                    if state.adaptive:
                        state.adapt()
                state.spent = time.monotonic() - began
                if state.step in saving:
                    save(checkpoint, state)
                    saved = state.step
                tick(state.step, plan.steps)
            if checkpoint and state.step != saved:
                save(checkpoint, state)
        except KeyboardInterrupt:
            return True
        except DeviceLost as error:
            if state.step == begun:
                raise
            state.lost = str(error)
            log.warning("%s; what was reached, step %d, is kept", error, state.step)
            if checkpoint and state.step != saved:
                save(checkpoint, state)
            return True
        finally:
            state.spent = time.monotonic() - began
            tick(None, plan.steps)
    return asked.is_set() and state.step < plan.steps


def save(checkpoint: Checkpoint, state: Race) -> None:
    """Save the race; a full disk costs the checkpoint, not the race."""
    try:
        checkpoint.save(state)
    except DeviceLost:
        raise
    except OSError as error:
        log.warning("checkpoint at step %d not saved: %s", state.step, error)


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

    def ask(number, frame):
        asked.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def progress_of(progress) -> Callable[[int | None, int], None]:
    """A function to call with (steps done, steps in all), and with None at the end."""
    if callable(progress):
        return lambda done, total: progress(done, total) if done is not None else None
    if not progress:
        return lambda done, total: None
    from tqdm.auto import tqdm

    bar = tqdm(unit=" mini-batches", leave=False)

    def tick(done, total):
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
def blas():
    """The BLAS libraries of this process."""
    import scipy.linalg.cython_blas  # noqa: F401  the BLAS that np.dot calls in kernels
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
