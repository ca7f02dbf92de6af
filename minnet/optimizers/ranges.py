"""The ranges of hyperparameters, and which must not exceed which; optimizers are checked once.

Ranges go by the hyperparameter's name, for minnet's own rules; a user's rule may mean something
else by the same name, and is not held to them.
"""

from collections.abc import Callable, Mapping

import numpy as np

from ..checks import check_name, is_number
from .schedules import Course, Hyper, Schedule, as_schedule

Range = tuple[Callable[[float], bool], str]  # the test, and the condition in words
POSITIVE: Range = (lambda v: v > 0, "greater than 0")
NOT_NEGATIVE: Range = (lambda v: v >= 0, "at least 0")
FRACTION: Range = (lambda v: 0 <= v < 1, "in [0, 1)")
RANGES: dict[str, Range] = {
    **dict.fromkeys(("lr", "eps", "low", "high", "step", "step_min", "step_max"), POSITIVE),
    **dict.fromkeys(("momentum", "decay", "beta1", "beta2"), FRACTION),
    **dict.fromkeys(("up", "weight_decay", "lr_decay", "eps_root"), NOT_NEGATIVE),
    **dict.fromkeys(("initial_scale", "initial_accumulator_value"), NOT_NEGATIVE),
    "down": (lambda v: 0 < v <= 1, "in (0, 1]"),
    "eta_minus": (lambda v: 0 < v < 1, "in (0, 1): it shrinks the step size"),
    "eta_plus": (lambda v: v > 1, "greater than 1: it enlarges the step size"),
}
ORDERED = (("low", "high"), ("step_min", "step_max"), ("step_min", "step"), ("step", "step_max"))


def check_hyperparameters(name: str, hyper: Mapping[str, float], *, ranges: bool = True) -> None:
    """Raise ValueError for a hyperparameter that is not finite, out of range or out of order.

    Parameters
    ----------
    name : str
        The optimizer's, for the error.
    hyper : mapping of str to float
        The hyperparameters that are numbers, not schedules.
    ranges : bool, default True
        Whether to look at ranges and order, not only for finite numbers.
    """
    for key, value in hyper.items():
        if not is_number(value):
            raise ValueError(f"{name}: {key} must be a finite number, got {value!r}")
        test, words = RANGES.get(key, (lambda v: True, ""))
        if ranges and not test(value):
            raise ValueError(f"{name}: {key} must be {words}, got {value:g}")
    for small, large in ORDERED if ranges else ():
        if small in hyper and large in hyper and hyper[small] > hyper[large]:
            pair = f"{hyper[small]:g} > {hyper[large]:g}"
            raise ValueError(f"{name}: {small} must not exceed {large}, got {pair}")


def check_starts(
    name: str, starts: Mapping[str, float | str], slots: tuple[str, ...], hyper: Mapping[str, Hyper]
) -> None:
    """Raise ValueError unless every slot that starts elsewhere than at 0 starts at a number.

    Parameters
    ----------
    name : str
        The optimizer's, for the error.
    starts : mapping of str to float or str
        By slot: a number, or the name of a hyperparameter.
    slots : tuple of str
        All slots of the rule.
    hyper : mapping of str to float or Schedule
        All hyperparameters.
    """
    for slot, value in starts.items():
        check_name(f"slot of {name}", slot, slots)
        if isinstance(value, str) and isinstance(hyper.get(value), (Schedule, type(None))):
            raise ValueError(f"{name}: {value} is where a slot starts: it must be a number")
        if not isinstance(value, str) and not is_number(value):
            raise ValueError(f"{name}: {slot} must start at a finite number, got {value!r}")


def check_schedules(
    name: str,
    hyper: Mapping[str, Hyper],
    course: Course,
    without_losses: str = "",
    *,
    ranges: bool = True,
) -> None:
    """Raise ValueError if a schedule leaves the range of its hyperparameter in a descent.

    A rate may reach 0 there, which stops the descent and harms nothing.

    Parameters
    ----------
    name : str
        The optimizer's, for the error.
    hyper : mapping of str to float or Schedule
        All hyperparameters.
    course : Course
        How long the descent is.
    without_losses : str, default ""
        The name of a caller that knows no losses of epochs, at which some schedules look.
    ranges : bool, default True
        Whether to look at ranges and order, not only for finite numbers.
    """
    steps = np.arange(1.0, course.steps + 1)
    values = {key: as_schedule(value).values(steps, course) for key, value in hyper.items()}
    for key, schedule in hyper.items():
        if not isinstance(schedule, Schedule):
            continue
        if without_losses and schedule.adapt is not None:
            raise ValueError(
                f"{key}={schedule} looks at the losses of every epoch: "
                f"use race or train, not {without_losses}"
            )
        for extreme in (float(values[key].min()), float(values[key].max())):
            if not (key == "lr" and extreme == 0):
                check_hyperparameters(f"{name}: {schedule}", {key: extreme}, ranges=ranges)
    for small, large in ORDERED if ranges else ():
        if small in values and large in values and np.any(values[small] > values[large]):
            raise ValueError(f"{name}: {small} must not exceed {large} at any step")
