"""The schedules that look at the losses: automatic and plateau.

28 training cases in mini-batches of 5 are 6 steps an epoch
"""

import re

import numpy as np
import pytest
from schedule_cases import gradient_of, schedule, small_race, told
from small_races import DTYPES, NET, three_classes

import minnet as mn
from minnet.optimizers import schedules
from minnet.optimizers.optimizer import custom

# ---------------------------------------------------------------------------- automatic


def test_automatic_raises_on_progress_and_cuts_on_worsening():
    made = schedules.automatic(0.1)
    state, factors = made.state, []
    for training in (3.0, 2.0, 2.0, 4.0, 1.0, 0.5):
        state = made.adapt(state, training, np.nan)
        factors.append(state["factor"])
    by_hand = [1.05, 1.1025, 0.55125, 0.275625, 0.28940625, 0.3038765625]
    np.testing.assert_allclose(factors, by_hand, rtol=1e-14)
    assert made.state == {"factor": 1.0, "before": np.inf}  # one schedule serves many runs
    made = schedules.automatic(0.1, up=2, down=0.25)
    state = made.adapt(made.adapt(made.state, 1.0, 9.0), 2.0, 1.0)
    assert state == {"factor": 0.5, "before": 2.0}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("evaluate_every", [0, 1, 3])
def test_automatic_in_a_race(dtype, evaluate_every):
    """Each epoch's rate is the one before, times 1.05 or a half, by the mean training losses."""
    report = small_race(
        [custom(told, lr=schedules.automatic(0.1)), "sgd(lr=automatic(8))", "sgd(0.1)"], dtype,
        epochs=10, keep=range(61), evaluate_every=evaluate_every,
    )  # fmt: skip
    used = report.kept[0, 1:, 0].reshape(10, 6)
    assert (np.ptp(used, axis=1) == 0).all()
    means = report.losses[0].reshape(10, 6).mean(axis=1)
    rates = [0.1]
    for before, now in zip([np.inf, *means], means[:-1], strict=False):
        rates.append(rates[-1] * (1.05 if now < before else 0.5))
    np.testing.assert_allclose(used[:, 0], rates, rtol=1e-6, atol=1e-9)
    assert rates[1] == pytest.approx(0.105)


def test_automatic_against_the_answer_book():
    report = small_race("sgd(lr=automatic(3))", epochs=8)
    data, w = three_classes("float64"), NET.start(3, "float64")
    rates, losses, before = [3.0], [], np.inf
    for k, cases in enumerate(mn.Plan(28, 5, 8, seed=3), start=1):
        error, g = gradient_of(data, w, cases)
        losses.append(error)
        w = w - rates[-1] * g
        if k % 6 == 0:
            now = np.mean(losses[-6:])
            rates.append(rates[-1] * (1.05 if now < before else 0.5))
            before = now
    assert min(rates) < 1.6 and np.diff(rates).max() > 0  # both happened
    np.testing.assert_allclose(report.losses[0], losses, rtol=1e-7)
    np.testing.assert_allclose(report.weights[0], w, rtol=1e-6, atol=1e-9)


def test_every_run_has_its_own_rate():
    together = small_race("sgd(lr=automatic(3)), sgd(lr=automatic(0.1)), sgd(lr=automatic(30))")
    for r, lr in enumerate((3, 0.1, 30)):
        alone = small_race(f"sgd(lr=automatic({lr}))")
        np.testing.assert_array_equal(together.losses[r], alone.losses[0])


def test_two_races_of_one_optimizer_begin_alike():
    """What a schedule remembers is the run's, not the schedule's."""
    optimizer = mn.SGD(schedules.automatic(3))
    np.testing.assert_array_equal(small_race([optimizer]).losses, small_race([optimizer]).losses)


@pytest.mark.parametrize("chunk_bytes", [1, 4 << 20])
def test_the_size_of_a_chunk_does_not_matter(monkeypatch, chunk_bytes):
    optimizers = "sgd(lr=automatic(3)), sgd(lr=plateau(3, patience=1)), sgd(0.1)"
    whole = small_race(optimizers, epochs=6)
    monkeypatch.setattr("minnet.racing.state.CHUNK_BYTES", chunk_bytes)
    np.testing.assert_array_equal(small_race(optimizers, epochs=6).losses, whole.losses)


# ---------------------------------------------------------------------------- plateau


@pytest.mark.parametrize("patience", [1, 2, 3, 5])
def test_plateau_waits_exactly_its_patience(patience):
    made = schedules.plateau(0.1, factor=0.5, patience=patience)
    state = made.adapt(made.state, np.nan, 1.0)  # the first loss is the lowest so far
    factors = []
    for _ in range(3 * patience):
        state = made.adapt(state, np.nan, 1.0)  # not fallen: it is the same
        factors.append(state["factor"])
    assert factors == [0.5 ** ((epoch + 1) // patience) for epoch in range(3 * patience)]


def test_a_fall_begins_the_wait_anew():
    made = schedules.plateau(0.1, factor=0.1, patience=2)
    state, factors = made.state, []
    for validation in (5, 6, 4, 7, 3, 3, 3, 2):
        state = made.adapt(state, 0.0, float(validation))
        factors.append(state["factor"])
    assert factors == [1, 1, 1, 1, 1, 1, 0.1, 0.1] and state["best"] == 2 and state["waited"] == 0
    made = schedules.plateau(0.1, factor=0.5, patience=1)
    state = made.adapt(made.adapt(made.state, 0.0, 5.0), 0.0, 7.0)
    assert made.adapt(state, 0.0, 6.0)["factor"] == 0.25  # after a cut too, the lowest is 5


def test_plateau_in_a_race(monkeypatch):
    """Seven epochs with these validation losses; the rate is read off the weights."""
    script = iter([9.0, 5.0, 6.0, 7.0, 4.0, 4.0, 4.0, 1.0])

    def evaluate(self, w, x, t, *, classes):
        return (next(script) if len(x) == 8 else 1.0), 0.5

    monkeypatch.setattr(mn.MLP, "evaluate", evaluate)
    rates = schedules.plateau(0.8, factor=0.5, patience=2)
    report = small_race([custom(told, lr=rates)], epochs=7, keep=range(43), threads=1)
    assert report.scores[0, :, 1, 0].tolist() == [9, 5, 6, 7, 4, 4, 4, 1]
    used = report.kept[0, 1:, 0].reshape(7, 6)
    assert used.tolist() == [[rate] * 6 for rate in (0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2)]


def test_a_warm_plateau(monkeypatch):
    script = iter([9.0, 5.0, 6.0, 7.0])

    def evaluate(self, w, x, t, *, classes):
        return (next(script) if len(x) == 8 else 1.0), 0.5

    monkeypatch.setattr(mn.MLP, "evaluate", evaluate)
    rates = schedules.warmup(schedules.plateau(0.8, factor=0.5, patience=1), steps=8)
    report = small_race([custom(told, lr=rates)], keep=range(19), threads=1)
    expected = [0.1 * min(step, 8) for step in range(1, 13)] + [0.4] * 6
    np.testing.assert_allclose(report.kept[0, 1:, 0], expected)


@pytest.mark.parametrize("text", ["plateau(0.5)", "plateau(0.5, patience=1)"])
def test_plateau_needs_validation_losses(text):
    without = three_classes("float64", validation=0)
    label = re.escape(str(schedule(text)))
    with pytest.raises(ValueError, match=f"{label} needs a validation part, three has none$"):
        small_race(f"sgd(lr={text})", data=without)
    for every in (0, 2):
        words = f"{label} needs evaluate_every.*1, got {every}$"
        with pytest.raises(ValueError, match=words):
            small_race(f"sgd, sgd(lr={text})", evaluate_every=every)


@pytest.mark.parametrize(
    "options", [{"data": three_classes("float64", validation=0)}, {"evaluate_every": 0}]
)
def test_a_warm_plateau_needs_them_too(options):
    """Without them it judges by the training part, or cuts the rate every few epochs."""
    with pytest.raises(ValueError, match="needs"):
        small_race("sgd(lr=warmup(plateau(0.5)))", **options)


def test_automatic_needs_none():
    small_race(
        "sgd(lr=automatic(0.5))", data=three_classes("float64", validation=0), evaluate_every=0
    )
