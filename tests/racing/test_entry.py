"""What enters a race is taken as it is meant, or refused in one line."""

from pathlib import Path

import numpy as np
import pytest

import minnet as mn
from minnet.optimizers.schedules import Course
from minnet.racing.arguments import as_data, as_plan, as_start, check_runs, fitted
from minnet.racing.pauses import Pauses
from minnet.racing.stopping import as_criteria

F4, F8 = np.dtype("float32"), np.dtype("float64")
DATA = mn.from_arrays(
    np.random.default_rng(4).normal(size=(40, 3)), np.arange(40) % 3, name="three",
    validation=0.2, test=0.1,
)  # fmt: skip
NET = mn.MLP([3, 4, 3])


def points(classes=2, **shares):
    """20 cases of two numbers: two classes, or for classes=0 one number to predict."""
    x = np.random.default_rng(5).normal(size=(20, 2))
    t = np.arange(20) % classes if classes else x[:, 0] + 0.5
    return mn.from_arrays(x, t, name="points", **({"validation": 0.25, "test": 0} | shares))


def refused(words, function, *given, error=ValueError):
    with pytest.raises(error, match=words) as refusal:
        function(*given)
    assert "\n" not in str(refusal.value)


# ---------------------------------------------------------------------------- data


def test_data_as_they_are_or_in_the_dtype_of_the_race():
    assert as_data(DATA, F4) is DATA
    other = as_data(DATA, F8)
    assert other.dtype == F8 and other.hash == DATA.hash
    assert as_data(other, F8) is other


@pytest.mark.parametrize("kind", [str, Path])
def test_data_by_name_and_path(tmp_path, kind):
    path = tmp_path / "line.csv"
    path.write_text("".join(f"{x},{2 * x + 0.5}\n" for x in range(20)))
    for dtype in (F4, F8):
        data = as_data(kind(path), dtype)
        assert data.name == "line" and data.dtype == dtype and data.classes is None
    assert as_data("xor", F4).name == "xor"
    refused("did you mean 'digits'", as_data, "digtis", F4)


@pytest.mark.parametrize("data", [None, 3, [[1, 2]], np.zeros((3, 2)), {"x": 1}])
def test_what_is_no_data(data):
    words = "^data must be a name, a path, or from load or from_arrays, got <class "
    refused(words, as_data, data, F4, error=TypeError)


def test_what_is_no_net():
    refused("^net must be an MLP, like MLP", fitted, "net", DATA, error=TypeError)


# ---------------------------------------------------------------------------- plans


def plan(given, batch_size=5, epochs=2, seed=3, keep_short=True, data=DATA):
    return as_plan(given, data, batch_size, epochs, seed, keep_short)


def test_a_plan_as_it_is():
    made = mn.Plan(28, 9, 4)
    assert plan(made, batch_size=0, epochs=0) is made  # its own sizes count
    refused("^the plan is for 27 cases, the training part has 28$", plan, mn.Plan(27, 9, 4))


@pytest.mark.parametrize("order", ["shuffled", "cyclic", "balanced", "replacement", "full"])
def test_a_plan_by_its_order(order):
    labels = DATA.train.labels if order == "balanced" else None
    made = plan(order, keep_short=False)
    assert made.hash == mn.Plan(28, 5, 2, order, 3, False, labels).hash
    assert made.steps == (2 if order == "full" else 10)
    assert plan(order).steps == (2 if order == "full" else 12)


def test_a_plan_given_outright():
    batches = [[0, 3], [5], [1, 1, 2]]
    for given in (batches, tuple(batches), iter(batches), [np.array(b) for b in batches]):
        made = plan(given)
        assert [b.tolist() for b in made] == batches * 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("shufled", r"unknown order 'shufled' \(did you mean 'shuffled'\?\)"),
        ("", "unknown order ''"),
        ([], "a plan needs at least one mini-batch"),
        ([[0], []], "mini-batch 1 must be a non-empty list of case numbers"),
        ([[0], [28]], r"mini-batch 1 names cases outside 0\.\.27"),
        ([[-1]], r"mini-batch 0 names cases outside 0\.\.27"),
        ([[0.5]], "mini-batch 0 must be a non-empty list of case numbers"),
        ([0, 1], "mini-batch 0 must be a non-empty list of case numbers"),
    ],
)
def test_what_is_no_plan(given, words):
    refused(words, plan, given)


@pytest.mark.parametrize("given", [None, 3, 0.5])
def test_what_is_no_plan_at_all(given):
    refused("^plan must be an order, a Plan or lists of cases, got ", plan, given, error=TypeError)


def test_a_balanced_plan_needs_classes():
    def balanced():
        plan("balanced", data=points(0))

    refused("order 'balanced' needs class labels; this is a regression: use 'shuffled'", balanced)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({"batch_size": 29}, r"^batch_size must be .* between 1 and 28 \(cases in training part\)"),
        ({"batch_size": 0}, "^batch_size must be a whole number"),
        ({"epochs": 0}, "^epochs must be a whole number at least 1, got 0"),
        ({"seed": -1}, "^seed must be a whole number at least 0, got -1"),
    ],
)
def test_numbers_of_a_plan(numbers, words):
    refused(words, lambda: plan("shuffled", **numbers))


# ---------------------------------------------------------------------------- start weights


@pytest.mark.parametrize("dtype", [F4, F8])
def test_start_weights(dtype):
    np.testing.assert_array_equal(as_start(NET, None, 7, dtype), NET.start(7, dtype))
    given = np.linspace(-1, 1, NET.n_weights)
    for start in (given, given.tolist(), tuple(given), given.astype("float32")):
        found = as_start(NET, start, 7, dtype)
        assert found.dtype == dtype
        np.testing.assert_allclose(found, given, rtol=1e-6, atol=1e-8)  # up to 1
    same = given.astype(dtype)  # the caller's array is not the one that is trained
    assert not np.shares_memory(as_start(NET, same, 7, dtype), same)


@pytest.mark.parametrize(
    ("start", "shape"),
    [
        (np.zeros(30), r"\(30,\)"),
        (np.zeros((31, 1)), r"\(31, 1\)"),
        (0.0, r"\(\)"),
        ([], r"\(0,\)"),
        (np.full(31, np.nan), r"\(31,\)"),
        ([np.inf, *[0.0] * 30], r"\(31,\)"),
    ],
)
def test_what_cannot_be_started_from(start, shape):
    words = f"^start must be 31 finite weights, got an array of shape {shape}$"
    refused(words, as_start, NET, start, 0, F4)


def test_weights_too_large_for_float32():
    start = np.full(31, 1e39)
    refused("^start must be 31 finite weights", as_start, NET, start, 0, F4)
    assert as_start(NET, start, 0, F8)[0] == 1e39


# ---------------------------------------------------------------------------- net and data


def test_a_net_that_fits_gets_the_data_as_they_are():
    assert fitted(NET, DATA) is DATA
    two, numbers = points(2), points(0)
    assert fitted(mn.MLP([2, 2]), two) is two
    assert fitted(mn.MLP([2, 1], loss="squared"), numbers) is numbers


@pytest.mark.parametrize("loss", ["cross-entropy", "squared"])
def test_one_output_learns_whether_it_is_the_second_class(loss):
    data = points(2)
    found = fitted(mn.MLP([2, 1], output="logistic", loss=loss), data)
    for name in ("train", "validation"):
        part, before = getattr(found, name), getattr(data, name)
        assert part.t.shape == (len(before), 1) and part.t.flags.c_contiguous
        np.testing.assert_array_equal(part.t[:, 0], before.labels)
        assert part.x is before.x and before.t.shape[1] == 2
    assert found.test is None and found.classes == data.classes and found.name == data.name


@pytest.mark.parametrize(
    ("net", "data", "words"),
    [
        (mn.MLP([4, 3]), DATA, "^the net has 4 inputs, three has 3 columns$"),
        (mn.MLP([3, 4]), DATA, "^the net has 4 outputs, three has 3 classes$"),
        (
            mn.MLP([3, 1], output="logistic"), DATA,
            "^the net has 1 outputs, three has 3 classes$",
        ),
        (
            mn.MLP([2, 2]), points(0),
            r"^points is a regression: use MLP\(..., loss='squared'\)$",
        ),
        (
            mn.MLP([2, 3], loss="squared"), points(0),
            "^the net has 3 outputs, points has 1 targets$",
        ),
        (mn.MLP([2, 3]), points(2), "^the net has 3 outputs, points has 2 classes$"),
    ],
)  # fmt: skip
def test_a_net_that_does_not_fit(net, data, words):
    refused(words, fitted, net, data)


# ---------------------------------------------------------------------------- what is judged


def check_judged(optimizer, criteria, data, every):
    check_runs([optimizer], Pauses(Course(4, 2), every, (), criteria, None), data, 1)


PLATEAU = mn.SGD(mn.parse("sgd(lr=plateau(0.5))")[0].hyperparameters["lr"])


@pytest.mark.parametrize("every", [0, 1, 2])
def test_who_waits_for_nothing_needs_nothing(every):
    for optimizer in mn.parse("sgd, sgd(lr=automatic(1)), sgd(lr=cosine(1))"):
        check_judged(optimizer, [], points(2, validation=0), every)
        check_judged(optimizer, [], points(2), every)


def test_who_waits_for_validation_losses_gets_them():
    check_judged(PLATEAU, as_criteria("patience(2)"), points(2), 1)
    check_judged(mn.SGD(), as_criteria("patience(2)"), points(2), 3)
    check_judged(mn.SGD(), as_criteria("time_limit(9)"), points(2, validation=0), 3)


@pytest.mark.parametrize(
    ("optimizer", "stop", "validation", "every", "words"),
    [
        (PLATEAU, "", 0, 1, r"plateau\(0.5, .*\) needs a validation part, points has none$"),
        (PLATEAU, "", 0.25, 2, r"plateau\(0.5, .*\) needs evaluate_every.*1, got 2$"),
        (PLATEAU, "", 0.25, 0, r"plateau\(0.5, .*\) needs evaluate_every.*1, got 0$"),
        (mn.SGD(), "target(0.1)", 0, 1, r"^target\(0.1\) needs a validation part"),
        (mn.SGD(), "target(0.1)", 0.25, 0, r"^target\(0.1\) needs evaluate_every"),
        (mn.SGD(), "patience, target(0.1)", 0.25, 0, r"^patience\(5\) needs evaluate_every"),
        (PLATEAU, "patience", 0.25, 2, "plateau"),
    ],
)
def test_who_waits_in_vain(optimizer, stop, validation, every, words):
    data = points(2, validation=validation)
    refused(words, check_judged, optimizer, as_criteria(stop), data, every)


def test_a_criterion_needs_no_evaluation_every_epoch():
    with pytest.raises(ValueError, match="needs evaluate_every") as refusal:
        check_judged(mn.SGD(), as_criteria("patience"), points(2), 0)
    assert str(refusal.value).endswith("at least 1, got 0")
