"""minnet: Geoffrey Hinton's Lecture 6, executable.

Train one net with many update rules, from the same weights, on the same mini-batches:

>>> import minnet as mn
>>> net = mn.MLP([64, 32, 10], hidden="tanh")
>>> report = mn.race(net, "digits", [mn.SGD(0.5), mn.Rprop(), mn.RMSprop(0.002)], epochs=2, seed=6)
>>> report.losses.shape
(3, 90)
"""

import importlib

__version__ = "0.1.0"

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


def __getattr__(name: str):
    if name in _MODULES:
        chapter = _MODULES[name]
        return importlib.import_module(f".{chapter}.{name}" if chapter else f".{name}", __name__)
    if name not in _HOME:
        raise AttributeError(f"module 'minnet' has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    return value


def __dir__():
    return sorted([*globals(), *__all__])
