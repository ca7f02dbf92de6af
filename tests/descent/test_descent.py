"""Does the readable descent do what its words say, and does replay apply a rule to given slopes?

K mini-batches, n weights, N cases.
"""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from minnet import naive
from minnet.descent.plan import GivenPlan, Plan
from minnet.descent.walk import replay, walk
from minnet.net.mlp import MLP
from minnet.optimizers.catalogue import OPTIMIZERS, SGD, Adam, IRpropPlus, Nesterov, Rprop

MAKERS = {make().name: make for make in OPTIMIZERS}


# ---------------------------------------------------------------------------- replay


def test_replay_of_one_weight():
    path = replay("sgd(lr=0.5)", 1.0, [2.0, -4.0])
    assert path.dtype == np.float64
    np.testing.assert_array_equal(path, [[1], [0], [2]])


def test_replay_of_many_weights():
    path = replay(SGD(lr=0.5), [1.0, 2.0], [[2.0, 4.0], [0.0, 2.0], [2.0, 0.0]])
    np.testing.assert_array_equal(path, [[1, 2], [0, 0], [0, -1], [-1, -1]])


def test_a_column_of_gradients_is_one_weight():
    np.testing.assert_array_equal(replay("sgd(1)", 0.0, [[1.0], [2.0]]), [[0], [-1], [-3]])
    np.testing.assert_array_equal(replay("sgd(1)", [0.0], [1.0, 2.0]), [[0], [-1], [-3]])


@pytest.mark.parametrize(
    ("w0", "dtype"),
    [
        (0, "float64"),
        (0.0, "float64"),
        ([1, 2], "float64"),
        (np.float16(1), "float64"),
        (np.float32(0), "float32"),
        (np.zeros(2, np.float32), "float32"),
    ],
)
def test_the_dtype_is_that_of_the_start(w0, dtype):
    path = replay("rmsprop", w0, np.ones((3, np.size(w0))))
    assert path.dtype == dtype and path.shape == (4, np.size(w0))


def test_what_is_given_is_left_alone():
    w0, gradients, errors = np.ones(2), np.ones((4, 2)), np.arange(4.0)
    path = replay(IRpropPlus(), w0, gradients, errors)
    assert (w0 == 1).all() and (gradients == 1).all() and (errors == np.arange(4)).all()
    path[:] = 7
    assert (w0 == 1).all()


def test_gradients_of_any_layout():
    gradients = np.arange(12.0).reshape(3, 4)
    expected = replay("rprop", np.ones(3), np.ascontiguousarray(gradients.T))
    np.testing.assert_array_equal(replay("rprop", np.ones(3), gradients.T), expected)
    frozen = gradients.T.copy()
    frozen.flags.writeable = False
    np.testing.assert_array_equal(replay("rprop", np.ones(3), frozen), expected)
    np.testing.assert_array_equal(replay("rprop", np.ones(3), gradients.T.tolist()), expected)


def test_each_replay_starts_afresh():
    optimizer = Adam()
    first = replay(optimizer, 0.0, [1.0, -2.0, 3.0])
    assert first.tobytes() == replay(optimizer, 0.0, [1.0, -2.0, 3.0]).tobytes()


def test_a_jump_plays_no_part_in_replay():
    g = [1.0, 2.0, -1.0]
    assert replay("nesterov", 0.0, g).tobytes() == replay("momentum", 0.0, g).tobytes()


def test_errors_tell_whether_it_grew():
    """g = + - + -; the error after 1, 1: as great is not greater; grown: 0.1 taken back."""
    moved = np.diff(replay(IRpropPlus(), 0.0, [1.0, -1.0], [1.0, 1.0])[:, 0])
    np.testing.assert_allclose(moved, [-0.1, 0])
    moved = np.diff(replay(IRpropPlus(), 0.0, [1.0, -1.0], [1.0, 1.5])[:, 0])
    np.testing.assert_allclose(moved, [-0.1, 0.1])


def test_the_first_error_is_never_worse():
    def told(w, g, worse, lr=1.0):
        return w + lr if worse else w

    path = replay(told, 0.0, [0.0] * 4, [9.0, 1.0, np.nan, 2.0])
    np.testing.assert_array_equal(path[:, 0], 0)
    assert replay(told, 0.0, [0.0] * 2, [1.0, 9.0])[2, 0] == 1


def test_a_nan_is_carried_along():
    path = replay("rprop", np.zeros(2), [[1.0, 1.0], [np.nan, 1.0], [1.0, 1.0]])
    assert np.isnan(path[2:, 0]).all() and np.isfinite(path[:, 1]).all()


@pytest.mark.parametrize(
    ("w0", "gradients", "words"),
    [
        ([0.0, 0.0], [1.0, 2.0, 3.0], r"gradients must be \(K, 2\) for 2 weights, got \(3,\)"),
        (0.0, [[1.0, 2.0]], r"gradients must be \(K, 1\) for 1 weights, got \(1, 2\)"),
        ([0.0] * 3, np.ones((4, 2)), r"\(K, 3\) for 3 weights, got \(4, 2\)"),
        (np.zeros((2, 2)), np.ones((3, 4)), r"\(K, 4\) for 4 weights, got \(3, 4\)"),
        (np.zeros(4), np.ones((3, 2, 2)), r"\(K, 4\) for 4 weights, got \(3, 2, 2\)"),
        ([0.0, 0.0], [1.0, 2.0], r"\(K, 2\) for 2 weights, got \(2,\)"),
        ([0.0, 0.0], [], r"\(K, 2\) for 2 weights, got \(0,\)"),
    ],
)
def test_gradients_that_do_not_fit(w0, gradients, words):
    with pytest.raises(ValueError, match=words):
        replay("sgd", w0, gradients)


def test_no_gradients_are_no_steps():
    assert replay("sgd", [1.0, 2.0], np.zeros((0, 2))).tolist() == [[1, 2]]
    for none in ([], np.zeros(0), np.zeros((0, 1))):
        assert replay("sgd", 3.0, none).tolist() == [[3]]


def test_one_gradient_is_a_list_of_one():
    np.testing.assert_array_equal(replay("sgd(0.5)", 1.0, 4.0), [[1], [-1]])


def test_irprop_plus_needs_errors():
    words = "irprop_plus asks whether the error grew: give errors, one a step"
    with pytest.raises(ValueError, match=words):
        replay(IRpropPlus(), 0.0, [1.0, 2.0])


@pytest.mark.parametrize("errors", [[1.0], [1.0, 2.0, 3.0], [[1.0, 2.0]], 1.0])
def test_errors_that_do_not_fit(errors):
    with pytest.raises(ValueError, match=r"errors must be \(2,\), one a step, got \("):
        replay(IRpropPlus(), 0.0, [1.0, 2.0], errors)


def test_what_is_not_an_optimizer():
    with pytest.raises(TypeError, match="an optimizer is"):
        replay(3, 0.0, [1.0])
    with pytest.raises(ValueError, match="unknown optimizer"):
        replay("sdg", 0.0, [1.0])


# ---------------------------------------------------------------------------- walk

NET = MLP([3, 4, 2], hidden="tanh", l2=0.01)
PLAN = GivenPlan([[0, 1, 2], [3, 4], [5, 0, 1, 2], [4]], cases=6, epochs=5)


def cases(dtype="float64") -> SimpleNamespace:
    rng = np.random.default_rng(4)
    t = np.eye(2)[rng.integers(2, size=6)]
    return SimpleNamespace(x=rng.normal(size=(6, 3)).astype(dtype), t=t.astype(dtype))


def naive_walk(optimizer, part, w0):
    """The answer book's errors (K,) and path (K + 1, n): its rule on its own net."""
    batches, errors = list(PLAN), []

    def gradient(t, w):
        x, targets = part.x[batches[t]], part.t[batches[t]]
        error, layers = naive.loss_and_gradients(
            NET.named(w), x, targets, ["tanh"], "softmax", "cross-entropy", l2=0.01
        )
        errors.append(error)
        return error, np.concatenate([a.ravel() for pair in layers for a in pair])

    rule = naive.RULES[{"rprop": "rprop_minus"}.get(optimizer.name, optimizer.name)]
    path = rule(w0, gradient, len(batches), **optimizer.hyperparameters)
    return np.array(errors), path


@pytest.mark.parametrize("name", MAKERS)
def test_the_walk_is_the_answer_books(name):
    optimizer, w0 = MAKERS[name](), NET.start(seed=1, dtype="float64")
    errors, path = naive_walk(optimizer, cases(), w0)
    walked = [(e, w.copy()) for e, w in walk(NET, cases(), optimizer, PLAN, w0.copy())]
    np.testing.assert_allclose([e for e, _ in walked], errors, rtol=1e-9)
    np.testing.assert_allclose([w for _, w in walked], path[1:], rtol=1e-9, atol=1e-10)


def test_the_error_is_measured_before_the_step():
    part, w = cases(), NET.start(seed=1, dtype="float64")
    start = w.copy()
    error, after = next(iter(walk(NET, part, "sgd(0.5)", PLAN, w)))
    expected, g = NET.gradient(start, part.x[[0, 1, 2]], part.t[[0, 1, 2]])
    assert error == expected
    np.testing.assert_array_equal(after, start - 0.5 * g)


def test_nesterovs_error_is_measured_after_the_jump():
    part, w = cases(), NET.start(seed=1, dtype="float64")
    steps = walk(NET, part, Nesterov(lr=0.5, momentum=0.5), PLAN, w)
    start = w.copy()
    next(steps)
    velocity, place = w - start, w + 0.5 * (w - start)
    error, _ = next(steps)
    expected, g = NET.gradient(place, part.x[[3, 4]], part.t[[3, 4]])
    assert error == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(w - start - velocity, 0.5 * velocity - 0.5 * g, atol=1e-14)


def test_the_weights_that_are_given_change():
    w = NET.start(seed=1)
    seen = [after for _, after in walk(NET, cases("float32"), "sgd", PLAN, w)]
    assert all(after is w for after in seen) and len(seen) == 20
    assert w.dtype == np.float32 and not np.array_equal(w, NET.start(seed=1))


def test_the_same_mini_batches_give_the_same_walk():
    """A plan is what yields case numbers, however it came by them."""
    part, plan = cases(), Plan(cases=6, batch_size=4, epochs=3, seed=2)
    given = GivenPlan(list(plan), cases=6)
    one, two = NET.start(1, "float64"), NET.start(1, "float64")
    errors = [e for e, _ in walk(NET, part, Rprop(), plan, one)]
    again = [e for e, _ in walk(NET, part, Rprop(), given, two)]
    assert errors == again and one.tobytes() == two.tobytes() and len(errors) == 6


def test_a_walk_that_diverges_stops_where_it_was():
    part = cases()
    part.x[4, 0] = np.nan  # case 4 is in the second mini-batch
    w = NET.start(seed=1, dtype="float64")
    walked = [(error, after.copy()) for error, after in walk(NET, part, "sgd", PLAN, w)]
    assert len(walked) == 2
    assert np.isfinite(walked[0][0]) and np.isnan(walked[1][0])
    assert walked[0][1].tobytes() == walked[1][1].tobytes() == w.tobytes()


def test_worse_means_worse_than_the_mini_batch_before():
    def told(w, g, worse, lr=1.0):
        return w + lr if worse else w - lr

    part, w = cases(), np.zeros(NET.n_weights)
    errors = []
    first = w[0]
    for error, after in walk(NET, part, told, PLAN, w):
        grew = bool(errors) and error > errors[-1]
        assert after[0] == first + (1 if grew else -1)
        errors.append(error)
        first = after[0]
    assert len({e > d for d, e in itertools.pairwise(errors)}) == 2
