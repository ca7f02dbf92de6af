"""Kernels in which one block of threads trains one net, chunk after chunk of mini-batches.

    R  runs   n  weights   S  slots   H  hyperparameters   K  mini-batches of the chunk
    L  layers   U  units of all layers   N  cases   B  cases of a mini-batch   d inputs   o outputs

`bench` is the memory that a block works in, flat: outputs y (B U), deltas dE/dz (B U), of every
case its error (B) and its mistakes (B), each with the B of the largest mini-batch; after these,
where they fit, the run's state: weights (n), slots (S n), and for a rule that looks ahead the place
ahead (n).
"""

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numba import cuda, types

from ..net.backprop import FAN_IN, FAN_OUT, FIRST_BIAS, FIRST_WEIGHT, LARGEST, UNIT
from . import steps
from .layers import LANES, backward, case_error, forward, penalty

if TYPE_CHECKING:
    from numba.cuda.dispatcher import CUDADispatcher

STATIC = LANES + 8  # numbers of shared memory that a block takes besides its bench
ZERO = np.float32(0)


@cache
def trainer(
    pairs: tuple[steps.Pair, ...], looks_ahead: bool, holds_state: bool, is_shared: bool, dtype: str
) -> "CUDADispatcher":
    """The kernel that takes each run through a chunk of mini-batches.

    Parameters
    ----------
    pairs : tuple of (rule, jump)
        The kinds of the race.
    looks_ahead : bool
        Whether any of them has a jump.
    holds_state : bool
        Whether weights, slots and place ahead stay in `bench` during the chunk.
    is_shared : bool
        Whether `bench` is the block's shared memory, or its row of `benches`.
    dtype : str
        "float32" or "float64".

    Returns
    -------
    kernel
        Launched with one block for each run at work, and if `is_shared` with as much dynamic shared
        memory as `bench` takes.
    """
    advance, look = steps.functions(pairs)
    real, number = np.dtype(dtype).type, getattr(types, dtype)

    @cuda.jit
    def descend(
        w, slots, active, kinds, hyper, layers, loss, weight, l2, l2_biases, x, t, cases, starts,
        first, before, losses, steps_taken, benches, ahead, deltas, errors, state,
    ):  # fmt: skip
        """Take the active runs through K mini-batches, as `descent.loop.descend` does.

        Parameters
        ----------
        w, slots : (R n,), (R S n,) float array
            Weights and slots of all runs; those of the active ones change.
        active : int64 array
            The runs to take, places in R.
        kinds : (R,) int64 array
            Each run's place in `pairs`.
        hyper : (R, K, H) float array
            The hyperparameters at each step.
        layers : (L, 5) int64 array
            See `net.backprop`.
        loss, weight : int, float
            See `layers.case_error`.
        l2, l2_biases : float, bool
            The penalty's factor, and whether biases count too.
        x, t : (N, d), (N, o) float array
            All training cases and their targets.
        cases, starts : int64 array, (K + 1,) int64 array
            Mini-batch k is the rows cases[starts[k]:starts[k + 1]] of x and t.
        first : int
            Mini-batch k is step number first + k.
        before : (R,) float array
            The error of the mini-batch before the chunk.
        losses : (R, K) float array
            Gets the error of each mini-batch; after one that is not finite, the run ends.
        steps_taken : (R,) int64 array
            Gets how many steps each run has taken, fewer than K if it ended.
        benches : (blocks, size) float array
            A bench for each block, unless they are in shared memory.
        ahead : (blocks n,) float array
            The places ahead, unless they are in `bench`.
        deltas, errors, state : int
            Where in `bench` the deltas begin, the cases' errors, and the run's state.
        """
        bench = cuda.shared.array(0, number) if is_shared else benches[cuda.blockIdx.x]
        partial = cuda.shared.array(LANES, number)  # (LANES,) sums of squared weights
        batch_error = cuda.shared.array(1, number)  # (1,) E, from the first thread to all others
        thread, threads = cuda.threadIdx.x, cuda.blockDim.x
        n, steps_to_take, last = w.size // kinds.size, starts.size - 1, layers.shape[0] - 1
        per_run = slots.size // kinds.size  # S n
        # More runs than blocks: each block takes every so many of them, one after the other.
        for turn in range(cuda.blockIdx.x, active.size, cuda.gridDim.x):
            r = active[turn]
            # The run's weights are weights[at:at + n], its slots (S, n) begin at store[from_slot],
            # its place ahead is lookahead[lookahead_at:lookahead_at + n].
            weights, at, store, from_slot = w, r * n, slots, r * per_run
            lookahead, lookahead_at = ahead, cuda.blockIdx.x * n
            if holds_state:  # copied once for the chunk, and back at its end
                weights, at, store, from_slot = bench, state, bench, state + n
                lookahead, lookahead_at = bench, state + n + per_run
                for i in range(thread, n, threads):
                    bench[state + i] = w[r * n + i]
                for i in range(thread, per_run, threads):
                    bench[state + n + i] = slots[r * per_run + i]
                cuda.syncthreads()
            kind, e_before, k = kinds[r], before[r], 0
            while k < steps_to_take:
                begin, count = starts[k], starts[k + 1] - starts[k]
                step_number = real(first + k)
                # The gradient is measured at place[place_at:place_at + n].
                place, place_at = weights, at
                if looks_ahead:
                    place, place_at = lookahead, lookahead_at
                    for i in range(thread, n, threads):
                        lookahead[lookahead_at + i] = look(
                            kind, weights, at, i, n, store, from_slot, hyper[r, k], step_number
                        )
                    cuda.syncthreads()
                y = forward(place, place_at, layers, x, cases, begin, count, bench)
                width = layers[last, FAN_OUT]
                # bench[y:] (count, width): total inputs of the last layer.  A thread for each case.
                for case in range(thread, count, threads):
                    bench[errors + case], _ = case_error(
                        loss, weight, layers[last, UNIT], LARGEST, t, cases[begin + case], width,
                        bench, y + case * width, deltas + y + case * width, count,
                    )  # fmt: skip
                cuda.syncthreads()
                extra = ZERO
                if l2 > ZERO:
                    extra = penalty(place, place_at, layers, l2, l2_biases, partial)
                # One thread sums the errors, always in the same order.
                if thread == 0:
                    e = ZERO
                    for case in range(count):
                        e += bench[errors + case]
                    batch_error[0] = e / real(count) + extra
                    losses[r, k] = batch_error[0]
                cuda.syncthreads()
                e = batch_error[0]
                if not math.isfinite(e):  # for all threads alike, so that all leave
                    break
                backward(place, place_at, layers, count, bench, y, deltas)
                # Each thread sums the gradient of a weight and moves that weight at once: the
                # gradient vector is never stored.  All deltas are computed by now, so no thread
                # reads a weight that another one moves.
                inputs, delta = 0, deltas
                for layer in range(last + 1):
                    # bench[inputs:] (count, fan_in): the outputs below; bench[delta:]
                    # (count, fan_out): this layer's deltas.
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
                            kind, weights, at, where, n, g, store, from_slot, hyper[r, k],
                            step_number, e > e_before,
                        )  # fmt: skip
                    inputs, delta = delta - deltas, delta + count * fan_out
                cuda.syncthreads()  # the next mini-batch reads all weights
                e_before = e
                k += 1
            if thread == 0:
                steps_taken[r] = k
            if holds_state:
                cuda.syncthreads()
                for i in range(thread, n, threads):
                    w[r * n + i] = bench[state + i]
                for i in range(thread, per_run, threads):
                    slots[r * per_run + i] = bench[state + n + i]
            cuda.syncthreads()  # the next run uses the same bench

    return descend


@cache
def scorer(is_shared: bool, dtype: str) -> "CUDADispatcher":
    """The kernel that evaluates each run on one part of the data, a tile of cases at a time.

    Parameters
    ----------
    is_shared : bool
        Whether `bench` is the block's shared memory, or its row of `benches`.
    dtype : str
        "float32" or "float64".

    Returns
    -------
    kernel
        Launched as that of `trainer`.
    """
    number = getattr(types, dtype)

    @cuda.jit
    def score(
        w, active, runs, layers, loss, weight, measure, x, t, cases, tile, benches, deltas, errors,
        sums,
    ):  # fmt: skip
        """Write the sums of the errors and of the mistakes of each tile.

        Parameters
        ----------
        w : (R n,) float array
            The weights of all runs.
        active, runs : int64 array, int
            The runs to evaluate, places in R; and R.
        layers : (L, 5) int64 array
            See `net.backprop`.
        loss, weight, measure : int, float, int
            See `layers.case_error`.
        x, t : (N, d), (N, o) float array
            The part's cases and their targets.
        cases : int64 array
            The rows to evaluate on.
        tile : int
            Cases of a tile, at most as many as a mini-batch has.
        benches : (blocks, size) float array
            A bench for each block, unless they are in shared memory.
        deltas, errors : int
            Where in `bench` the deltas begin (of no use here), and the cases' errors.
        sums : (R, tiles, 2) float array
            Gets the sum of the errors, and that of the mistakes.
        """
        bench = cuda.shared.array(0, number) if is_shared else benches[cuda.blockIdx.x]
        thread, threads = cuda.threadIdx.x, cuda.blockDim.x
        n, last = w.size // runs, layers.shape[0] - 1
        for turn in range(cuda.blockIdx.x, active.size, cuda.gridDim.x):
            r = active[turn]
            for begin in range(0, cases.size, tile):
                count = min(tile, cases.size - begin)
                # bench[y:] (count, width): the last layer's total inputs, then its outputs.
                y = forward(w, r * n, layers, x, cases, begin, count, bench)
                width = layers[last, FAN_OUT]
                for case in range(thread, count, threads):
                    bench[errors + case], bench[errors + tile + case] = case_error(
                        loss, weight, layers[last, UNIT], measure, t, cases[begin + case], width,
                        bench, y + case * width, deltas + y + case * width, count,
                    )  # fmt: skip
                cuda.syncthreads()
                # The first thread sums the errors (tile,), the second one the mistakes (tile,).
                if thread < 2:
                    total = ZERO
                    for case in range(count):
                        total += bench[errors + thread * tile + case]
                    sums[r, begin // tile, thread] = total
                cuda.syncthreads()  # the next tile uses the same bench

    return score
