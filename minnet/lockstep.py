"""All runs of a race go forward together: the same gathered mini-batches, a thread for each run.

R  runs    K  mini-batches of all epochs    n  weights
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from typing import NamedTuple

import numpy as np

from . import backprop, descent
from .data.cases import PARTS
from .mlp import MLP, weights_hash
from .optimizers import Optimizer
from .plan import Plan

CHUNK_BYTES = 4 << 20  # gathered cases that all runs read before the next ones are gathered
CHUNK_WORK = 1e11  # floating-point operations after which Ctrl-C is heard, roughly half a second


class Chunk(NamedTuple):
    """Some consecutive mini-batches, gathered: batch k is cases starts[k]:starts[k+1] of x and t.

    `ends_epoch` is the number of the epoch (from 1) that ends with this chunk, or 0.
    """

    x: np.ndarray
    t: np.ndarray
    starts: np.ndarray
    ends_epoch: int


class Race:
    """The state of a race: one start and one plan, and for each run its weights and slots.

    `minnet.race` builds and drives one.
    """

    def __init__(
        self,
        net: MLP,
        data,
        optimizers: Sequence[Optimizer],
        plan: Plan,
        start: np.ndarray,
        threads: int,
    ):
        self.net, self.data, self.plan, self.start, self.threads = net, data, plan, start, threads
        self.start_hash = weights_hash(start)
        self.optimizers = list(optimizers)
        runs, n = len(self.optimizers), start.size
        self.w = np.tile(start, (runs, 1))
        self.slots = [optimizer.start(n, start.dtype) for optimizer in self.optimizers]
        self.steps = [optimizer.compiled(start.dtype) for optimizer in self.optimizers]
        self.numbers = [optimizer.values(start.dtype) for optimizer in self.optimizers]
        self.losses = np.full((runs, plan.steps), np.nan)
        self.diverged_at = np.zeros(runs, np.int64)
        self.seconds = np.zeros(runs)
        self.step = 0
        self.evaluated_at: list[int] = []
        self.scores: list[np.ndarray] = []
        self.best, self.best_loss, self.best_at = (
            self.w.copy(),
            np.full(runs, np.inf),
            np.zeros(runs, np.int64),
        )
        self.kept: dict[int, np.ndarray] = {}
        self.gradient = backprop.compiled_gradient(start.dtype.name)
        self._rooms = threading.local()

    @property
    def running(self) -> list[int]:
        """The runs that have not diverged."""
        return np.flatnonzero(self.diverged_at == 0).tolist()

    def chunk_steps(self) -> int:
        """How many mini-batches are gathered at a time."""
        bytes_a_step = self.plan.batch_size * self.data.train.x.shape[1] * self.start.itemsize
        work_a_step = 6 * self.start.size * self.plan.batch_size * len(self.optimizers)
        return max(1, int(min(CHUNK_BYTES / bytes_a_step, CHUNK_WORK / work_a_step)))

    def chunks(self, stops: Iterable[int]) -> Iterator[Chunk]:
        """Gather the plan's mini-batches, a few at a time; no chunk goes past a step in `stops`."""
        size, done = self.chunk_steps(), 0
        for epoch in range(self.plan.epochs):
            cases, starts = self.plan.epoch(epoch)
            k, steps = 0, len(starts) - 1
            while k < steps:
                stop = min([k + size, steps, *(s - done + k for s in stops if s > done)])
                chosen = cases[starts[k] : starts[stop]]
                x, t = self.data.train.x[chosen], self.data.train.t[chosen]
                yield Chunk(x, t, starts[k : stop + 1] - starts[k], stop == steps and epoch + 1)
                k, done = stop, done + stop - k

    def submit(self, pool: ThreadPoolExecutor, chunk: Chunk) -> list[Future]:
        """Begin to take all running runs through a chunk."""
        first = self.step
        self.step += len(chunk.starts) - 1
        return [pool.submit(self._descend, r, chunk, first) for r in self.running]

    def compile(self) -> None:
        """Compile the descent by taking no step, so that no run's seconds include it."""
        part = self.data.train
        self._descend(0, Chunk(part.x[:0], part.t[:0], np.zeros(1, np.int64), 0), 0)

    def _descend(self, r: int, chunk: Chunk, first: int) -> None:
        began = time.perf_counter()
        count = len(chunk.starts) - 1
        step, jump, looks_ahead = self.steps[r]
        before = self.losses[r, first - 1] if first else np.inf
        net = self.net
        taken = descent.descend(
            self.w[r], self.slots[r], np.tile(self.numbers[r], (count, 1)), step, jump, looks_ahead,
            self.gradient, net.layers, net.loss_kind, self.start.dtype.type(net.l2), net.l2_biases,
            chunk.x, chunk.t, chunk.starts, first + 1, before,
            self.losses[r, first : first + count], *self._room(),
        )  # fmt: skip
        if taken < count:
            self.diverged_at[r] = first + taken + 1
        self.seconds[r] += time.perf_counter() - began

    def _room(self) -> tuple[np.ndarray, ...]:
        """This thread's room for activities, deltas, gradient and the place ahead."""
        if not hasattr(self._rooms, "arrays"):
            sizes = [self.plan.largest * sum(self.net.sizes[1:])] * 2 + [self.start.size] * 2
            self._rooms.arrays = tuple(np.empty(size, self.start.dtype) for size in sizes)
        return self._rooms.arrays

    def evaluate(self, pool: ThreadPoolExecutor) -> None:
        """Score the running runs on all parts, and keep weights that validate best so far."""
        scores = np.full((len(self.optimizers), len(PARTS), 2), np.nan)
        settle([pool.submit(self._score, r, scores) for r in self.running])
        self.evaluated_at.append(self.step)
        self.scores.append(scores)

    def _score(self, r: int, scores: np.ndarray) -> None:
        for p, name in enumerate(PARTS):
            part = getattr(self.data, name)
            if part is not None:
                classes = self.data.classes is not None
                scores[r, p] = self.net.evaluate(self.w[r], part.x, part.t, classes=classes)
        loss = scores[
            r, PARTS.index("validation" if self.data.validation is not None else "train"), 0
        ]
        if loss < self.best_loss[r]:
            self.best[r], self.best_loss[r], self.best_at[r] = self.w[r], loss, self.step


def settle(tasks: list[Future]) -> None:
    """Wait for all tasks.  On Ctrl-C too they finish first, so that no run is ahead of another."""
    try:
        wait(tasks)
    except KeyboardInterrupt:
        wait(tasks)
        raise
    for task in tasks:
        task.result()


@cache
def blas():
    """The BLAS libraries of this process: a race holds each at one thread, as runs are parallel."""
    import scipy.linalg.cython_blas  # noqa: F401  the BLAS that np.dot calls in kernels
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def drive(state: Race, evaluate_every: int, wanted: list[int], progress) -> bool:
    """Drive the race to its end; True if Ctrl-C came first."""
    plan, tick = state.plan, progress_of(progress)
    if 0 in wanted:
        state.kept[0] = state.w.copy()
    with ThreadPoolExecutor(state.threads) as pool, blas().limit(limits=1, user_api="blas"):
        try:
            state.compile()
            if evaluate_every:
                state.evaluate(pool)
            chunks = state.chunks(wanted)
            chunk = next(chunks, None)
            while chunk is not None and state.running:
                tasks = state.submit(pool, chunk)
                try:
                    following = next(chunks, None)  # gathered while the runs use this one
                finally:
                    settle(tasks)
                if state.step in wanted:
                    state.kept[state.step] = state.w.copy()
                tick(state.step, plan.steps)
                epoch = chunk.ends_epoch
                if epoch == plan.epochs or (
                    epoch and evaluate_every and epoch % evaluate_every == 0
                ):
                    state.evaluate(pool)
                chunk = following
        except KeyboardInterrupt:
            return True
        finally:
            tick(None, plan.steps)
    return False


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
