"""Matrix products by tiles in shared memory, with bias, unit or slope fused into their end.

    C (M, N) = A (M, K) B (K, N), each a window of a flat array, A or B possibly stored transposed

A block computes one tile of C.  It carries a slice of A and of B at a time into shared memory,
where each number is read many times; each thread keeps micro x micro results in registers, so that
two reads from shared memory serve several products.
"""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import cuda, types

from .layers import activate, times_slope

if TYPE_CHECKING:
    from numba.cuda.dispatcher import CUDADispatcher

ZERO = np.float32(0)
PLAIN, FORWARD, BACKWARD = range(3)  # the epilogue: none; add biases, apply unit; times slope


class Tile(NamedTuple):
    """The part of C that a block computes, and how it goes about it.

    Parameters
    ----------
    rows, columns : int
        Of the tile; multiples of `micro`.
    depth : int
        How many columns of A, and rows of B, are in shared memory at a time.
    micro : int
        Each thread computes micro x micro numbers of the tile.
    """

    rows: int
    columns: int
    depth: int
    micro: int

    @property
    def threads(self) -> int:
        """Threads of a block."""
        return self.rows * self.columns // self.micro**2


CARD, SIMULATED = Tile(64, 64, 16, 4), Tile(8, 8, 4, 4)


@cache
def product(
    epilogue: int, a_transposed: bool, b_transposed: bool, tile: Tile, dtype: str
) -> "CUDADispatcher":
    """The kernel for one kind of product.

    Parameters
    ----------
    epilogue : int
        What happens to a sum before it is written: nothing (PLAIN); the bias is added and the unit
        applied (FORWARD); it is multiplied by the unit's slope (BACKWARD).
    a_transposed, b_transposed : bool
        Whether A is stored as (K, M), B as (N, K).
    tile : Tile
        Its sizes; they are compiled in.
    dtype : str
        "float32" or "float64".

    Returns
    -------
    kernel
        Launched with a grid of (tiles across, tiles down) and `tile.threads` threads.
    """
    real = getattr(types, dtype)
    rows, columns, depth, micro = tile
    down, across, threads = rows // micro, columns // micro, tile.threads
    # One more than needed: what is written transposed then falls into different memory banks.
    wide_a, wide_b = rows + 1, columns + 1

    @cuda.jit
    def multiply(a, a0, b, b0, c, c0, M, N, K, bias, bias0, y, y0, unit):
        """Write the matrix C into c.

        Parameters
        ----------
        a, a0, b, b0, c, c0 : float array, int, ...
            The flat arrays, and where in them A, B and C begin.
        M, N, K : int
            Rows of C, columns of C, terms of each sum.
        bias, bias0 : float array, int
            For FORWARD: the biases (N,) begin at bias[bias0]; there are none if bias0 < 0.
        y, y0 : float array, int
            For BACKWARD: the outputs (M, N) of the layer below begin at y[y0].
        unit : int
            For FORWARD and BACKWARD: a place in `units.NAMES`.
        """
        slice_a = cuda.shared.array((depth, wide_a), real)  # (depth, rows), transposed
        slice_b = cuda.shared.array((depth, wide_b), real)  # (depth, columns)
        sums = cuda.local.array((micro, micro), real)  # this thread's part of the tile
        thread = cuda.threadIdx.x
        # A thread's rows are `down` apart, its columns `across`: so neighbouring threads read and
        # write neighbouring columns.
        column, row = thread % across, thread // across
        top, left = cuda.blockIdx.y * rows, cuda.blockIdx.x * columns
        for p in range(micro):
            for q in range(micro):
                sums[p, q] = ZERO
        for begin in range(0, K, depth):
            # All threads carry A[top:top + rows, begin:begin + depth], in the order in which it is
            # stored: neighbouring threads read neighbouring numbers.  Beyond the border it is 0.
            for place in range(thread, rows * depth, threads):
                k, m = (
                    (place // rows, place % rows)
                    if a_transposed
                    else (place % depth, place // depth)
                )
                inside = top + m < M and begin + k < K
                where = (begin + k) * M + top + m if a_transposed else (top + m) * K + begin + k
                slice_a[k, m] = a[a0 + where] if inside else ZERO
            # And B[begin:begin + depth, left:left + columns].
            for place in range(thread, columns * depth, threads):
                k, n = (
                    (place % depth, place // depth)
                    if b_transposed
                    else (place // columns, place % columns)
                )
                inside = left + n < N and begin + k < K
                where = (left + n) * K + begin + k if b_transposed else (begin + k) * N + left + n
                slice_b[k, n] = b[b0 + where] if inside else ZERO
            cuda.syncthreads()  # both slices are there
            for k in range(depth):
                for p in range(micro):
                    for q in range(micro):
                        sums[p, q] += slice_a[k, row + p * down] * slice_b[k, column + q * across]
            cuda.syncthreads()  # nobody reads them any more: the next ones may come
        for p in range(micro):
            for q in range(micro):
                m, n = top + row + p * down, left + column + q * across
                if m < M and n < N:
                    c[c0 + m * N + n] = sums[p, q]
        if epilogue == PLAIN:
            return
        # In a loop of its own, so that `sums` above stays in registers; each thread goes on with
        # the numbers of C that it wrote itself.
        for place in range(micro * micro):
            m = top + row + place // micro * down
            n = left + column + place % micro * across
            if m < M and n < N:
                i = m * N + n
                if epilogue == BACKWARD:
                    c[c0 + i] = times_slope(unit, y[y0 + i], c[c0 + i])
                else:
                    c[c0 + i] = activate(
                        unit, c[c0 + i] + bias[bias0 + n] if bias0 >= 0 else c[c0 + i]
                    )

    return multiply
