"""Each stopping criterion by hand, on losses from a script."""

import warnings

import numpy as np
import pytest
from hypothesis import given, strategies as st

from minnet.racing.stopping import first_reached, generalisation_loss, patience, target, time_limit


def stops(criterion, losses, errors=None, seconds=0.0) -> list[bool]:
    """What the criterion answers after each evaluation."""
    errors = losses if errors is None else errors
    return [
        bool(criterion.reached(np.array(losses[:e]), np.array(errors[:e]), seconds))
        for e in range(1, len(losses) + 1)
    ]


@pytest.mark.parametrize(
    ("evaluations", "losses", "first"),
    [
        (1, [5, 4, 3, 4], 3),
        (1, [5, 5], 1),  # the same is not lower
        (2, [5, 4, 6, 6], 3),
        (2, [5, 4, 6, 3, 6, 6], 5),
        (3, [1, 2, 3, 4, 5], 3),
        (3, [4, 3, 2, 1], None),
        (5, [1, 2, 2, 2, 2], None),
        (5, [1, 2, 2, 2, 2, 1], 5),
    ],
)
def test_patience(evaluations, losses, first):
    expected = [first is not None and e >= first for e in range(len(losses))]
    assert stops(patience(evaluations), losses)[: (first or len(losses)) + 1] == expected[
        : (first or len(losses)) + 1
    ]  # fmt: skip
    assert any(stops(patience(evaluations), losses)) == (first is not None)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.integers(1, 5))
def test_patience_is_the_age_of_the_lowest(losses, evaluations):
    lowest = age = None
    for loss in losses:
        age = 0 if lowest is None or loss < lowest else age + 1
        lowest = loss if age == 0 else lowest
    assert stops(patience(evaluations), losses)[-1] == (age >= evaluations)


def test_generalisation_loss():
    """Prechelt's GL = 100 (E / E_lowest - 1), and it must be greater than the percentage."""
    assert stops(generalisation_loss(5), [2.0, 1.0, 1.04, 1.049, 1.06, 1.0]) == [
        False, False, False, False, True, False,
    ]  # fmt: skip
    assert stops(generalisation_loss(50), [1.0, 1.5, 1.51]) == [False, False, True]
    assert stops(generalisation_loss(), [4.0, 4.1, 4.3, 4.1]) == [False, False, True, False]


def test_generalisation_loss_above_a_lowest_loss_of_0():
    with warnings.catch_warnings(action="error"):
        assert stops(generalisation_loss(5), [1.0, 0.0, 0.0, 0.5]) == [False, False, False, True]


def test_target_is_of_the_error_not_of_the_loss():
    losses, errors = [0.01, 0.01, 0.01, 0.9], [0.5, 0.21, 0.2, 0.1]
    assert stops(target(0.2), losses, errors) == [False, False, True, True]
    assert stops(target(0), [1, 1], [0.1, 0]) == [False, True]


def test_time_limit():
    criterion = time_limit(60)
    assert stops(criterion, [1.0, 1.0], seconds=59.999) == [False, False]
    assert stops(criterion, [1.0, 1.0], seconds=60.0) == [True, True]


def test_the_first_one_that_is_reached_is_named():
    criteria = [patience(2), target(0.1), generalisation_loss(5)]
    losses = np.array([1.0, 2.0, 3.0])
    assert first_reached(criteria, losses, np.array([0.5, 0.5, 0.05]), 0) == "patience(2)"
    assert first_reached(criteria[1:], losses, np.array([0.5, 0.5, 0.05]), 0) == "target(0.1)"
    assert first_reached(criteria[1:], losses, losses, 0) == "generalisation_loss(5)"
    assert first_reached(criteria[1:2], losses, losses, 0) == ""
    assert first_reached([], losses, losses, 0) == ""
