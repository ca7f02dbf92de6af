"""When to stop a run early: the weights that validated best are kept whatever happens.

A criterion looks at one run after each evaluation and answers yes or no.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..checks import check_number, check_whole
from ..notation import bind, terms
from ..optimizers.schedules import shortest


@dataclass(frozen=True, eq=False)
class Criterion:
    """A reason to stop.

    Attributes
    ----------
    label : str
        As in the notation: ``patience(5)``.
    reached : callable
        From the validation losses so far (E,), the validation errors (E,) and the seconds since
        the race began, to whether to stop.
    needs_validation : bool
        Whether it looks at them.
    """

    label: str
    reached: Callable[[np.ndarray, np.ndarray, float], bool]
    needs_validation: bool = True

    def __str__(self) -> str:
        return self.label

    __repr__ = __str__


def patience(evaluations: int = 5) -> Criterion:
    """Stop when the lowest validation loss is `evaluations` evaluations old."""
    check_whole("evaluations of patience", evaluations, 1)
    return Criterion(
        f"patience({evaluations})",
        lambda losses, errors, seconds: len(losses) - 1 - int(np.argmin(losses)) >= evaluations,
    )


def generalisation_loss(percent: float = 5.0) -> Criterion:
    """Stop when the validation loss is `percent` above its lowest so far (Prechelt's GL, 1998)."""
    check_number("percent of generalisation_loss", percent, above=0)
    return Criterion(
        f"generalisation_loss({shortest(percent)})",
        lambda losses, errors, seconds: losses[-1] > losses.min() * (1 + percent / 100),
    )


def target(error: float) -> Criterion:
    """Stop when the validation error is `error` or less."""
    check_number("error of target", error)
    label = f"target({shortest(error)})"
    return Criterion(label, lambda losses, errors, seconds: errors[-1] <= error)


def time_limit(seconds: float) -> Criterion:
    """Stop at the first evaluation after `seconds` of the race."""
    check_number("seconds of time_limit", seconds, above=0)
    label = f"time_limit({shortest(seconds)})"
    return Criterion(label, lambda losses, errors, spent: spent >= seconds, needs_validation=False)


CRITERIA: dict[str, Callable[..., Criterion]] = {
    make.__name__: make for make in (patience, generalisation_loss, target, time_limit)
}


def as_criteria(given: "str | Criterion | Iterable[str | Criterion]") -> list[Criterion]:
    """Criteria from text like "patience(5), target(0.02)", from one, or from a sequence of both."""
    if isinstance(given, Criterion):
        return [given]
    if not isinstance(given, str):
        return [criterion for part in given for criterion in as_criteria(part)]
    read = terms(given, "patience(5), target(0.02)")
    return [bind(term, "criterion", CRITERIA)() for term in read]


def first_reached(
    criteria: Sequence[Criterion], losses: np.ndarray, errors: np.ndarray, seconds: float
) -> str:
    """The label of the first criterion that is reached, or ""."""
    losses = np.where(np.isnan(losses), np.inf, losses)
    return next((c.label for c in criteria if c.reached(losses, errors, seconds)), "")
