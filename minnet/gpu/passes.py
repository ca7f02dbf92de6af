"""Kernels between a large net's matrix products: gather, errors, bias gradients, weight decay, E.

    n  weights   L  layers   N  cases   B  cases of a mini-batch   d  inputs   o  outputs

Each is a loop over the whole grid of threads; every sum is taken by one thread in one order.
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numba import cuda, types

from .layers import LANES, case_error, lane_squares
from .steps import COUNT, GOING, WORSE

if TYPE_CHECKING:
    from numba.cuda.dispatcher import CUDADispatcher

ZERO, HALF = np.float32(0), np.float32(0.5)


@cuda.jit
def gather(x, cases, begin, rows):
    """Copy the cases of one mini-batch side by side.

    Parameters
    ----------
    x : (N, d) float array
        All cases.
    cases, begin : int64 array, int
        The mini-batch is the rows cases[begin:begin + B] of x.
    rows : (B d,) float array
        Gets the cases; its size says how many.
    """
    width = x.shape[1]
    for i in range(cuda.grid(1), rows.size, cuda.gridsize(1)):
        rows[i] = x[cases[begin + i // width], i % width]


@cuda.jit
def errors_of(loss, weight, unit, measure, t, cases, begin, count, width, bench, z, delta, errors):
    """Write the error and the mistakes of each case, its outputs and deltas; a thread for each.

    Parameters
    ----------
    loss, weight, unit, measure : int, float, int, int
        See `layers.case_error`.
    t : (N, o) float array
        All targets.
    cases, begin, count : int64 array, int, int
        The mini-batch (B = count) is the rows cases[begin:begin + count] of t.
    width : int
        o, the number of outputs.
    bench, z, delta, errors : float array, int, int, int
        Places in `bench`: the last layer's total inputs (B, o), which become outputs; its deltas
        (B, o); then each case's error (B,) and after these its mistakes (B,).
    """
    for case in range(cuda.grid(1), count, cuda.gridsize(1)):
        bench[errors + case], bench[errors + count + case] = case_error(
            loss, weight, unit, measure, t, cases[begin + case], width,
            bench, z + case * width, delta + case * width, count,
        )  # fmt: skip


@cuda.jit
def column_sums(bench, delta, count, width, g, at):
    """The gradient of a layer's biases: each thread sums the deltas of one unit.

    Parameters
    ----------
    bench, delta : float array, int
        The layer's deltas (B, width) begin at bench[delta].
    count, width : int
        B, and the layer's units.
    g, at : (n,) float array, int
        The gradient; g[at:at + width] is written.
    """
    for j in range(cuda.grid(1), width, cuda.gridsize(1)):
        total = ZERO
        for case in range(count):
            total += bench[delta + case * width + j]
        g[at + j] = total


@cuda.jit
def add_decay(g, w, begin, count, l2):
    """Add the gradient of the L2 penalty, l2 times the weight.

    Parameters
    ----------
    g, w : (n,) float array
        Gradient, which changes, and weights.
    begin, count : int
        The weights in question: w[begin:begin + count].
    l2 : float
        The penalty's factor.
    """
    for i in range(cuda.grid(1), count, cuda.gridsize(1)):
        g[begin + i] += l2 * w[begin + i]


@cuda.jit
def sum_up(bench, errors, count, sums, tile):
    """Sum one tile's errors and mistakes, each by one thread: launch with two of them.

    Parameters
    ----------
    bench, errors : float array, int
        The cases' errors (count,) and after these their mistakes (count,) begin at bench[errors].
    count : int
        Cases of the tile.
    sums : (tiles, 2) float array
        Gets both sums in its row `tile`.
    tile : int
        Which tile of the data.
    """
    total = ZERO
    for case in range(count):
        total += bench[errors + cuda.threadIdx.x * count + case]
    sums[tile, cuda.threadIdx.x] = total


@cuda.jit
def squares(w, layers, l2_biases, lane_sums):
    """The squares of the weights that the penalty counts, summed in lanes.

    Parameters
    ----------
    w : (n,) float array
        Weights.
    layers : (L, 5) int64 array
        See `net.backprop`.
    l2_biases : bool
        Whether biases count too.
    lane_sums : (lanes,) float array
        Gets the sums; a multiple of LANES of them.
    """
    for lane in range(cuda.grid(1), lane_sums.size, cuda.gridsize(1)):
        lane_sums[lane] = lane_squares(w, 0, layers, l2_biases, lane, lane_sums.size)


@cache
def batch_error(dtype: str) -> "CUDADispatcher":
    """The kernel, to be launched as one block, that sums the cases' errors to the mini-batch's E.

    Parameters
    ----------
    dtype : str
        "float32" or "float64".
    """
    real, number = np.dtype(dtype).type, getattr(types, dtype)

    @cuda.jit
    def finish(bench, errors, count, lane_sums, l2, before, losses, k, status):
        """Write losses[k], and in `status` whether the error grew and is still finite.

        Parameters
        ----------
        bench, errors, count : float array, int, int
            The errors of the mini-batch's cases are bench[errors:errors + count].
        lane_sums : (lanes,) float array
            The squares of the weights, see `squares`; not read where l2 is 0.
        l2 : float
            The penalty's factor.
        before : (1,) float array
            The error of the mini-batch before; becomes this one's.
        losses, k : (K,) float array, int
            losses[k] gets E, with the penalty.
        status : (3,) int64 array
            See `steps`; a run that no longer goes on is left as it is.
        """
        partial = cuda.shared.array(LANES, number)  # (LANES,)
        if l2 > ZERO:
            # First each thread a few lanes, below one thread the rest: always in the same order.
            for lane in range(cuda.threadIdx.x, LANES, cuda.blockDim.x):
                partial[lane] = ZERO
                for i in range(lane, lane_sums.size, LANES):
                    partial[lane] += lane_sums[i]
        cuda.syncthreads()
        if cuda.threadIdx.x == 0 and status[GOING] != 0:
            e, total = ZERO, ZERO
            for case in range(count):
                e += bench[errors + case]
            e /= real(count)
            if l2 > ZERO:
                for lane in range(LANES):
                    total += partial[lane]
                e += HALF * l2 * total
            losses[k] = e
            # The host reads these only after the chunk; the steppers read them at once.
            status[WORSE] = 1 if e > before[0] else 0
            status[GOING] = 1 if e - e == ZERO else 0  # neither infinite nor NaN
            status[COUNT] += status[GOING]
            before[0] = e

    return finish
