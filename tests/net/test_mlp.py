"""A net is a layout: where each weight stands, how it starts, and what cannot be built at all."""

import math
import re

import numpy as np
import pytest

from minnet import naive
from minnet.net.mlp import MLP
from minnet.net.units import NAMES

# ---------------------------------------------------------------------------- layout


def test_layers_stand_one_after_another_weights_then_biases():
    net = MLP([2, 3, 4])
    assert net.n_weights == 2 * 3 + 3 + 3 * 4 + 4 == 25
    w = np.arange(25.0)
    (w1, b1), (w2, b2) = net.named(w)
    assert w1.tolist() == [[0, 1, 2], [3, 4, 5]] and b1.tolist() == [6, 7, 8]
    assert w2.shape == (3, 4) and w2[0, 0] == 9 and w2[2, 3] == 20
    assert b2.tolist() == [21, 22, 23, 24]
    fan_in_out_first_bias = net.layers[:, :4].tolist()
    assert fan_in_out_first_bias == [[2, 3, 0, 6], [3, 4, 9, 21]]


def test_named_weights_are_views():
    net = MLP([2, 3, 2])
    w = np.zeros(net.n_weights)
    (w1, b1), (w2, b2) = net.named(w)
    w1[1, 2], b1[0], w2[0, 1], b2[1] = 1, 2, 3, 4
    assert [int(w[i]) for i in (5, 6, 10, 16)] == [1, 2, 3, 4] and w.sum() == 10


def test_without_biases():
    net = MLP([2, 3, 4], biases=False)
    assert net.n_weights == 2 * 3 + 3 * 4
    (w1, b1), (w2, b2) = net.named(np.arange(18))
    assert b1 is None and b2 is None and w1.size == 6 and w2.ravel().tolist() == [*range(6, 18)]


def test_without_hidden_layers():
    net = MLP([4, 3])
    assert net.n_weights == 15 and net.hidden == () and len(net.named(np.zeros(15))) == 1


def test_every_layer_has_its_own_unit():
    """Cross-entropy has its output units in itself."""
    net = MLP([2, 3, 3, 2], hidden=["relu", "tanh"], output="logistic")
    assert [NAMES[kind] for kind in net.layers[:, 4]] == ["relu", "tanh", "linear"]
    net = MLP([2, 3, 3, 2], ["relu", "tanh"], "logistic", loss="squared")
    assert [NAMES[kind] for kind in net.layers[:, 4]] == ["relu", "tanh", "logistic"]


def test_digits_net():
    assert MLP([64, 32, 10]).n_weights == 64 * 32 + 32 + 32 * 10 + 10 == 2410


@pytest.mark.parametrize(
    ("loss", "output"),
    [("cross-entropy", "softmax"), ("squared", "linear"), ("mean-squared", "linear")],
)
def test_default_outputs(loss, output):
    assert MLP([2, 3, 2], loss=loss).output == output


def test_a_net_says_what_it_is():
    text = MLP([64, 32, 10]).describe()
    assert text == "64-32-10, tanh, softmax, cross-entropy, 2410 weights"
    text = MLP([2, 3, 4, 1], ["relu", "tanh"], loss="squared", biases=False, l2=0.5).describe()
    for word in ("2-3-4-1", "relu", "tanh", "linear", "squared", "22 weights", "no biases", "0.5"):
        assert word in text


# ---------------------------------------------------------------------------- refusals

SQUARED = {"loss": "squared"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"sizes": [3]}, r"at least inputs and outputs, got \[3\]"),
        ({"sizes": []}, r"at least inputs and outputs, got \[\]"),
        ({"sizes": [3, 0, 2]}, "layer size must be a whole number at least 1, got 0"),
        ({"sizes": [3, -2]}, "layer size .* got -2"),
        ({"sizes": [3, 2.5, 2]}, "layer size .* got 2.5"),
        ({"sizes": [3, True, 2]}, "layer size .* got True"),
        ({"sizes": [3, "4", 2]}, "layer size .* got '4'"),
        ({"hidden": "tan"}, "unknown hidden unit 'tan'.*did you mean 'tanh'"),
        ({"hidden": "sofplus"}, "did you mean 'softplus'"),
        ({"hidden": "softmax"}, "unknown hidden unit 'softmax'"),
        ({"hidden": ["tanh", "tanh"]}, "hidden names 2 layers, but sizes have 1"),
        ({"hidden": []}, "hidden names 0 layers, but sizes have 1"),
        ({"output": "sofmax"}, "unknown output unit 'sofmax'.*did you mean 'softmax'"),
        ({"loss": "cross-entrpy"}, "unknown loss 'cross-entrpy'.*did you mean 'cross-entropy'"),
        ({"loss": "square"}, "did you mean 'squared'"),
        ({"output": "softmax"} | SQUARED, "softmax outputs need .* 'cross-entropy', got 'squared'"),
        ({"output": "softmax", "loss": "mean-squared"}, "got 'mean-squared'"),
        ({"output": "tanh"}, "cross-entropy needs softmax or logistic outputs, got 'tanh'"),
        ({"output": "linear"}, "cross-entropy needs softmax or logistic outputs, got 'linear'"),
        ({"sizes": [3, 4, 1]}, "softmax needs at least 2 outputs"),
        ({"l2": -0.1}, "l2 must be a finite number, at least 0, got -0.1"),
        ({"l2": math.nan}, "l2 must be a finite number, at least 0, got nan"),
        ({"l2": math.inf}, "l2 must be a finite number, at least 0, got inf"),
        ({"l2": np.ones(2)}, "l2 must be a finite number"),
        ({"l2": None}, "l2 must be a finite number"),
        ({"l2": "0.1"}, "l2 must be a finite number, at least 0, got '0.1'"),
        ({"l2": True}, "l2 must be a finite number, at least 0, got True"),
        ({"l2": 10**400}, "l2 must be a finite number"),
    ],
)
def test_what_cannot_be_built_is_refused_in_one_line(arguments, told):
    with pytest.raises(ValueError, match=told) as refusal:
        MLP(**({"sizes": [3, 4, 2]} | arguments))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "init",
    [
        "lecum",
        ("lecun", 0.1),
        "normal",
        ("normal",),
        ("normal", 0.1, 0.2),
        (),
        3.0,
        None,
    ],
)
def test_unknown_starts_are_refused(init):
    with pytest.raises(ValueError, match="init must be 'lecun', 'glorot'"):
        MLP([2, 3, 2], init=init).start()


@pytest.mark.parametrize("kind", ["normal", "uniform"])
@pytest.mark.parametrize("size", [-1.0, math.nan, math.inf, None, "0.1", [0.1], True])
def test_a_spread_is_a_finite_number(kind, size):
    told = f"the size of init '{kind}' must be a finite number, at least 0, got {size!r}"
    with pytest.raises(ValueError, match=re.escape(told)):
        MLP([2, 3, 2], init=(kind, size)).start()


@pytest.mark.parametrize(
    "init",
    [
        np.zeros(3),
        np.zeros((17, 1)),
        np.full(17, np.nan),
        [*[0.0] * 16, math.inf],
        lambda n: np.zeros(n + 1),
        lambda n: np.full(n, -np.inf),
    ],
)
def test_given_starts_must_fit(init):
    with pytest.raises(ValueError, match="start weights must be 17 finite numbers"):
        MLP([2, 3, 2], init=init).start()


@pytest.mark.parametrize("x", [np.ones((4, 3)), np.ones(2), np.ones((1, 2, 2))])
def test_predict_refuses_other_shapes(x):
    net = MLP([2, 3, 2])
    told = f"cases must be ({len(x)}, 2) for this net, got {x.shape}"
    with pytest.raises(ValueError, match=re.escape(told)):
        net.predict(net.start(), x)


def asked(net, w, x, t):
    """What the kernels, which check nothing, are behind."""
    return (
        lambda: net.predict(w, x),
        lambda: net.gradient(w, x, t),
        lambda: net.evaluate(w, x, t, classes=True),
    )


@pytest.mark.parametrize("w", [np.zeros(7), np.zeros(18), np.zeros((17, 1)), np.zeros(0)])
def test_weights_of_another_net_are_refused(w):
    """The kernels would read past the end of a short weight vector."""
    told = f"w must hold 17 weights, got an array of shape {w.shape}"
    for ask in asked(MLP([2, 3, 2]), w, np.ones((1, 2)), np.ones((1, 2))):
        with pytest.raises(ValueError, match=re.escape(told)):
            ask()


@pytest.mark.parametrize("t", [np.ones((4, 3)), np.ones((3, 2)), np.ones(4), np.ones((5, 2))])
def test_targets_that_do_not_fit_are_refused(t):
    net = MLP([2, 3, 2])
    told = f"cases must be (4, 2) for this net, got {t.shape}"
    for ask in asked(net, net.start(), np.ones((4, 2)), t)[1:]:
        with pytest.raises(ValueError, match=re.escape(told)):
            ask()


# ---------------------------------------------------------------------------- start weights


@pytest.mark.parametrize(
    ("init", "variance"),
    [
        ("lecun", lambda fan_in, fan_out: 1 / fan_in),
        ("glorot", lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
        ("he", lambda fan_in, fan_out: 2 / fan_in),
        (("normal", 0.05), lambda fan_in, fan_out: 0.05**2),
        (("uniform", 0.3), lambda fan_in, fan_out: 0.3**2 / 3),
    ],
)
def test_the_spread_follows_the_fan_in(init, variance):
    """Slide 10.  30,000 numbers a layer: their sd is known to 0.4 %, their mean to 0.6 % of it."""
    net = MLP([300, 100, 300, 100], init=init)
    for matrix, bias in net.named(net.start(1, "float64")):
        sd = math.sqrt(variance(*matrix.shape))
        assert matrix.std() == pytest.approx(sd, rel=0.02)
        assert abs(matrix.mean()) < 0.03 * sd
        assert not bias.any()


def test_uniform_starts_keep_their_bounds():
    w = MLP([50, 50], init=("uniform", 0.3), biases=False).start(2)
    assert -0.3 <= w.min() < -0.29 and 0.29 < w.max() <= 0.3


def test_normal_starts_are_normal():
    """About 31.7 % lie farther than one sd out; of a uniform spread it would be 42 %."""
    w = MLP([100, 100], init=("normal", 1.0), biases=False).start(3, "float64")
    assert np.mean(abs(w) > 1) == pytest.approx(0.317, abs=0.02)
    assert np.mean(abs(w) > 3) == pytest.approx(0.0027, abs=0.002)


@pytest.mark.parametrize("init", ["lecun", "he", ("uniform", 0.5)])
def test_float32_starts_are_float64_starts_rounded(init):
    net = MLP([5, 4, 3], init=init)
    double, single = net.start(7, "float64"), net.start(7, "float32")
    assert double.dtype == np.float64 and single.dtype == np.float32
    assert np.array_equal(double.astype("float32"), single)
    assert not np.array_equal(double, single)


def test_the_seed_decides():
    net = MLP([5, 4, 3])
    assert np.array_equal(net.start(7), net.start(7))
    assert not np.array_equal(net.start(7), net.start(8))


def test_starts_by_function_and_by_vector():
    cosines = 0.1 * np.cos(np.arange(17))
    by_function = MLP([2, 3, 2], init=lambda n: 0.1 * np.cos(np.arange(n)))
    by_vector = MLP([2, 3, 2], init=cosines)
    by_list = MLP([2, 3, 2], init=cosines.tolist())
    for net in (by_function, by_vector, by_list):
        assert np.array_equal(net.start(0, "float64"), cosines)
        assert np.array_equal(net.start(5, "float32"), cosines.astype("float32"))
    by_vector.start(0, "float64")[:] = 0
    assert cosines[0] == 0.1  # a start is a copy


# ---------------------------------------------------------------------------- predict


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("output", ["softmax", "logistic"])
def test_predictions_are_the_twins(output, dtype):
    net = MLP([3, 4, 5], "softplus", output)
    w = net.start(1, dtype)
    x = np.random.default_rng(0).normal(0, 3, (6, 3))
    y = net.predict(w, x)
    assert y.shape == (6, 5) and y.dtype == w.dtype
    right = naive.forward(net.named(w.astype(float)), x, net.hidden, output)
    close = {"float64": {"rtol": 1e-12}, "float32": {"rtol": 1e-5, "atol": 1e-7}}  # up to 1
    np.testing.assert_allclose(y, right, **close[dtype])


def test_softmax_predictions_sum_to_1():
    net = MLP([3, 4, 5], init=("normal", 20.0))
    y = net.predict(net.start(1, "float64"), np.random.default_rng(0).normal(0, 9, (20, 3)))
    np.testing.assert_allclose(y.sum(axis=1), 1, rtol=1e-14)
    assert y.min() >= 0


def test_predict_takes_lists_and_strided_tables():
    net = MLP([2, 3, 2])
    w = net.start(1)
    x = np.arange(24, dtype="float64").reshape(6, 4)
    assert np.array_equal(net.predict(w, x[::2, ::2]), net.predict(w, x[::2, ::2].tolist()))


def test_predictions_of_a_regression():
    net = MLP([1, 1], loss="squared")
    assert net.predict(np.array([2.0, 0.5]), [[3.0], [-1.0]]).tolist() == [[6.5], [-1.5]]
