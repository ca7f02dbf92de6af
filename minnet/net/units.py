"""A unit turns its total input z into its output y; learning needs the slope dy/dz as well.

Slopes are written in terms of y, so that backprop need not keep z; at the kink of a relu the slope
is the one on the left.  Every formula reads one number; below, loops lift them to a whole layer
(any shape, as one flat vector).
"""

import numpy as np
from numba import types

from ..kernels import elementary
from ..kernels.jit import first_class, kernel
from ..rules import lift

LOGISTIC, TANH, RELU, LEAKY_RELU, SOFTPLUS, LINEAR, SOFTMAX = range(7)
NAMES = ("logistic", "tanh", "relu", "leaky_relu", "softplus", "linear", "softmax")

ZERO, ONE, HUNDRED = np.float32(0), np.float32(1), np.float32(100)


@kernel
def logistic_slope(y):
    """y (1 - y)"""
    return y * (ONE - y)


@kernel
def tanh_slope(y):
    """1 - y^2"""
    return ONE - y * y


@kernel
def relu(z):
    """y = z above 0, else 0 (a NaN stays a NaN)."""
    return ZERO if z <= ZERO else z


@kernel
def relu_slope(y):
    """1 above 0, else 0"""
    return ONE if y > ZERO else ZERO


@kernel
def leaky_relu(z):
    """y = z above 0, else 0.01 z   (z / 100: a float32 0.01 would not do for float64)."""
    return z / HUNDRED if z <= ZERO else z


@kernel
def softplus_slope(y):
    """1 - e**-y"""
    return -elementary.expm1(-y)


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
    """Turn `delta` = dE/dy (m,) into dE/dz = dE/dy * dy/dz, in place."""
    if unit == LOGISTIC:
        for i in range(y.size):
            delta[i] *= logistic_slope(y[i])
    elif unit == TANH:
        for i in range(y.size):
            delta[i] *= tanh_slope(y[i])
    elif unit == RELU:
        for i in range(y.size):
            delta[i] *= relu_slope(y[i])
    elif unit == LEAKY_RELU:
        for i in range(y.size):
            delta[i] = delta[i] if y[i] > ZERO else delta[i] / HUNDRED
    elif unit == SOFTPLUS:
        for i in range(y.size):
            delta[i] *= softplus_slope(y[i])


# A net whose hidden units are all of one kind needs only that kind's loops, which compile sooner.
ACTIVATE = "def lifted(unit, z):\n    for i in range(z.size):\n        z[i] = scalar(z[i])\n"
SLOPE = (
    "def lifted(unit, y, delta):\n    for i in range(y.size):\n        delta[i] *= scalar(y[i])\n"
)
FORMULAS = {
    "logistic": (elementary.logistic, logistic_slope),
    "tanh": (elementary.tanh, tanh_slope),
    "relu": (relu, relu_slope),
    "softplus": (elementary.softplus, softplus_slope),
}


def signatures(dtype: str) -> tuple:
    """The signatures of `activate` and `multiply_by_slope`."""
    vector = getattr(types, dtype)[::1]
    return types.void(types.int64, vector), types.void(types.int64, vector, vector)


def compiled(names: tuple[str, ...], dtype: str) -> tuple:
    """(`activate`, `multiply_by_slope`) for layers of these units, as arguments for kernels."""
    wanted = signatures(dtype)
    kinds = set(names) or {"relu"}  # a net without hidden layers needs none, and relu is soonest
    if len(kinds) == 1 and kinds <= set(FORMULAS):
        (name,) = kinds
        return tuple(
            lift.generated(text, f"units.{name}.{what}", formula, signature)
            for text, what, formula, signature in zip(
                (ACTIVATE, SLOPE), ("y", "slope"), FORMULAS[name], wanted, strict=True
            )
        )
    return first_class(activate, wanted[0]), first_class(multiply_by_slope, wanted[1])
