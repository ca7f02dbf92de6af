"""Do L-BFGS and conjugate gradient reach the minimum, and never cost more than their budget?"""

import numpy as np
import pytest

import minnet as mn
from minnet.data import Part
from minnet.methods import fullbatch
from minnet.methods.fullbatch import minimise, minimise_batches

METHODS = ["l-bfgs", "cg"]
RNG = np.random.default_rng(4)
X = RNG.normal(0, 1, (30, 3))
T = RNG.normal(0, 1, (30, 2))
LINEAR = mn.MLP([3, 2], loss="squared")
SMALL = mn.MLP([3, 4, 2], loss="squared")


@pytest.fixture
def calls(monkeypatch):
    """The number of cases of each call of the gradient."""
    counted, gradient = [], mn.MLP.gradient

    def counting(net, w, x, t):
        counted.append(len(x))
        return gradient(net, w, x, t)

    monkeypatch.setattr(mn.MLP, "gradient", counting)
    return counted


@pytest.mark.parametrize("method", METHODS)
def test_a_linear_neuron_reaches_least_squares(method):
    found = minimise(LINEAR, Part(X, T), np.zeros(8), method)
    solution, *_ = np.linalg.lstsq(np.column_stack([X, np.ones(30)]), T, rcond=None)
    np.testing.assert_allclose(found.weights.reshape(4, 2), solution, atol=1e-6)
    assert found.why.startswith("SciPy: ")
    off = X @ solution[:3] + solution[3] - T
    assert found.best[-1] == pytest.approx(np.sum(off**2) / 60, rel=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_every_gradient_is_counted(method, calls):
    found = minimise(SMALL, Part(X, T), SMALL.start(0), method, 25)
    assert calls == found.cases.tolist() == [30] * len(found.losses)
    e, _ = SMALL.gradient(SMALL.start(0).astype(float), X, T)
    assert found.losses[0] == e
    assert found.losses.min() == SMALL.gradient(found.weights, X, T)[0]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("budget", [1, 2, 7])
def test_the_budget_is_kept_exactly(method, budget, calls):
    found = minimise(SMALL, Part(X, T), SMALL.start(0), method, budget)
    assert len(calls) == len(found.losses) == budget
    assert found.why == fullbatch.SPENT


@pytest.mark.parametrize("method", METHODS)
def test_a_budget_only_cuts_the_same_descent_short(method):
    long, short = (minimise(SMALL, Part(X, T), SMALL.start(0), method, n) for n in (20, 9))
    np.testing.assert_array_equal(short.losses, long.losses[:9])
    np.testing.assert_array_equal(short.best, [min(long.losses[: k + 1]) for k in range(9)])


@pytest.mark.parametrize("method", METHODS)
def test_a_tolerance_stops_sooner_and_tells_why(method):
    part = Part(X, T)
    exact, default, rough = (
        minimise(LINEAR, part, np.zeros(8), method, 400, tolerance) for tolerance in (0, None, 0.1)
    )
    assert len(rough.losses) < len(default.losses) < len(exact.losses) < 400
    assert np.abs(LINEAR.gradient(default.weights, X, T)[1]).max() < 1e-5
    assert 1e-5 < np.abs(LINEAR.gradient(rough.weights, X, T)[1]).max() < 0.1
    assert all(found.why.startswith("SciPy: ") for found in (rough, default))


def test_float32_parts_are_widened():
    narrow = Part(X.astype(np.float32), T.astype(np.float32))
    assert minimise(LINEAR, narrow, np.zeros(8, np.float32), evaluations=3).weights.dtype == float


# ---------------------------------------------------------------------------- mini-batches


@pytest.mark.parametrize("method", METHODS)
def test_each_mini_batch_goes_on_where_the_last_one_ended(method, calls):
    batches = [np.arange(10), np.arange(10, 30)]
    found = minimise_batches(
        SMALL, Part(X, T), SMALL.start(0), batches, method, iterations=2, passes=100
    )
    assert found.why == "all mini-batches were used"
    assert calls == found.cases.tolist() and set(calls) == {10, 20}
    first = minimise_batches(
        SMALL, Part(X, T), SMALL.start(0), batches[:1], method, iterations=2, passes=100
    )
    second = found.losses[found.cases == 20]
    assert second[0] == SMALL.gradient(first.weights, X[10:], T[10:])[0]
    assert SMALL.gradient(found.weights, X[10:], T[10:])[0] == second.min()


@pytest.mark.parametrize("method", METHODS)
def test_iterations_on_one_batch_are_the_methods_own(method):
    """One batch of all cases, with iterations enough, is the full-batch method."""
    whole = minimise(LINEAR, Part(X, T), np.zeros(8), method)
    found = minimise_batches(
        LINEAR, Part(X, T), np.zeros(8), [np.arange(30)], method, iterations=500
    )
    n = min(len(whole.losses), len(found.losses))
    np.testing.assert_array_equal(found.losses[:n], whole.losses[:n])


@pytest.mark.parametrize("passes", [0.5, 3.0])
def test_the_budget_of_passes_is_kept(passes, calls):
    plan = mn.Plan(30, 10, 50)
    found = minimise_batches(SMALL, Part(X, T), SMALL.start(0), plan, passes=passes)
    assert sum(calls) == found.cases.sum() <= 30 * passes < found.cases.sum() + 10
    assert found.why == fullbatch.SPENT


# ---------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"method": "lbfgs"}, "unknown method 'lbfgs' .did you mean 'l-bfgs'"),
        ({"evaluations": 0}, "evaluations must be a whole number at least 1, got 0"),
        ({"tolerance": -1}, "tolerance must be a finite number, at least 0, got -1"),
        ({"w0": np.zeros(3)}, "w must hold 8 weights"),
        ({"w0": np.full(8, np.nan)}, "start weights must be finite"),
    ],
)
def test_bad_input_is_refused(options, told):
    with pytest.raises(ValueError, match=told):
        minimise(**({"net": LINEAR, "part": Part(X, T), "w0": np.zeros(8)} | options))


def test_bad_budgets_of_mini_batches_are_refused():
    for name in ("iterations", "passes"):
        with pytest.raises(ValueError, match=f"{name} must be .* got 0"):
            minimise_batches(LINEAR, Part(X, T), np.zeros(8), [np.arange(3)], **{name: 0})
