"""The curvature of E along each weight: the diagonal of the Gauss-Newton matrix, exact or cheap.

    B  cases      d  inputs    o  outputs      n  weights      h (n,)  curvatures, never negative

Gauss-Newton leaves the curvature of the net out and keeps that of the loss:  J' H J / B, where J is
dz/dw and H the second derivative of a case's error, both at the last layer's total inputs z.  For
minnet's losses H needs no targets.
"""

import math
from collections.abc import Iterator

import numpy as np

from . import backprop
from .mlp import MLP


def gauss_newton_diagonal(net: MLP, w: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The exact diagonal of the Gauss-Newton matrix J' H J / B, by one backward pass an output.

    H = F' F, so the diagonal is the sum of the squares of all rows of F J, and a row of F goes back
    through the net just as delta does.

    Parameters
    ----------
    net : MLP
    w : (n,) array
        Weights, float32 or float64.
    x : (B, d) array
        The inputs of B cases; the losses of minnet need no targets here.

    Returns
    -------
    (n,) array
        h, at least 0, in the dtype of w: a mean over the cases, as in `MLP.gradient`; the L2
        penalty is included.

    Raises
    ------
    ValueError
        If a shape does not fit the net.

    References
    ----------
    Schraudolph (2002), "Fast curvature matrix-vector products for second-order gradient descent".

    Examples
    --------
    A linear neuron's curvature is the mean square of each input.

    >>> from minnet import MLP
    >>> net = MLP([2, 1], loss="squared")
    >>> x = np.array([[101.0, 101.0], [101.0, 99.0]])
    >>> gauss_newton_diagonal(net, np.zeros(3), x).tolist()
    [10201.0, 10001.0, 1.0]
    """
    return _diagonal(net, w, x, exact=True)


def bbprop(net: MLP, w: np.ndarray, x: np.ndarray) -> np.ndarray:
    """LeCun's diagonal approximation of the curvatures, by one backward pass in all.

    h_z of a unit below = slope^2 sum_k w_k^2 h_z,k;  h_w = mean over the cases of y^2 h_z.

    Left out are the products of two different units above: of softmax outputs, which compete, and
    of hidden units that lead to the same output.  So the diagonal is exact for the last layer, with
    linear or logistic outputs for the layer below it too, and for chains of single units.

    Parameters
    ----------
    net, w, x
        As for `gauss_newton_diagonal`.

    Returns
    -------
    (n,) array
        h, as from `gauss_newton_diagonal`.

    Raises
    ------
    ValueError
        If a shape does not fit the net.

    References
    ----------
    Becker & LeCun (1988), "Improving the convergence of back-propagation learning with
    second-order methods"; LeCun et al. (1998), "Efficient BackProp", section 7.
    """
    return _diagonal(net, w, x, exact=False)


def _diagonal(net: MLP, w: np.ndarray, x: np.ndarray, *, exact: bool) -> np.ndarray:
    w, x = net.checked(w, (x, net.sizes[0]))
    functions = net.compiled(w.dtype)
    room = np.empty(len(x) * sum(net.sizes[1:]), w.dtype)  # all layers' outputs
    backprop.forward(w, net.layers, functions.activate, x, room)
    hidden = list(_cut(net, room, len(x)))[:-1]
    outputs = net.predict(w, x)  # (B, o)
    # What goes back: rows of F J (o, B, units) if exact, else the curvatures h_z (B, units).
    back = factor(net, outputs) if exact else curvature_of_outputs(net, outputs)
    h = np.zeros_like(w)
    matrices = [matrix for matrix, _ in net.named(w)]
    for layer in range(len(matrices) - 1, -1, -1):
        below = hidden[layer - 1] if layer else x
        squares = np.square(back).sum(axis=0) if exact else back  # (B, units)
        h_weights, h_biases = net.named(h)[layer]  # (fan-in, fan-out), (fan-out,)
        h_weights[:] = np.square(below).T @ squares / len(x)
        if h_biases is not None:
            h_biases[:] = squares.mean(axis=0)
        if layer:
            slopes = slope(functions, net.layers[layer - 1, backprop.UNIT], below)
            if exact:
                back = back @ matrices[layer].T * slopes
            else:
                back = back @ np.square(matrices[layer]).T * np.square(slopes)
        h_weights += net.l2
        if h_biases is not None and net.l2_biases:
            h_biases += net.l2
    return h


def _cut(net: MLP, room: np.ndarray, cases: int) -> Iterator[np.ndarray]:
    """The layers (B, units) that stand one after another in `room`."""
    first = 0
    for width in net.sizes[1:]:
        yield room[first : first + cases * width].reshape(cases, width)
        first += cases * width


def slope(functions: backprop.Net, unit: int, y: np.ndarray) -> np.ndarray:
    """dy/dz (B, units) of a hidden layer with outputs y (B, units)."""
    slopes = np.ones_like(y)
    functions.slope(unit, y.ravel(), slopes.ravel())
    return slopes


def curvature_of_outputs(net: MLP, y: np.ndarray) -> np.ndarray:
    """The diagonal of each case's H, (B, o), from the outputs y (B, o).

    y (1 - y) for cross-entropy, of softmax and logistic outputs alike; for the squared losses
    (dy/dz)^2, times 2/o if they are a mean over the outputs.
    """
    if net.loss == "cross-entropy":
        return y * (1 - y)
    return np.square(_root_of_squared(net, y))


def factor(net: MLP, y: np.ndarray) -> np.ndarray:
    """F (o, B, o) with H = F' F for every case, from the outputs y (B, o).

    Row k is sqrt(y_k) (e_k - y) for softmax: their squares sum to H = diag(y) - y y'.  Outputs that
    do not compete have the roots of their own curvatures on the diagonal.
    """
    one_hot = np.eye(y.shape[1], dtype=y.dtype)[:, None, :]
    if net.output == "softmax":
        return np.sqrt(y).T[:, :, None] * (one_hot - y)
    root = np.sqrt(y * (1 - y)) if net.loss == "cross-entropy" else _root_of_squared(net, y)
    return one_hot * root


def _root_of_squared(net: MLP, y: np.ndarray) -> np.ndarray:
    """dy/dz sqrt(d2E/dy2): E is 1/2 sum (y - t)^2, or mean (y - t)^2."""
    weight = 1.0 if net.loss == "squared" else 2 / y.shape[1]
    slopes = np.ones_like(y)
    net.compiled(y.dtype).slope(net.layers[-1, backprop.UNIT], y.ravel(), slopes.ravel())
    return slopes * math.sqrt(weight)
