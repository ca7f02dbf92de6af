"""Does the check of the gradient pass what is right, catch what is wrong, and know its kinks?"""

import numba
import numpy as np
import pytest

import minnet as mn
from minnet.net.gradcheck import check_gradient, kinks
from minnet.net.mlp import MLP

PLAIN = bool(numba.config.DISABLE_JIT)
UNITS = ("logistic", "tanh", "relu", "leaky_relu", "softplus", "linear")
X = np.array([[0.5, -1.0, 0.3], [-0.7, 0.2, 1.1]])


def targets(net):
    return np.eye(net.sizes[-1])[[0, 1]] if net.output == "softmax" else np.full((2, 2), 0.3)


@pytest.fixture
def small():
    """A tanh net with its weights and targets."""
    net = MLP([3, 4, 2], "tanh")
    return net, net.start(1, "float64"), targets(net)


def spoil(monkeypatch, index, factor=1.01, add=0.0):
    """Make every net's gradient wrong in one entry."""
    right = MLP.gradient

    def wrong(self, w, x, t):
        e, g = right(self, w, x, t)
        g[index] = g[index] * factor + add
        return e, g

    monkeypatch.setattr(MLP, "gradient", wrong)


@pytest.mark.parametrize("points", [2, 4])
@pytest.mark.parametrize("hidden", UNITS)
@pytest.mark.parametrize(
    ("output", "loss"),
    [("softmax", "cross-entropy"), ("logistic", "cross-entropy"), ("linear", "squared")],
)
def test_every_unit_passes(hidden, output, loss, points):
    net = MLP([3, 3, 2] if PLAIN else [3, 4, 3, 2], hidden, output, loss, l2=0.1)
    w = np.random.default_rng(4).normal(0, 0.8, net.n_weights)  # biases off 0, off the kinks
    check = check_gradient(net, w, X, targets(net), points=points)
    assert check and check.points == points
    assert check.crossings == 0
    assert len(check.worst) == 2 * (len(net.sizes) - 1)
    assert "right" in str(check) and "WRONG" not in str(check)


@pytest.mark.parametrize("output", UNITS)
def test_every_output_passes(output):
    net = MLP([3, 2], output=output, loss="mean-squared")
    w = np.random.default_rng(4).normal(0, 0.8, net.n_weights)
    assert check_gradient(net, w, X, targets(net))


@pytest.mark.parametrize("points", [2, 4])
@pytest.mark.parametrize(
    ("index", "layer", "what", "place"),
    [
        (7, 0, "weights", (1, 3)),
        (14, 0, "biases", (2,)),
        (19, 1, "weights", (1, 1)),
        (24, 1, "biases", (0,)),
    ],
)
def test_one_wrong_entry_is_named(monkeypatch, small, points, index, layer, what, place):
    net, w, t = small
    spoil(monkeypatch, index)
    check = check_gradient(net, w, X, t, points=points)
    assert not check and "WRONG" in str(check)
    wrong = [entry for entry in check.worst if entry.relative > check.tolerance]
    assert [(e.layer, e.what, e.index) for e in wrong] == [(layer, what, place)]
    assert wrong[0].backprop == pytest.approx(1.01 * wrong[0].difference, rel=1e-4)
    assert wrong[0].relative == pytest.approx(0.01 / 2.01, rel=1e-3)
    assert f"layer {layer} {what}" in str(check) and f"worst at {place}" in str(check)


def test_four_points_see_a_smaller_mistake(monkeypatch, small):
    net, w, t = small
    spoil(monkeypatch, 7, factor=1 + 2e-6)
    assert check_gradient(net, w, X, t, points=2)
    assert not check_gradient(net, w, X, t, points=4)


@pytest.mark.parametrize("factor", [-1.0, 0.0, np.inf, np.nan])
def test_a_lost_sign_a_lost_entry_and_a_nan_are_wrong(monkeypatch, small, factor):
    net, w, t = small
    spoil(monkeypatch, 3, factor=factor)
    with np.errstate(invalid="ignore"):
        check = check_gradient(net, w, X, t)
    assert not check and check.worst[0].index == (0, 3)
    assert all(entry.relative <= check.tolerance for entry in check.worst[1:])  # and no other


def test_a_derivative_of_0_is_right_and_anything_else_there_is_wrong(monkeypatch):
    """A dead relu: all that leads to it has the derivative 0, exactly."""
    net = MLP([3, 1, 2], "relu")
    w = net.start(1, "float64")
    w[:3], w[3] = 0.1, -5.0
    assert check_gradient(net, w, X, np.eye(2))
    spoil(monkeypatch, 1, add=1e-3)
    assert not check_gradient(net, w, X, np.eye(2))


# ---------------------------------------------------------------------------- kinks


def near_its_kink(hidden, distance):
    """One unit at z = distance for the first case, the other far from 0."""
    net = MLP([1, 2, 1], hidden, "linear", "squared")
    w = np.array([1.0, 2.0, distance - 0.5, 0.7, 0.9, -0.4, 0.1])
    return net, w, np.array([[0.5]]), np.array([[1.0]])


@pytest.mark.parametrize("points", [2, 4])
@pytest.mark.parametrize("hidden", ["relu", "leaky_relu"])
@pytest.mark.parametrize("side", [-0.2, 0.2])
def test_a_step_over_a_kink_is_left_out(hidden, points, side):
    h = 1e-3
    net, w, x, t = near_its_kink(hidden, side * h)
    check = check_gradient(net, w, x, t, points=points, h=h)
    assert check
    assert check.crossings == 2  # the weight and the bias that move this unit
    assert "2 entries crossed a kink" in str(check)
    assert not check.worst[0].crossed and check.worst[0].index == (0, 1)  # the unit far off


@pytest.mark.parametrize("hidden", ["relu", "leaky_relu"])
def test_at_a_safe_distance_nothing_is_left_out(hidden):
    net, w, x, t = near_its_kink(hidden, 0.1)
    check = check_gradient(net, w, x, t)
    assert check and check.crossings == 0 and "kink" not in str(check)


def test_the_outer_points_of_four_count_too():
    """At 1.5 h only the steps of 2 h cross."""
    net, w, x, t = near_its_kink("relu", 1.5e-3)
    assert check_gradient(net, w, x, t, points=2, h=1e-3).crossings == 0
    assert check_gradient(net, w, x, t, points=4, h=1e-3).crossings == 1  # the bias


def test_where_all_crossed_the_entry_says_so():
    net = MLP([1, 1], output="relu", loss="squared")
    w = np.array([1.0, -0.5 + 1e-7])
    check = check_gradient(net, w, [[0.5]], [[1.0]])
    assert check.crossings == 2 and all(entry.crossed for entry in check.worst)
    assert check and "crossed a kink" in str(check)


def test_kinks_of_relus_only():
    net = MLP([3, 4, 5, 2], ["relu", "tanh"])
    assert kinks(net, net.start(1, "float64"), X).shape == (2 * 4,)
    assert kinks(MLP([3, 4, 2]), MLP([3, 4, 2]).start(1, "float64"), X).size == 0


# ---------------------------------------------------------------------------- arguments


def test_float32_and_lists_are_checked_in_float64():
    net = MLP([2, 3, 1], loss="squared")
    w = net.start(1)
    before = w.copy()
    assert check_gradient(net, w, [[1.0, -1.0]], [[0.5]])
    assert np.array_equal(w, before) and w.dtype == np.float32


@pytest.mark.parametrize("points", [0, 1, 3, 5, None])
def test_points_are_2_or_4(small, points):
    net, w, t = small
    with pytest.raises(ValueError, match=f"points must be 2 or 4, got {points}"):
        check_gradient(net, w, X, t, points=points)


def test_a_rough_step_is_a_rough_check(small):
    net, w, t = small
    assert not check_gradient(net, w, X, t, points=2, h=0.3)


# ---------------------------------------------------------------------------- rounding


def trained(seed, hidden="tanh"):
    """A net that has learned 20 digits by heart: its error and its gradient are tiny."""
    digits = mn.load("digits", dtype="float64")
    x, t = digits.train.x[:20], digits.train.labels[:20]
    data = mn.from_arrays(x, t, validation=0, test=0, dtype="float64", classes=range(10))
    net = MLP([64, 4, 10], hidden)
    report = mn.race(net, data, "rmsprop(0.01)", epochs=300, seed=seed, batch_size=20,
                     evaluate_every=0, dtype="float64")  # fmt: skip
    return net, report.weights[0], data.train.x[:6], data.train.t[:6]


@pytest.mark.slow
@pytest.mark.skipif(PLAIN, reason="plain Python would take minutes")
@pytest.mark.parametrize("seed", range(3))
def test_a_trained_net_is_right(seed):
    net, w, x, t = trained(seed)
    assert net.gradient(w, x, t)[0] < 0.01
    check = check_gradient(net, w, x, t)
    assert check, check


@pytest.mark.parametrize(
    ("inputs", "size"), [(1.0, 1e5), (255.0, 1.0)], ids=["targets of 1e5", "inputs of 0 to 255"]
)
def test_large_numbers_are_right_and_a_mistake_in_them_is_found(monkeypatch, inputs, size):
    rng = np.random.default_rng(3)
    x, t = inputs * rng.random((4, 3)), size * rng.normal(size=(4, 2))
    net = MLP([3, 4, 2], "tanh", loss="squared")
    w = net.start(1, "float64")
    assert check_gradient(net, w, x, t)
    spoil(monkeypatch, 20)
    assert not check_gradient(net, w, x, t)


def test_rounding_that_hides_a_mistake_is_said():
    def steep(w, x, t):
        return 1e12 + float(np.sum(w)), np.ones_like(w)

    check = check_gradient(steep, [1.0, 2.0], 0.0, 0.0)
    assert check and "2 entries are so small that the rounding of E would hide" in str(check)


# ---------------------------------------------------------------------------- any function


def cubic(w, x, t):
    """E = sum x w^3, by hand."""
    return float(np.sum(x * w**3)), 3 * x * w**2


def test_any_function_can_be_checked():
    check = check_gradient(cubic, [1.0, -2.0], np.array([2.0, 0.5]), None)
    assert check and check.worst[0].layer is None and str(check).startswith("weights worst at (")


@pytest.mark.parametrize("index", [0, 1])
def test_a_mistake_in_a_function_is_named(index):
    def wrong(w, x, t):
        e, g = cubic(w, x, t)
        g[index] *= 1.01
        return e, g

    check = check_gradient(wrong, [1.0, -2.0], np.array([2.0, 0.5]), None)
    assert not check and check.worst[0].index == (index,)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (3.0, r"must return \(E, dE/dw\), got float"),
        ((1.0, np.ones(3)), r"dE/dw of shape \(2,\), got shapes \(\) and \(3,\)"),
        ((np.ones(2), np.ones(2)), r"got shapes \(2,\) and \(2,\)"),
    ],
)
def test_a_function_that_returns_something_else(result, words):
    with pytest.raises(ValueError, match=words):
        check_gradient(lambda w, x, t: result, [1.0, 2.0], 0.0, 0.0)
