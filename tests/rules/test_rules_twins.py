"""Do the rules move a weight as the answer book does, in both precisions?

K steps, n weights, S slots; paths (K + 1, n).
"""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays
from rule_paths import assert_same_path, naive_path

from minnet import naive
from minnet.descent.walk import replay
from minnet.optimizers.catalogue import OPTIMIZERS as MAKERS

BY_NAME = {make().name: make for make in MAKERS}

WITHIN = {
    "lr": (1e-4, 10.0),
    "momentum": (0.0, 0.99),
    "decay": (0.0, 0.999),
    "beta1": (0.0, 0.99),
    "beta2": (0.0, 0.9999),
    "eps": (1e-10, 1e-2),
    "up": (0.0, 0.5),
    "down": (0.5, 1.0),
    "low": (0.01, 1.0),
    "high": (1.0, 100.0),
    "step": (1e-3, 10.0),
    "eta_plus": (1.01, 3.0),
    "eta_minus": (0.1, 0.95),
    "step_min": (1e-8, 1e-3),
    "step_max": (10.0, 1e3),
}
# A variance n - m^2 of steady gradients is lost in rounding when the decay is short.
CENTERED_DECAY = (0.9, 0.99)

slopes = st.floats(-1e3, 1e3) | st.sampled_from([0.0, 1e-20, -1e-20, 1e10, -1e10, 1.0, -1.0])


@st.composite
def descents(draw, make):
    """An optimizer with numbers of its own, start weights, gradients (K, 3) and errors (K,)."""
    within = WITHIN | ({"decay": CENTERED_DECAY} if make().name == "rmsprop_centered" else {})
    numbers = {name: draw(st.floats(*within[name])) for name in make().hyperparameters}
    steps = draw(st.integers(1, 25))
    w0 = draw(arrays(np.float64, 3, elements=st.floats(-1, 1)))
    gradients = draw(arrays(np.float64, (steps, 3), elements=slopes))
    errors = draw(arrays(np.float64, steps, elements=st.sampled_from([0.0, 1.0, 1.0, 2.5])))
    return make(**numbers), w0, gradients, errors


@pytest.mark.parametrize("name", BY_NAME)
@given(data=st.data())
def test_float64_follows_the_answer_book(name, data):
    optimizer, w0, gradients, errors = data.draw(descents(BY_NAME[name]))
    path = replay(optimizer, w0, gradients, errors)
    assert_same_path(path, naive_path(optimizer, w0, gradients, errors), 1e-12)


@pytest.mark.parametrize("size", [1e-300, 2e-308, 2e-313, 5e-324])
@pytest.mark.parametrize("name", BY_NAME)
def test_the_smallest_gradients_follow_the_answer_book(name, size):
    """From weights of 0, where a move of any size is seen; with the smallest eps of them all."""
    gradients = np.random.default_rng(7).normal(size=(25, 20)) * size
    known = BY_NAME[name]().hyperparameters
    optimizer = BY_NAME[name](**({"eps": 1e-10} if "eps" in known else {}))
    at = np.zeros(20), gradients, np.ones(25)
    assert_same_path(replay(optimizer, *at), naive_path(optimizer, *at), 1e-12)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", BY_NAME)
def test_float32_follows_the_answer_book(name, seed):
    rng = np.random.default_rng(seed)
    gradients = rng.normal(size=(40, 50)).astype(np.float32)
    special = np.float32([0, 1e-20, -1e-20, 1e10, -1e10])
    for k, i in zip(rng.integers(40, size=60), rng.integers(50, size=60), strict=True):
        gradients[k, i] = rng.choice(special)
    w0, errors = rng.normal(size=50).astype(np.float32), rng.integers(3, size=40)
    path = replay(BY_NAME[name](), w0, gradients, errors)
    assert path.dtype == np.float32
    rounded = BY_NAME[name](
        **{k: np.float32(v) for k, v in BY_NAME[name]().hyperparameters.items()}
    )
    expected = naive_path(rounded, w0, gradients.astype(float), errors)
    assert_same_path(path, expected, 2e-5)


@pytest.mark.parametrize("name", BY_NAME)
def test_both_precisions_take_the_default_numbers(name):
    """The defaults of the answer book are those of the slides and papers; so are ours."""
    gradients = np.random.default_rng(6).normal(size=(20, 4))
    errors = np.arange(20) % 3
    walk = naive.RULES[{"rprop": "rprop_minus"}.get(name, name)]
    expected = walk(np.ones(4), lambda t, w: (errors[t], gradients[t]), 20)
    path = replay(BY_NAME[name](), np.ones(4), gradients, errors)
    assert_same_path(path, expected, 1e-12)
