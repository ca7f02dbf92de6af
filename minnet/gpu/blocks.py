"""One block of threads trains one net: chunk after chunk of mini-batches, never back to the host.

    R  runs   n  weights   S  slots   K  mini-batches   B  cases of one   U  units of all layers

Its `bench` holds outputs and deltas (see `layers`), then of every case its error and its mistakes
(2 B); after these, where they fit, the weights, the slots, and the place ahead.
"""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from numba import cuda, types

from ..net.backprop import FAN_IN, FAN_OUT, FIRST_BIAS, FIRST_WEIGHT, LARGEST, UNIT
from . import steps
from .layers import LANES, backward, forward, judge, penalty

STATIC = LANES + 8  # numbers of shared memory that a block takes besides its bench
ZERO = np.float32(0)


@cache
def trainer(pairs: tuple, looks_ahead: bool, holds: bool, shares: bool, dtype: str) -> Callable:
    """The kernel that takes each run through a chunk of mini-batches.

    Parameters
    ----------
    pairs : tuple of (rule, jump)
        The kinds of the race.
    looks_ahead : bool
        Whether any of them has a jump.
    holds : bool
        Whether weights, place ahead and slots stay in `bench` during the chunk.
    shares : bool
        Whether `bench` is the block's shared memory, or its row of `room`.
    """
    advance, look = steps.functions(pairs)
    real, kind_of_number = np.dtype(dtype).type, getattr(types, dtype)

    @cuda.jit
    def descend(
        w, slots, active, kinds, hyper, layers, loss, weight, l2, l2_biases, x, t, cases, starts,
        first, before, losses, taken, room, ahead, deltas, errors, held,
    ):  # fmt: skip
        """Take the `active` of R runs through K mini-batches, as `descent.descend` does.

        w (R n,) and slots (R S n,) change; kinds (R,); hyper (R, K, H); before (R,): the error
        before.  Mini-batch k is cases[starts[k]:starts[k + 1]] of x and t.  Writes losses (R, K)
        and the steps taken (R,)."""
        bench = cuda.shared.array(0, kind_of_number) if shares else room[cuda.blockIdx.x]
        partial = cuda.shared.array(LANES, kind_of_number)
        tally = cuda.shared.array(1, kind_of_number)
        thread, threads = cuda.threadIdx.x, cuda.blockDim.x
        n, steps_to_take, last = w.size // kinds.size, starts.size - 1, layers.shape[0] - 1
        per_run = slots.size // kinds.size
        for turn in range(cuda.blockIdx.x, active.size, cuda.gridDim.x):
            r = active[turn]
            weights, at, store, from_slot = w, r * n, slots, r * per_run
            jumped, jumped_at = ahead, cuda.blockIdx.x * n
            if holds:
                weights, at, store, from_slot = bench, held, bench, held + n
                jumped, jumped_at = bench, held + n + per_run
                for i in range(thread, n, threads):
                    bench[held + i] = w[r * n + i]
                for i in range(thread, per_run, threads):
                    bench[held + n + i] = slots[r * per_run + i]
                cuda.syncthreads()
            kind, e_before, k = kinds[r], before[r], 0
            while k < steps_to_take:
                begin, count = starts[k], starts[k + 1] - starts[k]
                now = real(first + k)
                place, place_at = weights, at
                if looks_ahead:
                    place, place_at = jumped, jumped_at
                    for i in range(thread, n, threads):
                        jumped[jumped_at + i] = look(
                            kind, weights, at, i, n, store, from_slot, hyper[r, k], now
                        )
                    cuda.syncthreads()
                y = forward(place, place_at, layers, x, cases, begin, count, bench)
                width = layers[last, FAN_OUT]
                for case in range(thread, count, threads):
                    bench[errors + case], _ = judge(
                        loss, weight, layers[last, UNIT], LARGEST, t, cases[begin + case], width,
                        bench, y + case * width, deltas + y + case * width, count,
                    )  # fmt: skip
                cuda.syncthreads()
                extra = ZERO
                if l2 > ZERO:
                    extra = penalty(place, place_at, layers, l2, l2_biases, partial)
                if thread == 0:
                    e = ZERO
                    for case in range(count):
                        e += bench[errors + case]
                    tally[0] = e / real(count) + extra
                    losses[r, k] = tally[0]
                cuda.syncthreads()
                e = tally[0]
                if not math.isfinite(e):
                    break
                backward(place, place_at, layers, count, bench, y, deltas)
                inputs, delta = 0, deltas
                for layer in range(last + 1):
                    fan_in, fan_out = layers[layer, FAN_IN], layers[layer, FAN_OUT]
                    first_weight = layers[layer, FIRST_WEIGHT]
                    first_bias = layers[layer, FIRST_BIAS]
                    tasks = fan_in * fan_out + (fan_out if first_bias >= 0 else 0)
                    for task in range(thread, tasks, threads):  # the biases come last
                        i, j = task // fan_out, task % fan_out
                        g = ZERO
                        if i == fan_in:
                            for case in range(count):
                                g += bench[delta + case * fan_out + j]
                        elif layer == 0:
                            for case in range(count):
                                g += x[cases[begin + case], i] * bench[delta + case * fan_out + j]
                        else:
                            for case in range(count):
                                g += (
                                    bench[inputs + case * fan_in + i]
                                    * bench[delta + case * fan_out + j]
                                )
                        where = first_bias + j if i == fan_in else first_weight + task
                        if i < fan_in or l2_biases:
                            g += l2 * place[place_at + where]
                        advance(
                            kind, weights, at, where, n, g, store, from_slot, hyper[r, k], now,
                            e > e_before,
                        )  # fmt: skip
                    inputs, delta = delta - deltas, delta + count * fan_out
                cuda.syncthreads()
                e_before = e
                k += 1
            if thread == 0:
                taken[r] = k
            if holds:
                cuda.syncthreads()
                for i in range(thread, n, threads):
                    w[r * n + i] = bench[held + i]
                for i in range(thread, per_run, threads):
                    slots[r * per_run + i] = bench[held + n + i]
            cuda.syncthreads()

    return descend


@cache
def scorer(shares: bool, dtype: str) -> Callable:
    """The kernel that scores each run on one part of the data, a tile of cases at a time."""
    kind_of_number = getattr(types, dtype)

    @cuda.jit
    def score(
        w, active, runs, layers, loss, weight, measure, x, t, cases, tile, room, deltas, errors,
        sums,
    ):  # fmt: skip
        """Writes sums (R, tiles, 2): of each tile's errors E, and of its mistakes."""
        bench = cuda.shared.array(0, kind_of_number) if shares else room[cuda.blockIdx.x]
        thread, threads = cuda.threadIdx.x, cuda.blockDim.x
        n, last = w.size // runs, layers.shape[0] - 1
        for turn in range(cuda.blockIdx.x, active.size, cuda.gridDim.x):
            r = active[turn]
            for begin in range(0, cases.size, tile):
                count = min(tile, cases.size - begin)
                y = forward(w, r * n, layers, x, cases, begin, count, bench)
                width = layers[last, FAN_OUT]
                for case in range(thread, count, threads):
                    bench[errors + case], bench[errors + tile + case] = judge(
                        loss, weight, layers[last, UNIT], measure, t, cases[begin + case], width,
                        bench, y + case * width, deltas + y + case * width, count,
                    )  # fmt: skip
                cuda.syncthreads()
                if thread < 2:
                    total = ZERO
                    for case in range(count):
                        total += bench[errors + thread * tile + case]
                    sums[r, begin // tile, thread] = total
                cuda.syncthreads()

    return score
