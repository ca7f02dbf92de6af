"""An optimizer is a rule with its numbers: `RMSprop(lr=0.002)` is data, and can be printed.

S  slots of the rule      H  its numbers (hyperparameters)      n  weights
"""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from . import lift
from .checks import check_name

# What a number may be, by its name: (test, the condition in words).
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
}
ORDERED = (("low", "high"), ("step_min", "step_max"), ("step_min", "step"), ("step", "step_max"))


@dataclass(frozen=True, eq=False)
class Optimizer:
    """A rule, its numbers, and where its slots start.

    Parameters
    ----------
    name : str
        As in the notation `rmsprop(lr=0.002)`.
    rule : callable
        The scalar rule (see `minnet.rules`).
    numbers : mapping of str to float
        Values for the rule's numbers; those left out keep the rule's defaults.  May hold extra
        numbers that `starts` refers to.
    starts : mapping of str to float or str, optional
        Where a slot starts, if not at 0: a value, or the name of a number.
    jump : callable, optional
        Where the rule wants its gradient measured; None: at the weights.

    Raises
    ------
    ValueError
        If a number is unknown, not finite, or outside its range.
    RuleError
        If `rule` is not written like a rule.
    """

    name: str
    rule: Callable
    numbers: Mapping[str, float] = field(default_factory=dict)
    starts: Mapping[str, float | str] = field(default_factory=dict)
    jump: Callable | None = None

    def __post_init__(self):
        slots, defaults = lift.slots_and_numbers(self.rule)
        extra = [value for value in self.starts.values() if isinstance(value, str)]
        for name in self.numbers:
            check_name(f"number of {self.name}", name, [*extra, *defaults])
        numbers = {name: self.numbers[name] for name in extra}
        numbers |= {name: self.numbers.get(name, value) for name, value in defaults.items()}
        check_numbers(self.name, numbers)
        numbers = {key: float(value) for key, value in numbers.items()}
        object.__setattr__(self, "numbers", MappingProxyType(numbers))
        object.__setattr__(self, "starts", MappingProxyType(dict(self.starts)))
        object.__setattr__(self, "slots", tuple(slots))

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{k}={v:g}' for k, v in self.numbers.items())})"

    __repr__ = __str__

    @property
    def short(self) -> str:
        """The name with its first number and those that are not the rule's defaults."""
        defaults = lift.slots_and_numbers(self.rule)[1]
        first = next(iter(self.numbers), None)
        told = {k: v for k, v in self.numbers.items() if k == first or defaults.get(k, v) != v}
        return f"{self.name}({', '.join(f'{k}={v:g}' for k, v in told.items())})"

    def start(self, n: int, dtype="float32") -> np.ndarray:
        """The slots (S, n) before the first step."""
        slots = np.zeros((len(self.slots), n), dtype)
        for name, value in self.starts.items():
            slots[self.slots.index(name)] = self.numbers.get(value, value)
        return slots

    def values(self, dtype="float32") -> np.ndarray:
        """The rule's numbers (H,) in the rule's order."""
        wanted = lift.slots_and_numbers(self.rule)[1]
        return np.array([self.numbers[name] for name in wanted], dtype)

    @property
    def asks_worse(self) -> bool:
        """Whether the rule asks if the error grew."""
        return "worse" in inspect.signature(self.rule).parameters

    def compiled(self, dtype="float32") -> tuple[Callable, Callable, bool]:
        """(step, jump, whether there is a jump), compiled for `dtype`; see `minnet.lift`."""
        dtype = np.dtype(dtype).name
        step = lift.lift(self.rule, self.rule, dtype)
        if self.jump is None:
            return step, step, False
        return step, lift.lift(self.rule, self.jump, dtype, jump=True), True


def check_numbers(name: str, numbers: Mapping[str, float]) -> None:
    """Raise ValueError for a number that is not finite, outside its range, or out of order."""
    for key, value in numbers.items():
        if not isinstance(value, (int, float, np.number)) or not math.isfinite(value):
            raise ValueError(f"{name}: {key} must be a finite number, got {value!r}")
        test, words = RANGES.get(key, (lambda v: True, ""))
        if not test(value):
            raise ValueError(f"{name}: {key} must be {words}, got {value:g}")
    for small, large in ORDERED:
        if small in numbers and large in numbers and numbers[small] > numbers[large]:
            got = f"{numbers[small]:g} > {numbers[large]:g}"
            raise ValueError(f"{name}: {small} must not exceed {large}, got {got}")


def custom(rule: Callable, *, starts: Mapping[str, float] | None = None, **numbers) -> Optimizer:
    """A user's own rule as an optimizer: weight, gradient, slots, then numbers with defaults.

    Parameters
    ----------
    rule : callable
        A plain function of one weight, written as in `minnet.rules`.
    starts : mapping, optional
        Where its slots start, if not at 0.
    **numbers
        Values that replace the rule's defaults.

    Examples
    --------
    >>> def heavy(w, g, velocity, lr=0.1, momentum=0.9):
    ...     velocity = momentum * velocity - lr * g
    ...     return w + velocity, velocity
    >>> custom(heavy, lr=0.2)
    heavy(lr=0.2, momentum=0.9)
    """
    optimizer = Optimizer(rule.__name__, rule, numbers, starts or {})
    for slot in optimizer.starts:
        check_name(f"slot of {rule.__name__}", slot, optimizer.slots)
    return optimizer
