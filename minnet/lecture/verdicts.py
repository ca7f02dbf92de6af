"""Verdicts, and the questions that lead to them: predicates on a measured value.

A question answers True, False, or None where the seeds do not decide; a claim combines several.
Values are numbers, lists or dicts of them; where a question is about "a value", a list is asked
number by number.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

LISTED = 4  # so many numbers are printed one by one
SHARE = 0.8  # of the seeds must agree before a difference counts: 4 of 5, 8 of 10


class Verdict(StrEnum):
    """What we conclude about a claim of the lecture."""

    CONFIRMED = "CONFIRMED"
    QUALIFIED = "QUALIFIED"
    REFUTED = "REFUTED AS PRINTED"
    NOT_CLEAR = "NOT CLEAR"


@dataclass(frozen=True)
class Question:
    """A question about a measured value, in words and as a function.

    Parameters
    ----------
    text : str
        The question in words.
    ask : callable
        From the value to its answer: true, false, or None where it is not decided.
    """

    text: str
    ask: Callable[[Any], Any]

    def __call__(self, value: Any) -> bool | None:
        """The answer about a value: True, False or None."""
        answer = self.ask(value)
        return None if answer is None else bool(answer)


def that(text: str, ask: Callable[[Any], Any]) -> Question:
    """A question of one's own.

    Parameters
    ----------
    text : str
        The question in words.
    ask : callable
        From the value to true, false or None.
    """
    return Question(text, ask)


def close(expected: Any, *, abs: float = 0.0, rel: float = 0.0) -> Question:
    """Is the value what it should be?

    Parameters
    ----------
    expected : number, list, or dict of them
        A dict asks for its keys only; inf and nan equal themselves.
    abs, rel : float
        The tolerance: absolute, and as a share of the expected number; default 0.

    Examples
    --------
    >>> close({"heavy ball": 85}, rel=0.01)({"heavy ball": 85.5, "plain": 691})
    True
    """
    spread = f"{abs:g}" if not rel else f"{100 * rel:g} %"

    def ask(value: Any) -> bool:
        if isinstance(expected, dict):
            return all(close(expected[key], abs=abs, rel=rel)(value[key]) for key in expected)
        value, target = np.asarray(value, float), np.asarray(expected, float)
        return value.shape == target.shape and np.allclose(
            value, target, atol=abs, rtol=rel, equal_nan=True
        )

    return Question(f"{brief(expected)} within {spread}", ask)


def below(limit: float) -> Question:
    """Is every number below the limit?

    Parameters
    ----------
    limit : float
    """
    return Question(f"below {limit:g}", lambda value: np.all(np.asarray(value, float) < limit))


def above(limit: float) -> Question:
    """Is every number above the limit?

    Parameters
    ----------
    limit : float
    """
    return Question(f"above {limit:g}", lambda value: np.all(np.asarray(value, float) > limit))


def between(low: float, high: float) -> Question:
    """Does every number lie in [low, high]?

    Parameters
    ----------
    low, high : float
        Both belong to the range.
    """
    return Question(
        f"from {low:g} to {high:g}",
        lambda value: np.all((low <= np.asarray(value, float)) & (np.asarray(value) <= high)),
    )


def of(key: Hashable, question: Question) -> Question:
    """The same question about one entry of a dict.

    Parameters
    ----------
    key : hashable
        Of the entry.
    question : Question
    """
    return Question(f"{key} {question.text}", lambda value: question(value[key]))


def every(*questions: Question) -> Question:
    """Do all hold?  One False decides; else one None leaves it open.

    Parameters
    ----------
    *questions : Question
        Each is asked about the whole value.
    """

    def ask(value: Any) -> bool | None:
        answers = [question(value) for question in questions]
        return False if False in answers else None if None in answers else True

    return Question("; ".join(question.text for question in questions), ask)


def smaller(a: Hashable, b: Hashable, *, by: float = 1.0) -> Question:
    """Is value[a], taken `by` times, still smaller than value[b]?

    Parameters
    ----------
    a, b : hashable
        Keys of the value, a dict of numbers or lists.
    by : float
        The margin, a factor; default 1.
    """
    margin = f"{by:g} times " if by != 1 else ""
    return Question(
        f"{margin}{a} < {b}",
        lambda value: np.all(by * np.asarray(value[a], float) < np.asarray(value[b], float)),
    )


def wins(a: Hashable, b: Hashable, *, by: float = 1.0) -> Question:
    """Paired by seed, is value[a] (S,) smaller than value[b] (S,), `by` times over?

    True if that is so for 80 % of the seeds, False if value[a] is not even smaller for 80 % of
    them, None in between.

    Parameters
    ----------
    a, b : hashable
        Keys of the value, a dict of lists with one number for each seed.
    by : float
        The margin, a factor; default 1.

    Examples
    --------
    >>> [wins("a", "b")({"a": a, "b": [3, 3, 3, 3, 3]}) for a in ([1, 2, 2, 1, 4], [9, 4, 5, 6, 7])]
    [True, False]
    >>> wins("a", "b")({"a": [1, 4, 2, 4, 3], "b": [3, 3, 3, 3, 3]}) is None
    True
    """

    def ask(value: Any) -> bool | None:
        first, second = np.asarray(value[a], float), np.asarray(value[b], float)
        if np.mean(by * first < second) >= SHARE:
            return True
        return False if np.mean(first >= second) >= SHARE else None

    margin = f"{by:g} times " if by != 1 else ""
    return Question(f"{margin}{a} < {b} for {100 * SHARE:g} % of the seeds", ask)


def brief(value: Any) -> str:
    """A measured value in a few characters; of many numbers the median and the range.

    Parameters
    ----------
    value : number, bool, str, None, or a list or dict of them

    Examples
    --------
    >>> brief({"plain": 691.0, "momentum": 1 / 3})
    'plain: 691, momentum: 0.3333'
    >>> brief([3, 1, 4, 1, 5])
    '3 (1 to 5)'
    """
    if isinstance(value, dict):
        return ", ".join(f"{key}: {brief(entry)}" for key, entry in value.items())
    if isinstance(value, str | bool | np.bool_ | None):
        return str(value)
    if np.ndim(value) == 1 and len(value) > LISTED:
        low, middle, high = np.min(value), np.median(value), np.max(value)
        return brief(low) if low == high else f"{brief(middle)} ({brief(low)} to {brief(high)})"
    if np.ndim(value):
        return "[" + ", ".join(brief(entry) for entry in value) + "]"
    return f"{value:.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.4g}"
