"""The net, its gradients, mini-batches and start weights of the one-page learner, by hand.

T steps, n weights, N cases
"""

import itertools
import math

import numpy as np
import pytest

from minnet import naive

# ---------------------------------------------------------------------------- the net


def test_one_hidden_unit_by_hand():
    """Quiz: x = 1, t = 5, logistic w1 = ln 3, linear w2 = 4: y = 3, E = 2, dE/dw1 = -1.5."""
    weights = [(np.array([[math.log(3)]]), None), (np.array([[4.0]]), None)]
    x, t = np.array([[1.0]]), np.array([[5.0]])
    assert naive.forward(weights, x, ["logistic"], "linear") == pytest.approx(3)
    E, [(d1, b1), (d2, b2)] = naive.loss_and_gradients(
        weights, x, t, ["logistic"], "linear", "squared"
    )
    assert (E, d1, d2) == (pytest.approx(2), pytest.approx(-1.5), pytest.approx(-1.5))
    assert b1 is None
    assert b2 is None


@pytest.mark.parametrize(
    ("output", "loss", "E"),
    [
        ("softmax", "cross-entropy", math.log(10)),
        ("logistic", "cross-entropy", 3.250830),
        ("softmax", "squared", 0.45),
        ("softmax", "mean-squared", 0.09),
    ],
)
def test_guessing_the_base_rate(output, loss, E):
    """6b.20: ten balanced classes, every output at a tenth; and it is the best constant guess."""
    z = np.zeros(10) if output == "softmax" else np.full(10, -math.log(9))
    weights = [(np.zeros((3, 10)), z)]
    x = np.ones((10, 3))
    found, [(dW, db)] = naive.loss_and_gradients(weights, x, np.eye(10), [], output, loss)
    assert found == pytest.approx(E, abs=5e-7)
    np.testing.assert_allclose(dW, 0, atol=1e-16)
    np.testing.assert_allclose(db, 0, atol=1e-16)


@pytest.mark.parametrize("output", ["softmax", "logistic"])
def test_cross_entropy_of_huge_total_inputs(output):
    """z = -2000, +2000 with the wrong targets costs 4000: neither overflow nor log 0."""
    weights = [(np.array([[-2000.0, 2000.0]]), None)]
    x, t = np.ones((1, 1)), np.array([[1.0, 0.0]])
    E, [(dW, _)] = naive.loss_and_gradients(weights, x, t, [], output, "cross-entropy")
    assert E == 4000
    np.testing.assert_allclose(dW, [[-1, 1]])


NETS = [
    (["tanh"], "softmax", "cross-entropy"),
    (["logistic", "softplus"], "logistic", "cross-entropy"),
    (["relu", "leaky_relu", "linear"], "linear", "squared"),
    (["tanh", "tanh"], "softmax", "squared"),
    (["softplus"], "tanh", "mean-squared"),
    ([], "softmax", "mean-squared"),
]


@pytest.mark.parametrize("biases", [True, False])
@pytest.mark.parametrize(("hidden", "output", "loss"), NETS)
def test_backprop_against_finite_differences(hidden, output, loss, biases):
    """Every unit, output and loss, with and without biases, with weight decay on all of them."""
    rng = np.random.default_rng(6)
    sizes = [4, *[5] * len(hidden), 3]
    shapes = list(itertools.pairwise(sizes))
    x, t = rng.normal(size=(6, 4)), rng.dirichlet(np.ones(3), size=6) * 0.9  # sums to 0.9, not 1

    def unpack(w):
        weights, at = [], 0
        for rows, columns in shapes:
            W, at = w[at : at + rows * columns].reshape(rows, columns), at + rows * columns
            b, at = (w[at : at + columns], at + columns) if biases else (None, at)
            weights.append((W, b))
        return weights

    def answer(w):
        return naive.loss_and_gradients(unpack(w), x, t, hidden, output, loss, 0.1, biases)

    w = rng.normal(size=sum(rows * columns + biases * columns for rows, columns in shapes))
    flat = [part.ravel() for pair in answer(w)[1] for part in pair if part is not None]
    slopes = naive.finite_differences(lambda w: answer(w)[0], w)
    np.testing.assert_allclose(np.concatenate(flat), slopes, rtol=1e-6, atol=1e-8)


def test_a_mini_batch_is_the_mean_of_its_cases():
    """E and every gradient; and the activities of one case are a row of the mini-batch's."""
    rng = np.random.default_rng(6)
    layers = [(rng.normal(size=(4, 3)), rng.normal(size=3)), (rng.normal(size=(3, 2)), None)]
    x, t = rng.normal(size=(5, 4)), np.eye(2)[rng.integers(2, size=5)]
    units = ["logistic"], "softmax"
    E, gradients = naive.loss_and_gradients(layers, x, t, *units, "squared")
    single = [
        naive.loss_and_gradients(layers, x[i : i + 1], t[i : i + 1], *units, "squared")
        for i in range(5)
    ]
    assert pytest.approx(np.mean([e for e, _ in single])) == E
    for k, part in ((0, 0), (0, 1), (1, 0)):
        mean = np.mean([g[k][part] for _, g in single], axis=0)
        np.testing.assert_allclose(gradients[k][part], mean, rtol=1e-12)
    for whole, row in zip(
        naive.activities(layers, x, *units), naive.activities(layers, x[3], *units), strict=True
    ):
        for matrix, vector in zip(whole, row, strict=True):
            np.testing.assert_allclose(matrix[3], vector, rtol=1e-12)


def test_a_vector_of_weights_is_cut_into_layers_and_joined_again():
    """2-3-1: 6 weights, 3 biases, 3 weights, 1 bias; the layers are views into the vector."""
    w = np.arange(13.0)
    (W, b), (V, c) = naive.as_layers(w, [2, 3, 1])
    np.testing.assert_array_equal(W, [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(V, [[9], [10], [11]])
    assert (list(b), list(c)) == ([6, 7, 8], [12])
    np.testing.assert_array_equal(naive.as_vector([(W, b), (V, c)]), w)
    W[0, 0] = -1
    assert w[0] == -1


def test_weight_decay_leaves_biases_alone_unless_asked():
    """l2/2 sum w^2 = 0.5 * 25, and 0.5 * 4 more with the bias."""
    weights = [(np.array([[3.0], [4.0]]), np.array([2.0]))]
    x, t = np.zeros((1, 2)), np.array([[2.0]])
    E, [(dW, db)] = naive.loss_and_gradients(weights, x, t, [], "linear", "squared", l2=1.0)
    assert (E, list(dW[:, 0]), db[0]) == (12.5, [3, 4], 0)
    E, [(dW, db)] = naive.loss_and_gradients(weights, x, t, [], "linear", "squared", 1.0, True)
    assert (E, list(dW[:, 0]), db[0]) == (14.5, [3, 4], 2)


# ---------------------------------------------------------------------------- the rest


def test_finite_differences_of_a_parabola_are_exact():
    """d/dw (w0^2 + 3 w0 w1) = (2 w0 + 3 w1, 3 w0)."""
    slopes = naive.finite_differences(lambda w: w[0] ** 2 + 3 * w[0] * w[1], np.array([1.0, 2.0]))
    np.testing.assert_allclose(slopes, [8, 3], rtol=1e-9)


def test_batches():
    """Seven cases by three: 3 + 3 + 1, or 3 + 3."""
    order = np.array([6, 0, 5, 1, 4, 2, 3])
    assert [list(b) for b in naive.batches(order, 3)] == [[6, 0, 5], [1, 4, 2], [3]]
    assert [len(b) for b in naive.batches(order, 3, keep_short=False)] == [3, 3]
    assert [len(b) for b in naive.batches(order, 7, keep_short=False)] == [7]


def test_every_epoch_is_a_shuffle_of_all_cases():
    """Seven cases by three, twice: 3 + 3 + 1, 3 + 3 + 1, and not the same order."""
    plan = naive.mini_batches(7, batch_size=3, epochs=2, seed=6)
    assert [len(cases) for cases in plan] == [3, 3, 1, 3, 3, 1]
    one, two = np.concatenate(plan[:3]), np.concatenate(plan[3:])
    assert sorted(one) == sorted(two) == list(range(7)) and list(one) != list(two)


def test_start_weights_are_smaller_for_more_inputs():
    """Slide 10: standard deviation 1 / sqrt(inputs), biases 0."""
    (W, b), (V, _) = naive.as_layers(naive.start([400, 100, 50], seed=6), [400, 100, 50])
    assert (W.std(), V.std()) == (pytest.approx(1 / 20, rel=0.02), pytest.approx(1 / 10, rel=0.02))
    assert not b.any()


def test_every_rule_starts_at_w0_and_stands_still_on_the_flat():
    """Trajectory (T+1, n) with row 0 = w0, which itself is left alone."""
    w0 = np.array([1.0, -2.0, 0.0])
    for rule in naive.RULES.values():
        walked = rule(w0, lambda t, w: (0.0, np.zeros(3)), 4)
        np.testing.assert_array_equal(walked, np.tile(w0, (5, 1)))
        assert rule(w0, None, 0).shape == (1, 3)
