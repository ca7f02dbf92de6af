"""What a race takes: optimizers, data, plans and start weights in all their forms."""

import numpy as np
import pytest
from small_races import DTYPES, NET, a_regression, heavy, three_classes
from walked_races import BOLD, assert_same, small_race, walked

import minnet as mn
from minnet import race, train
from minnet.racing.state import weights_hash


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_users_own_rule_is_the_built_in_one(dtype):
    report = small_race([mn.Momentum(0.3), mn.custom(heavy, lr=0.3)], dtype, keep=range(13))
    np.testing.assert_array_equal(report.losses[0], report.losses[1])
    np.testing.assert_array_equal(report.kept[0], report.kept[1])
    np.testing.assert_array_equal(report.scores[0], report.scores[1])


def test_optimizers_may_be_text_objects_and_rules_mixed():
    report = small_race(["sgd(0.5), rprop", mn.Adam(0.1), heavy, mn.custom(heavy)])
    names = [entry["name"] for entry in report.info["optimizers"]]
    assert names == ["sgd", "rprop", "adam", "heavy", "heavy"]
    assert report.labels[0] == "sgd(lr=0.5)" and report.labels[3] == "heavy(lr=0.1, momentum=0.9)"
    np.testing.assert_array_equal(report.weights[3], report.weights[4])


def test_one_optimizer_needs_no_list():
    for one in ("sgd(0.5)", mn.SGD(0.5), (mn.SGD(0.5),), iter([mn.SGD(0.5)])):
        assert_same(small_race(one), small_race("sgd(0.5)"))


def test_a_list_in_the_notation_is_one_run_each():
    assert small_race("sgd(lr=[0.1, 0.2, 0.3])").labels == [
        f"sgd(lr={lr})" for lr in (0.1, 0.2, 0.3)
    ]


def test_train_is_a_race_of_one():
    options = {"batch_size": 5, "epochs": 2, "seed": 3}
    assert_same(train(NET, three_classes(), "adam(0.1)", **options), small_race("adam(0.1)"))
    assert train(NET, three_classes(), heavy, **options).labels == ["heavy(lr=0.1, momentum=0.9)"]
    with pytest.raises(ValueError, match="expected one optimizer, got 2"):
        train(NET, three_classes(), "sgd, adam", **options)


def test_data_by_name():
    report = race(mn.MLP([64, 10]), "digits", "sgd(0.1)", batch_size=1437, epochs=1)
    loaded = race(mn.MLP([64, 10]), mn.load("digits"), "sgd(0.1)", batch_size=1437, epochs=1)
    assert_same(report, loaded)
    assert report.info["data"]["name"] == "digits"
    assert report.info["data"]["cases"] == {"train": 1437, "validation": 180, "test": 180}


@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_data_by_path(tmp_path, kind):
    path = tmp_path / "plane.csv"
    rows = [f"{x},{1 - x},{'b' if x > 0.5 else 'a'}" for x in np.linspace(0, 1, 20)]
    path.write_text("\n".join(["left,right,class", *rows]) + "\n")
    report = race(mn.MLP([2, 2]), kind(path), "sgd", batch_size=4, epochs=1)
    assert report.info["data"]["name"] == "plane" and report.info["data"]["classes"] == ["a", "b"]


@pytest.mark.parametrize("given_as", DTYPES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_data_take_the_dtype_of_the_race(dtype, given_as):
    report = race(NET, three_classes(given_as), BOLD, dtype=dtype, batch_size=5, epochs=1)
    assert report.weights.dtype == dtype == report.info["dtype"]


@pytest.mark.parametrize("loss", ["squared", "mean-squared"])
def test_a_regression(loss):
    """Exact data of a linear function: the error, a root mean square, goes to 0."""
    net = mn.MLP([2, 2], loss=loss)
    data = a_regression("float64")
    report = race(net, data, "sgd(0.2)", dtype="float64", batch_size=20, epochs=300)
    y = net.predict(report.weights[0], data.train.x)
    right = np.sqrt(np.mean((y - data.train.t) ** 2))
    assert report.final("train")[0] == pytest.approx(right, rel=1e-6, abs=1e-12)
    assert right < 1e-6 < 0.1 < report.scores[0, 0, 0, 1]
    assert np.isnan(report.final("test")).all()


def test_a_plan_as_an_object_or_outright():
    plan = mn.Plan(28, 5, 2, seed=3)
    assert_same(small_race(plan=plan, batch_size=9, epochs=7), small_race())
    batches = [[0, 3], [5], [1, 1, 2]]
    outright = small_race(plan=batches)
    assert_same(outright, small_race(plan=mn.GivenPlan(batches, 28, 2)))
    assert outright.losses.shape == (5, 6)
    assert outright.info["plan"] == "3 mini-batches given, 2 epochs"


def test_a_given_mini_batch_larger_than_the_data_has_room():
    batches = [np.arange(90) % 28, [1, 2]]
    report = small_race("sgd(0.5), adam", plan=batches)
    errors, path = walked(
        NET, three_classes(), "sgd(0.5)", mn.GivenPlan(batches, 28, 2), "float32"
    )  # fmt: skip
    np.testing.assert_array_equal(report.losses[0], errors)
    np.testing.assert_array_equal(report.weights[0], path[-1])


def test_given_start_weights():
    start = 0.1 * np.cos(np.arange(31))
    before = start.copy()
    report = small_race(start=start, keep=[0])
    assert np.array_equal(start, before)  # the caller's array is not trained
    np.testing.assert_array_equal(report.kept[:, 0], np.tile(start.astype("float32"), (5, 1)))
    assert report.info["start_hash"] == weights_hash(start.astype("float32"))
    assert_same(report, small_race(start=start.tolist(), keep=[0]))


def test_all_runs_share_what_the_report_says():
    report = small_race(keep=[0])
    start = NET.start(3)
    np.testing.assert_array_equal(report.kept[:, 0], np.tile(start, (5, 1)))
    assert report.info["start_hash"] == weights_hash(start)
    assert report.info["plan_hash"] == mn.Plan(28, 5, 2, seed=3).hash
    assert report.info["data"]["hash"] == three_classes().hash
    assert report.info["steps_per_epoch"] == 6 and report.info["steps_planned"] == 12
