"""`from_arrays`: check arrays of inputs and targets, shuffle the cases, split them in three parts.

N cases, d inputs, o outputs (classes, or numbers to predict)
"""

from collections.abc import Sequence
from numbers import Integral, Real

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, DTypeLike

from .cases import BLOCK, Data, Part, check_finite, float_type
from .targets import read_targets

Share = float | tuple[ArrayLike, ArrayLike]  # of the cases, or cases x, t of their own
SHARE = 0.1


def from_arrays(
    x: "ArrayLike",
    t: "ArrayLike",
    *,
    name: str = "data",
    classes: Sequence[str] | None = None,
    task: str | None = None,
    validation: "Share" = SHARE,
    test: "Share" = SHARE,
    seed: int | Generator = 0,
    dtype: "DTypeLike" = "float32",
    source: str = "arrays given by the caller",
) -> Data:
    """Make a data set of arrays: check them and split them into train, validation and test.

    Parameters
    ----------
    x : array (N, d)
        Inputs, of any real dtype, taken as they are (no scaling); copied.
    t : array (N,) or (N, o)
        Targets. Whole numbers, names or one-hot rows are classes, other numbers are to be
        predicted.
    name : str
        What reports and figures call the set; default "data".
    classes : sequence of str, optional
        Names of the classes 0, 1, ...; left out, they are the different values of t in order.
    task : "classification" or "regression", optional
        Settles what t means where its look would mislead.
    validation, test : float in [0, 1) or pair (x, t)
        A share of the N cases, rounded, or cases of their own; 0 for no such part. Default 0.1.
    seed : int or numpy.random.Generator
        Shuffles the cases before they are split, at least 0; default 0. Without a split they stay
        in order.
    dtype : "float32" or "float64"
        Of inputs and targets; default float32.
    source : str
        Origin and licence in one line.

    Returns
    -------
    Data

    Raises
    ------
    ValueError
        If a value is not finite or too large for the dtype, shapes disagree, labels do not fit or
        a part would be empty.

    Examples
    --------
    >>> data = from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], validation=0, test=0)
    >>> data.train.labels.tolist(), data.train.t.tolist()
    ([0, 1, 1, 0], [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    """
    kind = float_type(dtype)
    # Cases that come as a part of their own, by its name; under "" those that are to be split.
    tables = {"": (_inputs("x", x), _array("t", t))}
    shares: dict[str, float] = {}
    for part, share in (("validation", validation), ("test", test)):
        if isinstance(share, tuple | list) and len(share) == 2:
            tables[part] = _inputs(f"{part} x", share[0]), _array(f"{part} t", share[1])
        elif isinstance(share, Real) and 0 <= share < 1:
            shares[part] = float(share)
        else:
            raise ValueError(
                f"{part} must be a share of the cases in [0, 1) or a pair (x, t), got "
                + (repr(share) if isinstance(share, Real | str) else type(share).__name__)
            )
    for part, (inputs, _) in tables.items():
        check_finite(f"{part} x".lstrip(), inputs, kind)
    for part, (inputs, targets) in tables.items():
        _check_pair(f"{part} ".lstrip(), inputs, targets, tables[""][0].shape[1])
    rows = _split(len(tables[""][0]), shares, seed)
    names, values = read_targets(
        {f"{p} t".lstrip(): t for p, (_, t) in tables.items()}, classes, task
    )
    parts: dict[str, Part] = {}
    for (table, (inputs, _)), targets in zip(tables.items(), values, strict=True):
        if names is None:
            check_finite(f"{table} t".lstrip(), targets, kind)
        for part, order in rows.items() if not table else [(table, None)]:
            parts[part] = _part(inputs, targets, order, names, kind)
    return Data(
        name=name,
        train=parts["train"],
        validation=parts.get("validation"),
        test=parts.get("test"),
        classes=names,
        source=source,
    )


def _array(name: str, values: "ArrayLike") -> np.ndarray:
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} must be a table, got rows of different lengths") from None


def _inputs(name: str, values: "ArrayLike") -> np.ndarray:
    x = _array(name, values)
    if x.dtype.kind == "O":
        try:
            x = x.astype(np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"{name} must be numbers, got Python objects or text") from None
    if x.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be numbers, got dtype {x.dtype}; encode names as numbers")
    if x.ndim != 2 or 0 in x.shape:
        raise ValueError(
            f"{name} must have shape (N, d) with N, d > 0, got {x.shape}"
            + (f"; use {name}.reshape(len({name}), -1)" if x.ndim != 2 and x.size else "")
        )
    return x


def _check_pair(part: str, x: np.ndarray, t: np.ndarray, n_inputs: int) -> None:
    if x.shape[1] != n_inputs:
        raise ValueError(f"{part}x must have {n_inputs} inputs (as x has), got {x.shape[1]}")
    if t.ndim == 0 or len(t) != len(x):
        raise ValueError(
            f"{part}t must have {len(x)} cases (as {part}x has), got "
            + (f"{len(t)}" if t.ndim else f"the single value {t}")
        )


def _split(
    cases: int, shares: dict[str, float], seed: int | Generator
) -> dict[str, np.ndarray | None]:
    """Rows of each part, shuffled: train first, then validation, then test; None for all rows."""
    sizes = {part: round(share * cases) for part, share in shares.items()}
    for part, share in shares.items():
        if share and not sizes[part]:
            raise ValueError(
                f"{part} must get at least 1 case, got {share} of {cases} cases; "
                f"pass {part}=0 for no such part, or a larger share"
            )
    train = cases - sum(sizes.values())
    if train < 1:
        raise ValueError(
            f"train must get at least 1 case, got {train} of {cases}; lower validation and test"
        )
    if train == cases:
        return {"train": None}
    order = new_generator(seed).permutation(cases)
    rows: dict[str, np.ndarray | None] = {"train": order[:train]}
    start = train
    for part, size in sizes.items():
        if size:
            rows[part] = order[start : start + size]
            start += size
    return rows


def new_generator(seed: int | Generator) -> Generator:
    """Make a random number generator from a seed.

    Parameters
    ----------
    seed : int or numpy.random.Generator
        A whole number of at least 0. A generator is returned as it is, and goes on where it was.

    Returns
    -------
    numpy.random.Generator

    Raises
    ------
    ValueError
        If it is neither.
    """
    whole = isinstance(seed, Integral) and not isinstance(seed, bool)
    if not isinstance(seed, Generator) and not (whole and seed >= 0):
        raise ValueError(f"seed must be a whole number of at least 0, got {seed!r}")
    return np.random.default_rng(seed)


def _part(
    x: np.ndarray,
    targets: np.ndarray,
    rows: np.ndarray | None,
    classes: tuple[str, ...] | None,
    kind: np.dtype,
) -> Part:
    """Copy the cases `rows` (all if None) into arrays of our own, a block at a time."""
    rows = np.arange(len(x)) if rows is None else rows
    inputs = np.empty((len(rows), x.shape[1]), kind)
    for start in range(0, len(rows), BLOCK):
        inputs[start : start + BLOCK] = x[rows[start : start + BLOCK]]
    if classes is None:
        return Part(inputs, np.ascontiguousarray(targets[rows], kind))
    labels = np.ascontiguousarray(targets[rows])
    return Part(inputs, one_hot(labels, len(classes), kind), labels)


def one_hot(labels: np.ndarray, classes: int, kind: np.dtype) -> np.ndarray:
    """Make one-hot targets: a 1 in the column of the label, else 0.

    Parameters
    ----------
    labels : array (N,) int64
        From 0 to classes - 1.
    classes : int
    kind : numpy.dtype
        float32 or float64.

    Returns
    -------
    array (N, classes) of this dtype
    """
    targets = np.zeros((len(labels), classes), kind)
    targets[np.arange(len(labels)), labels] = 1
    return targets
