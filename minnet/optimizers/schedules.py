"""A schedule says what a hyperparameter is at each step: `rmsprop(lr=cosine(0.01))`.

    K  steps asked for, numbered from 1

Most schedules are functions of the step alone.  Two look at the run: `automatic` at its training
loss, `plateau` at its validation loss, each once an epoch; what they remember is their state.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ..checks import check_number, check_whole

MOST_STEPS = 10**15  # the largest power of ten that prints as a whole number


class Course(NamedTuple):
    """How long a descent is: steps in all, and steps in an epoch."""

    steps: int
    per_epoch: int


@dataclass(frozen=True, eq=False)
class Schedule:
    """A hyperparameter that changes from step to step.

    Attributes
    ----------
    label : str
        As in the notation: ``cosine(0.01)``.
    values : callable
        From steps (K,) and a Course to the number at each step, (K,) float64.
    state : dict
        What an adaptive schedule remembers at the start; its "factor" multiplies the values.
    adapt : callable, optional
        From (state, training loss, validation loss) of an epoch to the next state.
    needs_validation : bool
        Whether it looks at the validation loss.
    """

    label: str
    values: Callable[[np.ndarray, Course], np.ndarray]
    state: dict = field(default_factory=dict)
    adapt: Callable[[dict, float, float], dict] | None = None
    needs_validation: bool = False

    def __str__(self) -> str:
        return self.label

    __repr__ = __str__

    def __call__(self, step, steps: int = 1, per_epoch: int = 1):
        """The number at one step, or at an array of steps, of a descent of that length."""
        values = self.values(np.atleast_1d(np.asarray(step, float)), Course(steps, per_epoch))
        return values if np.ndim(step) else float(values[0])


def shortest(value: float) -> str:
    """A number in the fewest digits that read back as the same number: 0.1, 1e-08, 50."""
    return repr(float(value)).removesuffix(".0")


def _schedule(name: str, given: dict, values: Callable, **adaptive) -> Schedule:
    for key, value in given.items():
        check_number(f"{key} of {name}", value, low=-np.inf)
    first, *others = given.items()
    words = [shortest(first[1]), *(f"{key}={shortest(value)}" for key, value in others)]
    return Schedule(f"{name}({', '.join(words)})", values, **adaptive)


def as_schedule(value) -> Schedule:
    """A schedule as it is, or a constant one."""
    if isinstance(value, Schedule):
        return value
    check_number("a scheduled number", value, low=-np.inf)
    return Schedule(shortest(value), lambda steps, course: np.full(len(steps), float(value)))


def given(values: Sequence[float]) -> Schedule:
    """The values of each step, outright; the last one stays."""
    array = np.asarray(values, np.float64)
    if array.ndim != 1 or not array.size or not np.isfinite(array).all():
        raise ValueError(f"given needs a list of finite numbers, got shape {array.shape}")
    return Schedule(
        f"given({len(array)} values)",
        lambda steps, course: array[np.minimum(steps.astype(int), len(array)) - 1],
    )


def step(start, factor=0.1, every=10) -> Schedule:
    """`start`, multiplied by `factor` after every `every` epochs."""
    check_whole("every (epochs)", every, 1, MOST_STEPS)
    _check_factor(factor)
    return _schedule(
        "step",
        {"start": start, "factor": factor, "every": every},
        lambda steps, course: start * factor ** ((steps - 1) // (every * course.per_epoch)),
    )


def exponential(start, factor=0.9) -> Schedule:
    """`start`, multiplied by `factor` in the course of every epoch, smoothly."""
    _check_factor(factor)
    return _schedule(
        "exponential",
        {"start": start, "factor": factor},
        lambda steps, course: start * factor ** ((steps - 1) / course.per_epoch),
    )


def inverse_time(start, decay=0.01) -> Schedule:
    """start / (1 + decay (t - 1))."""
    check_number("decay of inverse_time", decay)
    return _schedule(
        "inverse_time",
        {"start": start, "decay": decay},
        lambda steps, course: start / (1 + decay * (steps - 1)),
    )


def cosine(start, end=0.0) -> Schedule:
    """From `start` to `end` along half a cosine, over the descent (Loshchilov & Hutter 2017)."""
    return _schedule(
        "cosine",
        {"start": start, "end": end},
        lambda steps, course: (
            end + (start - end) * 0.5 * (1 + np.cos(np.pi * (steps - 1) / max(1, course.steps - 1)))
        ),
    )


def ramp(start=0.5, end=0.9, steps=500) -> Schedule:
    """From `start` to `end` in a straight line over `steps` steps, then `end`.

    The momentum of slide 19: 0.5 while the gradients are large, then 0.9 or even 0.99.
    """
    check_whole("steps of ramp", steps, 1, MOST_STEPS)
    return _schedule(
        "ramp",
        {"start": start, "end": end, "steps": steps},
        lambda at, course: start + (end - start) * np.minimum((at - 1) / steps, 1.0),
    )


def warmup(then, steps=100) -> Schedule:
    """`then` (a number or a schedule), scaled up from 0 in a straight line over `steps` steps."""
    check_whole("steps of warmup", steps, 1, MOST_STEPS)
    inner = as_schedule(then)
    return Schedule(
        f"warmup({inner}, steps={steps})",
        lambda at, course: np.minimum(at / steps, 1.0) * inner.values(at, course),
        inner.state,
        inner.adapt,
        inner.needs_validation,
    )


def sutskever(most=0.99) -> Schedule:
    """Momentum min(1 - 2^(-1 - log2(floor(t / 250) + 1)), most) (Sutskever et al. 2013)."""
    check_number("most of sutskever", most)
    if most >= 1:
        raise ValueError(f"sutskever: most must be in [0, 1), got {most!r}")
    return _schedule(
        "sutskever",
        {"most": most},
        lambda steps, course: np.minimum(1 - 0.5 / (steps // 250 + 1), most),
    )


def automatic(start, up=1.05, down=0.5) -> Schedule:
    """Slide 7's program: raise the rate while the error falls, cut it when the error got worse.

    Compares each epoch's mean mini-batch error with that of the epoch before; with a full batch
    that is every step.
    """
    check_number("up of automatic", up)
    check_number("down of automatic", down)
    if not (up >= 1 and 0 < down < 1):
        raise ValueError(f"automatic: up must be at least 1, down in (0, 1), got {up!r}, {down!r}")

    def adapt(state: dict, training: float, validation: float) -> dict:
        better = training < state["before"]
        return {"factor": state["factor"] * float(up if better else down), "before": training}

    words = {"start": start, "up": up, "down": down}
    state = {"factor": 1.0, "before": np.inf}
    return _schedule("automatic", words, as_schedule(start).values, state=state, adapt=adapt)


def plateau(start, factor=0.1, patience=3) -> Schedule:
    """Turn the rate down if the validation loss has not fallen for `patience` epochs (slide 7)."""
    check_whole("patience of plateau", patience, 1, MOST_STEPS)
    _check_factor(factor)

    def adapt(state: dict, training: float, validation: float) -> dict:
        if validation < state["best"]:
            return state | {"best": validation, "waited": 0}
        if state["waited"] + 1 < patience:
            return state | {"waited": state["waited"] + 1}
        return {"factor": state["factor"] * float(factor), "best": state["best"], "waited": 0}

    words = {"start": start, "factor": factor, "patience": patience}
    state = {"factor": 1.0, "best": np.inf, "waited": 0}
    values = as_schedule(start).values
    return _schedule("plateau", words, values, state=state, adapt=adapt, needs_validation=True)


def _check_factor(factor) -> None:
    check_number("factor", factor)
    if not 0 < factor <= 1:
        raise ValueError(f"factor must be in (0, 1], got {factor!r}")


SCHEDULES = {
    make.__name__: make
    for make in (
        step, exponential, inverse_time, cosine, ramp, warmup, sutskever, automatic, plateau,
    )
}  # fmt: skip
