"""Larger nets: every product of a mini-batch takes the whole card, run after run.

    n  weights   B  cases of a mini-batch   U  units of all layers

The host only lines up kernels: what they need of each other (whether the error grew, whether it
still is a number) stays on the device, in `told`.
"""

import numpy as np
from numba import cuda

from ..net.backprop import LARGEST
from ..net.units import LINEAR
from . import steps
from .layers import LANES
from .passes import add_decay, column_sums, errors_of, gather, squares, sum_up, tally
from .products import BACKWARD, CARD, FORWARD, PLAIN, SIMULATED, product
from .state import DeviceRace, Indices
from .steps import COUNT


class WideRace(DeviceRace):
    """A race of larger nets on a device; see `DeviceRace`."""

    def _prepare(self) -> None:
        super()._prepare()
        name = self.start.dtype.name
        self.room = self.room._replace(shares=False, holds=False, size=self.room.held)
        self.shape = SIMULATED if self.device.is_simulated else CARD
        self.lanes = LANES if self.device.is_simulated else 32 * LANES  # of the penalty's squares
        self.table = [tuple(map(int, layer)) for layer in self.net.layers]
        kinds = (FORWARD, False, False), (BACKWARD, False, True), (PLAIN, True, False)
        self.forward, self.backward, self.turned = (
            product(*kind, self.shape, name) for kind in kinds
        )
        self.tally = tally(name)
        pairs = [(optimizer.rule, optimizer.jump) for optimizer in self.optimizers]
        self.steppers = [steps.stepper(pair) for pair in pairs]
        self.lookers = [steps.looker(pair) if pair[1] else None for pair in pairs]

    def room_bytes(self, runs: int) -> int:
        """Room for one run: they take turns."""
        hyper = self.room.size + 2 * self.start.size + self.plan.largest * self.net.sizes[0]
        return (hyper + self.lanes) * self.start.itemsize

    def _allocate(self, most: int) -> None:
        n, dtype = self.start.size, self.start.dtype
        sizes = n, n, self.plan.largest * self.net.sizes[0], self.lanes, self.room.size
        self.g, self.place, self.rows, self.shares, self.bench = (
            cuda.device_array(size, dtype) for size in sizes
        )
        self.arrays = tuple(
            cuda.device_array(most * size, dtype) for size in (n, n * self.most_slots)
        )
        self.layers = cuda.to_device(self.net.layers)

    def _warm_up(self) -> None:
        """Launch every kernel of every kind of run, without moving a weight."""
        chunk = Indices(*self.plan.cut(0, 1))
        kinds = [self.kinds[r] for r in self.groups[0]]
        for kind in set(kinds):
            self._descend_one(kinds.index(kind), self.groups[0], chunk, 0, going=False)

    def _spread(self, count: int) -> tuple[int, int]:
        """Blocks and threads for a loop over `count` numbers."""
        threads = self.device.threads
        return max(1, min(-(-int(count) // threads), self.device.blocks)), threads

    def _multiply(self, kernel, a, b, c, sizes, bias=None, y=None, unit=LINEAR) -> None:
        """Launch a product; arrays come with the place where they begin."""
        m, n, _ = sizes
        grid = -(-n // self.shape.columns), -(-m // self.shape.rows)
        bias, y = bias or (self.g, -1), y or (self.g, 0)
        kernel[grid, self.shape.threads](*a, *b, *c, *sizes, *bias, *y, unit)

    def _gather(self, x, cases, begin: int, count: int) -> None:
        """Put the cases of a mini-batch side by side."""
        size = count * x.shape[1]
        gather[self._spread(size)](x, cases, begin, self.rows[:size])

    def _forward(self, w, count: int) -> int:
        """Fill `bench`; returns where the last layer begins."""
        inputs, out, bench = (self.rows, 0), 0, self.bench
        for layer, (fan_in, fan_out, weights, bias, unit) in enumerate(self.table):
            last = layer == len(self.table) - 1
            self._multiply(
                self.forward, inputs, (w, weights), (bench, out), (count, fan_out, fan_in),
                bias=(w, bias), unit=LINEAR if last else unit,
            )  # fmt: skip
            inputs, out = (bench, out), out + count * fan_out
        return inputs[1]

    def _judge(self, measure: int, t, cases, begin: int, count: int, z: int) -> None:
        """Turn the last layer's total inputs into outputs, deltas, errors and mistakes."""
        width, room = self.net.sizes[-1], self.room
        errors_of[self._spread(count)](
            self.loss, self.weight, self.table[-1][4], measure, t, cases, begin, count, width,
            self.bench, z, room.deltas + z, room.errors,
        )  # fmt: skip

    def _gradient(self, w, count: int, z: int) -> None:
        """From the last layer's deltas back to g."""
        deltas, net, bench = self.room.deltas, self.net, self.bench
        for layer in range(len(self.table) - 1, -1, -1):
            fan_in, fan_out, weights, bias, _ = self.table[layer]
            delta, y = (bench, deltas + z), z - count * fan_in
            inputs = (bench, y) if layer else (self.rows, 0)
            self._multiply(self.turned, inputs, delta, (self.g, weights), (fan_in, fan_out, count))
            if bias >= 0:
                column_sums[self._spread(fan_out)](bench, delta[1], count, fan_out, self.g, bias)
            if net.l2:
                many = fan_in * fan_out + (fan_out if bias >= 0 and net.l2_biases else 0)
                add_decay[self._spread(many)](self.g, w, weights, many, self.l2)
            if layer:
                self._multiply(
                    self.backward, delta, (w, weights), (bench, deltas + y),
                    (count, fan_in, fan_out), y=(bench, y), unit=self.table[layer - 1][4],
                )  # fmt: skip
            z = y

    def _launch(self, group: range, chunk: Indices, first: int) -> None:
        for r in self._running(group).tolist():
            self._descend_one(r, group, chunk, first)

    def _of(self, r: int, group: range) -> tuple:
        """One run's weights and slots on the device."""
        sizes = self.start.size, self.start.size * self.most_slots
        where = r - group.start
        return tuple(
            array[where * size : (where + 1) * size]
            for size, array in zip(sizes, self.arrays, strict=True)
        )

    def _descend_one(self, r: int, group: range, chunk: Indices, first: int, *, going=True) -> None:
        """Take one run through a chunk; told that it is not going, no weight moves."""
        starts, dtype, net = chunk.starts.tolist(), self.start.dtype, self.net
        count, (w, slots), (x, t) = len(starts) - 1, self._of(r, group), self.on_device["train"]
        only = range(r, r + 1)
        table = cuda.to_device(self._hyper(only, np.array([r]), first, count)[0])
        before = self.losses[r, first - 1] if first else np.inf
        before = cuda.to_device(np.array([before], dtype))
        told = cuda.to_device(np.array([0, going, 0], np.int64))
        losses, cases = cuda.device_array(count, dtype), cuda.to_device(chunk.cases)
        for k in range(count):
            begin, size = starts[k], starts[k + 1] - starts[k]
            now, place, hyper = dtype.type(first + 1 + k), w, table[k]
            if self.lookers[r]:
                place = self.place
                self.lookers[r][self._spread(w.size)](w, place, slots, hyper, now)
            self._gather(x, cases, begin, size)
            z = self._forward(place, size)
            self._judge(LARGEST, t, cases, begin, size, z)
            if net.l2:
                squares[self._spread(self.lanes)](place, self.layers, net.l2_biases, self.shares)
            self.tally[1, self.device.threads](
                self.bench, self.room.errors, size, self.shares, self.l2, before, losses, k, told
            )
            self._gradient(place, size, z)
            self.steppers[r][self._spread(w.size)](w, self.g, slots, hyper, now, told)
        if going:
            taken = told.copy_to_host()[COUNT:]
            self._read(np.array([r]), first, taken, losses.copy_to_host()[None])

    def _scored(self, group: range, running: np.ndarray, name: str) -> np.ndarray:
        x, t = self.on_device[name]
        tile, measure = self.plan.largest, self.net.measure(self.data.classes is not None)
        cases, scores = cuda.to_device(np.arange(len(x), dtype=np.int64)), []
        for r in running.tolist():
            w, _ = self._of(r, group)
            sums = cuda.device_array((-(-len(x) // tile), 2), self.start.dtype)
            for begin in range(0, len(x), tile):
                size = min(tile, len(x) - begin)
                self._gather(x, cases, begin, size)
                z = self._forward(w, size)
                self._judge(measure, t, cases, begin, size, z)
                sum_up[1, 2](self.bench, self.room.errors, size, sums, begin // tile)
            scores.append(sums.copy_to_host())
        return self._means(np.array(scores), len(x), measure)
