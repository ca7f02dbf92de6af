"""Bad input gets one clear line: the condition, the value, the way out."""

import difflib
import math
from collections.abc import Iterable

import numpy as np


def did_you_mean(word, known: Iterable[str]) -> str:
    """The end of an error about an unknown word: the nearest known one, or all that are known."""
    known = list(known)
    near = difflib.get_close_matches(str(word).lower(), known, n=1)
    return (
        f" (did you mean {near[0]!r}?)" if near else f"; there is {', '.join(known) or 'nothing'}"
    )


def check_name(what: str, name, known: Iterable[str]) -> None:
    """Raise ValueError, with the nearest known name, unless `name` is known."""
    if name not in known:
        raise ValueError(f"unknown {what} {name!r}{did_you_mean(name, known)}")


def is_number(value) -> bool:
    """Whether `value` is one finite real number."""
    real = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    try:
        return real and math.isfinite(value)
    except OverflowError:  # a whole number beyond all floats
        return False


def check_number(name: str, value, low: float = 0.0, above: float | None = None) -> None:
    """Raise ValueError unless `value` is a finite number, at least `low` (or above `above`)."""
    if not is_number(value) or value < low or (above is not None and value <= above):
        least = "" if low == -np.inf else f", at least {low:g}"
        least = least if above is None else f", greater than {above:g}"
        raise ValueError(f"{name} must be a finite number{least}, got {value!r}")


def check_whole(name: str, value, low: int, high: int | None = None, of: str = "") -> None:
    """Raise ValueError unless `value` is a whole number from `low` to `high`."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < low or (high is not None and value > high):
        span = f"at least {low}" if high is None else f"between {low} and {high}"
        raise ValueError(f"{name} must be a whole number {span}{of}, got {value!r}")
