"""Forward through the layers, then the error back through them: a net's error and its gradient.

    B  cases in a mini-batch    L  layers of weights    n  weights in all
    x (B, inputs)   t (B, outputs)   w, g (n,)   y, delta: all layers' (B, units), one after another
    layers (L, 5): fan-in, fan-out, first weight, first bias (-1: none), unit

Everything of a net lives in flat vectors; a layer is a window cut out of them.
"""

import math
from functools import cache

import numpy as np
from numba import types

from . import elementary, units
from ._jit import first_class, kernel
from .windows import window

CROSS_ENTROPY_SOFTMAX, CROSS_ENTROPY_LOGISTIC, SQUARED, MEAN_SQUARED = range(4)
LARGEST, THRESHOLD, ROOT_MEAN_SQUARE = range(3)  # what `evaluate` calls an error
ZERO, ONE, HALF, TWO = np.float32(0), np.float32(1), np.float32(0.5), np.float32(2)


@kernel
def forward(w, layers, x, y):
    """Fill `y` with the outputs of every hidden layer and the total inputs of the last one."""
    cases, last, first = x.shape[0], layers.shape[0] - 1, 0
    inputs = x
    for layer in range(last + 1):
        fan_in, fan_out, first_weight, first_bias, unit = layers[layer]
        z = window(y, first, cases, fan_out)
        np.dot(inputs, window(w, first_weight, fan_in, fan_out), z)
        if first_bias >= 0:
            for case in range(cases):
                for j in range(fan_out):
                    z[case, j] += w[first_bias + j]
        if layer < last:
            units.activate(unit, y[first : first + cases * fan_out])
        inputs = z
        first += cases * fan_out


@kernel
def error(loss, unit, z, t, delta):
    """The mean error E of a mini-batch, and `delta` = dE/dz of the last layer.

    cross-entropy, softmax    E = -sum t log y   (sum t = 1)      delta = y - t
    cross-entropy, logistic   E = -sum t log y + (1-t) log(1-y)   delta = y - t
    squared                   E = 1/2 sum (y - t)^2               delta = (y - t) dy/dz
    mean-squared              E = mean (y - t)^2                  delta = 2 (y - t) dy/dz / outputs

    All are means over the cases.  z and delta are flat, z is left holding the outputs y.
    """
    cases, width = t.shape
    scale = ONE / z.dtype.type(cases)
    total = 0.0
    y, d = window(z, 0, cases, width), window(delta, 0, cases, width)
    if loss == CROSS_ENTROPY_SOFTMAX:
        for case in range(cases):
            largest = y[case, 0]
            for j in range(1, width):
                largest = max(largest, y[case, j])
            for j in range(width):
                d[case, j] = y[case, j] - largest  # at most 0: no exponential can overflow
        for i in range(z.size):
            z[i] = elementary.exp(delta[i])
        for case in range(cases):
            norm, agreement = ZERO, ZERO
            for j in range(width):
                norm += y[case, j]
                agreement += t[case, j] * d[case, j]
            total += math.log(norm) - agreement
            inverse = ONE / norm
            for j in range(width):
                y[case, j] *= inverse
                d[case, j] = (y[case, j] - t[case, j]) * scale
    elif loss == CROSS_ENTROPY_LOGISTIC:
        for case in range(cases):
            for j in range(width):
                total += elementary.softplus(y[case, j]) - t[case, j] * y[case, j]
                y[case, j] = elementary.logistic(y[case, j])
                d[case, j] = (y[case, j] - t[case, j]) * scale
    else:
        units.activate(unit, z)
        per_output = ONE / z.dtype.type(width) if loss == MEAN_SQUARED else HALF
        for case in range(cases):
            for j in range(width):
                off = y[case, j] - t[case, j]
                total += per_output * off * off
                d[case, j] = TWO * per_output * scale * off
        units.multiply_by_slope(unit, z, delta)
    return total * scale


@kernel
def gradient(w, layers, loss, l2, l2_biases, x, t, y, delta, g):
    """Write dE/dw of one mini-batch into `g` and return its error E, the L2 penalty included."""
    cases, last, first = x.shape[0], layers.shape[0] - 1, 0
    forward(w, layers, x, y)
    for layer in range(last):
        first += cases * layers[layer, 1]
    stop = first + cases * layers[last, 1]
    e = error(loss, layers[last, 4], y[first:stop], t, delta[first:stop])
    d = window(delta, first, cases, layers[last, 1])
    for layer in range(last, -1, -1):
        fan_in, fan_out, first_weight, first_bias, _ = layers[layer]
        if first_bias >= 0:
            for j in range(fan_out):
                g[first_bias + j] = ZERO
            for case in range(cases):
                for j in range(fan_out):
                    g[first_bias + j] += d[case, j]
        dw = window(g, first_weight, fan_in, fan_out)
        if layer == 0:
            np.dot(x.T, d, dw)
        else:
            first -= cases * fan_in
            below = window(y, first, cases, fan_in)
            np.dot(below.T, d, dw)
            above, d = d, window(delta, first, cases, fan_in)
            np.dot(above, window(w, first_weight, fan_in, fan_out).T, d)
            size = cases * fan_in
            units.multiply_by_slope(
                layers[layer - 1, 4], y[first : first + size], delta[first : first + size]
            )
    if l2 > 0:
        e += penalty(w, layers, l2, l2_biases, g)
    return e


@kernel
def penalty(w, layers, l2, l2_biases, g):
    """Add the gradient of l2/2 * sum w^2 to `g` and return that penalty."""
    total = 0.0
    for layer in range(layers.shape[0]):
        fan_in, fan_out, first, first_bias, _ = layers[layer]
        stop = first + fan_in * fan_out
        if l2_biases and first_bias >= 0:
            stop += fan_out
        for i in range(first, stop):
            g[i] += l2 * w[i]
        total += np.dot(w[first:stop], w[first:stop])
    return total * l2 / 2


@cache
def compiled_gradient(dtype: str):
    """`gradient` for "float32" or "float64", as an argument for the kernels of the descent."""
    f, i = getattr(types, dtype), types.int64
    vector, matrix = f[::1], f[:, ::1]
    signature = types.float64(
        vector, i[:, ::1], i, f, types.boolean, matrix, matrix, vector, vector, vector
    )
    return first_class(gradient, signature)


@kernel
def mistakes(measure, y, t):
    """Cases whose class is wrong, or the sum of squared differences, of outputs y (flat)."""
    cases, width = t.shape
    wrong = 0.0
    for case in range(cases):
        best, right = 0, 0
        for j in range(width):
            output, target = y[case * width + j], t[case, j]
            if measure == LARGEST:
                best = j if output > y[case * width + best] else best
                right = j if target > t[case, right] else right
            elif measure == THRESHOLD:
                wrong += (output > HALF) != (target > HALF)
            else:
                wrong += (output - target) ** 2
        wrong += best != right
    return wrong
