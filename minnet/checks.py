"""Bad input gets one clear line: the condition, the value, the way out."""

import difflib
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


def check_whole(name: str, value, low: int, high: int | None = None, of: str = "") -> None:
    """Raise ValueError unless `value` is a whole number from `low` to `high`."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < low or (high is not None and value > high):
        span = f"at least {low}" if high is None else f"between {low} and {high}"
        raise ValueError(f"{name} must be a whole number {span}{of}, got {value!r}")
