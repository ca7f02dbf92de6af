"""minnet: Geoffrey Hinton's Lecture 6, executable.

Train one net with many update rules, from the same weights, on the same mini-batches:

>>> import minnet as mn
>>> net = mn.MLP([64, 32, 10], hidden="tanh")
>>> report = mn.race(net, "digits", [mn.SGD(0.5), mn.Rprop(), mn.RMSprop(0.002)], epochs=2, seed=6)
>>> report.losses.shape
(3, 90)
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:  # what editors and type checkers see; at run time each waits for its first use
    from . import dialects as dialects, rules as rules, stepwise as stepwise, surfaces as surfaces
    from .data import (
        Data as Data,
        Part as Part,
        describe_sets as describe_sets,
        from_arrays as from_arrays,
        load as load,
        transformed as transformed,
    )
    from .descent.plan import GivenPlan as GivenPlan, Plan as Plan
    from .descent.walk import walk as walk
    from .methods import fullbatch as fullbatch, vsgd as vsgd
    from .net import curvature as curvature, weights as weights
    from .net.gradcheck import check_gradient as check_gradient
    from .net.mlp import MLP as MLP
    from .optimizers import schedules as schedules
    from .optimizers.catalogue import (
        SGD as SGD,
        Adadelta as Adadelta,
        Adagrad as Adagrad,
        Adam as Adam,
        Gains as Gains,
        GainsMomentum as GainsMomentum,
        IRpropMinus as IRpropMinus,
        IRpropPlus as IRpropPlus,
        Momentum as Momentum,
        Nesterov as Nesterov,
        RMSprop as RMSprop,
        RMSpropCentered as RMSpropCentered,
        RMSpropGains as RMSpropGains,
        RMSpropMomentum as RMSpropMomentum,
        RMSpropNesterov as RMSpropNesterov,
        RMSpropNesterovJump as RMSpropNesterovJump,
        Rprop as Rprop,
        RpropPlus as RpropPlus,
    )
    from .optimizers.notation import parse as parse
    from .optimizers.optimizer import Optimizer as Optimizer, custom as custom
    from .optimizers.schedules import Schedule as Schedule
    from .racing import stopping as stopping
    from .racing.devices import replay as replay
    from .racing.racing import race as race, train as train
    from .racing.stopping import Criterion as Criterion
    from .report.report import Report as Report
    from .surfaces import Paths as Paths, Surface as Surface, roll as roll
    from .surfaces.animation import animate as animate

# Where each public name lives, in the order in which a reader needs them.  Modules are imported
# when a name is first used, so that `import minnet` and `minnet --help` need not wait for Numba.
_HOMES = {
    "data": "load Data Part from_arrays transformed describe_sets",
    "net.mlp": "MLP",
    "optimizers.catalogue": (
        "SGD Momentum Nesterov Gains GainsMomentum Rprop RpropPlus IRpropMinus IRpropPlus RMSprop "
        "RMSpropMomentum RMSpropNesterov RMSpropNesterovJump RMSpropGains Adagrad RMSpropCentered "
        "Adadelta Adam"
    ),
    "optimizers.optimizer": "Optimizer custom",
    "optimizers.notation": "parse",
    "descent.plan": "Plan GivenPlan",
    "racing.racing": "race train",
    "racing.devices": "replay",
    "report.report": "Report",
    "descent.walk": "walk",
    "net.gradcheck": "check_gradient",
    "surfaces": "Surface Paths roll",
    "surfaces.animation": "animate",
    "optimizers.schedules": "Schedule",
    "racing.stopping": "Criterion",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}
# Modules that are spoken of by name, and the chapter each stands in ("": it is a chapter).
_MODULES = {
    "curvature": "net", "dialects": "", "fullbatch": "methods", "rules": "",
    "schedules": "optimizers", "stepwise": "", "stopping": "racing", "surfaces": "",
    "vsgd": "methods", "weights": "net",
}  # fmt: skip
__all__ = [*_HOME, *_MODULES]


if not TYPE_CHECKING:  # to a type checker, a name that is not listed above is an error

    def __getattr__(name: str) -> Any:
        """Import a public name at its first use."""
        if name in _MODULES:
            chapter = _MODULES[name]
            place = f".{chapter}.{name}" if chapter else f".{name}"
            return importlib.import_module(place, __name__)
        if name not in _HOME:
            raise AttributeError(f"module 'minnet' has no attribute {name!r}")
        home = importlib.import_module(f".{_HOME[name]}", __name__)
        value = globals()[name] = getattr(home, name)
        return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
