"""Forward through the layers, then the error back through them: a net's error and its gradient.

    B  cases in a mini-batch    L  layers of weights    n  weights in all
    x (B, inputs)   t (B, outputs)   w, g (n,)   y, delta: all layers' (B, units), one after another
    layers (L, 5): fan-in, fan-out, first weight, first bias (-1: none), unit

Everything of a net lives in flat vectors; a layer is a window cut out of them.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numba import types
from numba.core.typing import Signature

from ..kernels import elementary
from ..kernels.jit import first_class, kernel
from ..kernels.windows import window
from . import units

LARGEST, THRESHOLD, ROOT_MEAN_SQUARE = range(3)  # what `evaluate` calls an error
ZERO, ONE, HALF, TWO = np.float32(0), np.float32(1), np.float32(0.5), np.float32(2)


@kernel
def forward(w, layers, activate, x, y):
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
            activate(unit, y[first : first + cases * fan_out])
        inputs = z
        first += cases * fan_out


# The errors of a mini-batch: each returns E, a mean over the cases, and writes delta = dE/dz of the
# last layer.  z and delta are flat; z comes with the total inputs and is left with the outputs y.


@kernel
def softmax_cross_entropy(unit, z, t, delta):
    """E = -sum t log y, where the t of a case sum to 1;  delta = y - t."""
    cases, width = t.shape
    scale = ONE / z.dtype.type(cases)
    total = 0.0
    y, d = window(z, 0, cases, width), window(delta, 0, cases, width)
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
    return total * scale


@kernel
def logistic_cross_entropy(unit, z, t, delta):
    """E = -sum t log y + (1 - t) log(1 - y);  delta = y - t."""
    cases, width = t.shape
    scale = ONE / z.dtype.type(cases)
    total = 0.0
    y, d = window(z, 0, cases, width), window(delta, 0, cases, width)
    for case in range(cases):
        for j in range(width):
            total += elementary.softplus(y[case, j]) - t[case, j] * y[case, j]
            y[case, j] = elementary.logistic(y[case, j])
            d[case, j] = (y[case, j] - t[case, j]) * scale
    return total * scale


@kernel
def squared(unit, z, t, delta):
    """E = 1/2 sum (y - t)^2;  delta = (y - t) dy/dz."""
    return weighted_squares(unit, z, t, delta, HALF)


@kernel
def mean_squared(unit, z, t, delta):
    """E = mean (y - t)^2 over the outputs;  delta = 2 (y - t) dy/dz / outputs."""
    return weighted_squares(unit, z, t, delta, ONE / z.dtype.type(t.shape[1]))


@kernel
def weighted_squares(unit, z, t, delta, weight):
    """E = weight sum (y - t)^2;  delta = 2 weight (y - t) dy/dz."""
    cases, width = t.shape
    scale = ONE / z.dtype.type(cases)
    total = 0.0
    units.activate(unit, z)
    y, d = window(z, 0, cases, width), window(delta, 0, cases, width)
    for case in range(cases):
        for j in range(width):
            off = y[case, j] - t[case, j]
            total += weight * off * off
            d[case, j] = TWO * weight * scale * off
    units.multiply_by_slope(unit, z, delta)
    return total * scale


ERRORS = {
    ("cross-entropy", "softmax"): softmax_cross_entropy,
    ("cross-entropy", "logistic"): logistic_cross_entropy,
    "squared": squared,
    "mean-squared": mean_squared,
}


@kernel
def gradient(w, layers, error, activate, slope, l2, l2_biases, x, t, y, delta, g):
    """Write dE/dw of one mini-batch into `g` and return its error E; l2 is taken for 0."""
    cases, last, first = x.shape[0], layers.shape[0] - 1, 0
    forward(w, layers, activate, x, y)
    for layer in range(last):
        first += cases * layers[layer, 1]
    stop = first + cases * layers[last, 1]
    e = error(layers[last, 4], y[first:stop], t, delta[first:stop])
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
            np.dot(window(y, first, cases, fan_in).T, d, dw)
            above, d = d, window(delta, first, cases, fan_in)
            np.dot(above, window(w, first_weight, fan_in, fan_out).T, d)
            stop = first + cases * fan_in
            slope(layers[layer - 1, 4], y[first:stop], delta[first:stop])
    return e


@kernel
def penalised_gradient(w, layers, error, activate, slope, l2, l2_biases, x, t, y, delta, g):
    """As `gradient`, with the L2 penalty in E and in `g`."""
    e = gradient(w, layers, error, activate, slope, l2, l2_biases, x, t, y, delta, g)
    return e + penalty(w, layers, l2, l2_biases, g)


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


class Compiled(NamedTuple):
    """What a net of one layout computes with: arguments for the kernels, callable from Python."""

    gradient: Callable
    error: Callable
    activate: Callable
    slope: Callable


class Signatures(NamedTuple):
    """The signatures of what `Compiled` holds."""

    gradient: Signature
    error: Signature
    activate: Signature
    slope: Signature


@cache
def signatures(dtype: str) -> Signatures:
    """For "float32" or "float64"."""
    f, i = getattr(types, dtype), types.int64
    vector, matrix = f[::1], f[:, ::1]
    error = types.float64(i, vector, matrix, vector)
    parts = error, *units.signatures(dtype)
    gradient = types.float64(
        vector, i[:, ::1], *map(types.FunctionType, parts), f, types.boolean,
        matrix, matrix, vector, vector, vector,
    )  # fmt: skip
    return Signatures(gradient, *parts)


@cache
def compiled(
    loss: str, hidden: tuple[str, ...], output: str, penalised: bool, dtype: str
) -> Compiled:
    """The functions for a loss and units, for "float32" or "float64"; only these are compiled."""
    wanted = signatures(dtype)
    error = first_class(ERRORS.get(loss) or ERRORS[loss, output], wanted.error)
    whole = first_class(penalised_gradient if penalised else gradient, wanted.gradient)
    return Compiled(whole, error, *units.compiled(hidden, dtype))


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
