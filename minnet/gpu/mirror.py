"""A race whose weights and slots live on a device, mirrored on the host where somebody reads them.

    R  runs    n  weights    S  slots, of the rule with most

The host's copies are taken before anything on the host depends on them: scores, schedules, kept
weights, checkpoints.  So if the device is lost, the race stands where the copies were last.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from ..data.cases import PARTS
from ..racing.state import DeviceLost, Race
from ..rules.lift import RuleError
from .device import Device, is_cudas, told

log = logging.getLogger("minnet")
SHARE_OF_MEMORY = 0.8  # of what is free; the rest is for the compiler and for others
CHUNK_BYTES = (
    256 << 20
)  # of the hyperparameters and losses of the mini-batches between two launches
MIB = 1 << 20


class Mirrored(Race):
    """A `Race` with its arrays on a device, in groups of runs where not all fit at once."""

    def __init__(self, device: Device, *arguments):
        self.device, self.synced, self.on_device = device, 0, None
        self.where = device.name
        super().__init__(*arguments)

    @property
    def w(self) -> np.ndarray:
        """(R, n) on the host, as of the last step."""
        self.pull()
        return self._w

    @w.setter
    def w(self, w: np.ndarray) -> None:
        self._w = w

    @property
    def slots(self) -> list[np.ndarray]:
        """Each run's slots, on the host, as of the last step."""
        self.pull()
        return [packed[:count] for packed, count in zip(self.packed, self.counts, strict=True)]

    @slots.setter
    def slots(self, slots: list[np.ndarray]) -> None:
        self.counts = [len(own) for own in slots]
        most = max(1, *self.counts) if self.counts else 1
        self.packed = np.zeros((len(slots), most, self.start.size), self.start.dtype)
        for packed, own in zip(self.packed, slots, strict=True):
            packed[: len(own)] = own

    @contextmanager
    def working(self) -> Iterator[None]:
        """Use the device; if it is lost, be where the host's copies are."""
        try:
            with self.device.in_use():
                yield
        except DeviceLost:
            self.step, self.on_device = self.synced, None
            self.diverged_at[self.diverged_at > self.synced] = 0
            self.losses[:, self.synced :] = np.nan
            raise

    @contextmanager
    def compiling(self) -> Iterator[None]:
        """Let an error be one of the user's own rules, if there are any; minnet's are tested."""
        try:
            yield
        except Exception as error:
            own = [optimizer.name for optimizer in self.optimizers if not optimizer.built_in]
            if not own or is_cudas(error):
                raise
            raise RuleError(
                f"{' or '.join(own)} does not compile for {self.device.name}: "
                f"{type(error).__name__} {told(error)}; a rule uses arithmetic, math, min, max, if"
            ) from error

    def pull(self) -> None:
        """Bring the host's copies to where the device is."""
        if self.synced < self.step and self.on_device is not None:
            with self.working():
                found = self._download(self.groups[0])
            self._keep(self.groups[0], found)
            self.synced = self.step

    def evaluate(self, pool) -> None:
        self.pull()
        super().evaluate(pool)

    def adapt(self) -> None:
        self.pull()
        super().adapt()

    def split(self) -> list[range]:
        """The runs in groups that fit into the device's memory; said if there are several."""
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
        """Memory on the device for so many runs at a time."""
        parts = [part for name in PARTS if (part := getattr(self.data, name)) is not None]
        data = sum(part.x.nbytes + part.t.nbytes + 8 * len(part.x) for part in parts)
        own = runs * self.start.nbytes * (1 + self.most_slots)
        chunk = min(CHUNK_BYTES, runs * self.most_steps() * self.bytes_a_step)
        return data + own + chunk + self.room_bytes(runs)

    @property
    def bytes_a_step(self) -> int:
        """Of one run: its hyperparameters and its loss."""
        return (self.hyper.shape[1] + 1) * self.start.itemsize

    def most_steps(self) -> int:
        """Mini-batches whose hyperparameters and losses are held at a time."""
        within = CHUNK_BYTES // (len(self.optimizers) * self.bytes_a_step)
        return max(1, min(within, self.plan.steps))

    def _upload(self, group: range) -> None:
        own = slice(group.start, group.stop)
        for host, array in zip((self._w, self.packed), self.arrays, strict=True):
            array[: host[own].size].copy_to_device(host[own].ravel())

    def _download(self, group: range) -> list[np.ndarray]:
        own = slice(group.start, group.stop)
        return [
            array[: host[own].size].copy_to_host().reshape(host[own].shape)
            for host, array in zip((self._w, self.packed), self.arrays, strict=True)
        ]

    def _keep(self, group: range, found: list[np.ndarray]) -> None:
        self._w[group.start : group.stop], self.packed[group.start : group.stop] = found
