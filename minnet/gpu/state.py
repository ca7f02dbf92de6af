"""A race of small nets on a device: all runs go forward in one launch, a block for each.

R  runs    n  weights    S  slots    K  mini-batches    H  hyperparameters, of the rule with most
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import cuda

from ..data.cases import PARTS
from ..net.backprop import ROOT_MEAN_SQUARE
from . import blocks, layers, steps
from .mirror import MirroredRace

if TYPE_CHECKING:
    from numba.cuda.dispatcher import CUDADispatcher

PACE = 0.2  # seconds that a launch should take, roughly: then Ctrl-C is heard
LOSSES = {
    ("cross-entropy", "softmax"): layers.SOFTMAX,
    ("cross-entropy", "logistic"): layers.LOGISTIC,
}


class Indices(NamedTuple):
    """Some consecutive mini-batches: batch k is the cases `cases[starts[k]:starts[k+1]]`.

    Parameters
    ----------
    cases : int64 array
        Places of cases in the training part.
    starts : (K + 1,) int64 array
        Where in `cases` each mini-batch begins, and where the last one ends.
    """

    cases: np.ndarray
    starts: np.ndarray


class Room(NamedTuple):
    """The layout of the memory that a block works in (its bench); see `blocks`.

    Parameters
    ----------
    deltas, errors, state : int
        Where the deltas begin, the errors of the cases, and the state of the run.  In numbers of
        the race's dtype, as is:
    size : int
        All of it.
    holds_state : bool
        Whether the state (weights, slots, place ahead) is in it.
    is_shared : bool
        Whether it is shared memory.
    """

    deltas: int
    errors: int
    state: int
    size: int
    holds_state: bool
    is_shared: bool


def room_for(units: int, cases: int, per_run: int, shared: int) -> Room:
    """The layout of a block's memory: shared where it fits, and with the run's state where it does.

    Parameters
    ----------
    units : int
        Of all layers but the inputs.
    cases : int
        Of the largest mini-batch.
    per_run : int
        Numbers of a run's state: weights, slots and place ahead.
    shared : int
        How many numbers fit into a block's shared memory.
    """
    deltas = units * cases  # behind the outputs
    errors = 2 * deltas
    state = errors + 2 * cases  # behind each case's error and mistakes
    is_shared, holds_state = state <= shared, state + per_run <= shared
    return Room(deltas, errors, state, state + per_run * holds_state, holds_state, is_shared)


class DeviceRace(MirroredRace):
    """The state of a race of small nets on a device: a block of threads trains each.

    Parameters as for `MirroredRace`, methods as for `racing.state.Race`.
    """

    def _prepare(self) -> None:
        """Lay out the room of a block, and choose the kernels; minnet's rules wait for the card."""
        n, dtype, net = self.start.size, self.start.dtype, self.net
        for optimizer in self.optimizers:
            steps.check(optimizer, dtype)
        pairs, self.kinds = steps.kinds_of(self.optimizers)
        looks_ahead = any(jump for _, jump in pairs)
        self.most_slots = self._slots.shape[1]
        self.pace = 1  # mini-batches of a launch
        values = [optimizer.values(dtype) for optimizer in self.optimizers]
        self.hyper = np.zeros((len(values), max(1, *map(len, values))), dtype)
        for row, own in zip(self.hyper, values, strict=True):
            row[: len(own)] = own
        self.runs_with_schedules = [r for r, o in enumerate(self.optimizers) if o.schedules]
        shared = self.device.shared_bytes // dtype.itemsize - blocks.STATIC
        self.room = room = room_for(
            sum(net.sizes[1:]), self.plan.largest, n * (1 + self.most_slots + looks_ahead), shared
        )
        # Kernels, launched by kernel[blocks, threads, stream, bytes of shared memory](...).
        self.trainer: CUDADispatcher = blocks.trainer(
            pairs, looks_ahead, room.holds_state, room.is_shared, dtype.name
        )
        self.scorer: CUDADispatcher = blocks.scorer(room.is_shared, dtype.name)
        self.loss = LOSSES.get((net.loss, str(net.output)), layers.SQUARES)
        weight = 1 / net.sizes[-1] if net.loss == "mean-squared" else 0.5
        self.weight, self.l2 = dtype.type(weight), dtype.type(net.l2)

    def room_bytes(self, runs: int) -> int:
        """Bytes that all blocks at work on so many `runs` need, shared memory apart."""
        numbers = self.start.size + (0 if self.room.is_shared else self.room.size)
        return min(runs, self.device.blocks) * numbers * self.start.itemsize

    def compile(self) -> None:
        """Put data and runs on the device and compile the descent, by taking no step.

        Raises
        ------
        DeviceLost
            If the device has too little memory, or CUDA reports an error.
        RuleError
            If a user's own rule does not compile.
        """
        self.host_step = self.step
        with self.working():
            self.groups = self.split()
            self._allocate(max(len(group) for group in self.groups))
            self._upload(self.groups[0])
            self.on_device = {
                name: (cuda.to_device(part.x), cuda.to_device(part.t))
                for name in PARTS
                if (part := getattr(self.data, name)) is not None
            }
            with self.compiling():
                self._warm_up()

    def _allocate(self, most: int) -> None:
        """Arrays for `most` runs at a time."""
        n, dtype, room = self.start.size, self.start.dtype, self.room
        self.blocks = min(most, self.device.blocks)
        self.arrays = (
            cuda.device_array(most * n, dtype),
            cuda.device_array(most * n * self.most_slots, dtype),
        )
        self.benches = cuda.device_array(
            (1, 1) if room.is_shared else (self.blocks, room.size), dtype
        )
        self.ahead = cuda.device_array(self.blocks * n, dtype)
        self.layers = cuda.to_device(self.net.layers)

    def _warm_up(self) -> None:
        """Compile by a launch without mini-batches."""
        nothing = Indices(np.zeros(1, np.int64), np.zeros(1, np.int64))
        self._launch(self.groups[0], nothing, self.step)

    def chunks(  # type: ignore[override]  # not gathered: all cases are on the device
        self, pause_after: Callable[[int], int] | None = None
    ) -> Iterator[Indices]:
        """The mini-batches from `self.step` on, chunk by chunk.

        No chunk goes past the step that `pause_after` names for the step where it begins.
        """
        return (Indices(*cut) for cut in self.cuts(pause_after))

    def chunk_steps(self) -> int:
        """As many mini-batches as a launch may take."""
        return self.pace

    def submit(  # type: ignore[override]  # what `chunks` yields
        self, pool: ThreadPoolExecutor, chunk: Indices
    ) -> list:
        """Take all running runs through a chunk, and wait; `pool` is not used."""
        began, first, running = time.perf_counter(), self.step, self.running
        count, in_groups = len(chunk.starts) - 1, len(self.groups) > 1
        copies: list[list[np.ndarray]] = []
        with self.working():
            for group in self.groups:
                if in_groups:
                    self._upload(group)
                self._launch(group, chunk, first)
                if in_groups:
                    copies.append(self._download(group))
        self.step += count
        if in_groups:  # all of them, or none if the device was lost
            for group, arrays in zip(self.groups, copies, strict=True):
                self._store(group, arrays)
            self.host_step = self.step
        seconds = time.perf_counter() - began
        self.seconds[running] += seconds / max(1, len(running))
        self._set_pace(count, seconds)
        return []

    def _set_pace(self, count: int, seconds: float) -> None:
        """Make the next launches longer or shorter; which steps are taken does not depend on it."""
        if seconds > 2 * PACE:
            self.pace = max(1, min(self.pace, count) // 2)
        elif seconds < PACE / 2 and count >= self.pace:
            self.pace = min(2 * self.pace, self.most_steps())

    def _launch(self, group: range, chunk: Indices, first: int) -> None:
        """Take the running runs of a group through a chunk, after `first` steps; read their losses.

        On the device, runs are counted from the group's first one.
        """
        running = self._running(group)
        count, runs, dtype, net = len(chunk.starts) - 1, len(group), self.start.dtype, self.net
        if not running.size:
            return
        own = slice(group.start, group.stop)
        before = self.losses[own, first - 1] if first else np.full(runs, np.inf)
        losses = cuda.device_array((runs, max(1, count)), dtype)
        steps_taken = cuda.device_array(runs, np.int64)
        per_run = self.start.size * self.most_slots
        w, slots = self.arrays[0][: runs * self.start.size], self.arrays[1][: runs * per_run]
        room = self.room
        shared = room.size * dtype.itemsize if room.is_shared else 0
        self.trainer[min(len(running), self.blocks), self.device.threads, 0, shared](
            w, slots, cuda.to_device(running - group.start),
            cuda.to_device(np.array(self.kinds[own], np.int64)),
            cuda.to_device(self._hyper(group, running, first, count)),
            self.layers, self.loss, self.weight, self.l2, net.l2_biases,
            *self.on_device["train"], cuda.to_device(chunk.cases), cuda.to_device(chunk.starts),
            first + 1, cuda.to_device(before.astype(dtype)), losses, steps_taken,
            self.benches, self.ahead, room.deltas, room.errors, room.state,
        )  # fmt: skip
        self._read(running, first, steps_taken.copy_to_host()[running - group.start],
                   losses.copy_to_host()[running - group.start, :count])  # fmt: skip

    def _running(self, group: range) -> np.ndarray:
        """The running runs of a group."""
        running = np.array(self.running, np.int64)
        return running[(running >= group.start) & (running < group.stop)]

    def _hyper(self, group: range, running: np.ndarray, first: int, count: int) -> np.ndarray:
        """(runs, K, H): constant ones, and over these the schedules' values."""
        constant = self.hyper[group.start : group.stop, None]
        hyper = np.repeat(constant, max(1, count), axis=1)
        for r in np.intersect1d(self.runs_with_schedules, running).astype(int):
            course, states = self.course, self.states[r]
            table = self.optimizers[r].table(first + 1, count, course, hyper.dtype, states)
            hyper[r - group.start, :count, : table.shape[1]] = table
        return hyper

    def _read(
        self, runs: np.ndarray, first: int, steps_taken: np.ndarray, losses: np.ndarray
    ) -> None:
        """Enter losses (R, K); a run that took fewer steps ended with one that is not finite."""
        count = losses.shape[1]
        is_measured = np.arange(count) <= steps_taken[:, None]
        self.losses[runs, first : first + count] = np.where(is_measured, losses, np.nan)
        diverged = steps_taken < count
        self.diverged_at[runs[diverged]] = first + steps_taken[diverged] + 1

    def score(self, pool: ThreadPoolExecutor) -> np.ndarray:
        """(R, parts, 2): loss and error of each running run; `pool` is not used."""
        scores = np.full((len(self.optimizers), len(PARTS), 2), np.nan)
        with self.working():
            for group in self.groups:
                running = self._running(group)
                if not running.size:
                    continue
                if len(self.groups) > 1:
                    self._upload(group)
                for name in self.on_device:
                    scores[running, PARTS.index(name)] = self._score_part(group, running, name)
        return scores

    def _score_part(self, group: range, running: np.ndarray, name: str) -> np.ndarray:
        """(running, 2): loss and error of a group's running runs on one part of the data."""
        x, t = self.on_device[name]
        tile, room, dtype = self.plan.largest, self.room, self.start.dtype
        sums = cuda.device_array((len(group), -(-len(x) // tile), 2), dtype)
        measure = self.net.measure(self.data.classes is not None)
        shared = room.state * dtype.itemsize if room.is_shared else 0
        self.scorer[min(len(running), self.blocks), self.device.threads, 0, shared](
            self.arrays[0][: len(group) * self.start.size], cuda.to_device(running - group.start),
            len(group), self.layers, self.loss, self.weight, measure, x, t,
            cuda.to_device(np.arange(len(x), dtype=np.int64)), tile, self.benches, room.deltas,
            room.errors, sums,
        )  # fmt: skip
        return self._means(sums.copy_to_host()[running - group.start], len(x), measure)

    def _means(self, sums: np.ndarray, cases: int, measure: int) -> np.ndarray:
        """Loss and error (R, 2) from each tile's sums (R, tiles, 2)."""
        loss, wrong = sums.sum(axis=1, dtype=np.float64).T
        if measure == ROOT_MEAN_SQUARE:
            return np.stack([loss / cases, np.sqrt(wrong / (cases * self.net.sizes[-1]))], axis=1)
        return np.stack([loss, wrong], axis=1) / cases
