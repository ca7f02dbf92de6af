"""`load` by name and by path: the stored digits, the options, and what it says to a wrong name."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from minnet.data import NAMES, load
from minnet.data.published import PUBLISHED

FOLDER = Path(__file__).parents[2] / "datasets"
DIGITS_SHA256 = "d55d50bcdd2d5233dd48e36d5378a24463e7f1b77b37ab30d06e25f3aecd6423"


def test_digits_file_is_the_published_one():
    content = (FOLDER / "digits.npz").read_bytes()
    assert hashlib.sha256(content).hexdigest() == DIGITS_SHA256
    assert DIGITS_SHA256 in (FOLDER / "README.md").read_text()
    assert len(content) < 100_000


def test_digits_file_is_what_numpy_writes_again(tmp_path):
    with np.load(FOLDER / "digits.npz") as archive:
        arrays = dict(archive)
    assert {a.dtype for a in arrays.values()} == {np.dtype(np.uint8)}
    np.savez_compressed(tmp_path / "again.npz", **arrays)
    with np.load(tmp_path / "again.npz") as again:
        for key, array in arrays.items():
            np.testing.assert_array_equal(again[key], array)


def test_digits_counts_and_range():
    digits = load("digits")
    parts = digits.train, digits.validation, digits.test
    assert [len(part) for part in parts] == [1437, 180, 180]
    assert digits.n_inputs == 64 and digits.n_outputs == 10
    assert digits.classes == tuple("0123456789")
    assert "CC BY 4.0" in digits.source and "10.24432/C50P49" in digits.source
    counts = sum(np.bincount(part.labels, minlength=10) for part in parts)
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    x = np.concatenate([part.x for part in parts])
    assert x.min() == 0 and x.max() == 1
    assert np.array_equal(x * 16, np.round(x * 16))
    # No case stands in two parts: the 1797 images of this set all differ.
    assert len(np.unique(x, axis=0)) == 1797


def test_digits_split_is_the_documented_permutation():
    digits = load("digits")
    parts = digits.train, digits.validation, digits.test
    labels = np.empty(1797, np.int64)
    labels[np.random.default_rng(0).permutation(1797)] = np.concatenate([p.labels for p in parts])
    # The file it came from goes through the digits in order three times before it shuffles them.
    assert labels[:30].tolist() == list(range(10)) * 3


def test_digits_do_not_depend_on_the_seed():
    assert load("digits", seed=5).hash == load("digits").hash == load("digits", dtype="f8").hash


@pytest.mark.parametrize("dtype", ["float32", "float64", np.float64])
@pytest.mark.parametrize("name", [name for name in NAMES if name not in PUBLISHED])
def test_every_set_keeps_the_contract(name, dtype):
    data = load(name, dtype=dtype)
    assert data.dtype == dtype and data.name == name and "\n" not in data.source
    for part in (data.train, data.validation, data.test):
        for array in (part.x, part.t):
            assert array.dtype == dtype and array.flags.c_contiguous and array.flags.owndata
            assert np.isfinite(array).all()
        assert part.x.shape == (len(part), data.n_inputs)
        assert part.t.shape == (len(part), data.n_outputs) == (len(part), len(data.classes))
        assert part.labels.dtype == np.int64 and part.labels.flags.c_contiguous
        np.testing.assert_array_equal(part.t, np.eye(data.n_outputs)[part.labels])
    assert data.hash == load(name).hash


def test_digits_are_found_inside_an_installed_package(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "minnet.data.published.__file__", str(tmp_path / "minnet" / "data" / "published.py")
    )
    words = r"digits.npz must be in .*datasets, .*; install it again: pip install "
    with pytest.raises(FileNotFoundError, match=words):
        load("digits")
    installed = tmp_path / "minnet" / "datasets"
    installed.mkdir(parents=True)
    (installed / "digits.npz").write_bytes((FOLDER / "digits.npz").read_bytes())
    assert len(load("digits").train) == 1437


def write(folder, name, text):
    path = folder / name
    path.write_text(text)
    return path


TABLE = "a,b,kind\n" + "".join(f"{i},{i / 8},{'xy'[i % 2]}\n" for i in range(20))


def test_csv_is_split_by_seed(tmp_path):
    path = write(tmp_path, "pets.csv", TABLE)
    data = load(path)
    assert repr(data) == (
        "Data('pets': 2 inputs, 2 classes, train 16 + validation 2 + test 2 cases, float32)"
    )
    assert data.classes == ("x", "y") and data.source == "file pets.csv"
    rows = np.concatenate([part.x for part in (data.train, data.validation, data.test)])
    np.testing.assert_array_equal(
        rows[:, 0], np.random.default_rng(0).permutation(20).astype(np.float32)
    )
    assert load(str(path)).hash == data.hash != load(path, seed=1).hash
    assert load(path, validation=0, test=0).validation is None


def test_csv_task_and_target(tmp_path):
    path = write(tmp_path, "sizes.csv", "y,a\n" + "".join(f"{i % 3},{i}\n" for i in range(9)))
    options = {"target": "y", "validation": 0, "test": 0}
    assert load(path, **options).classes == ("0", "1", "2")
    numbers = load(path, task="regression", **options)
    assert numbers.classes is None and numbers.train.labels is None
    assert numbers.train.t[:, 0].tolist() == [0, 1, 2] * 3


def test_split_npz_keeps_its_parts_in_order(tmp_path):
    path = tmp_path / "own.npz"
    x, t = np.arange(12.0).reshape(6, 2), np.array([0, 1, 0, 1, 2, 0])
    np.savez(path, x_train=x, t_train=t, x_test=x[:2], y_test=t[:2])
    data = load(path, seed=9)
    assert data.validation is None
    np.testing.assert_array_equal(data.train.x, x)
    np.testing.assert_array_equal(data.test.labels, [0, 1])
    assert data.test.t.shape == (2, 3)
    with pytest.raises(
        ValueError, match=r"^test must be left out for 'own.npz', which takes task, cla"
    ):
        load(path, test=0.5)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "digit",
            r"one of digits, moons, .*, fashion-mnist or a path .*got 'digit'; did you mean 'dig",
        ),
        ("Moons", "got 'Moons'; did you mean 'moons'"),
        ("qqq", "got 'qqq'$"),
        ("table.txt", "must end in .csv, .npz, .npy, got 'table.txt'"),
        ("", "must end in .csv, .npz, .npy, got ''"),
        ("a\0b", r"got 'a\\x00b'"),
        ("x" * 400, "must be one of digits"),
    ],
)
def test_unknown_name(name, message):
    with pytest.raises(ValueError, match=message) as caught:
        load(name)
    assert "\n" not in str(caught.value)


def test_missing_file(tmp_path):
    write(tmp_path, "wine.csv", TABLE)
    with pytest.raises(FileNotFoundError, match=r"got '.*wines.csv' \(looked in .*mean 'wine.csv'"):
        load(tmp_path / "wines.csv")
    with pytest.raises(FileNotFoundError, match=r"looked in .*no"):
        load(tmp_path / "no" / "wine.npz")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(FileNotFoundError, match=r"folder.csv"):
        load(tmp_path / "folder.csv")


def test_wrong_kind_of_name():
    with pytest.raises(TypeError, match="got ndarray; use from_arrays"):
        load(np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("digits", {"cases": 5}, "^cases must be left out for 'digits', which takes dtype, seed$"),
        ("moons", {"copies": 5}, "copies must be left out for 'moons', which takes cases, noise"),
        ("moons", {"target": 1}, "target must be left out"),
        ("redundant", {"test": 0.5}, "test must be left out"),
        ("moons", {"cases": 0}, "cases must be a whole number from 1 to 10000000, got 0"),
        ("moons", {"cases": 2.5}, "cases must be .* got 2.5"),
        ("moons", {"cases": 4}, "validation must get at least 1 case, got 0.1 of 4 cases"),
        ("xor", {"noise": -1}, "noise must be a finite number of at least 0, got -1"),
        ("xor", {"noise": float("nan")}, "noise must be .* got nan"),
        ("redundant", {"copies": 3}, "copies must be a divisor of the 1000 cases, got 3"),
        ("redundant", {"copies": 0}, "got 0"),
        ("digits", {"seed": -1}, "seed must be a whole number of at least 0, got -1"),
        ("moons", {"seed": 0.5}, "seed must be .* got 0.5"),
        ("digits", {"dtype": "int8"}, "dtype must be float32 or float64, got 'int8'"),
        ("digits", {"dtype": "spam"}, "dtype must be float32 or float64, got 'spam'"),
        ("digits", {"dtype": None}, "dtype must be float32 or float64, got None"),
    ],
)
def test_wrong_options(name, options, message):
    with pytest.raises(ValueError, match=message) as caught:
        load(name, **options)
    assert "\n" not in str(caught.value)
