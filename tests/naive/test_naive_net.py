"""The one-page learner against numbers worked by hand, and the lecture's own.

It is the answer book of all other tests, so this file compares it with nothing of minnet.

T steps, n weights, N cases. Ids such as 6e.9 are the claims of the lecture's list.
"""

import itertools
import math

import numpy as np
import pytest

from minnet import naive

ONE = np.zeros(1)  # the start of every one-weight experiment


def stream(*values):
    """The same few gradients over and over, whatever the weights are; E is 0."""
    return lambda t, w: (0.0, np.full_like(w, values[t % len(values)]))


def path(rule, gradient, steps, **numbers):
    """Trajectory (T+1,) of one weight that starts at 0."""
    return naive.RULES[rule](ONE, gradient, steps, **numbers)[:, 0]


SEQ = stream(*[0.1] * 9, -0.9)  # slide 28: +0.1 nine times, then -0.9


# ---------------------------------------------------------------------------- slides 7 to 21


def test_sgd_averages_slide_28_away():
    """6e.7: the ten gradients sum to zero."""
    assert abs(path("sgd", SEQ, 10)[-1]) < 1e-15
    np.testing.assert_allclose(path("sgd", stream(2.0), 3, lr=0.5), [0, -1, -2, -3])


@pytest.mark.parametrize(("alpha", "last", "steps"), [(0, 1, 1), (0.5, 2, 7), (0.9, 10, 44)])
@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
def test_terminal_velocity(rule, alpha, last, steps):
    """6c.4: 1/(1-alpha) times lr g; 99 % of it after log(.01)/log(alpha) steps."""
    v = -np.diff(path(rule, stream(2.0), 500, lr=0.05, momentum=alpha)) / 0.1
    assert v[-1] == pytest.approx(last)
    assert np.argmax(v >= 0.99 * last) + 1 == steps


def test_terminal_velocity_at_099_is_a_hundred_times():
    """6c.4: 100 x, 99 % of it at step 459, the first after 458.2."""
    v = -np.diff(path("momentum", stream(1.0), 5000, lr=1.0, momentum=0.99))
    assert v[-1] == pytest.approx(100)
    assert np.argmax(v >= 99) + 1 == 459
    assert math.log(0.01) / math.log(0.99) == pytest.approx(458.2, abs=0.05)


def test_nesterov_in_the_look_ahead_variable():
    """Section 5: u = w + a v; v' = a v - lr g(u); u += a v' - lr g(u) is the same descent."""
    H, a, lr = np.array([[3.0, 1.0], [1.0, 2.0]]), 0.8, 0.1
    w0 = np.array([1.0, -2.0])
    walked = naive.RULES["nesterov"](w0, lambda t, w: (0.0, H @ w), 20, lr=lr, momentum=a)
    u, v = w0, np.zeros(2)
    for w in walked[1:]:
        g = H @ u
        v = a * v - lr * g
        u = u + a * v - lr * g
        np.testing.assert_allclose(w, u - a * v, rtol=1e-12, atol=1e-14)


def quad_steps(rule, degrees, **numbers):
    """Steps of S-QUAD: w'Hw/2, curvatures 1 and 100, from (10,1), both turned, until 1e-6 |w0|."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    R = np.array([[c, -s], [s, c]])
    H, w0 = R @ np.diag([1.0, 100.0]) @ R.T, R @ np.array([10.0, 1.0])
    walked = naive.RULES[rule](w0, lambda t, w: (w @ H @ w / 2, H @ w), 2000, **numbers)
    near = np.linalg.norm(walked, axis=1) < 1e-6 * np.linalg.norm(w0)
    return int(np.argmax(near)) if near.any() else None


@pytest.mark.parametrize(
    ("rule", "numbers", "straight", "turned"),
    [
        ("sgd", {"lr": 2 / 101}, 691, 691),
        ("momentum", {"lr": 4 / 11**2, "momentum": (9 / 11) ** 2}, 85, 85),
        ("momentum", {"lr": 0.01, "momentum": 0.9}, 235, 235),
        ("nesterov", {"lr": 0.01, "momentum": 0.9}, 208, 208),
        ("momentum", {"lr": 0.0379, "momentum": 0.9}, 251, 251),
        ("gains", {"lr": 0.005}, 352, 661),
        ("rprop_minus", {"step_min": 0.0}, 41, 1527),  # the list's numbers are without the
        ("irprop_minus", {"step_min": 0.0}, 59, 365),  # slide's lower limit of a millionth
        ("rprop_plus", {"step_min": 0.0}, 58, 210),
        ("rprop_minus", {}, 41, None),  # with it, caught in a two-cycle of 7e-5
        ("irprop_minus", {}, 59, 334),
        ("rprop_plus", {}, 58, 210),
        ("adagrad", {"lr": 1.0}, 419, 1229),
    ],
)
def test_steps_down_a_ravine(rule, numbers, straight, turned):
    """6c.5, 6c.6, 6c.10, 6d.10, 6d.11: steps at 0 and at 45 degrees."""
    assert quad_steps(rule, 0, **numbers) == straight
    assert quad_steps(rule, 45, **numbers) == turned


# ---------------------------------------------------------------------------- slides 22 to 25


@pytest.mark.parametrize(
    ("signs", "start", "until", "count", "limits"),
    [
        ([1.0], 1, 10, 180, {}),
        ([1.0], 1, 100, 1980, {"low": 0.01, "high": 100}),
        ([1.0, -1.0], 1, 0.1, 45, {}),
        ([1.0, -1.0], 1, 0.01, 90, {"low": 0.01, "high": 100}),
    ],
)
def test_gains_climb_slowly_and_fall_fast(signs, start, until, count, limits):
    """6d.4: 180 agreements 1 -> 10, 45 disagreements for a factor 10; 1980 and 90 for 100."""
    gain = np.abs(np.diff(path("gains", stream(*signs), 2200, lr=1.0, **limits)))
    assert gain[0] == start
    assert gain[-1] == pytest.approx(until)
    assert np.argmax(np.isclose(gain, until, rtol=1e-9)) == count


def test_gain_after_twenty_disagreements():
    """6d.6: 10 * 0.95^20 = 3.58, and a zero product is a disagreement as the slide prints it."""
    signs = [1.0] * 181 + [-1.0, 1.0] * 10
    gain = np.abs(np.diff(path("gains", stream(*signs), len(signs), lr=1.0)))
    assert gain[-1] == pytest.approx(10 * 0.95**20)
    assert gain[-1] == pytest.approx(3.58, abs=0.006)
    np.testing.assert_allclose(np.diff(path("gains", stream(1.0, 0.0), 3, lr=-1.0))[2], 0.95**2)


def test_gains_look_at_the_velocity():
    """By hand, lr 1, alpha 1/2: v = -1, then -.5 - 1.05, then -.775 + .9975 * 2."""
    w = path("gains_momentum", stream(1.0, 1.0, -2.0), 3, lr=1.0, momentum=0.5)
    np.testing.assert_allclose(np.diff(w), [-1, -1.55, -0.775 + 1.05 * 0.95 * 2])


# ---------------------------------------------------------------------------- slides 26 to 28


@pytest.mark.parametrize(
    ("rule", "w", "growth"),
    [
        ("rprop_minus", (1.865, 26.38, 10760.55), 1.07495),
        ("irprop_minus", (2.080, 1509, 36086.56), 2.14991),
        ("rprop_plus", (1.650, 1280, 31357.55), 2.14991),
    ],
)
def test_rprop_runs_away_on_slide_28(rule, w, growth):
    """6e.9: w after 1, 10 and 100 cycles, and the growth of a cycle until the cap of 50.

    The list prints the last ones as 10,760, 36,087 and 31,358.
    """
    walked = -path(rule, SEQ, 1000)
    assert [float(f"{walked[10 * c]:.4g}") for c in (1, 10)] == list(w[:2])
    assert walked[1000] == pytest.approx(w[2], abs=0.005)
    cycles = np.diff(walked[::10])
    assert cycles[3] / cycles[2] == pytest.approx(growth, abs=1e-5)


def test_fixed_sign_steps_on_slide_28():
    """6e.8: with both factors 1 nine steps go up and one comes down: 8 a cycle."""
    walked = -path("rprop_minus", SEQ, 1000, eta_plus=1.0, eta_minus=1.0)
    np.testing.assert_allclose(walked[[10, 100, 1000]], [0.8, 8, 80])


def test_rprop_leaves_a_plateau():
    """6e.3: slope 1e-8, width 10: 17 steps; a fixed sign step of 0.1 needs 100."""
    assert np.argmax(-path("rprop_minus", stream(1e-8), 100) >= 10) == 17
    fixed = -path("rprop_minus", stream(1e-8), 110, eta_plus=1.0, eta_minus=1.0)
    assert np.argmax(fixed >= 10 - 1e-9) == 100


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_step_size_limits(scale):
    """6e.5: from 0.1, 35 agreements to 50 and 17 disagreements to 1e-6, at any scale (6e.2)."""
    up = np.abs(np.diff(path("rprop_minus", stream(scale), 50)))
    down = np.abs(np.diff(path("rprop_minus", stream(scale, -scale), 50)))
    assert np.argmax(np.isclose(up, 50)) == 35
    assert np.argmax(np.isclose(down, 1e-6)) == 17


def test_rprops_by_hand():
    """g = + + - - +: steps .1 .12 .06, then each variant does what its paper says."""
    g, g_zero = stream(1.0, 1.0, -1.0, -1.0, 1.0), stream(1.0, 0.0, 1.0)
    moves = {
        "rprop_minus": [-0.1, -0.12, 0.06, 0.072, -0.036],
        "rprop_plus": [-0.1, -0.12, 0.12, 0.06, -0.06],  # the last takes +0.06 back
        "irprop_minus": [-0.1, -0.12, 0, 0.06, 0],
        "irprop_plus": [-0.1, -0.12, 0, 0.06, 0],  # E stays 0: nothing to take back
    }
    for rule, expected in moves.items():
        np.testing.assert_allclose(np.diff(path(rule, g, 5)), expected, atol=1e-15)
        np.testing.assert_allclose(np.diff(path(rule, g_zero, 3)), [-0.1, 0, -0.1], atol=1e-15)


def test_irprop_plus_takes_back_only_if_the_error_grew():
    """E = 0 1 2 1 0 with g = + + - + -: taken back at step 2, left alone at step 4."""
    E, g = [0.0, 1.0, 2.0, 1.0, 0.0], [1.0, 1.0, -1.0, 1.0, -1.0]
    w = path("irprop_plus", lambda t, w: (E[t], np.full_like(w, g[t])), 5)
    np.testing.assert_allclose(np.diff(w), [-0.1, -0.12, 0.12, -0.06, 0], atol=1e-15)


# ---------------------------------------------------------------------------- slides 29 and 30


def test_first_steps_of_rmsprop():
    """6e.15: 3.1623, 2.2942, 1.9209, ... -> 1 learning rates; sqrt(10) is the largest step."""
    step = -np.diff(path("rmsprop", stream(7.0), 300, lr=1.0, eps=0.0))
    np.testing.assert_allclose(step[:3], [3.1623, 2.2942, 1.9209], atol=5e-5)
    np.testing.assert_allclose(step, 1 / np.sqrt(1 - 0.9 ** np.arange(1, 301)))
    for decay, largest in ((0.99, 10), (0.999, 31.6)):
        first = -path("rmsprop", stream(7.0), 1, lr=1.0, eps=0.0, decay=decay)[1]
        assert first == pytest.approx(largest, abs=0.03)


@pytest.mark.parametrize(
    ("decay", "drift", "first", "corrected"),
    [(0.9, 0.6795, 13.0, 6.5), (0.99, 0.0667, 37.9, 6.1), (0.999, 0.00667, 118.9, 6.0)],
)
def test_rmsprop_nearly_cancels_slide_28(decay, drift, first, corrected):
    """6e.16: steady drift, first cycle from 0, first cycle with bias correction (Adam, beta1 0)."""
    cycle = -np.diff(path("rmsprop", SEQ, 20000, lr=1.0, eps=0.0, decay=decay)[::10])
    assert float(f"{cycle[-1]:.{4 if decay == 0.9 else 3}g}") == drift
    assert cycle[0] == pytest.approx(first, abs=0.05)
    unbiased = -path("adam", SEQ, 10, lr=1.0, beta1=0.0, beta2=decay, eps=0.0)[-1]
    assert unbiased == pytest.approx(corrected, abs=0.05)


def test_rmsprop_without_memory_is_the_sign():
    """6e.13: g / sqrt(g^2)."""
    w = path("rmsprop", stream(3.0, -0.2, 1e-5), 3, lr=1.0, decay=0.0, eps=0.0)
    np.testing.assert_allclose(np.diff(w), [-1, 1, -1])


def test_rmsprop_ends_in_a_two_cycle():
    """6e.19: amplitude lr/2 on every axis."""
    H, w0 = np.array([1.0, 100.0]), np.array([10.0, 1.0])
    w = naive.RULES["rmsprop"](w0, lambda t, w: (0.0, H * w), 3000, lr=0.01, eps=0.0)
    np.testing.assert_allclose(np.abs(w[-2:]), 0.005, rtol=1e-3)


def test_momentum_nesterov_and_jump_by_hand():
    """g = 1 twice, lr 1, alpha 1/2: RMS sqrt(.1), sqrt(.19); both look ahead to the same place."""
    a, b = 1 / math.sqrt(0.1), 1 / math.sqrt(0.19)
    numbers = {"lr": 1.0, "momentum": 0.5, "eps": 0.0}
    ends = {
        "rmsprop_momentum": (-a, -a - a / 2 - b, -a),
        "rmsprop_nesterov": (-a, -a - a / 2 - b, -1.5 * a),
        "rmsprop_nesterov_jump": (-a, -a - 1.5 * b, -1.5 * a),
    }
    for rule, (first, second, measured_at) in ends.items():
        places = []
        w = path(rule, lambda t, w, seen=places: (seen.append(w[0]), np.ones(1)), 2, **numbers)
        np.testing.assert_allclose(w, [0, first, second])
        np.testing.assert_allclose(places, [0, measured_at])


def test_rmsprop_gains_by_hand():
    """g = + + -: gains 1, 1.05, 1.05 * .95 on top of rmsprop's own steps."""
    plain = np.diff(path("rmsprop", stream(1.0, 1.0, -1.0), 3))
    with_gains = np.diff(path("rmsprop_gains", stream(1.0, 1.0, -1.0), 3))
    np.testing.assert_allclose(with_gains / plain, [1, 1.05, 1.05 * 0.95])


def test_neighbours_of_rmsprop_by_hand():
    """Adagrad lr/sqrt(t); first steps of Graves, Zeiler; Adam's steps of lr on a steady slope."""
    t = np.arange(1, 101)
    np.testing.assert_allclose(-np.diff(path("adagrad", stream(5.0), 100)), 0.01 / np.sqrt(t))
    graves = -np.diff(path("rmsprop_centered", stream(2.0), 2))
    q = 1 - 0.95**2
    one = 2e-4 / math.sqrt(4 * 0.05 * 0.95 + 1e-4)
    np.testing.assert_allclose(graves, [one, 0.9 * one + 2e-4 / math.sqrt(4 * q * (1 - q) + 1e-4)])
    zeiler = -np.diff(path("adadelta", stream(2.0), 2))
    one = 2 * math.sqrt(1e-6 / (0.05 * 4 + 1e-6))
    two = 2 * math.sqrt((0.05 * one**2 + 1e-6) / ((1 - 0.95**2) * 4 + 1e-6))
    np.testing.assert_allclose(zeiler, [one, two])
    np.testing.assert_allclose(-np.diff(path("adam", stream(3.0), 50)), 0.001, rtol=1e-8)
    assert -path("adam", stream(1.0, 0.0), 2, eps=0.0)[2] == pytest.approx(
        0.001 + 0.001 * (0.09 / 0.19) / math.sqrt(0.000999 / 0.001999)
    )


@pytest.mark.parametrize(
    ("rule", "numbers", "steps"),
    [("sgd", {}, 349), ("rmsprop", {}, 72), ("momentum", {}, 72), ("adagrad", {}, 1263)],
)
def test_steps_off_a_saddle(rule, numbers, steps):
    """B.3: x^2 - y^2 from (1, 1e-3) until |y| > 1, lr 0.01."""

    def saddle(t, w):
        return w[0] ** 2 - w[1] ** 2, np.array([2 * w[0], -2 * w[1]])

    w = naive.RULES[rule](np.array([1.0, 1e-3]), saddle, 1300, lr=0.01, **numbers)
    assert np.argmax(np.abs(w[:, 1]) > 1) == steps


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
