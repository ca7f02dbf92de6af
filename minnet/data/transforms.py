"""Transforms of the inputs: shift, scale, decorrelate, drop components, whiten (lecture 6b).

N cases, d inputs, k components that remain

Each transform is fitted on the training part alone and then applied to every part. The functions
return a `Fitted`; they raise ValueError if a number is out of its range and, from decorrelate on,
if no input varies.

| notation | what becomes of an input x | slide |
|---|---|---|
| shift | x - its mean; `shift(by=100)`: x - 100 | 11 |
| scale | x / its standard deviation; `scale(about=0)`: x / its root mean square | 12 |
| decorrelate | x V, with V the eigenvectors of the covariance, largest eigenvalue first | 13 |
| drop(0.99), drop(components=k) | x V without the last columns of V | 13 |
| whiten | x V / sqrt(eigenvalues) | 13 |

Only `shift` moves the mean, so "shift, whiten" is what the slide means by decorrelating.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike

from ..checks import check_whole, is_number
from ..notation import bind, terms
from .cases import BLOCK, PARTS, Data, check_finite

# Below this share of the largest eigenvalue a component is rounding, and is not blown up.
FAINT = 1e-10


@dataclass(frozen=True, eq=False)
class Fitted:
    """A transform with its statistics of the training part: x becomes (x - offset) / spread @ axes.

    Parameters
    ----------
    text : str
        Its notation.
    offset : array (d,) float64, optional
        Subtracted from each case; None for 0.
    spread : array (d,) float64, optional
        Divides each case; None for 1.
    axes : array (d, k) float64, optional
        Multiplies each case from the right; None for the identity.
    eigenvalues : array (d,) float64, optional
        Of the covariance, largest first, where `axes` are its eigenvectors.
    """

    text: str
    offset: np.ndarray | None = None
    spread: np.ndarray | None = None
    axes: np.ndarray | None = None
    eigenvalues: np.ndarray | None = None

    def apply(self, x: "ArrayLike", out: np.ndarray | None = None) -> np.ndarray:
        """Transform a table of inputs.

        Parameters
        ----------
        x : array (N, d)
            float32 or float64; other real dtypes become float64.
        out : array (N, k), optional
            Where the result is written; `x` itself if its width stays. Left out, a new array.

        Returns
        -------
        array (N, k) of x's dtype
            k = d unless `axes` are fewer.

        Raises
        ------
        ValueError
            If the width of x is another one, or a result is too large for its dtype.
        """
        x = np.asarray(x)
        x = x if x.dtype in (np.float32, np.float64) else x.astype(np.float64)
        d = len(next(a for a in (self.offset, self.spread, self.axes) if a is not None))
        if x.ndim != 2 or x.shape[1] != d:
            raise ValueError(f"x must have shape (N, {d}) for {self.text}, got {x.shape}")
        if out is None:
            out = np.empty((len(x), d if self.axes is None else self.axes.shape[1]), x.dtype)
        with np.errstate(over="ignore", invalid="ignore"), _one_thread(self.axes is not None):
            for start in range(0, len(x), BLOCK):
                block = x[start : start + BLOCK].astype(np.float64)
                if self.offset is not None:
                    block -= self.offset
                if self.spread is not None:
                    block /= self.spread
                out[start : start + BLOCK] = block if self.axes is None else block @ self.axes
        check_finite(f"x after {self.text}", out, out.dtype)
        return out


def shift(x: np.ndarray, /, by: float | None = None) -> Fitted:
    """Subtract from each input its mean over the training part, or a number (6b, slide 11).

    Parameters
    ----------
    x : array (N, d)
        Inputs of the training part.
    by : float, optional
        A finite number to subtract from every input; left out, each input's mean.
    """
    if by is None:
        return Fitted("shift", offset=x.mean(axis=0, dtype=np.float64))
    _check_finite_number("by of shift", by)
    return Fitted(f"shift(by={by})", offset=np.full(x.shape[1], float(by)))


def scale(x: np.ndarray, /, about: float | None = None) -> Fitted:
    """Divide each input by its root mean square deviation from its mean, or from a number.

    An input that does not deviate in any training case is left as it is (6b, slide 12).

    Parameters
    ----------
    x : array (N, d)
        Inputs of the training part.
    about : float, optional
        A finite number to measure deviations from; left out, each input's mean.
    """
    text = "scale"
    centre = x.mean(axis=0, dtype=np.float64)
    if about is not None:
        _check_finite_number("about of scale", about)
        text, centre = f"scale(about={about})", np.full(x.shape[1], float(about))
    squares = np.zeros(x.shape[1])
    for start in range(0, len(x), BLOCK):
        squares += np.square(x[start : start + BLOCK] - centre).sum(axis=0)
    constant = x.min(axis=0) == x.max(axis=0) if about is None else squares == 0
    return Fitted(text, spread=np.where(constant, 1.0, np.sqrt(squares / len(x))))


def decorrelate(x: np.ndarray, /) -> Fitted:
    """Rotate the inputs onto the principal components of the training part (6b, slide 13).

    Parameters
    ----------
    x : array (N, d)
        Inputs of the training part.
    """
    values, axes = _principal(x)
    return Fitted("decorrelate", axes=axes, eigenvalues=values)


def whiten(x: np.ndarray, /) -> Fitted:
    """Decorrelate, then divide each component by the square root of its eigenvalue (6b, slide 13).

    Components with less than 1e-10 of the largest eigenvalue are only rotated.

    Parameters
    ----------
    x : array (N, d)
        Inputs of the training part.
    """
    values, axes = _principal(x)
    faint = values < FAINT * values[0]
    return Fitted("whiten", axes=axes / np.where(faint, 1.0, np.sqrt(values)), eigenvalues=values)


def drop(
    x: np.ndarray,
    /,
    keep: float | None = None,
    *,
    components: int | None = None,
    variance: float | None = None,
) -> Fitted:
    """Decorrelate, then drop all components but the first ones (6b, slide 13).

    Exactly one of the three numbers says how many remain.

    Parameters
    ----------
    x : array (N, d)
        Inputs of the training part.
    keep : int or float, optional
        A whole number is `components`, another one is `variance`: drop(20), drop(0.99).
    components : int, optional
        How many remain, from 1 to d.
    variance : float, optional
        Share of the variance that remains, above 0 and at most 1: as many components as it takes.
    """
    if [keep, components, variance].count(None) != 2:
        raise ValueError("drop must be given one number, e.g. drop(0.99) or drop(components=20)")
    if isinstance(keep, Integral):
        components = keep
    variance = variance if keep is None or components is not None else keep
    if components is not None:
        check_whole("components of drop", components, 1, x.shape[1], " (inputs)")
        text = f"drop(components={components})"
    else:
        if not isinstance(variance, Real) or not 0 < variance <= 1:
            raise ValueError(f"variance of drop must be above 0 and at most 1, got {variance!r}")
        text = f"drop(variance={variance})"
    values, axes = _principal(x)
    if components is None:
        shares = np.cumsum(values) / values.sum()
        components = min(int(np.searchsorted(shares, variance)) + 1, len(values))
    return Fitted(text, axes=np.ascontiguousarray(axes[:, :components]), eigenvalues=values)


TRANSFORMS: dict[str, Callable[..., Fitted]] = {
    make.__name__: make for make in (shift, scale, decorrelate, whiten, drop)
}


def transformed(data: Data, text: str) -> Data:
    """Transform the inputs of a data set: fit on the training part, apply to every part.

    Parameters
    ----------
    data : Data
        It stays as it is.
    text : str
        Transforms in order, e.g. "shift, scale" or "shift, drop(0.99), whiten"; "" for none.

    Returns
    -------
    Data
        Its `transforms` name what was done.

    Raises
    ------
    ValueError
        If the text cannot be read, a number is out of range, or inputs become too large.

    References
    ----------
    Lecture 6b, slides 11 to 13.

    Examples
    --------
    >>> from minnet.data import from_arrays
    >>> slide_12 = from_arrays([[0.1, 10], [0.1, -10]], [2.0, 0.0], validation=0, test=0)
    >>> round_one = transformed(slide_12, "scale(about=0)")
    >>> round_one.train.x.tolist(), round_one.transforms
    ([[1.0, 1.0], [1.0, -1.0]], ('scale(about=0)',))
    """
    steps: list[str] = []
    parts = {name: part for name in PARTS if (part := getattr(data, name)) is not None}
    read = terms(text, "shift, scale, drop(0.99)", "transforms")
    for fit in [bind(term, "transform", TRANSFORMS) for term in read]:
        fitted = fit(parts["train"].x)
        for part, cases in parts.items():
            # Our own copy is written over, the caller's arrays are not.
            narrower = fitted.axes is not None and fitted.axes.shape[1] < cases.x.shape[1]
            out = None if narrower or not steps else cases.x
            parts[part] = replace(cases, x=fitted.apply(cases.x, out))
        steps.append(fitted.text)
    return replace(data, **parts, transforms=data.transforms + tuple(steps)) if steps else data


def _check_finite_number(name: str, value: object) -> None:
    if not is_number(value):
        raise ValueError(f"{name} must be a finite number, got {value!r}")


def _principal(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues (d,), largest first, and eigenvectors (d, d) in columns, of the covariance."""
    mean = x.mean(axis=0, dtype=np.float64)
    covariance = np.zeros((x.shape[1], x.shape[1]))
    with _one_thread(True):
        for start in range(0, len(x), BLOCK):
            block = x[start : start + BLOCK] - mean
            covariance += block.T @ block
        values, axes = np.linalg.eigh(covariance / len(x))
    values, axes = np.maximum(values[::-1], 0), axes[:, ::-1]
    if values[0] == 0:
        raise ValueError("inputs must vary over the training part to be decorrelated, got none")
    # An eigenvector has no sign of its own: its largest entry shall be positive.
    largest = np.abs(axes).argmax(axis=0)
    return values, axes * np.sign(axes[largest, np.arange(len(values))])


def _one_thread(needed: bool) -> AbstractContextManager[object]:
    """Hold BLAS at one thread, so that the bits do not depend on how many there are."""
    if not needed:
        return nullcontext()
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, "blas")
