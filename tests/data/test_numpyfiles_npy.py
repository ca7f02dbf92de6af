"""Pairs of .npy files, alone and in a folder."""

import re

import numpy as np
import pytest

from minnet.data import load

X, T = np.arange(40.0).reshape(20, 2), np.arange(20) % 3


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "own"
    place.mkdir()
    return place


def test_pair(folder, monkeypatch):
    np.save(folder / "x.npy", X)
    np.save(folder / "t.npy", T)
    data = load(folder / "x.npy", target="t.npy", validation=0, test=0)
    np.testing.assert_array_equal(data.train.x, X)
    np.testing.assert_array_equal(data.train.labels, T)
    assert data.name == "x" and data.source == "file x.npy" and data.classes == ("0", "1", "2")
    assert data.train.x.flags.owndata
    monkeypatch.chdir(folder.parent)
    assert load("own/x.npy", target="own/t.npy").hash == load("own/x.npy", target="t.npy").hash
    numbers = load("own/x.npy", target="t.npy", task="regression", test=0.5)
    assert numbers.classes is None and len(numbers.test) == 10
    named = load("own/x.npy", target="t.npy", classes=["red", "green", "blue"])
    assert named.classes == ("red", "green", "blue")


def test_folder(folder):
    np.save(folder / "X.npy", X)
    np.save(folder / "y.npy", T / 7)
    np.save(folder / "notes.npy", T)
    data = load(folder)
    assert repr(data) == (
        "Data('own': 2 inputs, 1 output, train 16 + validation 2 + test 2 cases, float32)"
    )
    assert data.source == "folder own"


def test_split_folder_keeps_its_parts(folder):
    np.save(folder / "x_train.npy", X)
    np.save(folder / "t_train.npy", np.array(["u", "v", "w"])[T])
    np.save(folder / "x_test.npy", X[:4])
    np.save(folder / "t_test.npy", np.array(["u", "v", "w"])[T[:4]])
    data = load(str(folder), seed=4)
    assert data.validation is None and data.classes == ("u", "v", "w")
    np.testing.assert_array_equal(data.train.x, X)
    np.testing.assert_array_equal(data.test.labels, T[:4])
    with pytest.raises(ValueError, match="test must be left out for 'own', which takes task"):
        load(folder, test=0.1)


def test_fortran_order_and_bytes(folder):
    np.save(folder / "x.npy", np.asfortranarray(X.astype(np.uint8)))
    np.save(folder / "t.npy", T)
    data = load(folder, validation=0, test=0)
    assert data.train.x.flags.c_contiguous
    np.testing.assert_array_equal(data.train.x, X)


@pytest.mark.parametrize(
    ("target", "kind", "message"),
    [
        (None, ValueError, "target must be the .npy file with the targets of x.npy, e.g. 't.npy'"),
        (1, ValueError, "of x.npy, e.g. 't.npy', got 1"),
        ("t.csv", ValueError, "e.g. 't.npy', got 't.csv'"),
        ("t.npy", FileNotFoundError, "target must be an existing .npy file, got 't.npy' (looked"),
    ],
)
def test_wrong_targets(folder, target, kind, message):
    np.save(folder / "x.npy", X)
    with pytest.raises(kind, match=re.escape(message)) as caught:
        load(folder / "x.npy", target=target)
    assert "\n" not in str(caught.value)


def whole(array):
    def write(path):
        np.save(path, array)

    return write


def cut(path):
    np.save(path, X)
    path.write_bytes(path.read_bytes()[:-8])


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: path.write_bytes(b""), "x.npy must be an array written by numpy.save, got a"),
        (lambda path: path.write_bytes(b"1,2,3\n"), "must be an array written by numpy.save"),
        (lambda path: path.write_bytes(b"\x93NUMPY\1\0"), "x.npy must be an undamaged array: "),
        (cut, "x.npy must be an undamaged array: "),
        (whole(np.array([{}] * 20)), "x.npy must hold a plain array, got Python objects; save wit"),
        (whole(np.zeros((0, 3))), "x must have shape (N, d) with N, d > 0, got (0, 3)"),
        (whole(X[:, 0]), "x must have shape (N, d) with N, d > 0, got (20,)"),
        (whole(X[:5]), "t must have 5 cases (as x has), got 20"),
        (whole(X * np.nan), "x must be finite, got nan at x[0, 0]"),
    ],
)
def test_wrong_arrays(folder, write, message):
    write(folder / "x.npy")
    np.save(folder / "t.npy", T)
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        load(folder)
    assert "\n" not in str(caught.value)


def test_wrong_folders(folder):
    with pytest.raises(FileNotFoundError, match=r"must hold four idx files .* got nothing in '"):
        load(folder)
    for name in "abcdef":
        (folder / name).touch()
    with pytest.raises(FileNotFoundError, match=r"got a, b, c, d, \.\.\. in '.*own'$"):
        load(folder)
    np.save(folder / "x.npy", X)
    with pytest.raises(ValueError, match=r"^own must have the .npy files x, t or .* got x$"):
        load(folder)
