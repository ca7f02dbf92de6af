"""Device functions for one mini-batch: forward pass, error of a case, backward pass, L2 penalty.

    n  weights   L  layers   U  units of all layers
    N  cases     B  cases of a mini-batch            d  inputs   o  outputs

All other arrays than x (N, d), t (N, o) and layers (L, 5) are flat, and places in them are offsets.
`bench` is the memory that a block works in: each layer's outputs y from 0 on (B U,), and from
`deltas` on the deltas dE/dz (B U,).  Every sum is taken by one thread in one order, so the same
seed gives the same bits.
"""

import math

import numpy as np
from numba import cuda

from ..kernels import elementary
from ..net import units
from ..net.backprop import (
    FAN_IN,
    FAN_OUT,
    FIRST_BIAS,
    FIRST_WEIGHT,
    LARGEST,
    THRESHOLD,
    UNIT,
)

SOFTMAX, LOGISTIC, SQUARES = range(3)  # losses; for the first two the last unit has the same name
LANES = 256  # that the penalty's squares are summed in; part of the result's last bits
ZERO, ONE, TWO, HALF = np.float32(0), np.float32(1), np.float32(2), np.float32(0.5)


@cuda.jit(device=True)
def activate(unit, z):
    """The output y of a unit (a place in `units.NAMES`) for its total input z."""
    if unit == units.LOGISTIC:
        return elementary.logistic(z)
    if unit == units.TANH:
        return elementary.tanh(z)
    if unit == units.RELU:
        return units.relu(z)
    if unit == units.LEAKY_RELU:
        return units.leaky_relu(z)
    if unit == units.SOFTPLUS:
        return elementary.softplus(z)
    return z


@cuda.jit(device=True)
def times_slope(unit, y, delta):
    """dE/dz of a unit (a place in `units.NAMES`) from its output y and `delta`, its dE/dy."""
    if unit == units.LOGISTIC:
        return delta * units.logistic_slope(y)
    if unit == units.TANH:
        return delta * units.tanh_slope(y)
    if unit == units.RELU:
        return delta * units.relu_slope(y)
    if unit == units.LEAKY_RELU:
        return delta * units.leaky_relu_slope(y)
    if unit == units.SOFTPLUS:
        return delta * units.softplus_slope(y)
    return delta


@cuda.jit(device=True)
def forward(w, at, layers, x, cases, begin, count, bench):
    """Fill `bench` with the outputs of every hidden layer and the total inputs of the last one.

    Parameters
    ----------
    w, at : float array, int
        The net's weights (n,) are w[at:at + n].
    layers : (L, 5) int64 array
        See `net.backprop`.
    x : (N, d) float array
        All cases.
    cases, begin, count : int64 array, int, int
        The mini-batch (B = count) is the rows cases[begin:begin + count] of x.
    bench : float array
        Gets y (B U,) from 0 on.

    Returns
    -------
    int
        Where in `bench` the last layer begins.
    """
    inputs, out, last = 0, 0, layers.shape[0] - 1
    for layer in range(last + 1):
        fan_in, fan_out = layers[layer, FAN_IN], layers[layer, FAN_OUT]
        weights, bias = at + layers[layer, FIRST_WEIGHT], layers[layer, FIRST_BIAS]
        unit = layers[layer, UNIT]
        # One thread for each output of bench[out:] (B, fan_out).  Neighbours compute neighbouring
        # units of a case: their reads of w[weights:] (fan_in, fan_out) fall side by side.
        for task in range(cuda.threadIdx.x, count * fan_out, cuda.blockDim.x):
            case, j = task // fan_out, task % fan_out
            z = w[at + bias + j] if bias >= 0 else ZERO
            if layer == 0:  # its inputs are the cases themselves, x (N, d), which are not copied
                row = cases[begin + case]
                for i in range(fan_in):
                    z += x[row, i] * w[weights + i * fan_out + j]
            else:  # the layer below, bench[inputs:] (B, fan_in)
                for i in range(fan_in):
                    z += bench[inputs + case * fan_in + i] * w[weights + i * fan_out + j]
            bench[out + task] = activate(unit, z) if layer < last else z
        cuda.syncthreads()  # the next layer reads what other threads wrote
        inputs, out = out, out + count * fan_out
    return inputs


@cuda.jit(device=True)
def case_error(loss, weight, unit, measure, t, row, width, bench, z, delta, count):
    """The error of one case and its mistakes; its total inputs become outputs, with their deltas.

    Parameters
    ----------
    loss : int
        SOFTMAX, LOGISTIC or SQUARES.
    weight : float
        Of the squares: 1/2 for "squared", 1/o for "mean-squared".
    unit : int
        The last layer's unit, a place in `units.NAMES`; used for SQUARES only.
    measure : int
        What counts as a mistake, see `mistakes`.
    t, row : (N, o) float array, int
        The case's targets are t[row].
    width : int
        o, the number of outputs.
    bench, z, delta : float array, int, int
        Places in `bench`: the case's total inputs z (o,), replaced by its outputs y, and its
        deltas dE/dz (o,), which are written.
    count : int
        B: deltas are those of the mean over the mini-batch.

    Returns
    -------
    float, float
        The error E of this case, and its mistakes.
    """
    total, scale = ZERO, ONE / bench.dtype.type(count)
    if loss == SOFTMAX:
        # The largest z is subtracted, so no exponential can overflow; log y = off - log(norm).
        largest, norm = bench[z], ZERO
        for j in range(1, width):
            largest = max(largest, bench[z + j])
        for j in range(width):
            off = bench[z + j] - largest
            total -= t[row, j] * off
            bench[z + j] = elementary.exp(off)
            norm += bench[z + j]
        total += math.log(norm)  # the targets of a case sum to 1
        for j in range(width):
            bench[z + j] /= norm
            bench[delta + j] = (bench[z + j] - t[row, j]) * scale
    elif loss == LOGISTIC:
        # -t log y - (1 - t) log(1 - y) = softplus(z) - t z, which needs no log of a small number.
        for j in range(width):
            total += elementary.softplus(bench[z + j]) - t[row, j] * bench[z + j]
            bench[z + j] = elementary.logistic(bench[z + j])
            bench[delta + j] = (bench[z + j] - t[row, j]) * scale
    else:
        for j in range(width):
            y = activate(unit, bench[z + j])
            bench[z + j], off = y, y - t[row, j]
            total += weight * off * off
            bench[delta + j] = times_slope(unit, y, TWO * weight * scale * off)
    return total, mistakes(measure, t, row, width, bench, z)


@cuda.jit(device=True)
def mistakes(measure, t, row, width, bench, z):
    """The mistakes of one case.

    Parameters
    ----------
    measure : int
        LARGEST: 1 if the largest output is not that of the class; THRESHOLD: outputs on the wrong
        side of 1/2; ROOT_MEAN_SQUARE: the sum of squared differences.
    t, row : (N, o) float array, int
        The case's targets are t[row].
    width : int
        o, the number of outputs.
    bench, z : float array, int
        The case's outputs (o,) are bench[z:z + o].
    """
    wrong, best, right = ZERO, 0, 0
    for j in range(width):
        y, target = bench[z + j], t[row, j]
        if measure == LARGEST:
            best = j if y > bench[z + best] else best
            right = j if target > t[row, right] else right
        elif measure == THRESHOLD:
            wrong += ONE if (y > HALF) != (target > HALF) else ZERO
        else:
            wrong += (y - target) * (y - target)
    return wrong + (ONE if best != right else ZERO)


@cuda.jit(device=True)
def backward(w, at, layers, count, bench, y, deltas):
    """Backpropagate the last layer's deltas: write those of every hidden layer.

    Parameters
    ----------
    w, at : float array, int
        The net's weights (n,) are w[at:at + n].
    layers : (L, 5) int64 array
        See `net.backprop`.
    count : int
        B, the cases of the mini-batch.
    bench, y, deltas : float array, int, int
        In `bench`, the last layer's outputs (B, o) begin at y, and the deltas of all layers (B U,)
        at `deltas`, in the same order as the outputs.
    """
    for layer in range(layers.shape[0] - 1, 0, -1):
        fan_in, fan_out = layers[layer, FAN_IN], layers[layer, FAN_OUT]
        weights, below = at + layers[layer, FIRST_WEIGHT], layers[layer - 1, UNIT]
        # delta: this layer's (B, fan_out); y, from here on: outputs of the layer below (B, fan_in).
        delta, y = deltas + y, y - count * fan_in
        for task in range(cuda.threadIdx.x, count * fan_in, cuda.blockDim.x):
            case, i = task // fan_in, task % fan_in
            d = ZERO
            for j in range(fan_out):
                d += bench[delta + case * fan_out + j] * w[weights + i * fan_out + j]
            bench[deltas + y + task] = times_slope(below, bench[y + task], d)
        cuda.syncthreads()  # the layer below reads what other threads wrote


@cuda.jit(device=True)
def lane_squares(w, at, layers, l2_biases, lane, lanes):
    """The sum of squares of every so many weights: those that fall to one lane.

    Parameters
    ----------
    w, at : float array, int
        The net's weights (n,) are w[at:at + n].
    layers : (L, 5) int64 array
        See `net.backprop`.
    l2_biases : bool
        Whether biases count too.
    lane, lanes : int
        Which lane, and how many there are.
    """
    total = ZERO
    for layer in range(layers.shape[0]):
        begin, count = layers[layer, FIRST_WEIGHT], layers[layer, FAN_IN] * layers[layer, FAN_OUT]
        if l2_biases and layers[layer, FIRST_BIAS] >= 0:
            count += layers[layer, FAN_OUT]  # a layer's biases follow its weights
        for i in range(lane, count, lanes):
            total += w[at + begin + i] * w[at + begin + i]
    return total


@cuda.jit(device=True)
def penalty(w, at, layers, l2, l2_biases, partial):
    """l2/2 times the sum of squared weights, for the first thread; the others get 0.

    The lanes are LANES however many threads there are, so their number changes no bit.

    Parameters
    ----------
    w, at : float array, int
        The net's weights (n,) are w[at:at + n].
    layers : (L, 5) int64 array
        See `net.backprop`.
    l2 : float
        The penalty's factor.
    l2_biases : bool
        Whether biases count too.
    partial : (LANES,) float array
        Shared memory for the sums of the lanes.
    """
    for lane in range(cuda.threadIdx.x, LANES, cuda.blockDim.x):
        partial[lane] = lane_squares(w, at, layers, l2_biases, lane, LANES)
    cuda.syncthreads()
    total = ZERO
    if cuda.threadIdx.x == 0:
        for lane in range(LANES):
            total += partial[lane]
    return HALF * l2 * total
