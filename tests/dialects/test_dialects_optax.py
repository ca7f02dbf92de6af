"""Are the optax dialects optax's optimizers?  Every option, step for step, in double precision."""

import warnings

import numpy as np
import pytest
from dialect_cases import OPTIONS, RATES, distance, is_delicate, label, rates, stream
from driven import driven

from minnet.install import advice

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    jax = pytest.importorskip("jax", reason=f"JAX is missing: {advice('dialects')}")
    optax = pytest.importorskip("optax", reason=f"optax is missing: {advice('dialects')}")

TOLERANCE = 1e-10


def rprop_is_late():
    """Whether this optax still makes Rprop's moves one step late (its pull request 1725)."""
    g = jax.numpy.ones(1)
    optimizer = optax.rprop(0.1)
    return float(optimizer.update(g, optimizer.init(g))[0][0]) == 0


NAMES = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            name == "optax.rprop" and not rprop_is_late(),
            reason=f"optax {optax.__version__} has mended rprop; the dialect is that of 0.2.8",
        ),
    )
    for name in OPTIONS
    if name.startswith("optax.")
]


def compiled_optax(name, options):
    """A function of w0, gradients and rates: the path (T + 1, n) of optax with that schedule."""

    def walk(w0, gradients, at):
        rate = at[0] if name == "optax.rprop" else lambda count: at[count]
        optimizer = getattr(optax, name.removeprefix("optax."))(rate, **options)

        def step(carried, g):
            w, state = carried
            updates, state = optimizer.update(g, state, w)
            w = optax.apply_updates(w, updates)
            return (w, state), w

        return jax.lax.scan(step, (w0, optimizer.init(w0)), gradients)[1]

    fast = jax.jit(walk)

    def path(w0, gradients, at):
        with jax.enable_x64(True):
            return np.concatenate([w0[None], np.asarray(fast(w0, gradients, at))])

    return path


@pytest.mark.parametrize("name", NAMES)
def test_parity_with_optax(name):
    """All options, each with both schedules; no options at all are optax's defaults."""
    for options in [{}, *OPTIONS[name]]:
        path = compiled_optax(name, options)
        w0, gradients = stream(delicate=is_delicate(options))
        for kind in RATES:
            theirs = path(w0, gradients, rates(kind))
            mine = driven(name, options, w0, gradients, rates(kind))
            assert np.isfinite(theirs).all()
            assert theirs.dtype == np.float64
            assert distance(mine, theirs) <= TOLERANCE, label(name, options)


def test_adadelta_without_a_rate_climbs_in_optax():
    """Why the dialect asks for the rate: optax's default, None, leaves the sign as it is."""
    g = jax.numpy.ones(1)
    optimizer = optax.adadelta()
    updates, _ = optimizer.update(g, optimizer.init(g), g)
    assert float(updates[0]) > 0
