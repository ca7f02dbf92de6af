"""What cannot be raced is refused in one line, before anything runs."""

import numpy as np
import pytest
from small_races import LINE, NET, a_regression, three_classes

import minnet as mn
from minnet import race


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"net": mn.MLP([4, 3])}, "the net has 4 inputs, three has 3 columns"),
        ({"net": mn.MLP([3, 4])}, "the net has 4 outputs, three has 3 classes"),
        ({"data": a_regression()}, "the net has 3 inputs, data has 2 columns"),
        (
            {"data": a_regression(), "net": mn.MLP([2, 2])},
            "is a regression: use MLP.*loss='squared'",
        ),
        ({"data": a_regression(), "net": mn.MLP([2, 1], loss="squared")}, "data has 2 targets"),
        ({"data": "digit"}, "did you mean 'digits'"),
        ({"optimizers": []}, "a race needs at least one optimizer, got none"),
        ({"optimizers": ""}, "no optimizers given"),
        ({"optimizers": "sdg"}, "did you mean 'sgd'"),
        (
            {"optimizers": ["sgd", "rmsprop(learning=1)"]},
            "unknown hyperparameter of rmsprop 'learning'",
        ),
        ({"batch_size": 0}, r"between 1 and 28 \(cases in training part\), got 0"),
        ({"batch_size": 29}, r"between 1 and 28 \(cases in training part\), got 29"),
        ({"batch_size": 2.5}, "batch_size .* got 2.5"),
        ({"epochs": 0}, "epochs must be a whole number at least 1, got 0"),
        ({"epochs": -3}, "epochs .* got -3"),
        ({"seed": -1}, "seed .* got -1"),
        ({"seed": 0.5}, "seed .* got 0.5"),
        ({"threads": 0}, "threads must be a whole number at least 1, got 0"),
        ({"threads": 1.5}, "threads .* got 1.5"),
        ({"evaluate_every": -1}, "evaluate_every must be a whole number at least 0, got -1"),
        ({"evaluate_every": None}, "evaluate_every .* got None"),
        ({"keep": [3, 13]}, "a step to keep must be a whole number between 0 and 12, got 13"),
        ({"keep": [-1]}, "a step to keep .* got -1"),
        ({"keep": [1.5]}, "a step to keep .* got 1.5"),
        ({"dtype": "float16"}, "float16"),
        ({"dtype": "int32"}, "int32"),
        ({"plan": "shufled"}, "unknown order 'shufled'"),
        ({"plan": mn.Plan(27, 5, 1)}, "the plan is for 27 cases, the training part has 28"),
        ({"plan": [[0], [28]]}, r"names cases outside 0\.\.27"),
        ({"start": np.zeros(30)}, r"start must be 31 finite weights, got .* \(30,\)"),
        ({"start": np.zeros((31, 1))}, "start must be 31 finite weights"),
        ({"start": np.full(31, np.nan)}, "start must be 31 finite weights"),
        ({"start": [np.inf, *[0.0] * 30]}, "start must be 31 finite weights"),
    ],
)
def test_what_cannot_be_raced_is_refused_in_one_line(arguments, told):
    given = {"net": NET, "data": three_classes(), "optimizers": "sgd", "batch_size": 5, "epochs": 2}
    given |= arguments
    with pytest.raises(ValueError, match=told) as refusal:
        race(given.pop("net"), given.pop("data"), given.pop("optimizers"), **given)
    assert "\n" not in str(refusal.value)


def test_the_refusal_of_a_batch_size_is_the_one_of_the_design():
    with pytest.raises(ValueError, match="batch_size must be") as refusal:
        race(mn.MLP([64, 10]), "digits", "sgd", batch_size=4000)
    assert str(refusal.value).endswith("between 1 and 1437 (cases in training part), got 4000")


def test_a_balanced_plan_needs_classes():
    with pytest.raises(ValueError, match="'balanced' needs class labels"):
        race(LINE, a_regression(), "sgd", batch_size=5, plan="balanced")


def test_an_unknown_dtype_is_refused():
    with pytest.raises(ValueError, match="banana"):
        race(NET, three_classes(), "sgd", dtype="banana")


def test_one_logistic_output_will_do_for_two_classes():
    """So says the refusal of a softmax with one output."""
    data, net = mn.load("moons", cases=100), mn.MLP([2, 1], output="logistic")
    report = race(net, data, "sgd(0.5)", batch_size=10, epochs=4)
    says_second = net.predict(report.weights[0], data.test.x)[:, 0] > 0.5
    wrong = np.mean(says_second != (data.test.labels == 1))
    assert report.final("test")[0] == wrong < 0.4
    assert data.train.t.shape[1] == 2  # the caller's data are as they were
