"""NumPy archives: keys, round trips, and files that only look like archives."""

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from hypothesis.extra import numpy as hnp

from minnet.data import load
from minnet.data.numpyfiles import read_npz

X, T = np.arange(24.0).reshape(12, 2), np.arange(12) % 3


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    x=hnp.arrays(np.float32, (6, 3), elements=st.floats(-1e6, 1e6, width=32)),
    t=hnp.arrays(np.float32, (6, 2), elements=st.floats(2, 1e6, width=32)),
    compressed=st.booleans(),
)
def test_numbers_come_back_bit_for_bit(tmp_path, x, t, compressed):
    path = tmp_path / "own.npz"
    (np.savez_compressed if compressed else np.savez)(path, x=x, t=t)
    data = load(path, validation=0, test=0)
    np.testing.assert_array_equal(data.train.x, x)
    np.testing.assert_array_equal(data.train.t, t)
    assert data.classes is None


@pytest.mark.parametrize(("x", "t"), [("x", "t"), ("X", "y"), ("x", "y"), ("X", "t")])
def test_spellings_of_the_keys(tmp_path, x, t):
    path = tmp_path / "own.npz"
    np.savez(path, **{x: X, t: T, "feature_names": ["a", "b"]})
    pairs = read_npz(path)
    assert list(pairs) == ["all"]
    np.testing.assert_array_equal(pairs["all"][0], X)
    np.testing.assert_array_equal(pairs["all"][1], T)
    assert load(path).classes == ("0", "1", "2")


def test_text_labels(tmp_path):
    np.savez(tmp_path / "own.npz", x=X, t=np.array(["u", "v", "w"])[T])
    assert load(tmp_path / "own.npz").classes == ("u", "v", "w")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": X, "labels": T}, "own.npz must have the keys x, t or x_train, t_train"),
        ({"images": X, "labels": T}, "got images, labels"),
        ({"x": X}, "got x"),
        ({"x": X, "X": X, "t": T}, "got x, X, t"),
        ({"x_train": X}, "got x_train"),
        ({"x_test": X, "t_test": T}, "got x_test, t_test"),
        ({"x": X, "t": T, "x_train": X, "t_train": T}, "got x, t, x_train, t_train"),
        ({"x_train": X, "t_train": T, "x_val": X, "t_val": T}, "x_val"),
        ({"x_train": X, "t_train": T, "x_test": X}, "x_test"),
        ({}, "got none"),
        ({"x": X, "t": np.array([{}] * 12)}, "own.npz must hold plain arrays, got Python objects"),
    ],
)
def test_wrong_keys(tmp_path, arrays, message):
    np.savez(tmp_path / "own.npz", **arrays)
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        load(tmp_path / "own.npz")
    assert "\n" not in str(caught.value)


def test_no_archive(tmp_path):
    path = tmp_path / "own.npz"
    for content in (b"", b"1,2,3\n", b"\x93NUMPY\x01\x00"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"own.npz must be an archive written by numpy.savez"):
            load(path)


def test_damaged_archive(tmp_path):
    path = tmp_path / "own.npz"
    np.savez_compressed(path, x=np.random.default_rng(0).random((50, 4)), t=np.arange(50) % 2)
    content = bytearray(path.read_bytes())
    content[200:400] = bytes(200)
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"own.npz must be an undamaged archive"):
        load(path)


def test_wrong_arrays_are_named(tmp_path):
    path = tmp_path / "own.npz"
    np.savez(path, x_train=X, t_train=T, x_test=X, t_test=T[:3])
    with pytest.raises(ValueError, match=r"^test t must have 12 cases \(as test x has\), got 3$"):
        load(path)
    np.savez(path, x=X.reshape(12, 2, 1), t=T)
    with pytest.raises(
        ValueError, match=r"x must have shape \(N, d\).* got \(12, 2, 1\); use x.re"
    ):
        load(path)
