"""`read_targets`: classes or numbers, the same for every table (more through `from_arrays`)."""

import numpy as np
import pytest

from minnet.data.targets import read_targets


def test_tables_share_their_classes():
    tables = {"t": np.array(["b", "c"]), "test t": np.array(["a", "b", "b"])}
    classes, (first, second) = read_targets(tables)
    assert classes == ("a", "b", "c")
    assert first.tolist() == [1, 2] and second.tolist() == [0, 1, 1]


def test_whole_and_broken_numbers_together_are_numbers():
    classes, values = read_targets({"t": np.array([1, 2]), "test t": np.array([0.5])})
    assert classes is None and [v.shape for v in values] == [(2, 1), (1, 1)]


def test_kinds_must_agree():
    with pytest.raises(ValueError, match=r"^test t must be like t "):
        read_targets({"t": np.array([1, 2]), "test t": np.array(["a"])})


def test_dozen_classes_in_a_dozen_cases_are_allowed():
    assert len(read_targets({"t": np.arange(10)})[0]) == 10
    with pytest.raises(ValueError, match="got 11 different whole numbers in 11 cases"):
        read_targets({"t": np.arange(11)})


def test_unsigned_labels_beyond_int64():
    classes, _ = read_targets({"t": np.array([0, 2**64 - 1] * 2, dtype=np.uint64)})
    assert classes == ("0", "18446744073709551615")
