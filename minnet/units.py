"""A unit turns its total input z into its output y; learning needs the slope dy/dz as well.

Slopes are written in terms of y, so that backprop need not keep z.  Each formula reads one number;
the loops below lift it to a whole layer (any shape, as one flat vector).
"""

import numpy as np

from . import elementary
from ._jit import kernel

LOGISTIC, TANH, RELU, LEAKY_RELU, SOFTPLUS, LINEAR, SOFTMAX = range(7)
NAMES = ("logistic", "tanh", "relu", "leaky_relu", "softplus", "linear", "softmax")

ZERO, ONE, HUNDRED = np.float32(0), np.float32(1), np.float32(100)


@kernel
def relu(z):
    """y = z above 0, else 0 (a NaN stays a NaN)."""
    return ZERO if z <= ZERO else z


@kernel
def leaky_relu(z):
    """y = z above 0, else 0.01 z   (z / 100: a float32 0.01 would not do for float64)."""
    return z / HUNDRED if z <= ZERO else z


@kernel
def activate(unit, z):
    """Replace the total inputs `z` (m,) of one layer by its outputs, in place."""
    if unit == LOGISTIC:
        for i in range(z.size):
            z[i] = elementary.logistic(z[i])
    elif unit == TANH:
        for i in range(z.size):
            z[i] = elementary.tanh(z[i])
    elif unit == RELU:
        for i in range(z.size):
            z[i] = relu(z[i])
    elif unit == LEAKY_RELU:
        for i in range(z.size):
            z[i] = leaky_relu(z[i])
    elif unit == SOFTPLUS:
        for i in range(z.size):
            z[i] = elementary.softplus(z[i])


@kernel
def multiply_by_slope(unit, y, delta):
    """Turn `delta` = dE/dy (m,) into dE/dz = dE/dy * dy/dz, in place.

    dy/dz is y(1 - y) for logistic, 1 - y^2 for tanh, 0 or 1 for relu, 0.01 or 1 for leaky relu,
    1 - e**-y for softplus, 1 for linear.  At the kink of a relu it is the slope on the left.
    """
    if unit == LOGISTIC:
        for i in range(y.size):
            delta[i] *= y[i] * (ONE - y[i])
    elif unit == TANH:
        for i in range(y.size):
            delta[i] *= ONE - y[i] * y[i]
    elif unit == RELU:
        for i in range(y.size):
            delta[i] *= ONE if y[i] > ZERO else ZERO
    elif unit == LEAKY_RELU:
        for i in range(y.size):
            delta[i] = delta[i] if y[i] > ZERO else delta[i] / HUNDRED
    elif unit == SOFTPLUS:
        for i in range(y.size):
            delta[i] *= -elementary.expm1(-y[i])
