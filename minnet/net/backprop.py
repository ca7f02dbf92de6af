"""Forward through the layers, then the error back through them: a net's error and its gradient.

    B  cases in a mini-batch    L  layers of weights    n  weights in all
    x (B, inputs)   t (B, outputs)   w, g (n,)   y, delta: all layers' (B, units), one after another
    layers (L, 5): fan-in, fan-out, first weight, first bias (-1: none), unit (a place in `NAMES`)

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
from ..kernels.jit import entry, first_class, kernel
from ..kernels.windows import window
from .units import LINEAR

FAN_IN, FAN_OUT, FIRST_WEIGHT, FIRST_BIAS, UNIT = range(5)  # the columns of `layers`
LARGEST, THRESHOLD, ROOT_MEAN_SQUARE = range(3)  # what `evaluate` calls an error
ZERO, ONE, HALF, TWO = np.float32(0), np.float32(1), np.float32(0.5), np.float32(2)


class Net(NamedTuple):
    """What the kernels need of a net."""

    layers: np.ndarray  # (L, 5)
    activate: Callable  # see units.compiled
    slope: Callable
    error: Callable  # error(y (m,), t (B, o), delta (m,)) -> E, one of those below
    penalty: Callable  # `penalty` or `no_penalty`
    l2: np.floating  # of the dtype of the weights
    l2_biases: bool


@kernel
def forward(w, layers, activate, x, y):
    """Fill `y` with the outputs of every layer; for cross-entropy, the total inputs of the last."""
    cases, first = x.shape[0], 0
    inputs = x
    for layer in range(layers.shape[0]):
        fan_in, fan_out, first_weight, first_bias, unit = layers[layer]
        z = window(y, first, cases, fan_out)  # (B, fan_out) total inputs, where y will be
        np.dot(inputs, window(w, first_weight, fan_in, fan_out), z)  # inputs (B, fan_in)
        if first_bias >= 0:
            for case in range(cases):
                for j in range(fan_out):
                    z[case, j] += w[first_bias + j]
        # Over the flat layer, not case by case: one long loop vectorises.
        if unit != LINEAR:
            activate(unit, y[first : first + cases * fan_out])
        inputs = z
        first += cases * fan_out


# The errors of a mini-batch: each returns E, a mean over the cases.  Those of cross-entropy take
# the last layer's total inputs z, leave its outputs in their place and write delta = dE/dz; those
# of squares take its outputs y and write delta = dE/dy.  All arrays but t (B, o) are flat.


@kernel
def softmax_cross_entropy(z, t, delta):
    """E = -sum t log y, where the t of a case sum to 1;  delta = y - t."""
    cases, width = t.shape
    scale = ONE / z.dtype.type(cases)
    total = 0.0
    y, d = window(z, 0, cases, width), window(delta, 0, cases, width)
    # The largest z of a case is taken out first: y does not depend on it.
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
def logistic_cross_entropy(z, t, delta):
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
def squared(y, t, delta):
    """E = 1/2 sum (y - t)^2;  dE/dy = y - t."""
    return weighted_squares(y, t, delta, HALF)


@kernel
def mean_squared(y, t, delta):
    """E = mean (y - t)^2 over the outputs;  dE/dy = 2 (y - t) / outputs."""
    return weighted_squares(y, t, delta, ONE / y.dtype.type(t.shape[1]))


@kernel
def weighted_squares(y, t, delta, weight):
    """E = weight sum (y - t)^2;  dE/dy = 2 weight (y - t)."""
    cases, width = t.shape
    scale = ONE / y.dtype.type(cases)
    total = 0.0
    for case in range(cases):
        for j in range(width):
            off = y[case * width + j] - t[case, j]
            total += weight * off * off
            delta[case * width + j] = TWO * weight * scale * off
    return total * scale


ERRORS = {
    ("cross-entropy", "softmax"): softmax_cross_entropy,
    ("cross-entropy", "logistic"): logistic_cross_entropy,
    "squared": squared,
    "mean-squared": mean_squared,
}


@kernel
def gradient(w, net, x, t, y, delta, g):
    """Write dE/dw of one mini-batch into `g` and return its error E, the L2 penalty included."""
    cases, last, first = x.shape[0], net.layers.shape[0] - 1, 0
    forward(w, net.layers, net.activate, x, y)
    for layer in range(last):
        first += cases * net.layers[layer, FAN_OUT]
    stop = first + cases * net.layers[last, FAN_OUT]
    e = net.error(y[first:stop], t, delta[first:stop])  # t (B, o)
    for layer in range(last, -1, -1):
        fan_in, fan_out, first_weight, first_bias, unit = net.layers[layer]
        # delta[first:stop] is dE/dy (B, fan_out) of this layer; the slope makes it dE/dz.
        if unit != LINEAR:
            net.slope(unit, y[first:stop], delta[first:stop])
        d = window(delta, first, cases, fan_out)  # (B, fan_out)
        # A bias is the weight of an input of 1: its gradient is the sum of the deltas.  Row after
        # row, as they lie in memory.
        if first_bias >= 0:
            for j in range(fan_out):
                g[first_bias + j] = ZERO
            for case in range(cases):
                for j in range(fan_out):
                    g[first_bias + j] += d[case, j]
        # dE/dw = inputs' d, and dE/dy of the layer below is d w'.  The products write into their
        # places in g and delta, so that nothing is allocated.
        dw = window(g, first_weight, fan_in, fan_out)
        if layer == 0:
            np.dot(x.T, d, dw)
        else:
            stop = first
            first -= cases * fan_in
            np.dot(window(y, first, cases, fan_in).T, d, dw)
            below = window(delta, first, cases, fan_in)  # (B, fan_in)
            np.dot(d, window(w, first_weight, fan_in, fan_out).T, below)
    return e + net.penalty(w, net.layers, net.l2, net.l2_biases, g)


@kernel
def no_penalty(w, layers, l2, l2_biases, g):
    """For nets without L2, which need not wait until `penalty` is compiled."""
    return 0.0


@kernel
def penalty(w, layers, l2, l2_biases, g):
    """Add the gradient of l2/2 * sum w^2 to `g` and return that penalty."""
    total = 0.0
    for layer in range(layers.shape[0]):
        fan_in, fan_out, first, first_bias, _ = layers[layer]
        stop = first + fan_in * fan_out
        if l2_biases and first_bias >= 0:
            stop += fan_out  # the biases stand right behind their layer's weights
        for i in range(first, stop):
            g[i] += l2 * w[i]
        total += np.dot(w[first:stop], w[first:stop])
    return total * l2 / 2


@cache
def net_type(dtype: str) -> types.NamedTuple:
    """Numba's type of a `Net`, for "float32" or "float64"."""
    f, i = getattr(types, dtype), types.int64
    units = types.void(i, f[::1]), types.void(i, f[::1], f[::1])
    functions = map(types.FunctionType, (*units, *error_signatures(dtype)))
    return types.NamedTuple((i[:, ::1], *functions, f, types.boolean), Net)


@cache
def error_signatures(dtype: str) -> tuple[Signature, Signature]:
    """The signatures of all errors, and of the penalty."""
    f = getattr(types, dtype)
    error = types.float64(f[::1], f[:, ::1], f[::1])
    return error, types.float64(f[::1], types.int64[:, ::1], f, types.boolean, f[::1])


@cache
def errors_of(loss: str, output: str, l2: bool, dtype: str) -> tuple[Callable, Callable]:
    """(`error`, `penalty`) for a loss and output unit, as arguments for kernels."""
    error, added = error_signatures(dtype)
    return (
        first_class(ERRORS.get(loss) or ERRORS[loss, output], error),
        first_class(penalty if l2 else no_penalty, added),
    )


@cache
def signature(dtype: str) -> Signature:
    """The signature of `gradient`, for "float32" or "float64"."""
    vector, matrix = getattr(types, dtype)[::1], getattr(types, dtype)[:, ::1]
    return types.float64(vector, net_type(dtype), matrix, matrix, vector, vector, vector)


@cache
def compiled(dtype: str) -> Callable:
    """`gradient` to be called from Python; whoever calls it answers for the types."""
    return entry(gradient, *signature(dtype).args)


@cache
def as_argument(dtype: str) -> Callable:
    """`gradient` as an argument for kernels, into which it is not compiled again."""
    return first_class(gradient, signature(dtype))


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
