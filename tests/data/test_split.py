"""`from_arrays`: the cut is a permutation, and wrong arrays are refused in one line."""

import re

import numpy as np
import pytest
from hypothesis import given, strategies as st

from minnet.data import from_arrays

X = np.arange(40.0).reshape(20, 2)
LABELS = np.arange(20) % 4
WHOLE = {"validation": 0, "test": 0}


@given(
    cases=st.integers(10, 60),
    validation=st.sampled_from([0, 0.1, 0.3]),
    test=st.sampled_from([0, 0.1, 0.25]),
    seed=st.integers(0, 2**32),
)
def test_every_case_lands_in_one_part(cases, validation, test, seed):
    x, t = np.arange(cases)[:, None], np.arange(cases) / 7
    data = from_arrays(x, t, validation=validation, test=test, seed=seed, dtype="float64")
    parts = {"train": data.train, "validation": data.validation, "test": data.test}
    there = [part for part in parts.values() if part is not None]
    assert sorted(np.concatenate([part.x[:, 0] for part in there])) == list(range(cases))
    for part in there:
        np.testing.assert_array_equal(part.t[:, 0], part.x[:, 0] / 7)
    for name, share in (("validation", validation), ("test", test)):
        assert (parts[name] is None) == (share == 0)
        assert share == 0 or abs(len(parts[name]) - share * cases) <= 0.5
    again = from_arrays(x, t, validation=validation, test=test, seed=seed, dtype="float32")
    assert again.hash == data.hash


def test_seeds_differ_and_no_cut_keeps_the_order():
    first, second = (from_arrays(X, LABELS, seed=seed) for seed in (0, 1))
    assert first.hash != second.hash
    np.testing.assert_array_equal(from_arrays(X, LABELS, **WHOLE, seed=1).train.x, X)


def test_arrays_are_copied():
    x = X.astype(np.float32)
    data = from_arrays(x, LABELS, **WHOLE)
    x[:] = -1
    assert data.train.x.min() == 0


def test_large_tables_are_copied_whole():
    x = np.arange(9001.0)[:, None]
    data = from_arrays(x, x[:, 0] / 2, test=0)
    np.testing.assert_array_equal(data.train.x, data.train.t * 2)
    assert len(data.train) == 8101


def test_explicit_parts():
    data = from_arrays(X, LABELS, validation=(X[:3] + 1, [0, 1, 3]), test=[X[:2], [2, 2]])
    np.testing.assert_array_equal(data.train.x, X)
    np.testing.assert_array_equal(data.validation.x, X[:3] + 1)
    assert data.test.labels.tolist() == [2, 2] and data.test.t.shape == (2, 4)
    mixed = from_arrays(X, LABELS, validation=0.5, test=(X[:2], [2, 2]))
    assert len(mixed.train) == len(mixed.validation) == 10


def test_classes_come_from_all_parts():
    data = from_arrays(X, LABELS, validation=0, test=(X[:2], [0, 7]))
    assert data.classes == ("0", "1", "2", "3", "7")
    assert data.train.t.shape == (20, 5) and data.test.labels.tolist() == [0, 4]


@pytest.mark.parametrize(
    ("t", "classes", "labels"),
    [
        (LABELS, ("0", "1", "2", "3"), LABELS),
        (LABELS * 5 - 5, ("-5", "0", "5", "10"), LABELS),
        (LABELS[:, None].astype(np.uint8), ("0", "1", "2", "3"), LABELS),
        (LABELS < 2, ("0", "1"), LABELS < 2),
        (np.array(["b", "a", "d", "c"])[LABELS], ("a", "b", "c", "d"), [1, 0, 3, 2] * 5),
        (np.array(["b", "a"], object)[LABELS % 2], ("a", "b"), [1, 0] * 10),
        (np.eye(4)[LABELS], ("0", "1", "2", "3"), LABELS),
    ],
)
def test_classification(t, classes, labels):
    data = from_arrays(X, t, **WHOLE)
    assert data.classes == classes
    np.testing.assert_array_equal(data.train.labels, labels)
    np.testing.assert_array_equal(data.train.t, np.eye(len(classes))[data.train.labels])


def test_named_classes():
    names = ["north", "east", "south", "west", "centre"]
    data = from_arrays(X, LABELS.astype(float), classes=names, **WHOLE)
    assert data.classes == tuple(names) and data.n_outputs == 5
    data = from_arrays(X, np.array(names)[LABELS], classes=names, **WHOLE)
    np.testing.assert_array_equal(data.train.labels, LABELS)
    assert from_arrays(X, np.eye(5)[LABELS], classes=names, **WHOLE).classes == tuple(names)


@pytest.mark.parametrize(
    ("t", "outputs"), [(LABELS / 2, 1), (X + 0.5, 2), (LABELS[:, None] * 1.0, 1)]
)
def test_regression(t, outputs):
    data = from_arrays(X, t, **WHOLE, dtype="float64")
    assert data.classes is None and data.train.labels is None
    np.testing.assert_array_equal(data.train.t, np.reshape(t, (20, outputs)))


def test_task_settles_what_targets_mean():
    assert from_arrays(X, LABELS, task="regression").classes is None
    assert from_arrays(X, np.eye(4)[LABELS], task="regression").classes is None
    assert from_arrays(X, LABELS * 1.0, task="classification").classes == ("0", "1", "2", "3")
    assert len(from_arrays(X, range(20), task="classification").classes) == 20


def spoiled(row, column, value):
    x = X.copy()
    x[row, column] = value
    return x


@pytest.mark.parametrize(
    ("x", "t", "options", "message"),
    [
        (spoiled(3, 1, np.nan), LABELS, {}, "x must be finite, got nan at x[3, 1]; fill in"),
        (spoiled(0, 0, -np.inf), LABELS, {}, "x must be finite, got -inf at x[0, 0]"),
        (spoiled(1, 0, 1e39), LABELS, {}, "(float32), got 1e+39 at x[1, 0]; scale it"),
        (X, LABELS[:-1], {}, "t must have 20 cases (as x has), got 19"),
        (X, 3, {}, "t must have 20 cases (as x has), got the single value 3"),
        (X[:, 0], LABELS, {}, "x must have shape (N, d) with N, d > 0, got (20,); use x.reshape("),
        (X.reshape(5, 4, 2), LABELS[:5], {}, "got (5, 4, 2); use x.reshape(len(x), -1)"),
        (X[:0], LABELS[:0], {}, "with N, d > 0, got (0, 2)"),
        (X[:, :0], LABELS, {}, "with N, d > 0, got (20, 0)"),
        ([[1, 2], [3]], [0, 1], {}, "x must be a table, got rows of different lengths"),
        ([["a", "b"]] * 20, LABELS, {}, "x must be numbers, got dtype <U1"),
        (np.full((20, 2), {}), LABELS, {}, "x must be numbers, got Python objects or text"),
        (X * 1j, LABELS, {}, "x must be numbers, got dtype complex128"),
        (X, np.zeros((20, 2, 2)), {}, "t must be (N,) labels or (N, o) numbers, got shape (20, 2"),
        (X, np.zeros((20, 0)), {}, "got shape (20, 0)"),
        (X, [["a", "b"]] * 20, {}, "got text of shape (20, 2)"),
        (X, ["a", 1] * 10, {"classes": ["a", "b"]}, "labels must be among classes ('a', 'b'), got"),
        (X, np.array(["a", None] * 10), {}, "t must be all numbers or all names, got a mixture"),
        (X, LABELS * 1j, {}, "t must be numbers or names, got dtype complex128"),
        (X, spoiled(4, 0, np.nan)[:, 0], {}, "t must be finite, got nan at t[4]; drop"),
        (X, spoiled(4, 1, np.inf), {}, "t must be finite, got inf at t[4, 1]"),
        (X, X[:, 0] * 1e38, {}, "t must be between -3.403e+38 and 3.403e+38 (float32)"),
        (X, LABELS + 0.5, {"classes": "abcde"}, "classes must be at least 2 different names"),
        (X, LABELS + 0.5, {"task": "classification"}, "must be whole numbers, got 0.5 at t[0]"),
        (X, LABELS, {"classes": ["a", "b", "c"]}, "between 0 and 2 (3 classes), got 3 at t[3]"),
        (X, LABELS - 1, {"classes": list("abcd")}, "between 0 and 3 (4 classes), got -1 at t[0]"),
        (X, np.eye(4)[LABELS], {"classes": ["a", "b"]}, "must be 4 names (columns of t), got 2"),
        (X, X, {"task": "classification"}, "one-hot (a single 1, else 0) for classification, got"),
        (X, LABELS, {"classes": ["a", "a"]}, "classes must be at least 2 different names, got ("),
        (X, LABELS, {"task": "guess"}, "task must be 'classification' or 'regression', got 'gue"),
        (X, LABELS, {"task": "regression", "classes": "ab"}, "classes must be"),
        (X, LABELS, {"task": "regression", "classes": ["a", "b"]}, "classes must be left out"),
        (X, ["a"] * 20, {"task": "regression"}, "must be numbers for regression, got 'a'"),
        (X, LABELS * 0, {}, "at least 2 classes, got only '0' in all 20 cases"),
        (X, np.arange(20), {}, "got 20 different whole numbers in 20 cases; pass task='regress"),
        (X, LABELS, {"test": 1.0}, "test must be a share of the cases in [0, 1) or a pair (x, t),"),
        (X, LABELS, {"validation": -0.1}, "validation must be a share"),
        (X, LABELS, {"validation": np.nan}, "validation must be a share"),
        (X, LABELS, {"validation": "some"}, "got 'some'"),
        (X, LABELS, {"validation": (X,)}, "got tuple"),
        (X, LABELS, {"validation": 0.01}, "validation must get at least 1 case, got 0.01 of 20"),
        (X, LABELS, {"validation": 0.5, "test": 0.5}, "train must get at least 1 case, got 0 of"),
        (X, LABELS, {"validation": 0.9, "test": 0.9}, "train must get at least 1 case, got -16 of"),
        (X, LABELS, {"test": (X[:, :1], LABELS)}, "test x must have 2 inputs (as x has), got 1"),
        (X, LABELS, {"test": (X, LABELS[:4])}, "test t must have 20 cases (as test x has), got 4"),
        (X, LABELS, {"test": (X, X)}, "test t must be like t (int64, 1 a case), got float64, (2,)"),
        (X, LABELS, {"test": (X[:0], [])}, "test x must have shape (N, d)"),
        (
            X,
            LABELS,
            {"test": (X[:2], [0, 9]), "classes": list("abcd")},
            "labels must be between 0 and 3 (4 classes), got 9 at test t[1]",
        ),
        (X, LABELS, {"seed": -3}, "seed must be a whole number of at least 0, got -3"),
        (X, LABELS, {"seed": True}, "seed must be a whole number of at least 0, got True"),
        (X, LABELS, {"dtype": "float16"}, "dtype must be float32 or float64, got 'float16'"),
    ],
)
def test_wrong_arrays(x, t, options, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        from_arrays(x, t, **options)
    assert "\n" not in str(caught.value)
