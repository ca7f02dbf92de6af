"""The class `Optimizer`: a rule with its hyperparameters; `RMSprop(lr=0.002)` is data.

S  slots of the rule      H  its hyperparameters      n  weights
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..checks import check_name
from ..kernels.jit import is_ours
from ..rules import lift
from .ranges import check_hyperparameters, check_schedules, check_starts
from .schedules import Course, Schedule, shortest

if TYPE_CHECKING:
    from numpy.typing import DTypeLike


class Moves(NamedTuple):
    """The compiled step of a rule and, if it looks ahead, its jump; see `minnet.rules.lift`."""

    step: Callable
    jump: Callable
    looks_ahead: bool


@dataclass(frozen=True, eq=False)
class Optimizer:
    """A rule, its hyperparameters, and where its slots start.

    Parameters
    ----------
    name : str
        As in the notation `rmsprop(lr=0.002)`.
    rule : callable
        The scalar rule (see `minnet.rules`).
    hyperparameters : mapping of str to float or Schedule
        Values for the rule's hyperparameters, or schedules for them (see `minnet.schedules`);
        those left out keep the rule's defaults.  May hold others that `starts` refers to.
    starts : mapping of str to float or str, optional
        Where a slot starts, if not at 0: a value, or the name of a hyperparameter.
    jump : callable, optional
        Where the rule wants its gradient measured; None: at the weights.

    Attributes
    ----------
    slots : tuple of str
        What the rule remembers for each weight, by name.

    Raises
    ------
    ValueError
        If a hyperparameter is unknown, not finite, or outside its range.
    RuleError
        If `rule` is not written like a rule.
    """

    name: str
    rule: Callable
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    starts: Mapping[str, float | str] = field(default_factory=dict)
    jump: Callable | None = None
    slots: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        slots, defaults = lift.slots_and_hyperparameters(self.rule)
        extra = [v for v in self.starts.values() if isinstance(v, str) and v not in defaults]
        for name in self.hyperparameters:
            check_name(f"hyperparameter of {self.name}", name, [*extra, *defaults])
        check_starts(self.name, self.starts, slots, {**defaults, **self.hyperparameters})
        hyper = {name: self.hyperparameters[name] for name in extra}
        hyper |= {name: self.hyperparameters.get(name, value) for name, value in defaults.items()}
        constant = {key: v for key, v in hyper.items() if not isinstance(v, Schedule)}
        check_hyperparameters(self.name, constant, ranges=self.built_in)
        hyper |= {key: float(value) for key, value in constant.items()}
        object.__setattr__(self, "hyperparameters", MappingProxyType(hyper))
        object.__setattr__(self, "starts", MappingProxyType(dict(self.starts)))
        object.__setattr__(self, "slots", slots)

    def __str__(self) -> str:
        return self._text

    __repr__ = __str__

    @cached_property
    def _text(self) -> str:
        return f"{self.name}({_listed(self.hyperparameters)})"

    @property
    def short(self) -> str:
        """The name with its first hyperparameter and those that are not the rule's defaults."""
        _, defaults = lift.slots_and_hyperparameters(self.rule)
        first = next(iter(self.hyperparameters), None)
        changed = {
            k: v for k, v in self.hyperparameters.items() if k == first or defaults.get(k, v) != v
        }
        return f"{self.name}({_listed(changed)})"

    def start(self, n: int, dtype: "DTypeLike" = "float32") -> np.ndarray:
        """The slots (S, n) before the first step."""
        slots = np.zeros((len(self.slots), n), dtype)
        for name, value in self.starts.items():
            begin = self.hyperparameters[value] if isinstance(value, str) else value
            slots[self.slots.index(name)] = begin(1) if isinstance(begin, Schedule) else begin
        return slots

    def values(self, dtype: "DTypeLike" = "float32") -> np.ndarray:
        """The rule's hyperparameters (H,) at the first step, in the rule's order."""
        return self.table(1, 1, Course(1, 1), dtype)[0]

    def table(
        self,
        first: int,
        count: int,
        course: Course,
        dtype: "DTypeLike" = "float32",
        states: Mapping[str, dict] | None = None,
    ) -> np.ndarray:
        """The rule's hyperparameters (K, H) at the steps first, first + 1, ..., of a descent.

        `states` holds, by hyperparameter, what adaptive schedules remember.
        """
        _, defaults = lift.slots_and_hyperparameters(self.rule)
        table = np.empty((count, len(defaults)), dtype)
        for h, name in enumerate(defaults):
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
        """Raise ValueError if a schedule cannot serve in a descent of this course.

        `without_losses` names a caller that knows no losses of epochs, at which some look.
        """
        if self.schedules:
            check_schedules(
                self.name, self.hyperparameters, course, without_losses, ranges=self.built_in
            )

    @property
    def built_in(self) -> bool:
        """Whether the rule is minnet's: a user's own may mean something else by the same name."""
        return is_ours(self.rule)

    @property
    def asks_worse(self) -> bool:
        """Whether the rule asks if the error grew."""
        return "worse" in inspect.signature(self.rule).parameters

    def compiled(self, dtype: "DTypeLike" = "float32") -> Moves:
        """The rule's step and jump, compiled for `dtype`."""
        name = np.dtype(dtype).name
        step = lift.lift(self.rule, self.rule, name)
        if self.jump is None:
            return Moves(step, step, False)
        return Moves(step, lift.lift(self.rule, self.jump, name, jump=True), True)


def _listed(hyper: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{k}={v if isinstance(v, Schedule) else shortest(v)}" for k, v in hyper.items()
    )


def custom(
    rule: Callable, *, starts: Mapping[str, float] | None = None, **hyperparameters: Any
) -> Optimizer:
    """A user's own rule as an optimizer: weight, gradient, slots, then hyperparameters.

    Parameters
    ----------
    rule : callable
        A plain function of one weight, written as in `minnet.rules`.
    starts : mapping of str to float, optional
        Where its slots start, if not at 0.
    **hyperparameters : float or Schedule
        Values that replace the rule's defaults.

    Returns
    -------
    Optimizer
        To be raced like any other.

    Raises
    ------
    RuleError
        If `rule` does not begin with ``w, g``.
    ValueError
        If a hyperparameter or slot is not the rule's, or a value is not finite.

    Examples
    --------
    >>> def heavy(w, g, velocity, lr=0.1, momentum=0.9):
    ...     velocity = momentum * velocity - lr * g
    ...     return w + velocity, velocity
    >>> custom(heavy, lr=0.2)
    heavy(lr=0.2, momentum=0.9)
    """
    return Optimizer(rule.__name__, rule, hyperparameters, starts or {})
