"""The small passes of a larger net's mini-batch, between its matrix products.

    B  cases of a mini-batch   U  units of all layers   n  weights

Each pass is a loop over the whole grid of threads; every sum is taken by one thread in one order.
"""

from functools import cache

import numpy as np
from numba import cuda, types

from .layers import LANES, judge, share
from .steps import COUNT, GOING, WORSE

ZERO, HALF = np.float32(0), np.float32(0.5)


@cuda.jit
def gather(x, cases, begin, rows):
    """rows (B, d) flat: the cases of one mini-batch, side by side."""
    width = x.shape[1]
    for i in range(cuda.grid(1), rows.size, cuda.gridsize(1)):
        rows[i] = x[cases[begin + i // width], i % width]


@cuda.jit
def errors_of(loss, weight, unit, measure, t, cases, begin, count, width, bench, z, delta, errors):
    """The error and the mistakes of each case, its outputs and deltas; a thread for each."""
    for case in range(cuda.grid(1), count, cuda.gridsize(1)):
        bench[errors + case], bench[errors + count + case] = judge(
            loss, weight, unit, measure, t, cases[begin + case], width,
            bench, z + case * width, delta + case * width, count,
        )  # fmt: skip


@cuda.jit
def column_sums(bench, delta, count, width, g, at):
    """The gradient of the biases: each thread sums the deltas of one unit."""
    for j in range(cuda.grid(1), width, cuda.gridsize(1)):
        total = ZERO
        for case in range(count):
            total += bench[delta + case * width + j]
        g[at + j] = total


@cuda.jit
def add_decay(g, w, begin, count, l2):
    """The gradient of l2/2 times the sum of squared weights."""
    for i in range(cuda.grid(1), count, cuda.gridsize(1)):
        g[begin + i] += l2 * w[begin + i]


@cuda.jit
def sum_up(bench, errors, count, sums, place):
    """One tile's errors and mistakes, each summed by one thread in order."""
    total = ZERO
    for case in range(count):
        total += bench[errors + cuda.threadIdx.x * count + case]
    sums[place, cuda.threadIdx.x] = total


@cuda.jit
def squares(w, layers, l2_biases, shares):
    """The squares of the weights that the penalty counts, each thread its shares of them."""
    for lane in range(cuda.grid(1), shares.size, cuda.gridsize(1)):
        shares[lane] = share(w, 0, layers, l2_biases, lane, shares.size)


@cache
def tally(dtype: str):
    """The kernel, one block, that turns the cases' errors into the mini-batch's E."""
    real, number = np.dtype(dtype).type, getattr(types, dtype)

    @cuda.jit
    def finish(bench, errors, count, shares, l2, before, losses, k, told):
        partial = cuda.shared.array(LANES, number)
        if l2 > ZERO:
            for lane in range(cuda.threadIdx.x, LANES, cuda.blockDim.x):
                partial[lane] = ZERO
                for i in range(lane, shares.size, LANES):
                    partial[lane] += shares[i]
        cuda.syncthreads()
        if cuda.threadIdx.x == 0 and told[GOING] != 0:
            e, total = ZERO, ZERO
            for case in range(count):
                e += bench[errors + case]
            e /= real(count)
            if l2 > ZERO:
                for lane in range(LANES):
                    total += partial[lane]
                e += HALF * l2 * total
            losses[k] = e
            told[WORSE] = 1 if e > before[0] else 0
            told[GOING] = 1 if e - e == ZERO else 0  # neither infinite nor NaN
            told[COUNT] += told[GOING]
            before[0] = e

    return finish
