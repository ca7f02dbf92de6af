"""Is the error right, is the gradient right, and do they stay numbers where logits run away?

The answer book is `minnet.naive`: the same net in plain NumPy, in float64.
"""

import math

import numba
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from minnet import naive
from minnet.net import backprop, mlp
from minnet.net.mlp import MLP

PLAIN = bool(numba.config.DISABLE_JIT)  # the kernels are plain Python: small and few
EXAMPLES = 10 if PLAIN else 80
UNITS = ("logistic", "tanh", "relu", "leaky_relu", "softplus", "linear")
ENDS = (
    ("softmax", "cross-entropy"),
    ("logistic", "cross-entropy"),
    *((unit, loss) for loss in ("squared", "mean-squared") for unit in UNITS),
)
PENALTIES = ((0.0, False), (0.3, False), (0.3, True))


def targets(rng, output, shape):
    """Targets that the output can be asked for: shares that sum to 1, shares, or any numbers."""
    if output == "softmax":
        t = rng.random(shape)
        return t / t.sum(axis=1, keepdims=True)
    return rng.random(shape) if output == "logistic" else rng.normal(size=shape)


def problem(net, seed, cases, dtype="float64"):
    """Weights, cases and targets for a net; biases are not 0."""
    rng = np.random.default_rng(seed)
    w = rng.normal(0, 0.7, net.n_weights)
    x = rng.normal(size=(cases, net.sizes[0]))
    t = targets(rng, net.output, (cases, net.sizes[-1]))
    return w.astype(dtype), x.astype(dtype), t.astype(dtype)


def answer(net, w, x, t):
    """(E, g) by the answer book, the gradient as one flat vector."""
    named = net.named(w.astype(float))
    E, layers = naive.loss_and_gradients(
        named, x, t, net.hidden, net.output, net.loss, net.l2, net.l2_biases
    )
    pieces = [a.ravel() for layer in layers for a in layer if a is not None]
    return E, np.concatenate(pieces)


def assert_right(net, w, x, t, tolerance):
    e, g = net.gradient(w, x, t)
    e_right, g_right = answer(net, w, x, t)
    assert e == pytest.approx(e_right, rel=tolerance, abs=tolerance)
    assert g.shape == g_right.shape and g.dtype == w.dtype
    scale = max(1e-3, abs(g_right).max())
    np.testing.assert_allclose(g, g_right, rtol=tolerance, atol=tolerance * scale)


def logits_net(width, output, dtype="float64", loss="cross-entropy"):
    """A net without hidden layer whose total inputs are its inputs, and its weights."""
    net = MLP([width, width], output=output, loss=loss, biases=False)
    return net, np.eye(width, dtype=dtype).ravel()


# ---------------------------------------------------------------------------- against the twin


@pytest.mark.parametrize(("output", "loss"), ENDS)
@pytest.mark.parametrize("hidden", UNITS)
def test_error_and_gradient_are_the_twins(hidden, output, loss):
    for biases in (True, False):
        for l2, l2_biases in PENALTIES:
            net = MLP(
                [3, 4, 2], hidden, output, loss, biases=biases, l2=l2, l2_biases=l2_biases
            )  # fmt: skip
            assert_right(net, *problem(net, 5, 3), 1e-10)


@pytest.mark.parametrize(("output", "loss"), ENDS)
@pytest.mark.parametrize("hidden", UNITS)
def test_float32_is_the_twin_to_its_own_precision(hidden, output, loss):
    net = MLP([3, 5, 4, 2], hidden, output, loss, l2=0.1)
    assert_right(net, *problem(net, 11, 4, "float32"), 2e-5)


@st.composite
def nets(draw):
    """Any net of up to 3 hidden layers, each with its own unit."""
    output, loss = draw(st.sampled_from(ENDS))
    hidden = draw(st.lists(st.sampled_from(UNITS), max_size=3))
    width = st.integers(1, 4 if PLAIN else 6)
    sizes = [draw(width) for _ in range(len(hidden) + 2)]
    sizes[-1] += output == "softmax"
    l2, l2_biases = draw(st.sampled_from(PENALTIES))
    return MLP(
        sizes, hidden, output, loss, biases=draw(st.booleans()), l2=l2, l2_biases=l2_biases
    )  # fmt: skip


@settings(deadline=None, max_examples=EXAMPLES)
@given(net=nets(), cases=st.integers(1, 3 if PLAIN else 9), seed=st.integers(0, 2**32 - 1))
def test_any_depth_width_and_batch(net, cases, seed):
    assert_right(net, *problem(net, seed, cases), 1e-10)


@settings(deadline=None, max_examples=EXAMPLES)
@given(net=nets(), cases=st.integers(2, 5), seed=st.integers(0, 2**32 - 1))
def test_a_mini_batch_is_the_mean_of_its_cases(net, cases, seed):
    w, x, t = problem(net, seed, cases)
    alone = [net.gradient(w, x[i : i + 1], t[i : i + 1]) for i in range(cases)]
    e, g = net.gradient(w, x, t)
    assert e == pytest.approx(np.mean([a[0] for a in alone]), rel=1e-12, abs=1e-14)
    mean = np.mean([a[1] for a in alone], axis=0)
    np.testing.assert_allclose(g, mean, rtol=1e-9, atol=1e-12 * max(1, abs(mean).max()))


def test_the_gradient_leaves_its_arguments_alone():
    net = MLP([3, 4, 2], "relu", l2=0.1)
    w, x, t = problem(net, 2, 5)
    before = [a.copy() for a in (w, x, t)]
    net.gradient(w, x, t)
    assert all(np.array_equal(a, b) for a, b in zip((w, x, t), before, strict=True))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_scratch_room_may_hold_anything(dtype):
    """What the last mini-batch left in y, delta and g must not leak into this one."""
    net = MLP([3, 4, 2], "tanh", l2=0.1)
    w, x, t = problem(net, 2, 5, dtype)
    e, g = net.gradient(w, x, t)
    for filling in (1e9, np.nan):
        room = [np.full(40, filling, dtype), np.full(40, -filling, dtype), np.full_like(w, filling)]
        again = backprop.compiled(dtype)(w, net.compiled(dtype), x, t, *room)
        assert e == again and np.array_equal(g, room[2])


def test_the_leak_is_a_hundredth_in_float64():
    net = MLP([1, 1], output="leaky_relu", loss="squared", biases=False)
    assert net.predict(np.ones(1), [[-1.0]])[0, 0] == -0.01


# ---------------------------------------------------------------------------- by hand


def test_one_hidden_unit_by_hand():
    """x = 1, w1 = ln 3: y = 3/4; w2 = 4: output 3, t = 5: E = 2; dE/dw1 = -2 * 4 * 3/16 = -1.5."""
    net = MLP([1, 1, 1], "logistic", "linear", "squared", biases=False)
    w = np.array([math.log(3), 4.0])
    e, g = net.gradient(w, np.ones((1, 1)), np.array([[5.0]]))
    assert e == pytest.approx(2.0, abs=1e-12)
    np.testing.assert_allclose(g, [-1.5, -1.5], rtol=0, atol=1e-12)


@pytest.mark.parametrize("classes", [2, 10])
def test_a_uniform_guess_costs_log_classes(classes):
    net = MLP([3, 4, classes])
    t = np.eye(classes)
    e, _ = net.gradient(np.zeros(net.n_weights), np.ones((classes, 3)), t)
    assert e == pytest.approx(math.log(classes), abs=1e-14)


def test_a_coin_costs_log_2_an_output():
    net = MLP([2, 3], output="logistic")
    e, g = net.gradient(np.zeros(9), np.ones((1, 2)), np.array([[1.0, 0.0, 1.0]]))
    assert e == pytest.approx(3 * math.log(2), abs=1e-14)
    np.testing.assert_allclose(g[6:], [-0.5, 0.5, -0.5])


def test_squared_is_half_the_sum_and_mean_squared_the_mean():
    x, t, w = np.ones((2, 1)), np.array([[0.0, 1, 2], [3, 3, 3]]), np.array([1.0, 2, 3])
    squares = np.array([[1.0, 1, 1], [4, 1, 0]])
    for loss, right in (("squared", squares.sum() / 4), ("mean-squared", squares.mean())):
        net = MLP([1, 3], output="linear", loss=loss, biases=False)
        assert net.gradient(w, x, t)[0] == pytest.approx(right, abs=1e-15)


@pytest.mark.parametrize("l2_biases", [False, True])
@pytest.mark.parametrize("loss", ["squared", "mean-squared"])
def test_the_penalty_by_hand(l2_biases, loss):
    """l2/2 times the sum of squares; its gradient is l2 times the weight."""
    w = np.array([1.0, 2, 3, 4, 5, 6, 7])  # 1 input, 2 hidden: 2 weights, 2 biases; 2 weights, 1
    free = MLP([1, 2, 1], "linear", "linear", loss)
    tied = MLP([1, 2, 1], "linear", "linear", loss, l2=0.5, l2_biases=l2_biases)
    x, t = np.array([[0.5]]), np.array([[1.0]])
    (e, g), (e_free, g_free) = tied.gradient(w, x, t), free.gradient(w, x, t)
    counted = np.array([1, 1, l2_biases, l2_biases, 1, 1, l2_biases])
    assert e - e_free == pytest.approx(0.25 * np.sum(counted * w**2), rel=1e-12)
    np.testing.assert_allclose(g - g_free, 0.5 * counted * w, rtol=1e-9)


# ---------------------------------------------------------------------------- far away

LOGITS = [
    [1e4, -1e4, 0.0],
    [-1e4, -1e4, -1e4],
    [1e4, 1e4, 1e4],
    [1e4, 0.0, 1e4],
    [-1e4, 3.0, 5.0],
    [89.0, -104.0, 0.5],
    [710.0, -746.0, 36.0],
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("output", ["softmax", "logistic"])
@pytest.mark.parametrize("logits", LOGITS)
def test_cross_entropy_of_any_logits(output, logits, dtype):
    """Exact where e**z would overflow, also for the class that was thought impossible."""
    net, w = logits_net(3, output, dtype)
    for right in range(3):
        x, t = np.array([logits], dtype), np.eye(3, dtype=dtype)[right : right + 1]
        e, g = net.gradient(w, x, t)
        e_right, g_right = answer(net, w, x, t)
        assert math.isfinite(e) and np.isfinite(g).all()
        tight = 1e-12 if dtype == "float64" else 1e-6
        assert e == pytest.approx(e_right, rel=tight, abs=tight)
        np.testing.assert_allclose(
            g, g_right, rtol=1e-5, atol=10 * tight * abs(g_right).max() + 1e-35
        )
        y = net.predict(w, x)
        naive_y = naive.forward(net.named(w.astype(float)), x, (), output)
        np.testing.assert_allclose(y, naive_y, rtol=10 * tight, atol=1e-37)


@settings(deadline=None, max_examples=EXAMPLES)
@given(
    output=st.sampled_from(["softmax", "logistic"]),
    dtype=st.sampled_from(["float32", "float64"]),
    z=st.lists(st.floats(-1e4, 1e4, width=32), min_size=3, max_size=3),
    right=st.integers(0, 2),
)
def test_cross_entropy_is_finite_and_at_least_0(output, dtype, z, right):
    net, w = logits_net(3, output, dtype)
    x, t = np.array([z], dtype), np.eye(3, dtype=dtype)[right : right + 1]
    e, g = net.gradient(w, x, t)
    assert math.isfinite(e) and e >= -1e-6 and np.isfinite(g).all()
    assert e == pytest.approx(answer(net, w, x, t)[0], rel=1e-5, abs=1e-5)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # plain Python says so when it casts a NaN
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("hidden", UNITS)
def test_a_nan_reaches_the_loss_through_every_hidden_unit(hidden, dtype):
    net = MLP([3, 4, 3, 2], hidden)
    for spoilt in (0, 13, net.n_weights - 1):  # a weight, a bias, the last bias
        w, x, t = problem(net, 3, 4, dtype)
        w[spoilt] = np.nan
        assert math.isnan(net.gradient(w, x, t)[0])
        assert math.isnan(net.evaluate(w, x, t, classes=True)[0])
    w, x, t = problem(net, 3, 4, dtype)
    x[2, 1] = np.nan  # one input of one case
    assert math.isnan(net.gradient(w, x, t)[0])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("output", "loss"), ENDS)
@pytest.mark.parametrize("place", range(3))
def test_a_nan_reaches_the_loss_through_every_output(output, loss, dtype, place):
    net, w = logits_net(3, output, dtype, loss)
    x = np.array([[0.5, -0.5, 1.0], [0.1, 0.2, 0.3]], dtype)
    t = np.array([[1.0, 0, 0], [0, 1, 0]], dtype)
    x[1, place] = np.nan
    assert math.isnan(net.gradient(w, x, t)[0])
    assert math.isnan(net.evaluate(w, x, t, classes=False)[0])


# ---------------------------------------------------------------------------- evaluate


def measured(net, w, x, t, classes):
    """(E without L2, error) by the answer book."""
    named = net.named(w.astype(float))
    E, _ = naive.loss_and_gradients(named, x, t, net.hidden, net.output, net.loss)
    y = naive.forward(named, x, net.hidden, net.output)
    if not classes:
        return E, math.sqrt(np.mean((y - t) ** 2))
    if t.shape[1] == 1:
        return E, np.mean((y > 0.5) != (t > 0.5))
    return E, np.mean(y.argmax(axis=1) != t.argmax(axis=1))


MEASURED = (  # sizes, output, loss, whether targets are classes
    ([3, 4, 3], "softmax", "cross-entropy", True),
    ([3, 4, 3], "linear", "squared", True),
    ([3, 4, 1], "logistic", "cross-entropy", True),
    ([3, 4, 3], "logistic", "cross-entropy", True),
    ([3, 4, 2], "linear", "squared", False),
    ([3, 4, 2], "linear", "mean-squared", False),
    ([3, 4, 1], "tanh", "squared", False),
)


@pytest.mark.parametrize(("sizes", "output", "loss", "classes"), MEASURED)
@pytest.mark.parametrize("block", [1, 2, 3, 5, 7, 100])
def test_evaluation_in_blocks_is_the_twins(monkeypatch, sizes, output, loss, classes, block):
    """7 cases: the last block is short, full, or the only one; L2 plays no part."""
    net = MLP(sizes, "tanh", output, loss, l2=0.7)
    monkeypatch.setattr(mlp, "BLOCK", block)
    shares = set()
    for seed in (8, 9, 10):
        w, x, t = problem(net, seed, 7)
        if classes:
            drawn = np.random.default_rng(seed).integers(max(2, sizes[-1]), size=7)
            t = np.eye(sizes[-1])[drawn] if sizes[-1] > 1 else drawn[:, None].astype(float)
        e_right, error_right = measured(net, w, x, t, classes)
        e, error = net.evaluate(w, x, t, classes=classes)
        assert e == pytest.approx(e_right, rel=1e-12)
        assert error == pytest.approx(error_right, rel=1e-12, abs=1e-15)
        shares.add(error_right)
    assert len(shares) > 1 and 0 not in shares  # so that a count of 0 would be noticed


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_evaluation_leaves_its_arguments_alone(dtype):
    net = MLP([3, 4, 2], "relu")
    w, x, t = problem(net, 4, 5, dtype)
    before = [a.copy() for a in (w, x, t)]
    first = net.evaluate(w, x, t, classes=True)
    assert first == net.evaluate(w, x, t, classes=True)
    assert all(np.array_equal(a, b) for a, b in zip((w, x, t), before, strict=True))


def test_one_logistic_output_is_wrong_on_the_other_side_of_one_half():
    net = MLP([1, 1], output="logistic", biases=False)
    x, t = np.array([[2.0], [-2.0], [3.0], [-0.1]]), np.array([[1.0], [1.0], [0.0], [0.0]])
    assert net.evaluate(np.ones(1), x, t, classes=True)[1] == 0.5


def test_root_mean_square_by_hand():
    net = MLP([1, 2], output="linear", loss="squared", biases=False)
    t = np.array([[1.0, 5.0], [2.0, 2.0]])  # outputs are (1, 2): off by 0, 3, 1, 0
    e, error = net.evaluate(np.array([1.0, 2.0]), np.ones((2, 1)), t, classes=False)
    assert e == pytest.approx(2.5) and error == pytest.approx(math.sqrt(10 / 4))
