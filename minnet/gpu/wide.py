"""A race of large nets on a device: each matrix product takes the whole card, run after run.

    n  weights   S  slots   U  units of all layers   B  cases of a mini-batch   d inputs   o outputs

The host only lines up kernels: what they need of each other (whether the error grew, whether it
still is finite) stays on the device, in `status`; see `steps`.
"""

from typing import TYPE_CHECKING

import numpy as np
from numba import cuda

from ..net.backprop import LARGEST
from ..net.units import LINEAR
from . import steps
from .layers import LANES
from .passes import add_decay, batch_error, column_sums, errors_of, gather, squares, sum_up
from .products import BACKWARD, CARD, FORWARD, PLAIN, SIMULATED, product
from .state import DeviceRace, Indices
from .steps import COUNT

if TYPE_CHECKING:
    from numba.cuda.cudadrv.devicearray import DeviceNDArray
    from numba.cuda.dispatcher import CUDADispatcher

Window = tuple["DeviceNDArray", int]  # a flat array, and the place in it where a matrix begins


class WideRace(DeviceRace):
    """The state of a race of large nets on a device: all blocks train one net after the other.

    Parameters as for `MirroredRace`, methods as for `racing.state.Race`.
    """

    # Memory for the run whose turn it is:
    g: "DeviceNDArray"  # (n,) its gradient
    place: "DeviceNDArray"  # (n,) where a rule that looks ahead has its gradient measured
    rows: "DeviceNDArray"  # (B d,) the cases of the mini-batch
    bench: "DeviceNDArray"  # outputs (B U), deltas (B U), errors (B), mistakes (B): see `Room`
    lane_sums: "DeviceNDArray"  # (lanes,) of squared weights

    def _prepare(self) -> None:
        super()._prepare()
        name = self.start.dtype.name
        self.room = self.room._replace(is_shared=False, holds_state=False, size=self.room.state)
        self.product_tile = SIMULATED if self.device.is_simulated else CARD
        self.lanes = LANES if self.device.is_simulated else 32 * LANES  # of the penalty's squares
        # Of each layer: fan-in, fan-out, first weight, first bias, unit; in Python's integers.
        self.table = [tuple(map(int, layer)) for layer in self.net.layers]
        kinds = (FORWARD, False, False), (BACKWARD, False, True), (PLAIN, True, False)
        self.forward_product, self.backward_product, self.gradient_product = (
            product(*kind, self.product_tile, name) for kind in kinds
        )
        self.batch_error: CUDADispatcher = batch_error(name)
        pairs = [(optimizer.rule, optimizer.jump) for optimizer in self.optimizers]
        self.steppers: list[CUDADispatcher] = [steps.stepper(pair) for pair in pairs]
        self.lookers: list[CUDADispatcher | None] = [steps.looker(pair) for pair in pairs]

    def room_bytes(self, runs: int) -> int:
        """Bytes that one run is trained in, however many `runs` there are: they take turns."""
        numbers = self.room.size + 2 * self.start.size + self.plan.largest * self.net.sizes[0]
        return (numbers + self.lanes) * self.start.itemsize

    def _allocate(self, most: int) -> None:
        n, dtype = self.start.size, self.start.dtype
        sizes = n, n, self.plan.largest * self.net.sizes[0], self.lanes, self.room.size
        self.g, self.place, self.rows, self.lane_sums, self.bench = (
            cuda.device_array(size, dtype) for size in sizes
        )
        self.arrays = (
            cuda.device_array(most * n, dtype),
            cuda.device_array(most * n * self.most_slots, dtype),
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

    def _multiply(
        self,
        kernel: "CUDADispatcher",
        a: Window,
        b: Window,
        c: Window,
        sizes: tuple[int, int, int],
        bias: Window | None = None,
        y: Window | None = None,
        unit: int = LINEAR,
    ) -> None:
        """Launch a product of `sizes` (M, N, K); see `products`."""
        m, n, _ = sizes
        grid = -(-n // self.product_tile.columns), -(-m // self.product_tile.rows)
        bias, y = bias or (self.g, -1), y or (self.g, 0)
        kernel[grid, self.product_tile.threads](*a, *b, *c, *sizes, *bias, *y, unit)

    def _gather(self, x: "DeviceNDArray", cases: "DeviceNDArray", begin: int, count: int) -> None:
        """Put the cases of a mini-batch side by side."""
        size = count * x.shape[1]
        gather[self._spread(size)](x, cases, begin, self.rows[:size])

    def _forward(self, w: "DeviceNDArray", count: int) -> int:
        """Fill `bench` from `rows`, as `layers.forward`; returns where the last layer begins."""
        inputs, out, bench = (self.rows, 0), 0, self.bench
        for layer, (fan_in, fan_out, weights, bias, unit) in enumerate(self.table):
            last = layer == len(self.table) - 1
            self._multiply(
                self.forward_product, inputs, (w, weights), (bench, out), (count, fan_out, fan_in),
                bias=(w, bias), unit=LINEAR if last else unit,
            )  # fmt: skip
            inputs, out = (bench, out), out + count * fan_out
        return inputs[1]

    def _errors(
        self, measure: int, t: "DeviceNDArray", cases: "DeviceNDArray", begin: int, count: int,
        z: int,
    ) -> None:  # fmt: skip
        """Turn the last layer's total inputs, at z, into outputs, deltas, errors and mistakes."""
        width, room = self.net.sizes[-1], self.room
        errors_of[self._spread(count)](
            self.loss, self.weight, self.table[-1][4], measure, t, cases, begin, count, width,
            self.bench, z, room.deltas + z, room.errors,
        )  # fmt: skip

    def _gradient(self, w: "DeviceNDArray", count: int, z: int) -> None:
        """Fill `g` from the last layer's deltas; its outputs begin at z."""
        deltas, net, bench = self.room.deltas, self.net, self.bench
        for layer in range(len(self.table) - 1, -1, -1):
            fan_in, fan_out, weights, bias, _ = self.table[layer]
            # The layer's deltas (B, fan_out), and its inputs (B, fan_in): dE/dw is their product.
            delta, y = (bench, deltas + z), z - count * fan_in
            inputs = (bench, y) if layer else (self.rows, 0)
            self._multiply(
                self.gradient_product, inputs, delta, (self.g, weights), (fan_in, fan_out, count)
            )
            if bias >= 0:
                column_sums[self._spread(fan_out)](bench, delta[1], count, fan_out, self.g, bias)
            if net.l2:
                many = fan_in * fan_out + (fan_out if bias >= 0 and net.l2_biases else 0)
                add_decay[self._spread(many)](self.g, w, weights, many, self.l2)
            if layer:
                self._multiply(
                    self.backward_product, delta, (w, weights), (bench, deltas + y),
                    (count, fan_in, fan_out), y=(bench, y), unit=self.table[layer - 1][4],
                )  # fmt: skip
            z = y

    def _launch(self, group: range, chunk: Indices, first: int) -> None:
        for r in self._running(group).tolist():
            self._descend_one(r, group, chunk, first)

    def _of(self, r: int, group: range) -> tuple["DeviceNDArray", "DeviceNDArray"]:
        """One run's weights (n,) and slots (S n,) on the device."""
        k, n = r - group.start, self.start.size
        weights, slots = self.arrays
        per_run = n * self.most_slots
        return weights[k * n : (k + 1) * n], slots[k * per_run : (k + 1) * per_run]

    def _descend_one(
        self, r: int, group: range, chunk: Indices, first: int, *, going: bool = True
    ) -> None:
        """Take one run through a chunk after `first` steps; if not `going`, no weight moves."""
        starts, dtype, net = chunk.starts.tolist(), self.start.dtype, self.net
        count, (w, slots), (x, t) = len(starts) - 1, self._of(r, group), self.on_device["train"]
        table = cuda.to_device(self._hyper(range(r, r + 1), np.array([r]), first, count)[0])
        error = self.losses[r, first - 1] if first else np.inf
        before = cuda.to_device(np.array([error], dtype))
        status = cuda.to_device(np.array([0, going, 0], np.int64))
        losses, cases = cuda.device_array(count, dtype), cuda.to_device(chunk.cases)
        look = self.lookers[r]
        for k in range(count):
            begin, size = starts[k], starts[k + 1] - starts[k]
            step_number, place, hyper = dtype.type(first + 1 + k), w, table[k]
            if look:
                place = self.place
                look[self._spread(w.size)](w, place, slots, hyper, step_number)
            self._gather(x, cases, begin, size)
            z = self._forward(place, size)
            self._errors(LARGEST, t, cases, begin, size, z)
            if net.l2:
                squares[self._spread(self.lanes)](place, self.layers, net.l2_biases, self.lane_sums)
            self.batch_error[1, self.device.threads](
                self.bench, self.room.errors, size, self.lane_sums, self.l2, before, losses, k,
                status,
            )  # fmt: skip
            self._gradient(place, size, z)
            self.steppers[r][self._spread(w.size)](w, self.g, slots, hyper, step_number, status)
        if going:
            steps_taken = status.copy_to_host()[COUNT:]
            self._read(np.array([r]), first, steps_taken, losses.copy_to_host()[None])

    def _score_part(self, group: range, running: np.ndarray, name: str) -> np.ndarray:
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
                self._errors(measure, t, cases, begin, size, z)
                sum_up[1, 2](self.bench, self.room.errors, size, sums, begin // tile)
            scores.append(sums.copy_to_host())
        return self._means(np.array(scores), len(x), measure)
