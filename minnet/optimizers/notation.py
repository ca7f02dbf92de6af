"""Optimizers as a reader writes them: "sgd(lr=0.5), rprop, rmsprop(lr=[0.001, 0.01])".

The grammar is that of `minnet.notation`.
"""

import importlib
import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from inspect import Parameter, Signature, isfunction, signature
from typing import TypeAlias

from ..notation import Term, bind, terms
from ..rules.lift import slots_and_hyperparameters
from .catalogue import OPTIMIZERS
from .optimizer import Optimizer, custom
from .schedules import SCHEDULES, Schedule

MOST = 10_000  # optimizers that the lists of one term may make
BY_NAME: dict[str, Callable[..., Optimizer]] = {make().name: make for make in OPTIMIZERS}
BY_NAME["rprop_minus"] = BY_NAME["rprop"]

OptimizerLike: TypeAlias = Optimizer | str | Callable  # what `as_optimizer` takes for one


@dataclass(frozen=True)
class OwnRule:
    """A user's rule as the maker of its optimizer; it is looked at when a text names it."""

    rule: Callable

    def __call__(self, **hyperparameters: float | Schedule) -> Optimizer:
        return Optimizer(self.rule.__name__, self.rule, hyperparameters)

    @property
    def __signature__(self) -> Signature:
        names = slots_and_hyperparameters(self.rule)[1]
        return Signature([Parameter(name, Parameter.KEYWORD_ONLY) for name in names])


def parse(text: str, rules: Mapping[str, Callable] | None = None) -> list[Optimizer]:
    """The optimizers that `text` names, in its order.

    Parameters
    ----------
    text : str
        Names with their hyperparameters, separated by commas: ``sgd(lr=0.5), rprop``.  A name
        alone has its defaults, a first number without a name is the first parameter, `rprop+` is
        `rprop_plus`, and a list of values makes one optimizer each: ``sgd(lr=[0.1, 0.2])``.
        `minnet.notation` has the whole grammar.
    rules : mapping of str to callable, optional
        A user's own rules, by the names that the text may use for them.

    Returns
    -------
    list of Optimizer

    Raises
    ------
    ValueError
        If the text cannot be read, a name or hyperparameter is unknown (with the nearest known
        one), or a hyperparameter is out of range.

    Examples
    --------
    >>> parse("sgd(0.5), rprop+")[0]
    sgd(lr=0.5)
    """
    read = terms(text, "sgd(lr=0.5), rprop")
    if not read:
        raise ValueError("no optimizers given; write e.g. 'sgd(lr=0.5), rprop, rmsprop(lr=0.002)'")
    makers = dict(BY_NAME)
    if any("." in term.name for term in read):  # a library's dialect, "torch.rmsprop"
        makers |= importlib.import_module("minnet.dialects").BY_NAME
    makers |= {name.lower(): OwnRule(rule) for name, rule in (rules or {}).items()}
    return [optimizer for term in read for optimizer in _made(term, makers)]


def as_optimizer(thing: OptimizerLike) -> Optimizer:
    """An Optimizer as it is, a plain function as a user's own rule, text by the notation."""
    if isinstance(thing, Optimizer):
        return thing
    if isinstance(thing, str):
        made = parse(thing)
        if len(made) != 1:
            raise ValueError(f"expected one optimizer, got {len(made)} in {thing!r}")
        return made[0]
    if isfunction(thing) or hasattr(thing, "py_func"):
        return custom(thing)
    raise TypeError(f"an optimizer is RMSprop(0.002), 'rmsprop' or a rule, got {thing!r}")


def as_optimizers(given: OptimizerLike | Iterable[OptimizerLike]) -> list[Optimizer]:
    """Optimizers from text, from one thing, or from a sequence of things."""
    things = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    if not things:
        raise ValueError("a race needs at least one optimizer, got none")
    return [
        optimizer
        for thing in things
        for optimizer in (parse(thing) if isinstance(thing, str) else [as_optimizer(thing)])
    ]


def _made(term: Term, makers: Mapping[str, Callable[..., Optimizer]]) -> list[Optimizer]:
    """One optimizer for each choice of values, the last list fastest."""
    call = bind(term, "optimizer", makers, inner=_schedule)
    known = signature(call.maker).parameters
    choices = {}
    for key, value in call.values.items():
        pair = isinstance(value, tuple) and isinstance(known[key].default, tuple)
        # betas=(0.9, 0.999) is one value, not two runs
        choices[key] = value if isinstance(value, (list, tuple)) and not pair else [value]
        if not choices[key]:
            raise ValueError(f"a list of {call.name} is empty: it names no optimizer")
    if (count := math.prod(map(len, choices.values()))) > MOST:
        raise ValueError(f"lists of {call.name} may make {MOST} optimizers at most, got {count}")
    every = itertools.product(*choices.values())
    return [replace(call, values=dict(zip(choices, one, strict=True)))() for one in every]


def _schedule(term: Term) -> Schedule:
    return bind(term, "schedule", SCHEDULES, inner=_schedule)()
