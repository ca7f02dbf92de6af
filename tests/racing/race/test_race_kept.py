"""What a race keeps: evaluations, weights after given steps, and the best weights."""

import numpy as np
import pytest
from small_races import NET, three_classes
from walked_races import small_race, walked

import minnet as mn
from minnet import race
from minnet.racing import state as lockstep


@pytest.mark.parametrize(
    ("every", "steps"),
    [(0, [30]), (1, [0, 6, 12, 18, 24, 30]), (2, [0, 12, 24, 30]), (9, [0, 30])],
)
def test_evaluations(every, steps):
    report = small_race(epochs=5, evaluate_every=every)
    assert report.evaluated_at.tolist() == steps
    assert report.scores.shape == (5, len(steps), 3, 2)
    dense = small_race(epochs=5)
    np.testing.assert_array_equal(report.weights, dense.weights)
    chosen = np.isin(dense.evaluated_at, steps)
    np.testing.assert_array_equal(report.scores, dense.scores[:, chosen])


@pytest.mark.parametrize("chunk_bytes", [1, 4 << 20])
def test_weights_are_kept_after_the_steps_asked_for(monkeypatch, chunk_bytes):
    monkeypatch.setattr(lockstep, "CHUNK_BYTES", chunk_bytes)
    report = small_race("sgd(0.5), adam(0.1)", keep=[7, 0, 12, 7, np.int64(1)])
    assert report.kept_at.tolist() == [0, 1, 7, 12] and report.kept.shape == (2, 4, 31)
    for r, optimizer in enumerate(("sgd(0.5)", "adam(0.1)")):
        _, path = walked(NET, three_classes(), optimizer, mn.Plan(28, 5, 2, seed=3), "float32")
        np.testing.assert_array_equal(report.kept[r], path[[0, 1, 7, 12]])


def test_nothing_is_kept_unasked():
    report = small_race()
    assert report.kept_at.shape == (0,) and report.kept.shape == (5, 0, 31)


@pytest.mark.parametrize("validation", [0.2, 0])
def test_the_best_weights_are_those_that_validate_best(validation):
    data = three_classes(validation=validation, test=0)
    K = -(-len(data.train) // 5)
    part = data.validation if validation else data.train
    report = race(
        NET, data, "sgd(20.0), rmsprop(0.3), sgd(0.01)", batch_size=5, epochs=8,
        keep=range(0, 8 * K + 1, K),
    )  # fmt: skip
    for r in range(3):
        scores = [NET.evaluate(w, part.x, part.t, classes=True) for w in report.kept[r]]
        best = int(np.argmin([loss for loss, _ in scores]))
        assert report.best_at[r] == best * K
        np.testing.assert_array_equal(report.best_weights[r], report.kept[r, best])
        assert report.best_error()[r] == scores[best][1]
    assert report.best_at.max() == 8 * K > report.best_at.min()
