"""Every run of a race is the readable descent `mn.walk`, bit for bit, and close to the naive twin.

R runs, K mini-batches of all epochs, n weights
"""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from small_races import DTYPES, NET, PLAIN, three_classes
from walked_races import BOLD, assert_same, small_race, walked

import minnet as mn
from minnet import naive, race
from minnet.descent.plan import ORDERS
from minnet.optimizers.catalogue import OPTIMIZERS

# ---------------------------------------------------------------------------- two readings


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("make", OPTIMIZERS, ids=lambda make: make.__name__)
def test_the_race_is_the_walk_bit_for_bit(make, dtype):
    """Look-ahead rules and rules that ask whether the error grew included."""
    data, plan = three_classes(dtype), mn.Plan(28, 5, 2, seed=3)
    report = small_race([make()], dtype, keep=range(13))
    errors, path = walked(NET, data, make(), plan, dtype)
    np.testing.assert_array_equal(report.losses[0], errors)
    np.testing.assert_array_equal(report.kept[0], path)
    np.testing.assert_array_equal(report.weights[0], path[-1])
    assert report.weights.dtype == dtype and np.ptp(path[:, 0]) > 0


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_run_is_what_it_is_alone(dtype):
    together = small_race([make() for make in OPTIMIZERS], dtype, keep=[4, 12])
    for r, make in enumerate(OPTIMIZERS):
        assert_same(together, small_race([make()], dtype, keep=[4, 12]), slice(r, r + 1))


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_is_walked(order):
    data = three_classes()
    labels = data.train.labels if order == "balanced" else None
    plan = mn.Plan(28, 5, 2, order, 3, labels=labels)
    report = small_race("momentum(0.3)", plan=order)
    errors, path = walked(NET, data, "momentum(0.3)", plan, "float32")
    np.testing.assert_array_equal(report.losses[0], errors)
    np.testing.assert_array_equal(report.weights[0], path[-1])
    assert report.info["plan_hash"] == plan.hash


@settings(deadline=None, max_examples=4 if PLAIN else 25)
@given(
    units=st.lists(st.sampled_from(["tanh", "relu", "softplus"]), max_size=2),
    batch_size=st.integers(1, 28),
    biases=st.booleans(),
    keep_short=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
    optimizer=st.sampled_from(BOLD.split(", ")),
)
def test_any_net_is_walked(units, batch_size, biases, keep_short, seed, optimizer):
    net = mn.MLP([3, *[4] * len(units), 3], units, biases=biases)
    data = three_classes("float64")
    plan = mn.Plan(28, batch_size, 1, seed=seed, keep_short=keep_short)
    report = race(
        net, data, optimizer, dtype="float64", seed=seed,
        batch_size=batch_size, epochs=1, keep_short=keep_short,
    )  # fmt: skip
    errors, path = walked(net, data, optimizer, plan, "float64", seed)
    np.testing.assert_array_equal(report.losses[0], errors)
    np.testing.assert_array_equal(report.weights[0], path[-1])


@pytest.mark.skipif(PLAIN, reason="NUMBA_DISABLE_JIT: it would take minutes")
def test_products_large_enough_for_blas_threads_are_walked_too():
    """The walk leaves BLAS its threads, the race holds it at one."""
    net, plan = mn.MLP([64, 200, 100, 10], "relu"), mn.Plan(1437, 256, 1)
    report = race(net, "digits", "rmsprop", batch_size=256, epochs=1)
    errors, path = walked(net, mn.load("digits"), "rmsprop", plan, "float32", seed=0)
    np.testing.assert_array_equal(report.losses[0], errors)
    np.testing.assert_array_equal(report.weights[0], path[-1])


# ---------------------------------------------------------------------------- against the twin


@pytest.mark.parametrize("keep_short", [True, False])
def test_a_short_mini_batch_is_averaged_over_its_own_length(keep_short):
    """SGD by the answer book: 28 cases in mini-batches of 5, the last of 3 or none."""
    data = three_classes("float64")
    report = small_race("sgd(0.5)", "float64", keep_short=keep_short)
    w, losses = NET.start(3, "float64"), []
    for cases in mn.Plan(28, 5, 2, seed=3, keep_short=keep_short):
        e, layers = naive.loss_and_gradients(
            NET.named(w), data.train.x[cases], data.train.t[cases], NET.hidden, NET.output,
            NET.loss, NET.l2,
        )  # fmt: skip
        losses.append(e)
        w = w - 0.5 * np.concatenate([a.ravel() for layer in layers for a in layer])
    assert len(losses) == (12 if keep_short else 10)
    np.testing.assert_allclose(report.losses[0], losses, rtol=1e-10)
    np.testing.assert_allclose(report.weights[0], w, rtol=1e-9, atol=1e-12)


def test_scores_are_those_of_the_twin():
    data = three_classes("float64")
    report = small_race("sgd(0.5)", "float64", epochs=3)
    named = NET.named(report.weights[0])
    for p, part in enumerate((data.train, data.validation, data.test)):
        loss, _ = naive.loss_and_gradients(
            named, part.x, part.t, NET.hidden, NET.output, NET.loss
        )  # without the L2 penalty
        y = naive.forward(named, part.x, NET.hidden, NET.output)
        wrong = np.mean(y.argmax(axis=1) != part.labels)
        np.testing.assert_allclose(report.scores[0, -1, p], [loss, wrong], rtol=1e-9)
