"""The class `Dialect`: an optimizer with a library's own names and defaults for its arguments.

A dialect is made by a function that bears the library's signature and translates the arguments: it
returns the rule and its hyperparameters, under minnet's names.
"""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple, ParamSpec

from ..checks import is_number
from ..optimizers.optimizer import Optimizer
from ..optimizers.schedules import Schedule, shortest

P = ParamSpec("P")
Value = float | Schedule  # of a hyperparameter

BY_NAME: dict[str, Callable[..., "Dialect"]] = {}  # "torch.rmsprop": the function that makes it


class Translation(NamedTuple):
    """A library's arguments in minnet's words.

    Attributes
    ----------
    rule : callable
        The scalar rule that is the library's step.
    hyperparameters : mapping of str to float or Schedule
        Under minnet's names: lr, decay, eps, ...
    starts : mapping of str to float or str
        Where slots start, if not at 0: a value, or the name of a hyperparameter.
    """

    rule: Callable
    hyperparameters: Mapping[str, Value]
    starts: Mapping[str, float | str] = MappingProxyType({})


@dataclass(frozen=True, eq=False, repr=False)
class Dialect(Optimizer):
    """An optimizer with a library's rule, which prints itself as that library would be called.

    Parameters
    ----------
    name, rule, hyperparameters, starts, jump
        As of `Optimizer`; the hyperparameters bear minnet's names (lr, decay, eps), so that
        optimizers of different libraries can be compared and swept together.
    arguments : mapping of str to object
        All arguments under the library's names (learning_rate, rho, epsilon, ...).
    defaults : mapping of str to object
        The library's default for each argument; `inspect.Parameter.empty` where it has none.
    """

    arguments: Mapping[str, object] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "arguments", MappingProxyType(dict(self.arguments)))

    def __str__(self) -> str:
        """All constants; options that are off, as they are by default, go without saying."""
        arguments = self.arguments.items()
        return self._call({k: v for k, v in arguments if is_on(v) or v != self.defaults.get(k, v)})

    __repr__ = __str__

    @property
    def short(self) -> str:
        """The name with its first argument and those that are not the library's defaults."""
        first, arguments = next(iter(self.arguments)), self.arguments.items()
        return self._call(
            {k: v for k, v in arguments if k == first or v != self.defaults.get(k, v)}
        )

    def _call(self, arguments: Mapping[str, object]) -> str:
        return f"{self.name}({', '.join(f'{k}={_written(v)}' for k, v in arguments.items())})"


def dialect(name: str) -> Callable[[Callable[P, Translation]], Callable[P, Dialect]]:
    """Turn a function that translates a library's arguments into one that makes the optimizer.

    Parameters
    ----------
    name : str
        The dialect's name in the notation, "torch.rmsprop", under which `BY_NAME` will have it.

    Returns
    -------
    decorator
        The function that it returns has the library's signature, and raises a TypeError that
        shows it for arguments that do not fit.
    """

    def decorate(translate: Callable[P, Translation]) -> Callable[P, Dialect]:
        signature = inspect.signature(translate)
        defaults = {p.name: p.default for p in signature.parameters.values()}

        @functools.wraps(translate)
        def make(*args: P.args, **kwargs: P.kwargs) -> Dialect:
            try:
                bound = signature.bind(*args, **kwargs)
            except TypeError as error:
                raise TypeError(f"{name}: {error}; it is {name}{_plain(signature)}") from None
            bound.apply_defaults()
            rule, hyper, starts = translate(*bound.args, **bound.kwargs)
            return Dialect(name, rule, hyper, starts, arguments=bound.arguments, defaults=defaults)

        make.__signature__ = signature.replace(return_annotation=Dialect)  # type: ignore[attr-defined]
        BY_NAME[name] = make
        return make

    return decorate


def is_on(value: object) -> bool:
    """Whether an optional number is there: neither None nor 0."""
    return value is not None and value != 0


def _plain(signature: inspect.Signature) -> str:
    """A signature without its annotations."""
    names = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    return str(signature.replace(parameters=names, return_annotation=signature.empty))


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value))})"
    return shortest(value) if is_number(value) else str(value)
