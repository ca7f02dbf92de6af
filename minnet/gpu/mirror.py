"""A race with weights and slots in the memory of a device, and copies of them on the host.

    R  runs    n  weights    S  slots, of the rule with most

The host's copies are brought up to date before anything on the host depends on them: scores,
schedules, weights to keep, checkpoints.  So if the device is lost, the race stands where the copies
were last.
"""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from ..data.cases import PARTS, Data
from ..descent.plan import Plan
from ..net.mlp import MLP
from ..optimizers.optimizer import Optimizer
from ..racing.state import DeviceLost, Race
from ..rules.lift import RuleError
from .device import Device, is_cudas, one_line

if TYPE_CHECKING:
    from numba.cuda.cudadrv.devicearray import DeviceNDArray

log = logging.getLogger("minnet")
SHARE_OF_MEMORY = 0.8  # of what is free; the rest is for the compiler and for others
CHUNK_BYTES = 256 << 20  # of hyperparameters and losses of the mini-batches of one launch
MIB = 1 << 20


class MirroredRace(Race):
    """A `Race` with its arrays on a device, in groups of runs where not all fit at once.

    Subclasses launch the kernels; `_prepare` sets `hyper` and `most_slots`, `_allocate` `arrays`.

    Parameters
    ----------
    device : Device
        Where the runs are trained.
    net : MLP
    data : Data
    optimizers : sequence of Optimizer
        One for each run.
    plan : Plan
    start : (n,) float32 or float64 array
        Start weights of all runs.
    threads : int
        Of the host; not used.
    """

    hyper: np.ndarray  # (R, H) at the first step; H is that of the rule with most
    most_slots: int  # S
    groups: list[range]  # of runs that are on the device at the same time
    arrays: tuple["DeviceNDArray", "DeviceNDArray"]  # weights (runs n,) and slots (runs S n,)
    # x (N, d) and t (N, o) of each part of the data; empty if nothing is on the device
    on_device: dict[str, tuple["DeviceNDArray", "DeviceNDArray"]]

    def __init__(
        self,
        device: Device,
        net: MLP,
        data: Data,
        optimizers: Sequence[Optimizer],
        plan: Plan,
        start: np.ndarray,
        threads: int,
    ) -> None:
        self.device, self.on_device = device, {}
        self.host_step = 0  # the step of which the host has the weights and slots
        self.where = device.name
        super().__init__(net, data, optimizers, plan, start, threads)

    @property
    def w(self) -> np.ndarray:
        """The weights (R, n) after the last step, on the host."""
        self.pull()
        return self._w

    @w.setter
    def w(self, w: np.ndarray) -> None:
        self._w = w

    @property
    def slots(self) -> list[np.ndarray]:
        """Each run's slots after the last step, on the host."""
        self.pull()
        return [array[:count] for array, count in zip(self._slots, self.slot_counts, strict=True)]

    @slots.setter
    def slots(self, slots: list[np.ndarray]) -> None:
        self.slot_counts = [len(own) for own in slots]
        most = max(1, *self.slot_counts) if self.slot_counts else 1
        # (R, S, n): all runs have room for as many slots as the rule with most.
        self._slots = np.zeros((len(slots), most, self.start.size), self.start.dtype)
        for array, own in zip(self._slots, slots, strict=True):
            array[: len(own)] = own

    @contextmanager
    def working(self) -> Iterator[None]:
        """Use the device; if it is lost, go back to the step of the host's copies.

        Raises
        ------
        DeviceLost
            If CUDA reports an error in the meantime.
        """
        try:
            with self.device.in_use():
                yield
        except DeviceLost:
            self.step, self.on_device = self.host_step, {}
            self.diverged_at[self.diverged_at > self.host_step] = 0
            self.losses[:, self.host_step :] = np.nan
            raise

    @contextmanager
    def compiling(self) -> Iterator[None]:
        """Blame an error on the user's own rules, if there are any; minnet's rules are tested.

        Raises
        ------
        RuleError
            If something does not compile and there are users' own rules.
        """
        try:
            yield
        except Exception as error:
            own = [optimizer.name for optimizer in self.optimizers if not optimizer.built_in]
            if not own or is_cudas(error):
                raise
            raise RuleError(
                f"{' or '.join(own)} does not compile for {self.device.name}: "
                f"{type(error).__name__} {one_line(error)}; "
                "a rule uses arithmetic, math, min, max, if"
            ) from error

    def pull(self) -> None:
        """Bring the host's copies up to date."""
        if self.host_step < self.step and self.on_device:
            with self.working():
                copies = self._download(self.groups[0])
            self._store(self.groups[0], copies)
            self.host_step = self.step

    def evaluate(self, pool: ThreadPoolExecutor) -> None:
        """Score the running runs, as `Race` does; `pool` is not used."""
        self.pull()
        super().evaluate(pool)

    def adapt(self) -> None:
        """Let the schedules look at the losses, as `Race` does."""
        self.pull()
        super().adapt()

    def split(self) -> list[range]:
        """The runs in groups that fit into the device's memory; several are logged.

        Raises
        ------
        DeviceLost
            If not even one run fits.
        """
        runs, free = len(self.optimizers), self.device.free_bytes()
        most = runs
        while most and self.bytes_of(most) > free * SHARE_OF_MEMORY:
            most //= 2
        if most < 1:
            raise DeviceLost(
                f"{self.device.name}: data and one run take {self.bytes_of(1) / MIB:.1f} MiB, "
                f"{free / MIB:.1f} are free; take fewer cases, smaller mini-batches or another "
                "device"
            )
        if most < runs:
            log.info("%d runs go in groups of %d: more do not fit on %s",
                     runs, most, self.device.name)  # fmt: skip
        return [range(first, min(first + most, runs)) for first in range(0, runs, most)]

    def bytes_of(self, runs: int) -> int:
        """Bytes of device memory that the data and so many `runs` at a time take."""
        parts = [part for name in PARTS if (part := getattr(self.data, name)) is not None]
        data = sum(part.x.nbytes + part.t.nbytes + 8 * len(part.x) for part in parts)
        own = runs * self.start.nbytes * (1 + self.most_slots)
        chunk = min(CHUNK_BYTES, runs * self.most_steps() * self.bytes_a_step)
        return data + own + chunk + self.room_bytes(runs)

    def room_bytes(self, runs: int) -> int:
        """Bytes of device memory that the kernels work in, for so many `runs` at a time."""
        raise NotImplementedError

    @property
    def bytes_a_step(self) -> int:
        """Bytes that one step of one run takes: its hyperparameters and its loss."""
        return (self.hyper.shape[1] + 1) * self.start.itemsize

    def most_steps(self) -> int:
        """Mini-batches of one launch, at most, whose hyperparameters and losses fit."""
        within = CHUNK_BYTES // (len(self.optimizers) * self.bytes_a_step)
        return max(1, min(within, self.plan.steps))

    def _upload(self, group: range) -> None:
        """Copy a group's weights and slots to the device."""
        own = slice(group.start, group.stop)
        for host, array in zip((self._w, self._slots), self.arrays, strict=True):
            array[: host[own].size].copy_to_device(host[own].ravel())

    def _download(self, group: range) -> list[np.ndarray]:
        """A group's weights (runs, n) and slots (runs, S, n), from the device."""
        own = slice(group.start, group.stop)
        return [
            array[: host[own].size].copy_to_host().reshape(host[own].shape)
            for host, array in zip((self._w, self._slots), self.arrays, strict=True)
        ]

    def _store(self, group: range, copies: list[np.ndarray]) -> None:
        """Make what `_download` returned the host's copies."""
        self._w[group.start : group.stop], self._slots[group.start : group.stop] = copies
