"""The numbers of each schedule, worked by hand.

K steps, counted from 1
"""

import numpy as np
import pytest
from schedule_cases import BY_HAND, schedule

from minnet.optimizers import schedules
from minnet.optimizers.schedules import SCHEDULES, as_schedule


@pytest.mark.parametrize(("text", "epochs", "numbers"), BY_HAND, ids=[row[0] for row in BY_HAND])
def test_the_numbers_of_a_schedule(text, epochs, numbers):
    made = schedule(text if "(" in text else f"{text}()")
    steps = np.array(list(numbers))
    found = made(steps, 3 * epochs, 3)
    np.testing.assert_allclose(found, list(numbers.values()), rtol=1e-14, atol=1e-16)
    assert found.dtype == np.float64
    for step, number in numbers.items():  # one at a time: the same
        one = made(step, 3 * epochs, 3)
        assert isinstance(one, float) and one == found[steps == step][0]
        assert one == pytest.approx(number, rel=1e-14, abs=1e-16)


def test_every_schedule_is_worked_out_above():
    assert {text.split("(")[0] for text, _, _ in BY_HAND} == set(SCHEDULES)


def test_a_constant_and_values_given_outright():
    assert as_schedule(0.3)([1, 7, 9], 9, 3).tolist() == [0.3] * 3
    made = schedules.cosine(0.3)
    assert as_schedule(made) is made
    listed = schedules.given([0.3, 0.2, 0.1])
    assert listed([1, 2, 3, 4, 900]).tolist() == [0.3, 0.2, 0.1, 0.1, 0.1]
    assert str(listed) == "given(3 values)"


def test_a_descent_of_one_step_begins_at_the_start():
    for text in ("cosine(0.4)", "step(0.4)", "exponential(0.4)", "ramp(0.4)", "inverse_time(0.4)"):
        assert schedule(text)(1) == 0.4
