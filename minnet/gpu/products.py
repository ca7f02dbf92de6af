"""Matrix products in tiles: the textbook kernel, with bias, unit and slope fused into its end.

    C (M, N) = A (M, K) B (K, N), each a window of a flat array, A or B possibly turned

A block computes one tile of C.  It carries a slice of A and of B at a time into shared memory,
where each number is read many times; each thread keeps MICRO x MICRO results in registers, so that
two reads from shared memory serve several products.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numba import cuda, types

from .layers import output, through

ZERO = np.float32(0)
PLAIN, FORWARD, BACKWARD = range(3)  # what happens to a sum: nothing; + bias, then unit; slope


class Shape(NamedTuple):
    """The tile of C that a block computes, `rows` x `columns`, and how deep a slice it carries."""

    rows: int
    columns: int
    depth: int
    micro: int

    @property
    def threads(self) -> int:
        return self.rows * self.columns // self.micro**2


CARD, SIMULATED = Shape(64, 64, 16, 4), Shape(8, 8, 4, 4)


@cache
def product(end: int, a_turned: bool, b_turned: bool, shape: Shape, dtype: str) -> Callable:
    """The kernel for one kind of product.

    Parameters
    ----------
    end : PLAIN, FORWARD or BACKWARD
    a_turned, b_turned : bool
        Whether A is given as (K, M), B as (N, K).
    """
    real = getattr(types, dtype)
    rows, columns, depth, micro = shape
    down, across, threads = rows // micro, columns // micro, shape.threads
    # One more than needed: what is written turned then falls into different memory banks.
    wide_a, wide_b = rows + 1, columns + 1

    @cuda.jit
    def multiply(a, a0, b, b0, c, c0, M, N, K, bias, bias0, y, y0, unit):
        """C from place c0 on.  FORWARD: unit(C + bias), bias0 < 0 for none; BACKWARD: C times the
        unit's slope at its output y."""
        slice_a = cuda.shared.array((depth, wide_a), real)
        slice_b = cuda.shared.array((depth, wide_b), real)
        sums = cuda.local.array((micro, micro), real)
        thread = cuda.threadIdx.x
        column, row = thread % across, thread // across
        top, left = cuda.blockIdx.y * rows, cuda.blockIdx.x * columns
        for p in range(micro):
            for q in range(micro):
                sums[p, q] = ZERO
        for begin in range(0, K, depth):
            for place in range(thread, rows * depth, threads):  # neighbours read neighbours
                k, m = (
                    (place // rows, place % rows) if a_turned else (place % depth, place // depth)
                )
                inside = top + m < M and begin + k < K
                where = (begin + k) * M + top + m if a_turned else (top + m) * K + begin + k
                slice_a[k, m] = a[a0 + where] if inside else ZERO
            for place in range(thread, columns * depth, threads):
                k, n = (
                    (place % depth, place // depth) if b_turned
                    else (place // columns, place % columns)
                )  # fmt: skip
                inside = left + n < N and begin + k < K
                where = (left + n) * K + begin + k if b_turned else (begin + k) * N + left + n
                slice_b[k, n] = b[b0 + where] if inside else ZERO
            cuda.syncthreads()
            for k in range(depth):
                for p in range(micro):
                    for q in range(micro):
                        sums[p, q] += slice_a[k, row + p * down] * slice_b[k, column + q * across]
            cuda.syncthreads()
        for p in range(micro):
            for q in range(micro):
                m, n = top + row + p * down, left + column + q * across
                if m < M and n < N:
                    c[c0 + m * N + n] = sums[p, q]
        if end == PLAIN:
            return
        for place in range(micro * micro):  # apart, so that the sums above stay in registers
            m = top + row + place // micro * down
            n = left + column + place % micro * across
            if m < M and n < N:
                i = m * N + n
                if end == BACKWARD:
                    c[c0 + i] = through(unit, y[y0 + i], c[c0 + i])
                else:
                    c[c0 + i] = output(
                        unit, c[c0 + i] + bias[bias0 + n] if bias0 >= 0 else c[c0 + i]
                    )

    return multiply
