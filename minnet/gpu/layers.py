"""What the threads of a block do together for a mini-batch: forward, errors, backward, penalty.

    B  cases of a mini-batch   U  units of all layers

All arrays are flat, and every place in them is an offset: `bench` holds each layer's outputs y from
0 on (B U), and from `deltas` on the deltas dE/dz (B U).  Every sum is taken by one thread in one
order, so the same seed gives the same bits.
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
def output(unit, z):
    """y(z) of a unit."""
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
def through(unit, y, delta):
    """dE/dz from dE/dy of a unit."""
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
    """Fill `bench` with every hidden layer's outputs, and the total inputs of the last one.

    Returns where these begin.
    """
    inputs, out, last = 0, 0, layers.shape[0] - 1
    for layer in range(last + 1):
        fan_in, fan_out = layers[layer, FAN_IN], layers[layer, FAN_OUT]
        weights, bias = at + layers[layer, FIRST_WEIGHT], layers[layer, FIRST_BIAS]
        unit = layers[layer, UNIT]
        for task in range(cuda.threadIdx.x, count * fan_out, cuda.blockDim.x):
            case, j = task // fan_out, task % fan_out
            z = w[at + bias + j] if bias >= 0 else ZERO
            if layer == 0:
                row = cases[begin + case]
                for i in range(fan_in):
                    z += x[row, i] * w[weights + i * fan_out + j]
            else:
                for i in range(fan_in):
                    z += bench[inputs + case * fan_in + i] * w[weights + i * fan_out + j]
            bench[out + task] = output(unit, z) if layer < last else z
        cuda.syncthreads()
        inputs, out = out, out + count * fan_out
    return inputs


@cuda.jit(device=True)
def judge(loss, weight, unit, measure, t, row, width, bench, z, delta, count):
    """(E, mistakes) of one case; leaves its outputs where its total inputs z were, and its delta.

    `weight`: of the squares, as in backprop.
    """
    total, scale = ZERO, ONE / bench.dtype.type(count)
    if loss == SOFTMAX:
        largest, norm = bench[z], ZERO
        for j in range(1, width):
            largest = max(largest, bench[z + j])
        for j in range(width):
            off = bench[z + j] - largest
            total -= t[row, j] * off
            bench[z + j] = elementary.exp(off)
            norm += bench[z + j]
        total += math.log(norm)
        for j in range(width):
            bench[z + j] /= norm
            bench[delta + j] = (bench[z + j] - t[row, j]) * scale
    elif loss == LOGISTIC:
        for j in range(width):
            total += elementary.softplus(bench[z + j]) - t[row, j] * bench[z + j]
            bench[z + j] = elementary.logistic(bench[z + j])
            bench[delta + j] = (bench[z + j] - t[row, j]) * scale
    else:
        for j in range(width):
            y = output(unit, bench[z + j])
            bench[z + j], off = y, y - t[row, j]
            total += weight * off * off
            bench[delta + j] = through(unit, y, TWO * weight * scale * off)
    return total, mistakes(measure, t, row, width, bench, z)


@cuda.jit(device=True)
def mistakes(measure, t, row, width, bench, z):
    """Of one case: 1 if its class is wrong, or the sum of squared differences."""
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
    """Turn the last layer's deltas into every hidden layer's; its outputs begin at y."""
    for layer in range(layers.shape[0] - 1, 0, -1):
        fan_in, fan_out = layers[layer, FAN_IN], layers[layer, FAN_OUT]
        weights, below = at + layers[layer, FIRST_WEIGHT], layers[layer - 1, UNIT]
        delta, y = deltas + y, y - count * fan_in
        for task in range(cuda.threadIdx.x, count * fan_in, cuda.blockDim.x):
            case, i = task // fan_in, task % fan_in
            d = ZERO
            for j in range(fan_out):
                d += bench[delta + case * fan_out + j] * w[weights + i * fan_out + j]
            bench[deltas + y + task] = through(below, bench[y + task], d)
        cuda.syncthreads()


@cuda.jit(device=True)
def share(w, at, layers, l2_biases, lane, lanes):
    """The sum of squares of the weights that fall to one of several lanes."""
    total = ZERO
    for layer in range(layers.shape[0]):
        begin, count = layers[layer, FIRST_WEIGHT], layers[layer, FAN_IN] * layers[layer, FAN_OUT]
        if l2_biases and layers[layer, FIRST_BIAS] >= 0:
            count += layers[layer, FAN_OUT]
        for i in range(lane, count, lanes):
            total += w[at + begin + i] * w[at + begin + i]
    return total


@cuda.jit(device=True)
def penalty(w, at, layers, l2, l2_biases, partial):
    """l2/2 times the sum of squared weights, for the first thread; the others get 0.

    The lanes are as many as `partial` (LANES) has numbers, however many threads there are.
    """
    for lane in range(cuda.threadIdx.x, LANES, cuda.blockDim.x):
        partial[lane] = share(w, at, layers, l2_biases, lane, LANES)
    cuda.syncthreads()
    total = ZERO
    if cuda.threadIdx.x == 0:
        for lane in range(LANES):
            total += partial[lane]
    return HALF * l2 * total
