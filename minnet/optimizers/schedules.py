"""Schedules: hyperparameters that change from step to step, as in `rmsprop(lr=cosine(0.01))`.

    t  number of a step: 1, 2, ...      K  steps asked for

Most schedules depend on t alone.  Two depend on the run: `automatic` on its training loss,
`plateau` on its validation loss, each once an epoch; what they remember is their state.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from ..checks import check_number, check_whole

MOST_STEPS = 10**15  # the largest power of ten that prints as a whole number
COUNTS = ("every", "steps", "patience")  # parameters that are whole numbers from 1 on
LIMITS: dict[str, tuple[Callable[[float], bool], str]] = {
    "factor": (lambda v: 0 < v <= 1, "in (0, 1]"),
    "decay": (lambda v: v >= 0, "at least 0"),
    "most": (lambda v: 0 <= v < 1, "in [0, 1)"),
    "up": (lambda v: v >= 1, "at least 1"),
    "down": (lambda v: 0 < v < 1, "in (0, 1)"),
}


class Course(NamedTuple):
    """The length of a descent.

    Attributes
    ----------
    steps, per_epoch : int
        Steps in all, and in an epoch.
    """

    steps: int
    per_epoch: int


State = dict[str, float]  # what an adaptive schedule remembers
Values = Callable[[np.ndarray, Course], np.ndarray]  # from step numbers (K,) to values (K,)


@dataclass(frozen=True, eq=False)
class Schedule:
    """A hyperparameter that changes from step to step.

    Attributes
    ----------
    label : str
        As in the notation: ``cosine(0.01)``.
    values : callable
        From step numbers t (K,) float64 and a Course to the value at each step, (K,) float64.
    state : dict of str to float, default {}
        What an adaptive schedule remembers at the start; its "factor" multiplies the values.
    adapt : callable, default None
        From (state, training loss, validation loss) of an epoch to the next state.
    needs_validation : bool, default False
        Whether `adapt` looks at the validation loss.

    Examples
    --------
    >>> halves = Schedule("halves()", lambda t, course: 0.5**t)
    >>> halves([1, 2, 3])
    array([0.5  , 0.25 , 0.125])
    """

    label: str
    values: Values
    state: State = field(default_factory=dict)
    adapt: Callable[[State, float, float], State] | None = None
    needs_validation: bool = False

    def __str__(self) -> str:
        return self.label

    __repr__ = __str__

    def __call__(
        self, step: float | Sequence[float] | np.ndarray, steps: int = 1, per_epoch: int = 1
    ) -> float | np.ndarray:
        """The value at a `step`, from 1 on, or at an array of them.

        The descent has `steps` steps in all, `per_epoch` of them in an epoch.
        """
        values = self.values(np.atleast_1d(np.asarray(step, float)), Course(steps, per_epoch))
        return values if np.ndim(step) else float(values[0])


Hyper = float | Schedule  # the value of a hyperparameter


def shortest(value: float) -> str:
    """A number in the fewest digits that read back as the same `value`: 0.1, 1e-08, 50."""
    return repr(float(value)).removesuffix(".0")


def as_schedule(value: Hyper) -> Schedule:
    """A schedule as it is, or a constant one; ValueError if `value` is not a finite number."""
    if isinstance(value, Schedule):
        return value
    check_number("a scheduled number", value, low=-np.inf)
    return Schedule(shortest(value), _constant(value))


def _constant(value: float) -> Values:
    return lambda t, course: np.full(len(t), float(value))


def _schedule(name: str, values: Values, **parameters: float) -> Schedule:
    """A schedule that is labelled by its parameters; ValueError if one is out of its range."""
    for key, value in parameters.items():
        if key in COUNTS:
            check_whole(f"{key} of {name}", value, 1, MOST_STEPS)
        check_number(f"{key} of {name}", value, low=-np.inf)
        fits, words = LIMITS.get(key, (np.isfinite, "finite"))
        if not fits(value):
            raise ValueError(f"{key} of {name} must be {words}, got {value!r}")
    text = ", ".join(f"{key}={shortest(value)}" for key, value in parameters.items())
    return Schedule(f"{name}({text.partition('=')[2]})", values)  # the first one without its name


def given(values: Sequence[float]) -> Schedule:
    """A list of values, one for each step; after its end the last one stays.

    Parameters
    ----------
    values : sequence of float
        At least one; finite.
    """
    array = np.asarray(values, np.float64)
    if array.ndim != 1 or not array.size or not np.isfinite(array).all():
        raise ValueError(f"given needs a list of finite numbers, got shape {array.shape}")
    label = f"given({len(array)} values)"
    return Schedule(label, lambda t, course: array[np.minimum(t.astype(int), len(array)) - 1])


def step(start: float, factor: float = 0.1, every: int = 10) -> Schedule:
    """Step decay: `start`, multiplied by `factor` after every `every` epochs.

    Parameters
    ----------
    start : float
        The value in the first epochs.
    factor : float, default 0.1
        In (0, 1].
    every : int, default 10
        Epochs; at least 1.
    """

    def values(t: np.ndarray, course: Course) -> np.ndarray:
        return start * factor ** ((t - 1) // (every * course.per_epoch))

    return _schedule("step", values, start=start, factor=factor, every=every)


def exponential(start: float, factor: float = 0.9) -> Schedule:
    """Exponential decay: `start`, multiplied by `factor` in the course of every epoch, smoothly.

    Parameters
    ----------
    start : float
        The value at the first step.
    factor : float, default 0.9
        In (0, 1].  (PyTorch's ExponentialLR multiplies at the end of an epoch, not smoothly.)
    """

    def values(t: np.ndarray, course: Course) -> np.ndarray:
        return start * factor ** ((t - 1) / course.per_epoch)

    return _schedule("exponential", values, start=start, factor=factor)


def inverse_time(start: float, decay: float = 0.01) -> Schedule:
    """Inverse time decay: start / (1 + decay (t - 1))   (Robbins & Monro 1951).

    Parameters
    ----------
    start : float
        The value at the first step.
    decay : float, default 0.01
        At least 0; after 1 / decay steps the value has halved.
    """

    def values(t: np.ndarray, course: Course) -> np.ndarray:
        return start / (1 + decay * (t - 1))

    return _schedule("inverse_time", values, start=start, decay=decay)


def cosine(start: float, end: float = 0.0) -> Schedule:
    """Cosine annealing: along half a cosine, over the descent (Loshchilov & Hutter 2017).

    Parameters
    ----------
    start : float
        The value at the first step.
    end : float, default 0.0
        The value at the last step.
    """

    def values(t: np.ndarray, course: Course) -> np.ndarray:
        share = (t - 1) / max(1, course.steps - 1)
        return end + (start - end) * 0.5 * (1 + np.cos(np.pi * share))

    return _schedule("cosine", values, start=start, end=end)


def ramp(start: float = 0.5, end: float = 0.9, steps: int = 500) -> Schedule:
    """A straight line, then `end`: the momentum of slide 19, 0.5 at first, then 0.9 or even 0.99.

    Parameters
    ----------
    start : float, default 0.5
        The value at the first step.
    end : float, default 0.9
        The value from step 1 + steps on.
    steps : int, default 500
        At least 1.
    """

    def values(t: np.ndarray, course: Course) -> np.ndarray:
        return start + (end - start) * np.minimum((t - 1) / steps, 1.0)

    return _schedule("ramp", values, start=start, end=end, steps=steps)


def warmup(then: Hyper, steps: int = 100) -> Schedule:
    """Warmup: another schedule, scaled up from 0 in a straight line (Goyal et al. 2017).

    Parameters
    ----------
    then : float or Schedule
        What is scaled, by t / steps.
    steps : int, default 100
        At least 1; from that step on it is `then`.
    """
    check_whole("steps of warmup", steps, 1, MOST_STEPS)
    inner = as_schedule(then)

    def values(t: np.ndarray, course: Course) -> np.ndarray:
        return np.minimum(t / steps, 1.0) * inner.values(t, course)

    return replace(inner, label=f"warmup({inner}, steps={steps})", values=values)


def sutskever(most: float = 0.99) -> Schedule:
    """Sutskever's momentum: min(1 - 2^(-1 - log2(floor(t / 250) + 1)), most).

    From 0.5 on it rises every 250 steps (Sutskever, Martens, Dahl & Hinton 2013, equation 5).

    Parameters
    ----------
    most : float, default 0.99
        In [0, 1); the paper tries 0.9, 0.99, 0.995 and 0.999.
    """

    def values(t: np.ndarray, course: Course) -> np.ndarray:
        return np.minimum(1 - 0.5 / (t // 250 + 1), most)

    return _schedule("sutskever", values, most=most)


def automatic(start: float, up: float = 1.05, down: float = 0.5) -> Schedule:
    """Raise the rate while the training error falls, cut it when it has grown (slide 7's program).

    Compares each epoch's mean mini-batch error with that of the epoch before; with a full batch
    that is every step.

    Parameters
    ----------
    start : float
        The value in the first epoch.
    up : float, default 1.05
        Multiplies the value after an epoch with a smaller error; at least 1.
    down : float, default 0.5
        Multiplies it after any other epoch; in (0, 1).
    """

    def adapt(state: State, training: float, validation: float) -> State:
        better = training < state["before"]
        return {"factor": state["factor"] * float(up if better else down), "before": training}

    schedule = _schedule("automatic", _constant(start), start=start, up=up, down=down)
    return replace(schedule, state={"factor": 1.0, "before": np.inf}, adapt=adapt)


def plateau(start: float, factor: float = 0.1, patience: int = 3) -> Schedule:
    """Turn the rate down when the validation loss has stopped falling (slide 7).

    Parameters
    ----------
    start : float
        The value in the first epochs.
    factor : float, default 0.1
        Multiplies the value; in (0, 1].
    patience : int, default 3
        After so many epochs without a new lowest loss, and again after as many more; at least 1.
        (PyTorch's ReduceLROnPlateau waits one epoch longer than its patience.)
    """

    def adapt(state: State, training: float, validation: float) -> State:
        if validation < state["best"]:
            return state | {"best": validation, "waited": 0}
        if state["waited"] + 1 < patience:
            return state | {"waited": state["waited"] + 1}
        return {"factor": state["factor"] * float(factor), "best": state["best"], "waited": 0}

    schedule = _schedule("plateau", _constant(start), start=start, factor=factor, patience=patience)
    state = {"factor": 1.0, "best": np.inf, "waited": 0}
    return replace(schedule, state=state, adapt=adapt, needs_validation=True)


SCHEDULES: dict[str, Callable[..., Schedule]] = {make.__name__: make for make in (
    step, exponential, inverse_time, cosine, ramp, warmup, sutskever, automatic, plateau,
)}  # fmt: skip
