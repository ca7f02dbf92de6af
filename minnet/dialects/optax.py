"""optax as it is in version 0.2.8: its names, its defaults, its formulas.

Documented at https://optax.readthedocs.io/en/latest/api/optimizers.html; read in optax/_src/
alias.py and transform.py.  The learning rate has no default there.
"""

from .. import rules as lecture
from . import adadelta as _adadelta
from . import adagrad as _adagrad
from . import adam as _adam
from . import momentum as _sgd
from . import rmsprop_optax as _rmsprop
from . import rprop as _rprop
from .dialect import dialect


@dialect("optax.sgd")
def sgd(learning_rate, momentum=None, nesterov=False):
    """Steepest descent, with momentum, or with Nesterov's: lr is outside the velocity."""
    if momentum is None:
        return lecture.sgd, {"lr": learning_rate}
    rule = _sgd.trace_nesterov if nesterov else _sgd.trace_momentum
    return rule, {"lr": learning_rate, "momentum": momentum}


@dialect("optax.rmsprop")
def rmsprop(
    learning_rate, decay=0.9, eps=1e-8, initial_scale=0.0, eps_in_sqrt=True, centered=False,
    momentum=None, nesterov=False, bias_correction=False,
):  # fmt: skip
    """eps inside the root unless told otherwise; the learning rate is inside the velocity."""
    name = "optax_rmsprop" + "_centered" * bool(centered) + "_corrected" * bool(bias_correction)
    name += "_inside" if eps_in_sqrt else "_outside"
    name += "_nesterov" if nesterov and momentum is not None else ""
    hyper = {"lr": learning_rate, "decay": decay, "eps": eps, "initial_scale": initial_scale}
    hyper |= {"momentum": 0.0 if momentum is None else momentum}
    return getattr(_rmsprop, name), hyper, {"mean_square": "initial_scale"}


@dialect("optax.adagrad")
def adagrad(learning_rate, initial_accumulator_value=0.1, eps=1e-7):
    """eps inside the root, the sum of squares from 0.1 on."""
    hyper = {"lr": learning_rate, "initial_accumulator_value": initial_accumulator_value}
    return (
        _adagrad.optax_adagrad, hyper | {"eps": eps},
        {"sum_squares": "initial_accumulator_value"},
    )  # fmt: skip


@dialect("optax.rprop")
def rprop(learning_rate, eta_minus=0.5, eta_plus=1.2, min_step_size=1e-6, max_step_size=50.0):
    """iRprop- whose step sizes start at the learning rate; every move comes one step late.

    The delay is a known mistake of optax 0.2.8 (its pull request 1725).
    """
    hyper = {"lr": learning_rate, "eta_minus": eta_minus, "eta_plus": eta_plus}
    hyper |= {"step_min": min_step_size, "step_max": max_step_size}
    return _rprop.optax_rprop, hyper, {"size": "lr"}


@dialect("optax.adam")
def adam(learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, *, nesterov=False):
    """eps beside the corrected root, eps_root inside it; Nadam looks one step ahead."""
    hyper = {"lr": learning_rate, "beta1": b1, "beta2": b2, "eps": eps, "eps_root": eps_root}
    return _adam.optax_adam_nesterov if nesterov else _adam.optax_adam, hyper


@dialect("optax.amsgrad")
def amsgrad(learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0):
    """Keeps the largest corrected mean square, where PyTorch and Keras keep the uncorrected one."""
    hyper = {"lr": learning_rate, "beta1": b1, "beta2": b2, "eps": eps, "eps_root": eps_root}
    return _adam.optax_amsgrad, hyper


@dialect("optax.adadelta")
def adadelta(learning_rate, rho=0.9, eps=1e-6, weight_decay=0.0):
    """Zeiler's rule.  (optax's own default, learning_rate=None, also skips the minus sign: it
    climbs.  Here the rate must be given; 1 is the paper's.)
    """
    hyper = {"lr": learning_rate, "decay": rho, "eps": eps, "weight_decay": weight_decay}
    return _adadelta.optax_adadelta, hyper
