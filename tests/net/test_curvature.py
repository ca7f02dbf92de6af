"""Is the Gauss-Newton diagonal that of J' H J, with J and H by differences of slow twins?

B cases, n weights, o outputs
"""

import numpy as np
import pytest

from minnet import naive
from minnet.net.curvature import bbprop, gauss_newton_diagonal
from minnet.net.mlp import MLP

RNG = np.random.default_rng(3)


def total_inputs(net, w, x):
    """z (o,) of the last layer for one case."""
    return naive.activities(net.named(w), x, net.hidden, net.output)[0][-1]


def error_at(net, z, t):
    """E of one case from its total inputs z."""
    y = naive.softmax(z) if net.output == "softmax" else naive.UNITS[net.output][0](z)
    return naive.error_and_delta(z, y, t, net.output, net.loss)


def twin(net, w, x, t):
    """diag(J' H J) / B + l2; J by differences, H by differences or, for squares, from dy/dz."""
    h = np.zeros(net.n_weights)
    for case, target in zip(x, t, strict=True):
        z = total_inputs(net, w, case)
        jacobian = naive.finite_differences(lambda v, c=case: total_inputs(net, v, c), w).T
        if net.loss == "cross-entropy":
            hessian = naive.finite_differences(lambda v, t=target: error_at(net, v, t)[1], z)
        else:  # d2E/dy2 is a constant; E is quadratic in y
            dy = naive.UNITS[net.output][1](z)
            hessian = np.diag(dy * (1 if net.loss == "squared" else 2 / len(z)) * dy)
        h += np.einsum("ki,kl,li->i", jacobian, hessian, jacobian) / len(x)
    decayed = np.zeros(net.n_weights)
    for matrix, biases in net.named(decayed):
        matrix += net.l2
        if biases is not None and net.l2_biases:
            biases += net.l2
    return h + decayed


def made(sizes, cases=4, **options):
    net = MLP(sizes, **options)
    w = RNG.normal(0, 0.7, net.n_weights)
    x = RNG.normal(0, 1, (cases, sizes[0]))
    t = np.eye(sizes[-1])[RNG.integers(sizes[-1], size=cases)]
    return net, w, x, t


NETS = {
    "softmax": {"sizes": [3, 4, 3]},
    "deep softmax": {"sizes": [2, 3, 3, 3], "hidden": ["tanh", "softplus"]},
    "logistic": {"sizes": [3, 4, 2], "hidden": "logistic", "output": "logistic"},
    "squared": {"sizes": [3, 4, 2], "loss": "squared"},
    "squared tanh": {"sizes": [3, 4, 2], "loss": "squared", "output": "tanh"},
    "mean-squared": {"sizes": [3, 4, 3], "loss": "mean-squared", "output": "logistic"},
    "no biases, l2": {"sizes": [3, 4, 3], "biases": False, "l2": 0.1},
    "l2 on biases": {"sizes": [3, 3], "l2": 0.1, "l2_biases": True},
}


@pytest.mark.parametrize("name", NETS)
def test_the_exact_diagonal_is_that_of_the_twin(name):
    net, w, x, t = made(**NETS[name])
    np.testing.assert_allclose(gauss_newton_diagonal(net, w, x), twin(net, w, x, t), 1e-6, 1e-8)


@pytest.mark.parametrize(
    "options",
    [
        {"sizes": [3, 3]},
        {"sizes": [3, 4, 2], "hidden": "logistic", "output": "logistic"},
        {"sizes": [3, 4, 2], "loss": "squared", "output": "tanh", "l2": 0.01},
        {"sizes": [2, 1, 1, 1], "loss": "squared", "hidden": ["tanh", "softplus"]},
    ],
)
def test_bbprop_is_exact_where_nothing_is_left_out(options):
    net, w, x, t = made(**options)
    np.testing.assert_allclose(bbprop(net, w, x), twin(net, w, x, t), 1e-6, 1e-8)


def test_bbprop_leaves_products_out_below_softmax_outputs():
    net, w, x, _ = made([3, 4, 3])
    h, exact = bbprop(net, w, x), gauss_newton_diagonal(net, w, x)
    last = net.layers[-1, 2]
    np.testing.assert_allclose(h[last:], exact[last:], 1e-12)
    assert np.abs(h[:last] / exact[:last] - 1).max() > 0.1
    # by hand, for the bias of the first hidden unit: slope^2 sum_k w_k^2 y_k (1 - y_k)
    (_, biases), (above, _) = net.named(h)[0], net.named(w)[1]
    expected = 0.0
    for case in x:
        _, (_, hidden, y) = naive.activities(net.named(w), case, net.hidden, net.output)
        expected += (1 - hidden[0] ** 2) ** 2 * np.sum(above[0] ** 2 * y * (1 - y)) / len(x)
    np.testing.assert_allclose(biases[0], expected, 1e-12)


def test_of_a_linear_neuron_it_is_the_hessian():
    """Slide 11's inputs: the Hessian's diagonal is the sum of squares, here a mean over 2 cases."""
    net = MLP([2, 1], loss="squared", biases=False)
    x = np.array([[101.0, 101.0], [101.0, 99.0]])
    for h in (gauss_newton_diagonal, bbprop):
        np.testing.assert_allclose(2 * h(net, np.zeros(2), x), [20402, 20002], 1e-12)


@pytest.mark.parametrize("unit", ["relu", "leaky_relu"])
def test_units_with_a_kink(unit):
    net, w, x, t = made([3, 4, 2], hidden=unit, loss="squared")
    np.testing.assert_allclose(gauss_newton_diagonal(net, w, x), twin(net, w, x, t), 1e-6, 1e-8)


def test_float32_stays_float32_and_weights_are_left_alone():
    net, w, x, _ = made([3, 4, 3])
    before = w.copy()
    for h in (gauss_newton_diagonal, bbprop):
        narrow = h(net, w.astype(np.float32), x)
        assert narrow.dtype == np.float32
        np.testing.assert_allclose(narrow, h(net, w, x), 1e-4, 1e-6)
    np.testing.assert_array_equal(w, before)


def test_shapes_are_checked():
    net, w, x, _ = made([3, 4, 3])
    with pytest.raises(ValueError, match=r"cases must be \(4, 3\)"):
        bbprop(net, w, x[:, :2])
