"""How a race goes forward: from the first mini-batch to the last, with all that stands between.

Between mini-batches the runs are evaluated, stopped and saved, and their schedules adapted.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from .blas import one_blas_thread
from .checkpoint import Checkpoint
from .interrupt import ctrl_c
from .pauses import Pauses
from .progress import progress_of
from .state import DeviceLost, Race, settle

log = logging.getLogger("minnet")


def drive(state: Race, pauses: Pauses, progress: bool | Callable[[int, int], None]) -> bool:
    """Drive the race to its end; True if Ctrl-C came first."""
    total, begun, began = state.course.steps, state.step, time.monotonic() - state.spent
    tick = progress_of(progress)
    with ThreadPoolExecutor(state.threads) as pool, one_blas_thread(), ctrl_c() as asked:
        try:
            state.compile()
            if state.step == 0:
                state.keep(pauses.keep)
                if pauses.evaluate_every and not state.evaluated_at:
                    state.evaluate(pool)
            chunks = state.chunks(pauses.after)
            chunk = next(chunks, None)
            while chunk is not None and state.running and not asked.is_set():
                tasks = state.submit(pool, chunk)
                try:
                    chunk = next(chunks, None)  # gathered while the runs use the one before
                finally:
                    settle(tasks)
                if state.running:
                    attend(state, pauses, pool, began)
                else:
                    state.step = int(state.ended_at.max())  # wherever the chunk would have ended
                tick(state.step, total)
            save(state, pauses.checkpoint)
        except KeyboardInterrupt:
            return True
        except DeviceLost as error:
            if state.step == begun:
                raise
            state.lost = str(error)
            log.warning("%s; what was reached, step %d, is kept", error, state.step)
            save(state, pauses.checkpoint)
            return True
        finally:
            state.spent = time.monotonic() - began
            tick(None, total)
    return asked.is_set() and state.step < total


def attend(state: Race, pauses: Pauses, pool: ThreadPoolExecutor, began: float) -> None:
    """Do what is to be done after this step."""
    state.keep(pauses.keep)
    if state.step % state.course.per_epoch == 0:
        if pauses.evaluates(state.step):
            state.evaluate(pool)
            state.stop(pauses.criteria, time.monotonic() - began)
        if state.adaptive:
            state.adapt()
    state.spent = time.monotonic() - began
    if pauses.checkpoint and pauses.checkpoint.is_due(state.step, state.course.steps):
        save(state, pauses.checkpoint)


def save(state: Race, checkpoint: Checkpoint | None) -> None:
    """Save the race, if it is not yet; a full disk costs the checkpoint, not the race."""
    if checkpoint is None or state.saved_at == state.step:
        return
    state.saved_at = state.step  # it is not tried again
    try:
        checkpoint.save(state)
    except DeviceLost:
        raise
    except OSError as error:
        log.warning("checkpoint at step %d not saved: %s", state.step, error)
