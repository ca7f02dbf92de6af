"""Data and Part: dtypes, the hash, and how they show themselves."""

import dataclasses

import numpy as np
import pytest

from minnet.data import from_arrays
from minnet.data.cases import check_finite, float_type

RNG = np.random.default_rng(1)
X, T = RNG.standard_normal((30, 3)), RNG.standard_normal((30, 2))


def test_frozen():
    data = from_arrays(X, T)
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.train = None
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.train.x = X


def test_astype():
    narrow, wide = from_arrays(X, T), from_arrays(X, T, dtype="float64")
    assert narrow.astype("float32") is narrow and wide.astype(np.float64) is wide
    np.testing.assert_array_equal(wide.astype("float32").test.x, narrow.test.x)
    widened = narrow.astype("float64")
    assert widened.dtype == np.float64 and widened.validation.t.dtype == np.float64
    assert widened.name == narrow.name and widened.classes is None
    labelled = from_arrays(X, np.arange(30) % 3, test=0).astype("float64")
    assert labelled.test is None and labelled.train.labels.dtype == np.int64


def test_astype_refuses_what_does_not_fit():
    data = from_arrays(X * 1e200, T, dtype="float64", validation=0, test=0)
    with pytest.raises(ValueError, match=r"train.x must be between .* \(float32\), got .*e\+"):
        data.astype("float32")
    with pytest.raises(ValueError, match="dtype must be float32 or float64, got 'f2'"):
        data.astype("f2")
    assert len(data.hash) == 12


def test_hash_sees_cases_and_nothing_else():
    data = from_arrays(X, T)
    assert data.hash == from_arrays(X, T, dtype="float64").hash == data.astype("float64").hash
    assert data.hash == from_arrays(X, T, name="other", source="elsewhere").hash
    assert int(data.hash, 16) >= 0 and len(data.hash) == 12
    moved = X.copy()
    moved[17, 1] += 1e-3
    differing = [
        from_arrays(moved, T),
        from_arrays(X, -T),
        from_arrays(X, T, seed=1),
        from_arrays(X, T, test=0),
        from_arrays(X[:29], T[:29]),
    ]
    assert len({data.hash, *(other.hash for other in differing)}) == 6


def test_hash_tells_shapes_and_tasks_apart():
    flat = np.zeros((6, 4)), np.zeros(6)
    assert (
        from_arrays(*flat, validation=0, test=0).hash
        != from_arrays(flat[0].reshape(8, 3), np.zeros(8), validation=0, test=0).hash
    )
    one_hot = np.eye(3)[np.arange(30) % 3]
    assert from_arrays(X, one_hot).hash != from_arrays(X, one_hot, task="regression").hash


def test_repr():
    assert repr(from_arrays(X, T, name="cube")) == (
        "Data('cube': 3 inputs, 2 outputs, train 24 + validation 3 + test 3 cases, float32)"
    )
    data = from_arrays(X[:, :1], np.arange(30) % 2, validation=0, test=0)
    assert repr(data) == "Data('data': 1 input, 2 classes, train 30 cases, float32)"
    assert repr(data.train) == "Part(30 cases, x (30, 1), t (30, 2), float32)"


def test_float_type():
    assert float_type("f4") == float_type(np.float32) == np.dtype("float32")
    for wrong in (None, int, "float16", "complex64", "spam", 3):
        with pytest.raises(ValueError, match="dtype must be float32 or float64, got"):
            float_type(wrong)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3.5e38, -3.5e38])
def test_check_finite(bad):
    table = np.zeros((4, 5))
    check_finite("x", table, np.dtype("float32"))
    table[2, 3] = bad
    with pytest.raises(ValueError, match=r"^x must be .* got .* at x\[2, 3\]; "):
        check_finite("x", table, np.dtype("float32"))
    if np.isfinite(bad):
        check_finite("x", table, np.dtype("float64"))
