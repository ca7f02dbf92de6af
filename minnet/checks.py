"""Checks of arguments: names, numbers and whole numbers, each with a one-line error."""

import difflib
import math
from collections.abc import Collection, Iterable
from typing import TypeGuard

import numpy as np


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """The end of an error about an unknown word: the nearest known one, or all that are known.

    Parameters
    ----------
    word : object
        Usually a str; its text is compared without regard to capitals.
    known : iterable of str

    Returns
    -------
    str
        Like " (did you mean 'rprop'?)" or "; there is sgd, rprop".
    """
    known = list(known)
    near = difflib.get_close_matches(str(word).lower(), known, n=1)
    return (
        f" (did you mean {near[0]!r}?)" if near else f"; there is {', '.join(known) or 'nothing'}"
    )


def check_name(what: str, name: object, known: Collection[str]) -> None:
    """Check that a name is one of those that are known.

    Parameters
    ----------
    what : str
        What the error calls it, like "optimizer".
    name : object
        Usually a str.
    known : collection of str

    Raises
    ------
    ValueError
        With the nearest known name, unless `name` is known.
    """
    if name not in known:
        raise ValueError(f"unknown {what} {name!r}{did_you_mean(name, known)}")


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is one finite real number.

    Parameters
    ----------
    value : object
        Python's and NumPy's whole and floating-point numbers may pass; bool does not.

    Returns
    -------
    bool
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond all floats
        return False


def check_number(name: str, value: object, low: float = 0.0, above: float | None = None) -> None:
    """Check that a value is a finite number in its range.

    Parameters
    ----------
    name : str
        What the error calls it.
    value : object
    low : float
        The smallest number that passes, perhaps -inf; default 0.
    above : float, optional
        A number that it must be greater than.

    Raises
    ------
    ValueError
        With the range and the value.
    """
    if not is_number(value) or value < low or (above is not None and value <= above):
        least = "" if low == -np.inf else f", at least {low:g}"
        least = least if above is None else f", greater than {above:g}"
        raise ValueError(f"{name} must be a finite number{least}, got {value!r}")


def check_whole(name: str, value: object, low: int, high: int | None = None, of: str = "") -> None:
    """Check that a value is a whole number in its range.

    Parameters
    ----------
    name : str
        What the error calls it.
    value : object
        Python's and NumPy's whole numbers may pass; bool does not.
    low : int
        The smallest number that passes.
    high : int, optional
        The largest one.
    of : str
        What the range is taken from, like " (inputs)"; default "".

    Raises
    ------
    ValueError
        With the range and the value.
    """
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, np.integer))
        or value < low
        or (high is not None and value > high)
    ):
        span = f"at least {low}" if high is None else f"between {low} and {high}"
        raise ValueError(f"{name} must be a whole number {span}{of}, got {value!r}")
