"""Is an optimizer a rule with its numbers, all of them checked, and nothing else?"""

import numpy as np
import pytest
from small_races import heavy

from minnet.optimizers.catalogue import (
    SGD,
    Adadelta,
    Adam,
    Gains,
    IRpropPlus,
    Momentum,
    Nesterov,
    RMSprop,
    RMSpropNesterovJump,
    Rprop,
)
from minnet.optimizers.optimizer import Optimizer, check_hyperparameters, custom
from minnet.optimizers.schedules import Course, cosine, inverse_time

# ---------------------------------------------------------------------------- ranges


@pytest.mark.parametrize(
    ("make", "name", "bad", "words"),
    [
        (SGD, "lr", 0, "sgd: lr must be greater than 0, got 0"),
        (SGD, "lr", -0.1, "greater than 0, got -0.1"),
        (Momentum, "momentum", 1.0, r"momentum: momentum must be in \[0, 1\), got 1"),
        (Momentum, "momentum", -0.1, r"in \[0, 1\), got -0.1"),
        (RMSprop, "decay", 1.0, r"rmsprop: decay must be in \[0, 1\), got 1"),
        (RMSprop, "decay", -1e-9, r"in \[0, 1\)"),
        (RMSprop, "eps", 0.0, "eps must be greater than 0"),
        (Adam, "beta1", 1.0, r"beta1 must be in \[0, 1\)"),
        (Adam, "beta2", 1.5, r"beta2 must be in \[0, 1\), got 1.5"),
        (Gains, "up", -0.05, "gains: up must be at least 0"),
        (Gains, "down", 0.0, r"down must be in \(0, 1\]"),
        (Gains, "down", 1.1, r"down must be in \(0, 1\], got 1.1"),
        (Gains, "low", 0.0, "low must be greater than 0"),
        (Gains, "high", -1.0, "high must be greater than 0"),
        (Rprop, "step", 0.0, "rprop: step must be greater than 0"),
        (Rprop, "eta_plus", 1.0, "eta_plus must be greater than 1: it enlarges the step size"),
        (Rprop, "eta_minus", 1.0, r"eta_minus must be in \(0, 1\): it shrinks the step size"),
        (Rprop, "eta_minus", 0.0, r"eta_minus must be in \(0, 1\)"),
        (Rprop, "step_min", 0.0, "step_min must be greater than 0"),
        (Rprop, "step_max", -1.0, "step_max must be greater than 0"),
    ],
)
def test_a_number_outside_its_range(make, name, bad, words):
    with pytest.raises(ValueError, match=words):
        make(**{name: bad})


@pytest.mark.parametrize(
    ("make", "name", "edge"),
    [
        (Momentum, "momentum", 0),
        (RMSprop, "decay", 0),
        (Adam, "beta1", 0),
        (Gains, "up", 0),
        (Gains, "down", 1),
        (RMSprop, "eps", 1e-300),
        (Adadelta, "lr", 1e300),
    ],
)
def test_a_number_at_the_edge_of_its_range(make, name, edge):
    assert make(**{name: edge}).hyperparameters[name] == edge


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, "0.1", None, [0.1], 1j])
def test_a_number_that_is_none(bad):
    with pytest.raises(ValueError, match="sgd: lr must be a finite number, got "):
        SGD(bad)


@pytest.mark.parametrize(
    ("make", "numbers", "words"),
    [
        (Gains, {"low": 2.0, "high": 1.0}, "gains: low must not exceed high, got 2 > 1"),
        (
            Rprop,
            {"step_min": 1.0, "step": 2.0, "step_max": 0.5},
            "rprop: step_min must not exceed step_max, got 1 > 0.5",
        ),
        (IRpropPlus, {"step": 1e-7}, "step_min must not exceed step, got 1e-06 > 1e-07"),
        (Rprop, {"step": 51}, "step must not exceed step_max, got 51 > 50"),
    ],
)
def test_numbers_out_of_order(make, numbers, words):
    with pytest.raises(ValueError, match=words):
        make(**numbers)
    check_hyperparameters("equal", {"low": 1.0, "high": 1.0})


def test_an_unknown_number_meets_the_nearest_known_one():
    with pytest.raises(
        ValueError,
        match=r"unknown hyperparameter of heavy 'momentun' \(did you mean 'momentum'\?\)",
    ):
        custom(heavy, momentun=0.5)
    with pytest.raises(
        ValueError, match="unknown hyperparameter of heavy 'zzz'; there is lr, momentum"
    ):
        custom(heavy, zzz=0.5)


def test_an_unknown_slot_meets_the_nearest_known_one():
    with pytest.raises(ValueError, match=r"slot of heavy 'velcity' \(did you mean 'velocity'\?\)"):
        custom(heavy, starts={"velcity": 1.0})


def test_a_whole_number_that_no_float_can_hold():
    with pytest.raises(ValueError, match="finite"):
        SGD(10**400)


def test_a_slot_may_start_at_a_number_that_keeps_its_default():
    assert custom(heavy, starts={"velocity": "lr"}).start(1)[0, 0] == np.float32(0.1)
    assert custom(heavy, starts={"velocity": "lr"}, lr=0.5).start(1)[0, 0] == 0.5


def test_a_slot_may_start_at_a_number_that_is_not_the_rules():
    optimizer = custom(heavy, starts={"velocity": "first"}, first=0.25)
    assert optimizer.hyperparameters == {"first": 0.25, "lr": 0.1, "momentum": 0.9}
    assert optimizer.start(2).tolist() == [[0.25, 0.25]]
    assert optimizer.values("float64").tolist() == [0.1, 0.9]  # the rule is not told of it
    with pytest.raises(ValueError, match="heavy: first must be a finite number, got nan"):
        custom(heavy, starts={"velocity": "first"}, first=np.nan)
    for missing in ({}, {"first": cosine(0.1)}):
        with pytest.raises(ValueError, match="first is where a slot starts: it must be a number"):
            custom(heavy, starts={"velocity": "first"}, **missing)


@pytest.mark.parametrize("start", [np.nan, np.inf, None, True, [1.0]])
def test_slots_start_at_finite_numbers(start):
    with pytest.raises(ValueError, match="heavy: velocity must start at a finite number, got "):
        custom(heavy, starts={"velocity": start})


def clipped(w, g, lr=0.1, low=-1.0, high=1.0):
    return w - lr * min(max(g, low), high)


def test_a_users_number_may_have_a_range_of_its_own():
    """Ranges and orders go by the names of our numbers; a user may mean something else by them."""
    assert custom(clipped).hyperparameters == {"lr": 0.1, "low": -1.0, "high": 1.0}
    assert custom(clipped, lr=-0.1, low=5.0).hyperparameters == {
        "lr": -0.1,
        "low": 5.0,
        "high": 1.0,
    }
    assert custom(heavy, momentum=1.5).hyperparameters["momentum"] == 1.5
    with pytest.raises(ValueError, match="clipped: low must be a finite number, got nan"):
        custom(clipped, low=np.nan)
    with pytest.raises(ValueError, match="sgd: lr must be greater than 0"):
        Optimizer("sgd", SGD().rule, {"lr": -0.1})


# ---------------------------------------------------------------------------- what it holds


def test_slots_start_where_they_are_told():
    slots = Rprop(step=0.25).start(3)
    assert slots.dtype == np.float32 and slots.flags.c_contiguous
    np.testing.assert_array_equal(slots, [[0.25] * 3, [0] * 3])
    np.testing.assert_array_equal(Gains().start(2, "float64"), [[1, 1], [0, 0]])
    np.testing.assert_array_equal(custom(heavy, starts={"velocity": 2.0}).start(2), [[2, 2]])
    assert SGD().start(4).shape == (0, 4)


def test_the_rules_numbers_in_the_rules_order():
    optimizer = Rprop(step=0.25, step_max=9, eta_plus=1.5)
    np.testing.assert_array_equal(optimizer.values("float64"), [1.5, 0.5, 1e-6, 9])
    assert optimizer.values().dtype == np.float32
    assert optimizer.hyperparameters == {
        "step": 0.25, "eta_plus": 1.5, "eta_minus": 0.5, "step_min": 1e-6, "step_max": 9.0
    }  # fmt: skip
    assert all(type(value) is float for value in optimizer.hyperparameters.values())


def test_the_table_has_the_numbers_of_every_step():
    """Three rows from step 3 on; a number that is no schedule is the same in all."""
    table = RMSprop(lr=0.002).table(3, 3, Course(10, 5), "float64")
    assert table.tolist() == [[0.002, 0.9, 1e-8]] * 3
    assert RMSprop().table(1, 0, Course(10, 5)).shape == (0, 3)
    assert RMSprop().table(1, 2, Course(10, 5)).dtype == np.float32
    falling = Momentum(lr=inverse_time(0.5, decay=1.0), momentum=0.25)
    np.testing.assert_allclose(  # 1/2, 1/4, 1/6, 1/8
        falling.table(1, 4, Course(4, 2), "float64"),
        [[0.5, 0.25], [0.25, 0.25], [1 / 6, 0.25], [0.125, 0.25]],
    )
    np.testing.assert_allclose(falling.table(3, 1, Course(4, 2), "float64"), [[1 / 6, 0.25]])
    assert falling.values("float64").tolist() == [0.5, 0.25]


def test_numbers_left_out_keep_the_rules_defaults():
    assert Optimizer("mine", heavy).hyperparameters == {"lr": 0.1, "momentum": 0.9}
    assert custom(heavy, lr=0.2).hyperparameters == {"lr": 0.2, "momentum": 0.9}


def test_an_optimizer_cannot_be_changed():
    optimizer = SGD()
    with pytest.raises(TypeError):
        optimizer.hyperparameters["lr"] = 0.2
    with pytest.raises(AttributeError):
        optimizer.name = "other"


def test_what_is_given_is_copied():
    numbers, starts = {"lr": 0.2}, {"velocity": 1.0}
    optimizer = Optimizer("mine", heavy, numbers, starts)
    numbers["lr"] = starts["velocity"] = 5.0
    assert optimizer.hyperparameters["lr"] == 0.2 and optimizer.start(1)[0, 0] == 1


def test_which_rules_ask_whether_the_error_grew():
    assert IRpropPlus().asks_worse
    assert not Rprop().asks_worse and not custom(heavy).asks_worse


def test_only_look_ahead_optimizers_have_a_jump():
    assert [m().compiled("float64")[2] for m in (SGD, Nesterov, RMSpropNesterovJump)] == [
        False,
        True,
        True,
    ]


def test_as_text():
    assert str(RMSprop(lr=0.002)) == "rmsprop(lr=0.002, decay=0.9, eps=1e-08)"
    assert repr(custom(heavy)) == "heavy(lr=0.1, momentum=0.9)"
    assert str(SGD(0.1 + 0.2)) == "sgd(lr=0.30000000000000004)"  # the fewest digits that say it
    assert str(Rprop(step_max=50)) == (
        "rprop(step=0.1, eta_plus=1.2, eta_minus=0.5, step_min=1e-06, step_max=50)"
    )


@pytest.mark.parametrize(
    ("optimizer", "short"),
    [
        (RMSprop(), "rmsprop(lr=0.001)"),
        (RMSprop(lr=0.5, decay=0.99), "rmsprop(lr=0.5, decay=0.99)"),
        (Rprop(), "rprop(step=0.1)"),
        (Rprop(eta_plus=1.3), "rprop(step=0.1, eta_plus=1.3)"),
        (custom(heavy, momentum=0.5), "heavy(lr=0.1, momentum=0.5)"),
        (SGD(cosine(0.1)), "sgd(lr=cosine(0.1, end=0))"),
    ],
)
def test_the_short_text_leaves_defaults_out(optimizer, short):
    assert optimizer.short == short
