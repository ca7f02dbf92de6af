"""Does bad input get one clear line, and good input none?"""

import re

import numpy as np
import pytest

from minnet.checks import check_name, check_number, check_whole, did_you_mean, is_number


def test_the_nearest_known_word_is_named():
    assert did_you_mean("rmspop", ["sgd", "rmsprop"]) == " (did you mean 'rmsprop'?)"
    assert did_you_mean("RMSPROP", ["sgd", "rmsprop"]) == " (did you mean 'rmsprop'?)"


def test_or_all_that_are_known():
    assert did_you_mean("xyzzy", ["sgd", "rmsprop"]) == "; there is sgd, rmsprop"
    assert did_you_mean("xyzzy", []) == "; there is nothing"
    assert did_you_mean(3, iter(["sgd"])) == "; there is sgd"


def test_names():
    check_name("unit", "tanh", ["tanh", "relu"])
    with pytest.raises(ValueError, match=r"^unknown unit 'tahn' \(did you mean 'tanh'\?\)$"):
        check_name("unit", "tahn", ["tanh", "relu"])
    with pytest.raises(ValueError, match=r"^unknown unit None; there is tanh, relu$"):
        check_name("unit", None, ["tanh", "relu"])


def test_words_that_are_no_text():
    """Numbers are not like any word, and are told as they are."""
    with pytest.raises(ValueError, match=r"^unknown unit 3; there is tanh$"):
        check_name("unit", 3, ["tanh"])


NUMBERS = [0, -7, 0.5, 1e308, 10**300, np.float32(0.5), np.int8(-3)]
NO_NUMBERS = [np.nan, np.inf, -np.inf, 10**400, True, np.True_, "1", None, 1j, [1.0], np.ones(1)]


def test_numbers():
    assert all(map(is_number, NUMBERS)) and not any(map(is_number, NO_NUMBERS))


@pytest.mark.parametrize("value", [*NO_NUMBERS, -1, -1e-9])
def test_a_number_is_finite_and_not_below_its_limit(value):
    told = f"l2 must be a finite number, at least 0, got {value!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        check_number("l2", value)
    if value in (-1, -1e-9):
        check_number("rate", value, low=-np.inf)
        return
    told = f"rate must be a finite number, got {value!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        check_number("rate", value, low=-np.inf)


@pytest.mark.parametrize("value", [1, 7, np.int64(7), np.uint8(3)])
def test_whole_numbers_in_range(value):
    check_whole("epochs", value, 1, 7)
    check_whole("epochs", value, 1)


@pytest.mark.parametrize("value", [0, 8, -1, 2.0, "3", None, True, np.float64(2), np.True_])
def test_whole_numbers_out_of_range(value):
    with pytest.raises(ValueError, match=r"^batch_size must be a whole number between 1 and 7 "):
        check_whole("batch_size", value, 1, 7, " (cases)")


def test_the_value_and_the_remedy_are_told():
    with pytest.raises(ValueError, match=r"between 1 and 7 \(cases\), got 4000$"):
        check_whole("batch_size", 4000, 1, 7, " (cases)")
    with pytest.raises(ValueError, match=r"^epochs must be a whole number at least 1, got 0$"):
        check_whole("epochs", 0, 1)
