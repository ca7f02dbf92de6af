"""A unit turns its total input z into its output y; learning needs the slope dy/dz as well.

Slopes are written in terms of y, so that backprop need not keep z; at the kink of a relu the slope
is the one on the left.  Every formula reads one number; `compiled` writes the loops that lift them
to a whole layer (any shape, as one flat vector).
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numba import types

from ..kernels import elementary
from ..kernels.jit import first_class, from_text, kernel

LOGISTIC, TANH, RELU, LEAKY_RELU, SOFTPLUS, LINEAR, SOFTMAX = range(7)
NAMES = ("logistic", "tanh", "relu", "leaky_relu", "softplus", "linear", "softmax")

ZERO, ONE, HUNDRED, HUNDREDTH = np.float32(0), np.float32(1), np.float32(100), np.float32(0.01)


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
def leaky_relu_slope(y):
    """1 above 0, else 0.01"""
    if isinstance(y, np.float32):
        return ONE if y > ZERO else HUNDREDTH
    return 1.0 if y > 0 else 0.01


@kernel
def softplus_slope(y):
    """1 - e**-y"""
    return -elementary.expm1(-y)


# What a unit puts out, y(z), and its slope dy/dz as a function of y.
FORMULAS = {
    "logistic": (elementary.logistic, logistic_slope),
    "tanh": (elementary.tanh, tanh_slope),
    "relu": (relu, relu_slope),
    "leaky_relu": (leaky_relu, leaky_relu_slope),
    "softplus": (elementary.softplus, softplus_slope),
}


def source(head: str, line: str, names: list[str]) -> str:
    """The text of a loop over a layer for each of some units; a linear unit needs none."""
    lines = [head, "    pass"]
    for name in names:
        lines += [f"    if unit == {NAMES.index(name)}:", "        for i in range(y.size):"]
        lines += [f"            {line.format(name)}"]
    return "\n".join(lines) + "\n"


@cache
def compiled(names: frozenset[str], dtype: str) -> tuple[Callable, Callable]:
    """(`activate`, `slope`) for layers of some units, as arguments for kernels.

    activate(unit, y (m,))                 turns total inputs into outputs, in place
    slope(unit, y (m,), delta (m,))        turns delta = dE/dy into dE/dz, in place
    """
    kinds = sorted(names & set(FORMULAS))
    vector = getattr(types, dtype)[::1]
    outputs, slopes = ({name: FORMULAS[name][k] for name in kinds} for k in (0, 1))
    activate = source("def activate(unit, y):", "y[i] = {}(y[i])", kinds)
    slope = source("def slope(unit, y, delta):", "delta[i] *= {}(y[i])", kinds)
    return (
        _compiled("y", activate, outputs, types.void(types.int64, vector)),
        _compiled("slope", slope, slopes, types.void(types.int64, vector, vector)),
    )


def _compiled(what: str, text: str, formulas: dict[str, Callable], signature) -> Callable:
    label = f"units.{'-'.join(formulas) or 'linear'}.{what}"
    loop = kernel(from_text(text, label, __name__=__name__, **formulas), name=label)
    return first_class(loop, signature)
