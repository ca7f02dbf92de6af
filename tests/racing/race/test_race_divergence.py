"""A run that diverges is recorded at its step, and harms no other run."""

import numpy as np
import pytest
from small_races import DTYPES, LINE, a_regression
from walked_races import assert_same, walked

import minnet as mn
from minnet import race
from minnet.racing import state as lockstep


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_run_that_diverges_is_recorded_and_harms_nobody(dtype):
    data, steps = a_regression(dtype), 80
    options = {"batch_size": 5, "epochs": 20, "dtype": dtype, "seed": 3, "keep": [0, steps]}
    calm = race(LINE, data, "sgd(0.05), rmsprop(0.01)", **options)
    report = race(LINE, data, "sgd(0.05), sgd(1e6), rmsprop(0.01)", **options)
    assert_same(report, calm, [0, 2])
    step = report.diverged_at[1]
    errors, path = walked(LINE, data, "sgd(1e6)", mn.Plan(20, 5, 20, seed=3), dtype)
    assert 2 < step < steps and step == len(errors) and not np.isfinite(errors[-1])
    np.testing.assert_array_equal(report.losses[1, :step], errors)
    assert np.isfinite(report.losses[1, : step - 1]).all()
    assert np.isnan(report.losses[1, step:]).all()
    np.testing.assert_array_equal(report.weights[1], path[-1])
    later = report.evaluated_at >= step
    assert np.isnan(report.scores[1, later]).all() and later.sum() > 2
    assert np.isnan(report.final("train")).tolist() == [False, True, False]
    assert np.isfinite(report.best_weights).all()


def test_the_step_of_divergence_does_not_depend_on_the_chunk(monkeypatch):
    whole = race(LINE, a_regression(), "sgd(0.1), sgd(1e6)", batch_size=5, epochs=20)
    monkeypatch.setattr(lockstep, "CHUNK_BYTES", 1)
    assert_same(whole, race(LINE, a_regression(), "sgd(0.1), sgd(1e6)", batch_size=5, epochs=20))


def test_a_race_without_runners_ends():
    ticks = []
    report = race(
        LINE, a_regression(), "sgd(1e6), sgd(1e7)", batch_size=5, epochs=500,
        progress=lambda *told: ticks.append(told),
    )  # fmt: skip
    assert (report.diverged_at > 0).all() and not report.interrupted
    assert report.diverged_at.max() <= report.losses.shape[1] < 100 < report.info["steps_planned"]
    assert report.losses.shape[1] == report.diverged_at.max()
    assert ticks == sorted(ticks) and ticks[-1][0] <= report.losses.shape[1]
    assert "diverged at step" in str(report)


def test_progress_is_told_up_to_the_end_of_a_race_without_runners():
    ticks = []
    report = race(
        LINE, a_regression(), "sgd(1e6), sgd(1e7)", batch_size=5, epochs=500,
        progress=lambda *told: ticks.append(told),
    )  # fmt: skip
    assert ticks[-1][0] == report.losses.shape[1]


def test_no_final_error_of_a_run_that_diverged_after_the_last_evaluation(monkeypatch):
    monkeypatch.setattr(lockstep, "CHUNK_BYTES", 1)
    report = race(LINE, a_regression(), "sgd(1e6), sgd(1e7)", batch_size=5, epochs=500)
    assert (report.diverged_at > 0).all()
    assert np.isnan(report.final("train")).all()


def test_the_end_of_a_race_without_runners_does_not_depend_on_the_chunk(monkeypatch):
    for every in (0, 1, 3):
        options = {"batch_size": 5, "epochs": 500, "evaluate_every": every, "keep": [2, 3, 7]}
        with monkeypatch.context() as patched:
            reports = []
            for size in (4 << 20, 200, 1):
                patched.setattr(lockstep, "CHUNK_BYTES", size)
                reports.append(race(LINE, a_regression(), "sgd(1e6), sgd(1e7)", **options))
        for report in reports[1:]:
            assert_same(reports[0], report)
        assert reports[0].losses.shape[1] == reports[0].diverged_at.max()


def test_divergence_in_the_first_step():
    report = race(
        LINE, a_regression(), "sgd", start=np.full(6, 3e38), batch_size=5, epochs=2
    )  # fmt: skip
    assert report.diverged_at.tolist() == [1]
    np.testing.assert_array_equal(report.weights[0], np.full(6, 3e38, "float32"))
