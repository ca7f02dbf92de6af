"""An optimizer is a rule with its hyperparameters: `RMSprop(lr=0.002)` is data, and can be printed.

S  slots of the rule      H  its hyperparameters      n  weights
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np

from ..checks import check_name, is_number
from ..kernels.jit import is_ours
from ..rules import lift
from .schedules import Course, Schedule, as_schedule, shortest

# What a hyperparameter may be, by its name: (test, the condition in words).
POSITIVE = (lambda v: v > 0, "greater than 0")
NOT_NEGATIVE = (lambda v: v >= 0, "at least 0")
FRACTION = (lambda v: 0 <= v < 1, "in [0, 1)")
RANGES = {
    "lr": POSITIVE,
    "momentum": FRACTION,
    "decay": FRACTION,
    "beta1": FRACTION,
    "beta2": FRACTION,
    "eps": POSITIVE,
    "up": NOT_NEGATIVE,
    "down": (lambda v: 0 < v <= 1, "in (0, 1]"),
    "low": POSITIVE,
    "high": POSITIVE,
    "step": POSITIVE,
    "eta_minus": (lambda v: 0 < v < 1, "in (0, 1): it shrinks the step size"),
    "eta_plus": (lambda v: v > 1, "greater than 1: it enlarges the step size"),
    "step_min": POSITIVE,
    "step_max": POSITIVE,
    "weight_decay": NOT_NEGATIVE,
    "lr_decay": NOT_NEGATIVE,
    "eps_root": NOT_NEGATIVE,
    "initial_scale": NOT_NEGATIVE,
    "initial_accumulator_value": NOT_NEGATIVE,
}
ORDERED = (("low", "high"), ("step_min", "step_max"), ("step_min", "step"), ("step", "step_max"))


@dataclass(frozen=True, eq=False)
class Optimizer:
    """A rule, its hyperparameters, and where its slots start.

    Parameters
    ----------
    name : str
        As in the notation `rmsprop(lr=0.002)`.
    rule : callable
        The scalar rule (see `minnet.rules`).
    hyperparameters : mapping of str to float
        Values for the rule's hyperparameters, or schedules for them (see `minnet.schedules`);
        those left out keep the rule's defaults.  May hold others that `starts` refers to.
    starts : mapping of str to float or str, optional
        Where a slot starts, if not at 0: a value, or the name of a hyperparameter.
    jump : callable, optional
        Where the rule wants its gradient measured; None: at the weights.

    Raises
    ------
    ValueError
        If a hyperparameter is unknown, not finite, or outside its range.
    RuleError
        If `rule` is not written like a rule.
    """

    name: str
    rule: Callable
    hyperparameters: Mapping[str, float | Schedule] = field(default_factory=dict)
    starts: Mapping[str, float | str] = field(default_factory=dict)
    jump: Callable | None = None

    def __post_init__(self):
        slots, defaults = lift.slots_and_hyperparameters(self.rule)
        named = [value for value in self.starts.values() if isinstance(value, str)]
        extra = [name for name in named if name not in defaults]
        for name in self.hyperparameters:
            check_name(f"hyperparameter of {self.name}", name, [*extra, *defaults])
        for name in extra:
            if isinstance(self.hyperparameters.get(name), (Schedule, type(None))):
                raise ValueError(f"{self.name}: {name} is where a slot starts: it must be a number")
        hyper = {name: self.hyperparameters[name] for name in extra}
        hyper |= {name: self.hyperparameters.get(name, value) for name, value in defaults.items()}
        constant = {k: v for k, v in hyper.items() if not isinstance(v, Schedule)}
        check_hyperparameters(self.name, constant, ranges=self.built_in)
        for slot, value in self.starts.items():
            check_name(f"slot of {self.name}", slot, slots)
            if not isinstance(value, str) and not is_number(value):
                raise ValueError(
                    f"{self.name}: {slot} must start at a finite number, got {value!r}"
                )
        hyper |= {key: float(value) for key, value in constant.items()}
        object.__setattr__(self, "hyperparameters", MappingProxyType(hyper))
        object.__setattr__(self, "starts", MappingProxyType(dict(self.starts)))
        object.__setattr__(self, "slots", tuple(slots))

    def __str__(self) -> str:
        return self._text

    __repr__ = __str__

    @cached_property
    def _text(self) -> str:
        return f"{self.name}({_listed(self.hyperparameters)})"

    @property
    def short(self) -> str:
        """The name with its first hyperparameter and those that are not the rule's defaults."""
        defaults = lift.slots_and_hyperparameters(self.rule)[1]
        first = next(iter(self.hyperparameters), None)
        told = {
            k: v for k, v in self.hyperparameters.items() if k == first or defaults.get(k, v) != v
        }
        return f"{self.name}({_listed(told)})"

    def start(self, n: int, dtype="float32") -> np.ndarray:
        """The slots (S, n) before the first step."""
        slots = np.zeros((len(self.slots), n), dtype)
        for name, value in self.starts.items():
            value = self.hyperparameters.get(value, value)
            slots[self.slots.index(name)] = value(1) if isinstance(value, Schedule) else value
        return slots

    def values(self, dtype="float32") -> np.ndarray:
        """The rule's hyperparameters (H,) at the first step, in the rule's order."""
        return self.table(1, 1, Course(1, 1), dtype)[0]

    def table(
        self, first: int, count: int, course: Course, dtype="float32", states: Mapping | None = None
    ) -> np.ndarray:
        """The rule's hyperparameters (K, H) at the steps first, first + 1, ..., of a descent.

        `states` holds, by hyperparameter, what adaptive schedules remember.
        """
        wanted = lift.slots_and_hyperparameters(self.rule)[1]
        table = np.empty((count, len(wanted)), dtype)
        for h, name in enumerate(wanted):
            value = self.hyperparameters[name]
            if isinstance(value, Schedule):
                factor = (states or {}).get(name, {}).get("factor", 1.0)
                steps = np.arange(first, first + count, dtype=np.float64)
                value = factor * value.values(steps, course)
            table[:, h] = value
        return table

    @cached_property
    def schedules(self) -> dict[str, Schedule]:
        """The hyperparameters that are schedules."""
        return {name: v for name, v in self.hyperparameters.items() if isinstance(v, Schedule)}

    def check_course(self, course: Course, *, without_losses: str = "") -> None:
        """Raise ValueError if a schedule leaves the range of its hyperparameter in a descent.

        A rate may reach 0 there, which stops the descent and harms nothing.  `without_losses`
        names a caller that cannot serve schedules which look at a run's losses.
        """
        for name, schedule in self.schedules.items():
            if without_losses and schedule.adapt is not None:
                raise ValueError(
                    f"{name}={schedule} looks at the losses of every epoch: "
                    f"use race or train, not {without_losses}"
                )
        if not self.schedules:
            return
        steps, ranges = np.arange(1.0, course.steps + 1), self.built_in
        values = {k: as_schedule(v).values(steps, course) for k, v in self.hyperparameters.items()}
        for name, schedule in self.schedules.items():
            for extreme in (float(values[name].min()), float(values[name].max())):
                if not (name == "lr" and extreme == 0):
                    check_hyperparameters(
                        f"{self.name}: {schedule}", {name: extreme}, ranges=ranges
                    )
        for small, large in ORDERED if ranges else ():
            if small in values and large in values and np.any(values[small] > values[large]):
                raise ValueError(f"{self.name}: {small} must not exceed {large} at any step")

    @property
    def built_in(self) -> bool:
        """Whether the rule is minnet's: a user's own may mean something else by the same name."""
        return is_ours(self.rule)

    @property
    def asks_worse(self) -> bool:
        """Whether the rule asks if the error grew."""
        return "worse" in inspect.signature(self.rule).parameters

    def compiled(self, dtype="float32") -> tuple[Callable, Callable, bool]:
        """(step, jump, whether there is a jump), compiled for `dtype`; see `minnet.rules.lift`."""
        dtype = np.dtype(dtype).name
        step = lift.lift(self.rule, self.rule, dtype)
        if self.jump is None:
            return step, step, False
        return step, lift.lift(self.rule, self.jump, dtype, jump=True), True


def _listed(hyper: Mapping[str, float | Schedule]) -> str:
    return ", ".join(
        f"{k}={v if isinstance(v, Schedule) else shortest(v)}" for k, v in hyper.items()
    )


def check_hyperparameters(name: str, hyper: Mapping[str, float], *, ranges: bool = True) -> None:
    """Raise ValueError for a hyperparameter that is not finite, out of range or out of order."""
    for key, value in hyper.items():
        if not is_number(value):
            raise ValueError(f"{name}: {key} must be a finite number, got {value!r}")
        test, words = RANGES.get(key, (lambda v: True, ""))
        if ranges and not test(value):
            raise ValueError(f"{name}: {key} must be {words}, got {value:g}")
    for small, large in ORDERED if ranges else ():
        if small in hyper and large in hyper and hyper[small] > hyper[large]:
            got = f"{hyper[small]:g} > {hyper[large]:g}"
            raise ValueError(f"{name}: {small} must not exceed {large}, got {got}")


def custom(
    rule: Callable, *, starts: Mapping[str, float] | None = None, **hyperparameters
) -> Optimizer:
    """A user's own rule as an optimizer: weight, gradient, slots, then hyperparameters.

    Parameters
    ----------
    rule : callable
        A plain function of one weight, written as in `minnet.rules`.
    starts : mapping, optional
        Where its slots start, if not at 0.
    **hyperparameters
        Values that replace the rule's defaults.

    Examples
    --------
    >>> def heavy(w, g, velocity, lr=0.1, momentum=0.9):
    ...     velocity = momentum * velocity - lr * g
    ...     return w + velocity, velocity
    >>> custom(heavy, lr=0.2)
    heavy(lr=0.2, momentum=0.9)
    """
    return Optimizer(rule.__name__, rule, hyperparameters, starts or {})
