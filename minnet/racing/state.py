"""What a race is: one start and one plan, and for each run its weights, slots and losses.

R  runs    K  mini-batches of all epochs    n  weights

All runs go forward together, on the same gathered mini-batches, a thread for each run.
"""

import hashlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, NamedTuple

import numpy as np

from ..data.cases import PARTS, Data
from ..descent import loop
from ..descent.plan import Plan
from ..net import backprop
from ..net.mlp import MLP
from ..optimizers.optimizer import Optimizer
from ..optimizers.schedules import Course
from .stopping import Criterion, first_reached

CHUNK_BYTES = 2 << 20  # gathered cases that all runs read before the next ones are gathered
CHUNK_WORK = 1e11  # floating-point operations after which Ctrl-C is heard, roughly half a second


class DeviceLost(OSError):
    """A device that stopped answering, or has too little memory."""


class Chunk(NamedTuple):
    """Some consecutive mini-batches, gathered: batch k is cases starts[k]:starts[k+1] of x, t."""

    x: np.ndarray
    t: np.ndarray
    starts: np.ndarray


class Race:
    """The state of a race: one start and one plan, and for each run its weights and slots.

    `minnet.race` builds and drives one.
    """

    where, lost = "cpu", ""  # the device, and what it said if it was lost on the way

    def __init__(
        self,
        net: MLP,
        data: Data,
        optimizers: Sequence[Optimizer],
        plan: Plan,
        start: np.ndarray,
        threads: int,
    ):
        self.net, self.data, self.plan, self.start, self.threads = net, data, plan, start, threads
        self.start_hash = weights_hash(start)
        self.course = Course(plan.steps, plan.steps_per_epoch)
        self.most_cases = plan.largest  # in a mini-batch
        self.optimizers = list(optimizers)
        runs, n = len(self.optimizers), start.size
        self.w = np.tile(start, (runs, 1))
        self.slots = [optimizer.start(n, start.dtype) for optimizer in self.optimizers]
        self.states = [
            {name: schedule.state for name, schedule in optimizer.schedules.items()}
            for optimizer in self.optimizers
        ]
        # Whether a schedule looks at the losses at the end of every epoch.
        self.adaptive = any(s.adapt for o in self.optimizers for s in o.schedules.values())
        self.losses = np.full((runs, self.course.steps), np.nan)
        self.diverged_at, self.stopped_at = np.zeros((2, runs), np.int64)
        self.stopped_by = [""] * runs
        self.seconds = np.zeros(runs)
        self.step, self.spent = 0, 0.0  # steps made; seconds they took
        self.saved_at = -1  # the step of the checkpoint on disk
        self.evaluated_at: list[int] = []
        self.scores: list[np.ndarray] = []
        self.best, self.best_loss = self.w.copy(), np.full(runs, np.inf)
        self.best_at = np.zeros(runs, np.int64)
        self.kept: dict[int, np.ndarray] = {}
        self.identity: dict[str, str] | None = None  # what a checkpoint compares, once asked for
        # What a run is judged by: its validation part, or without one its training part.
        self.judge = PARTS.index("train" if data.validation is None else "validation")
        self._prepare()

    def _prepare(self) -> None:
        """Get what takes the steps: compiled, or loaded from the cache."""
        dtype = self.start.dtype
        self.moves = [optimizer.compiled(dtype) for optimizer in self.optimizers]
        self.gradient = backprop.as_argument(dtype.name)
        self.kernel_net = self.net.compiled(dtype)
        self.descend = loop.compiled(dtype.name)
        self._rooms = threading.local()

    @property
    def running(self) -> list[int]:
        """The runs that have neither diverged nor stopped."""
        return np.flatnonzero(self.ended_at == 0).tolist()

    @property
    def ended_at(self) -> np.ndarray:
        """(R,) the step at which a run diverged or was stopped; 0: neither."""
        return np.maximum(self.diverged_at, self.stopped_at)

    def chunk_steps(self) -> int:
        """How many mini-batches are gathered at a time."""
        bytes_a_step = self.plan.batch_size * self.data.train.x.shape[1] * self.start.itemsize
        work_a_step = 6 * self.start.size * self.plan.batch_size * len(self.optimizers)
        return max(1, int(min(CHUNK_BYTES / bytes_a_step, CHUNK_WORK / work_a_step)))

    def chunks(self, pause_after: Callable[[int], int] | None = None) -> Iterator[Chunk]:
        """Gather the mini-batches from `self.step` on, chunk by chunk.

        No chunk goes past the step that `pause_after` names for the step where it begins.
        """
        # One chunk is gathered while another is in use.
        rooms: Iterator[dict[str, np.ndarray]] = itertools.cycle([{}, {}])
        for cases, starts in self.cuts(pause_after):
            room, part = next(rooms), self.data.train
            yield Chunk(gather(part.x, cases, room, "x"), gather(part.t, cases, room, "t"), starts)

    def cuts(
        self, pause_after: Callable[[int], int] | None = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The plan from `self.step` on, `chunk_steps` at a time, as `Plan.cut` returns it."""
        done, (total, per_epoch) = self.step, self.course
        while done < total:
            ends = [done + self.chunk_steps(), pause_after(done) if pause_after else total]
            ends += [(done // per_epoch + 1) * per_epoch] if self.adaptive else []
            yield self.plan.cut(done, min(ends))
            done = min(ends)

    def keep(self, wanted: Sequence[int]) -> None:
        """Keep all runs' weights if this step is wanted."""
        if self.step in wanted:
            self.kept[self.step] = self.w.copy()

    def submit(self, pool: ThreadPoolExecutor, chunk: Chunk) -> list[Future]:
        """Begin to take all running runs through a chunk."""
        first = self.step
        self.step += len(chunk.starts) - 1
        return self._each(pool, self._descend, chunk, first)

    def _each(self, pool: ThreadPoolExecutor, work: Callable, *arguments: Any) -> list[Future]:
        """Begin to do `work` for every running run; with one thread, do it at once."""
        if self.threads > 1:
            return [pool.submit(work, r, *arguments) for r in self.running]
        for r in self.running:
            work(r, *arguments)
        return []

    def compile(self) -> None:
        """Get ready, so that no run's seconds include it; on the CPU all is compiled already."""

    def _descend(self, r: int, chunk: Chunk, first: int) -> None:
        """Take run r through a chunk whose first mini-batch is step number first + 1."""
        began = time.perf_counter()
        count = len(chunk.starts) - 1
        before = self.losses[r, first - 1] if first else np.inf
        hyper = self.optimizers[r].table(
            first + 1, count, self.course, self.start.dtype, self.states[r]
        )
        taken = self.descend(
            self.w[r], self.slots[r], hyper, self.moves[r], self.gradient, self.kernel_net,
            chunk.x, chunk.t, chunk.starts, first + 1, before,
            self.losses[r, first : first + count], self._room(),
        )  # fmt: skip
        if taken < count:
            self.diverged_at[r] = first + taken + 1
        self.seconds[r] += time.perf_counter() - began

    def _room(self) -> loop.Room:
        """This thread's room to work in."""
        if not hasattr(self._rooms, "room"):
            units, n = sum(self.net.sizes[1:]), self.start.size
            self._rooms.room = loop.room_for(units, self.most_cases, n, self.start.dtype)
        return self._rooms.room

    def evaluate(self, pool: ThreadPoolExecutor) -> None:
        """Score the running runs on all parts, and keep weights that validate best so far."""
        scores = self.score(pool)
        self.evaluated_at.append(self.step)
        self.scores.append(scores)
        for r in np.flatnonzero(scores[:, self.judge, 0] < self.best_loss):
            self.best[r], self.best_at[r] = self.w[r], self.step
            self.best_loss[r] = scores[r, self.judge, 0]

    def score(self, pool: ThreadPoolExecutor) -> np.ndarray:
        """(R, parts, 2): loss and error of each running run."""
        scores = np.full((len(self.optimizers), len(PARTS), 2), np.nan)
        settle(self._each(pool, self._score, scores))
        return scores

    def _score(self, r: int, scores: np.ndarray) -> None:
        for p, name in enumerate(PARTS):
            part = getattr(self.data, name)
            if part is not None:
                classes = self.data.classes is not None
                scores[r, p] = self.net.evaluate(self.w[r], part.x, part.t, classes=classes)

    def adapt(self) -> None:
        """At the end of an epoch, let the schedules that look at the losses look."""
        first = self.step - self.course.per_epoch
        for r in self.running:
            training = float(self.losses[r, first : self.step].mean())
            fresh = self.evaluated_at[-1:] == [self.step]
            validation = float(self.scores[-1][r, self.judge, 0]) if fresh else np.nan
            self.states[r] = {
                name: schedule.adapt(self.states[r][name], training, validation)
                if schedule.adapt
                else {}
                for name, schedule in self.optimizers[r].schedules.items()
            }

    def stop(self, criteria: Sequence[Criterion], seconds: float) -> None:
        """After an evaluation, stop the runs for which a criterion is reached."""
        if not criteria:
            return  # the scores so far need not be gathered
        history = np.stack(self.scores, axis=1)[:, :, self.judge]
        for r in self.running:
            reason = first_reached(criteria, history[r, :, 0], history[r, :, 1], seconds)
            if reason:
                self.stopped_at[r], self.stopped_by[r] = self.step, reason


def gather(table: np.ndarray, cases: np.ndarray, room: dict, name: str) -> np.ndarray:
    """The rows `cases` of a table, in memory that is used again and again."""
    if name not in room or len(room[name]) < len(cases):
        room[name] = np.empty((len(cases), table.shape[1]), table.dtype)
    return np.take(table, cases, axis=0, out=room[name][: len(cases)], mode="clip")


def settle(tasks: list[Future]) -> None:
    """Wait for all tasks, also when one fails, so that no run is ahead of another."""
    wait(tasks)
    for task in tasks:
        task.result()


def weights_hash(w: np.ndarray) -> str:
    """First 12 hex digits of the SHA-256 of the weights' bytes."""
    return hashlib.sha256(np.ascontiguousarray(w).data).hexdigest()[:12]
