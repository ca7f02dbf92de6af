"""The classes `Data` and `Part`: a named set of cases in a training, a validation and a test part.

N cases, d inputs, o outputs (classes, or numbers to predict)
"""

import hashlib
import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

PARTS = ("train", "validation", "test")
BLOCK = 4096  # cases converted at a time, to keep copies small


@dataclass(frozen=True, eq=False)
class Part:
    """One part of a data set: inputs, targets, and for classes their labels.

    Parameters
    ----------
    x : array (N, d) float32 or float64
        Inputs, one case a row, C-contiguous.
    t : array (N, o), of the dtype of x
        Targets: one-hot rows for classes, else the numbers to predict. C-contiguous.
    labels : array (N,) int64, optional
        The class of each case, 0 to o - 1; None where the targets are numbers.
    """

    x: np.ndarray
    t: np.ndarray
    labels: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        return f"Part({len(self)} cases, x {self.x.shape}, t {self.t.shape}, {self.x.dtype})"


@dataclass(frozen=True, eq=False, repr=False)
class Data:
    """A named data set in up to three parts, as `load` and `from_arrays` return it.

    Parameters
    ----------
    name : str
        What reports and figures call it.
    train : Part
        The cases to train on.
    validation : Part or None
        The cases to choose by: best weights, early stopping, learning rates.
    test : Part or None
        The cases that nothing is chosen by, to report the final error on.
    classes : tuple of str, or None
        Names of the classes 0 to o - 1; None where the targets are numbers.
    source : str
        Origin and licence in one line.
    transforms : tuple of str
        Transforms of the inputs so far, in order, in the notation of `transformed`; default ().

    Examples
    --------
    >>> from minnet.data import from_arrays
    >>> data = from_arrays([[0.0], [1.0], [2.0], [3.0]], [0.0, 0.5, 1.0, 1.5], test=0.25,
    ...                    validation=0, name="line")
    >>> data
    Data('line': 1 input, 1 output, train 3 + test 1 cases, float32)
    >>> data.astype("float64").hash == data.hash
    True
    """

    name: str
    train: Part
    validation: Part | None
    test: Part | None
    classes: tuple[str, ...] | None
    source: str
    transforms: tuple[str, ...] = ()

    @property
    def n_inputs(self) -> int:
        """d, the length of a case."""
        return self.train.x.shape[1]

    @property
    def n_outputs(self) -> int:
        """o, the number of classes or of numbers to predict."""
        return self.train.t.shape[1]

    @property
    def dtype(self) -> np.dtype:
        """float32 or float64."""
        return self.train.x.dtype

    @cached_property
    def hash(self) -> str:
        """First 12 hex digits of the sha256 of all parts: shapes and values rounded to float32.

        The name, the class names, the source and the dtype do not enter, so one set has one hash
        whether it is held in float32 or float64.
        """
        digest = hashlib.sha256(b"numbers" if self.classes is None else b"classes")
        for name, part in parts_of(self).items():
            for array in (part.x, part.t):
                digest.update(f"{name} {array.shape}".encode())
                for start in range(0, len(array), BLOCK):
                    with np.errstate(over="ignore"):
                        digest.update(array[start : start + BLOCK].astype("<f4").tobytes())
        return digest.hexdigest()[:12]

    # "DTypeLike" is in quotes here and elsewhere, so that help() shows the name of the type and not
    # the hundreds of characters that it stands for.
    def astype(self, dtype: "DTypeLike") -> "Data":
        """Convert inputs and targets to float32 or float64.

        Parameters
        ----------
        dtype : "float32" or "float64"
            Or anything that NumPy reads as one of them.

        Returns
        -------
        Data
            `self` if it has this dtype already.

        Raises
        ------
        ValueError
            If dtype is another one, or a value is too large for it.
        """
        kind = float_type(dtype)
        if kind == self.dtype:
            return self
        parts: dict[str, Any] = {}
        for name, part in parts_of(self).items():
            check_finite(f"{name}.x", part.x, kind)
            check_finite(f"{name}.t", part.t, kind)
            parts[name] = replace(part, x=part.x.astype(kind), t=part.t.astype(kind))
        return replace(self, **parts)

    def __repr__(self) -> str:
        sizes = " + ".join(f"{name} {len(part)}" for name, part in parts_of(self).items())
        outputs = f"{self.n_outputs} {'output' if self.classes is None else 'classes'}"
        outputs += "s" if self.classes is None and self.n_outputs > 1 else ""
        inputs = f"{self.n_inputs} input{'s' if self.n_inputs > 1 else ''}"
        transforms = "".join(f", {text}" for text in self.transforms)
        return f"Data({self.name!r}: {inputs}, {outputs}, {sizes} cases, {self.dtype}{transforms})"


def parts_of(data: Data) -> dict[str, Part]:
    """The parts that a data set has, by name: train, then validation and test if there are such.

    Parameters
    ----------
    data : Data

    Returns
    -------
    dict of str to Part
    """
    parts = {name: getattr(data, name) for name in PARTS}
    return {name: part for name, part in parts.items() if part is not None}


def float_type(dtype: "DTypeLike") -> np.dtype:
    """The NumPy dtype float32 or float64.

    Parameters
    ----------
    dtype : str, type or dtype
        Anything that NumPy reads as float32 or float64.

    Returns
    -------
    numpy.dtype

    Raises
    ------
    ValueError
        If it is another dtype, or None, which NumPy would read as float64.
    """
    try:
        kind = None if dtype is None else np.dtype(dtype)
    except TypeError:
        kind = None
    if kind is None or kind not in (np.float32, np.float64):
        raise ValueError(f"dtype must be float32 or float64, got {dtype!r}")
    return kind


def check_finite(name: str, array: np.ndarray, kind: np.dtype) -> None:
    """Refuse a table with an entry that is NaN, infinite or too large for a dtype.

    Parameters
    ----------
    name : str
        What the error calls the table.
    array : array (N, columns)
        Tables of whole numbers pass.
    kind : numpy.dtype
        float32 or float64.

    Raises
    ------
    ValueError
        With the first such entry and its place.
    """
    largest = float(np.finfo(kind).max)
    if array.dtype.kind != "f" or -largest <= float(array.min()) <= float(array.max()) <= largest:
        return
    fits = np.abs(array.astype(np.float64)) <= largest
    row, column = (int(i) for i in np.argwhere(~fits)[0])
    value = array[row, column]
    if math.isfinite(value):
        need, remedy = f"between -{largest:.4g} and {largest:.4g} ({kind})", "scale it"
    else:
        need, remedy = "finite", "fill in or drop such cases"
    raise ValueError(f"{name} must be {need}, got {value} at {name}[{row}, {column}]; {remedy}")
