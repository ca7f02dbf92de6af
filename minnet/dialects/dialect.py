"""An optimizer that speaks a library's dialect prints itself as that library would be called."""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ..checks import is_number
from ..optimizers.optimizer import Optimizer
from ..optimizers.schedules import shortest

BY_NAME: dict[str, Callable[..., "Dialect"]] = {}  # "torch.rmsprop": the function that makes it


@dataclass(frozen=True, eq=False, repr=False)
class Dialect(Optimizer):
    """An Optimizer with the arguments it was called with, in the library's own words.

    Parameters
    ----------
    name, rule, hyperparameters, starts, jump
        As of Optimizer; the hyperparameters bear minnet's names (lr, decay, eps), so that
        optimizers of different libraries can be compared and swept together.
    arguments : mapping
        The library's names (learning_rate, rho, epsilon, ...) and what was given for each.
    defaults : mapping
        What the library takes for those that are not given.
    """

    arguments: Mapping[str, object] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self):
        super().__post_init__()
        object.__setattr__(self, "arguments", MappingProxyType(dict(self.arguments)))

    def __str__(self) -> str:
        """All constants; options that are off, as they are by default, go without saying."""
        given = self.arguments.items()
        return self._call({k: v for k, v in given if is_on(v) or v != self.defaults.get(k, v)})

    __repr__ = __str__

    @property
    def short(self) -> str:
        """The name with its first argument and those that are not the library's defaults."""
        first = next(iter(self.arguments))
        given = self.arguments.items()
        return self._call({k: v for k, v in given if k == first or v != self.defaults.get(k, v)})

    def _call(self, arguments: Mapping[str, object]) -> str:
        return f"{self.name}({', '.join(f'{k}={_written(v)}' for k, v in arguments.items())})"


def dialect(name: str) -> Callable:
    """Turn a function that translates a library's arguments into one that makes the optimizer.

    The function returns the rule, its hyperparameters, and where slots start if not at 0.
    """

    def decorate(translate: Callable) -> Callable[..., Dialect]:
        signature = inspect.signature(translate)

        @functools.wraps(translate)
        def make(*given, **named) -> Dialect:
            try:
                bound = signature.bind(*given, **named)
            except TypeError as error:
                raise TypeError(f"{name}: {error}; it is {name}{_plain(signature)}") from None
            bound.apply_defaults()
            rule, hyper, *starts = translate(**bound.arguments)
            defaults = {p.name: p.default for p in signature.parameters.values()}
            return Dialect(name, rule, hyper, *starts, arguments=bound.arguments,
                           defaults=defaults)  # fmt: skip

        BY_NAME[name] = make
        return make

    return decorate


def is_on(value) -> bool:
    """Whether an optional number is there: neither None nor 0."""
    return value is not None and value != 0


def _plain(signature: inspect.Signature) -> str:
    return str(signature.replace(return_annotation=signature.empty))


def _written(value) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value))})"
    return shortest(value) if is_number(value) else str(value)
