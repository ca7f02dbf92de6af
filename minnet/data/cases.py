"""A data set is a table of cases cut in three: one part to learn from, one to choose by, one kept
back to report on.

N cases, d inputs, o outputs (classes, or numbers to predict)
"""

import hashlib
import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

PARTS = ("train", "validation", "test")
BLOCK = 4096  # cases converted at a time, to keep copies small


@dataclass(frozen=True, eq=False)
class Part:
    """Some cases: inputs `x` (N, d), targets `t` (N, o), and `labels` (N,) int64 for classes.

    `x` and `t` are C-contiguous float32 or float64; targets of classes are one-hot. `labels` is
    None where the targets are numbers.
    """

    x: NDArray[Any]
    t: NDArray[Any]
    labels: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        return f"Part({len(self)} cases, x {self.x.shape}, t {self.t.shape}, {self.x.dtype})"


@dataclass(frozen=True, eq=False, repr=False)
class Data:
    """A named set of cases in up to three parts, as `load` and `from_arrays` return it.

    Attributes
    ----------
    name : str
    train : Part
    validation, test : Part or None
    classes : tuple of str, or None where the targets are numbers
    source : str
        Origin and licence in one line.
    transforms : tuple of str
        What has been done to the inputs since (see `transforms.py`), in order.

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
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64."""
        return self.train.x.dtype

    @cached_property
    def hash(self) -> str:
        """First 12 hex digits of the sha256 of all parts: shapes and values rounded to float32.

        The name, the class names, the source and the dtype do not enter, so one set has one hash
        whether it is held in float32 or float64.
        """
        digest = hashlib.sha256(b"numbers" if self.classes is None else b"classes")
        for name in PARTS:
            part = getattr(self, name)
            for array in () if part is None else (part.x, part.t):
                digest.update(f"{name} {array.shape}".encode())
                for start in range(0, len(array), BLOCK):
                    with np.errstate(over="ignore"):
                        digest.update(array[start : start + BLOCK].astype("<f4", copy=False))
        return digest.hexdigest()[:12]

    def astype(self, dtype: DTypeLike) -> "Data":
        """The same cases in float32 or float64; `self` if that is what it holds.

        Raises
        ------
        ValueError
            If dtype is another one, or a value is too large for it.
        """
        wanted = float_type(dtype)
        if wanted == self.dtype:
            return self
        parts: dict[str, Part] = {}
        for name in PARTS:
            part = getattr(self, name)
            if part is not None:
                check_finite(f"{name}.x", part.x, wanted)
                check_finite(f"{name}.t", part.t, wanted)
                parts[name] = replace(part, x=part.x.astype(wanted), t=part.t.astype(wanted))
        return replace(self, **parts)

    def __repr__(self) -> str:
        there = [(name, getattr(self, name)) for name in PARTS]
        sizes = " + ".join(f"{name} {len(part)}" for name, part in there if part is not None)
        outputs = f"{self.n_outputs} {'output' if self.classes is None else 'classes'}"
        outputs += "s" if self.classes is None and self.n_outputs > 1 else ""
        inputs = f"{self.n_inputs} input{'s' if self.n_inputs > 1 else ''}"
        done = "".join(f", {text}" for text in self.transforms)
        return f"Data({self.name!r}: {inputs}, {outputs}, {sizes} cases, {self.dtype}{done})"


def float_type(dtype: DTypeLike) -> np.dtype[Any]:
    """float32 or float64, from whatever NumPy reads as one of them, else ValueError."""
    try:
        wanted = np.dtype(dtype)
    except TypeError:
        wanted = None
    if dtype is None or wanted not in (np.float32, np.float64):
        raise ValueError(f"dtype must be float32 or float64, got {dtype!r}")
    return wanted


def check_finite(name: str, array: NDArray[Any], kind: np.dtype[Any]) -> None:
    """Refuse the first entry of a table that is NaN, infinite or too large for `kind`."""
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
