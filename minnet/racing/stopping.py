"""Early stopping: criteria that end a run, as in `patience(5)`.

    E  evaluations of a run so far

A criterion looks at one run after each evaluation and answers yes or no.  The weights that
validated best are kept in any case.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..checks import check_number, check_whole
from ..notation import bind, terms
from ..optimizers.schedules import shortest


@dataclass(frozen=True, eq=False)
class Criterion:
    """A reason to stop a run.

    Parameters
    ----------
    label : str
        As in the notation: ``patience(5)``.
    reached : callable
        From the validation losses so far (E,), the validation errors (E,) and the seconds since
        the race began, to whether to stop.
    needs_validation : bool, default True
        Whether `reached` looks at losses or errors.

    Examples
    --------
    >>> Criterion("a loss below 0.1", lambda losses, errors, seconds: losses[-1] < 0.1)
    a loss below 0.1
    """

    label: str
    reached: Callable[[np.ndarray, np.ndarray, float], bool]
    needs_validation: bool = True

    def __str__(self) -> str:
        return self.label

    __repr__ = __str__


def patience(evaluations: int = 5) -> Criterion:
    """Stop when the validation loss has had no new lowest value for so many evaluations.

    Parameters
    ----------
    evaluations : int, default 5
        The age of the lowest loss at which to stop; at least 1.

    References
    ----------
    Prechelt (1998), "Early stopping -- but when?", for stopping by a validation part.
    """
    check_whole("evaluations of patience", evaluations, 1)
    return Criterion(
        f"patience({evaluations})",
        lambda losses, errors, seconds: len(losses) - 1 - int(np.argmin(losses)) >= evaluations,
    )


def generalisation_loss(percent: float = 5.0) -> Criterion:
    """Stop when the validation loss is too far above its lowest so far (Prechelt's GL).

    Parameters
    ----------
    percent : float, default 5.0
        More than so many percent of the lowest loss; greater than 0.

    References
    ----------
    Prechelt (1998), "Early stopping -- but when?", criterion GL.
    """
    check_number("percent of generalisation_loss", percent, above=0)
    return Criterion(
        f"generalisation_loss({shortest(percent)})",
        lambda losses, errors, seconds: losses[-1] > losses.min() * (1 + percent / 100),
    )


def target(error: float) -> Criterion:
    """Stop when the validation error is small enough.

    Parameters
    ----------
    error : float
        This error or less; at least 0.
    """
    check_number("error of target", error)
    label = f"target({shortest(error)})"
    return Criterion(label, lambda losses, errors, seconds: errors[-1] <= error)


def time_limit(seconds: float) -> Criterion:
    """Stop at the first evaluation after a time.

    Parameters
    ----------
    seconds : float
        Since the race began; greater than 0.
    """
    check_number("seconds of time_limit", seconds, above=0)
    label = f"time_limit({shortest(seconds)})"
    return Criterion(label, lambda losses, errors, spent: spent >= seconds, needs_validation=False)


CRITERIA: dict[str, Callable[..., Criterion]] = {
    make.__name__: make for make in (patience, generalisation_loss, target, time_limit)
}


def as_criteria(stop: str | Criterion | Iterable[str | Criterion]) -> list[Criterion]:
    """The criteria of a race, from its argument `stop`.

    Parameters
    ----------
    stop : str, Criterion, or a sequence of both
        Text is in the notation: ``"patience(5), target(0.02)"``.

    Raises
    ------
    ValueError
        If the text cannot be read, a criterion is unknown, or its parameter out of range.

    Examples
    --------
    >>> as_criteria("patience, target(0.02)")
    [patience(5), target(0.02)]
    """
    if isinstance(stop, Criterion):
        return [stop]
    if not isinstance(stop, str):
        return [criterion for part in stop for criterion in as_criteria(part)]
    example = "patience(5), target(0.02)"
    return [bind(term, "criterion", CRITERIA)() for term in terms(stop, example)]


def first_reached(
    criteria: Sequence[Criterion], losses: np.ndarray, errors: np.ndarray, seconds: float
) -> str:
    """The label of the first criterion that is reached, or "".

    Parameters
    ----------
    criteria : sequence of Criterion
    losses, errors : (E,) arrays
        The run's validation losses and errors so far; a loss that is not a number counts as
        infinite.
    seconds : float
        Since the race began.
    """
    losses = np.where(np.isnan(losses), np.inf, losses)
    return next((c.label for c in criteria if c.reached(losses, errors, seconds)), "")
