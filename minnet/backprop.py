"""Forward through the layers, then the error back through them: a net's error and its gradient.

    B  cases in a mini-batch    L  layers of weights    n  weights in all
    x (B, inputs)   t (B, outputs)   w, g (n,)   y, delta: all layers' (B, units), one after another
    layers (L, 5): fan-in, fan-out, first weight, first bias (-1: none), unit

Everything of a net lives in flat vectors; a layer is a window cut out of them.
"""

import math

import numpy as np

from . import elementary, units
from ._jit import kernel

CROSS_ENTROPY_SOFTMAX, CROSS_ENTROPY_LOGISTIC, SQUARED, MEAN_SQUARED = range(4)
LARGEST, THRESHOLD, ROOT_MEAN_SQUARE = range(3)  # what `evaluate` calls an error
ZERO, ONE, HALF, TWO = np.float32(0), np.float32(1), np.float32(0.5), np.float32(2)


@kernel
def window(flat, first, rows, columns):
    """`rows` x `columns` numbers of a flat vector as a matrix (a view)."""
    return flat[first : first + rows * columns].reshape(rows, columns)


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
            activate = y[first : first + cases * fan_out]
            units.activate(unit, activate)
        inputs = z
        first += cases * fan_out


@kernel
def outputs(unit, z):
    """Turn the last layer's total inputs `z` (B, outputs) into its outputs, in place."""
    if unit != units.SOFTMAX:
        units.activate(unit, z.reshape(z.size))
        return
    for case in range(z.shape[0]):
        exponentials(z[case])
        total = ZERO
        for j in range(z.shape[1]):
            total += z[case, j]
        for j in range(z.shape[1]):
            z[case, j] /= total


@kernel
def exponentials(z):
    """Replace z (m,) by e**(z - max z), which no logit can overflow."""
    largest = z[0]
    for j in range(1, z.size):
        largest = max(largest, z[j])
    for j in range(z.size):
        z[j] = elementary.exp(z[j] - largest)


@kernel
def error(loss, unit, z, t, delta):
    """The mean error E of a mini-batch, and `delta` = dE/dz of the last layer (B, outputs).

    cross-entropy, softmax    E = -sum t log y   (sum t = 1)      delta = y - t
    cross-entropy, logistic   E = -sum t log y + (1-t) log(1-y)   delta = y - t
    squared                   E = 1/2 sum (y - t)^2               delta = (y - t) dy/dz
    mean-squared              E = mean (y - t)^2                  delta = 2 (y - t) dy/dz / outputs

    All are means over the cases.  z is left holding the outputs y (softmax: a multiple of them).
    """
    cases, width = z.shape
    scale = ONE / z.dtype.type(cases)
    total = 0.0
    if loss == CROSS_ENTROPY_SOFTMAX:
        for case in range(cases):
            largest = z[case, 0]
            for j in range(1, width):
                largest = max(largest, z[case, j])
            for j in range(width):
                delta[case, j] = z[case, j] - largest
        flat_z, flat_delta = z.reshape(z.size), delta.reshape(z.size)
        for i in range(z.size):
            flat_z[i] = elementary.exp(flat_delta[i])
        for case in range(cases):
            norm, agreement = ZERO, ZERO
            for j in range(width):
                norm += z[case, j]
                agreement += t[case, j] * delta[case, j]
            total += math.log(norm) - agreement
            factor = scale / norm
            for j in range(width):
                delta[case, j] = z[case, j] * factor - t[case, j] * scale
        return total * scale
    if loss == CROSS_ENTROPY_LOGISTIC:
        for case in range(cases):
            for j in range(width):
                total += elementary.softplus(z[case, j]) - t[case, j] * z[case, j]
                z[case, j] = elementary.logistic(z[case, j])
                delta[case, j] = (z[case, j] - t[case, j]) * scale
        return total * scale
    units.activate(unit, z.reshape(z.size))
    per_output = HALF
    if loss == MEAN_SQUARED:
        per_output = ONE / z.dtype.type(width)
    for case in range(cases):
        for j in range(width):
            off = z[case, j] - t[case, j]
            total += per_output * off * off
            delta[case, j] = TWO * per_output * scale * off
    units.multiply_by_slope(unit, z.reshape(z.size), delta.reshape(z.size))
    return total * scale


@kernel
def gradient(w, layers, loss, l2, l2_biases, x, t, y, delta, g):
    """Write dE/dw of one mini-batch into `g` and return its error E, the L2 penalty included."""
    cases, last, first = x.shape[0], layers.shape[0] - 1, 0
    forward(w, layers, x, y)
    for layer in range(last):
        first += cases * layers[layer, 1]
    width = layers[last, 1]
    d = window(delta, first, cases, width)
    e = error(loss, layers[last, 4], window(y, first, cases, width), t, d)
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


@kernel
def evaluate(w, layers, loss, measure, x, t, rows):
    """(E, error) of the net on a data part, `rows` cases at a time; E without the L2 penalty.

    The error is the share of wrong classes, or the root of the mean squared difference.
    """
    cases, width = t.shape
    units_in_all = 0
    for layer in range(layers.shape[0]):
        units_in_all += layers[layer, 1]
    y = np.empty(rows * units_in_all, w.dtype)
    delta = np.empty((rows, width), w.dtype)
    total, wrong = 0.0, 0.0
    for start in range(0, cases, rows):
        stop = min(start + rows, cases)
        block, target = x[start:stop], t[start:stop]
        count = stop - start
        forward(w, layers, block, y)
        z = window(y, count * (units_in_all - width), count, width)
        total += count * error(loss, layers[-1, 4], z, target, delta[:count])
        wrong += mistakes(measure, z, target)
    if measure == ROOT_MEAN_SQUARE:
        return total / cases, math.sqrt(wrong / (cases * width))
    return total / cases, wrong / cases


@kernel
def mistakes(measure, y, t):
    """Cases whose class is wrong, or the sum of squared differences."""
    wrong = 0.0
    for case in range(y.shape[0]):
        if measure == LARGEST:
            best, right = 0, 0
            for j in range(1, y.shape[1]):
                best = j if y[case, j] > y[case, best] else best
                right = j if t[case, j] > t[case, right] else right
            wrong += best != right
        else:
            for j in range(y.shape[1]):
                if measure == THRESHOLD:
                    wrong += (y[case, j] > HALF) != (t[case, j] > HALF)
                else:
                    wrong += (y[case, j] - t[case, j]) ** 2
    return wrong
