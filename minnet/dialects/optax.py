"""optax as it is in version 0.2.8: its names, its defaults, its formulas.

Documented on the pages optax.sgd, optax.rmsprop, ... of https://optax.readthedocs.io; read in
optax/_src/alias.py and transform.py.  Left out is what changes no number in float32 and float64:
accumulator_dtype, mu_dtype, weight_decay_mask.  The ranges are minnet's.  The learning rate has no
default; where it may be left out in optax (None), the steps also lose their minus sign.
"""

from .. import rules as lecture
from . import (
    adadelta as _adadelta,
    adagrad as _adagrad,
    adam as _adam,
    momentum as _sgd,
    rmsprop_optax as _rmsprop,
    rprop as _rprop,
)
from .dialect import Translation, Value, dialect


@dialect("optax.sgd")
def sgd(learning_rate: Value, momentum: Value | None = None, nesterov: bool = False) -> Translation:
    """Steepest descent, with momentum, or with Nesterov's: lr is outside the velocity.

    .. warning::
       A rate that changes acts on the whole velocity at once; on slide 18, and in Keras, a
       velocity still holds the rates of the steps that it comes from.

    Parameters
    ----------
    learning_rate : float or Schedule
        Greater than 0; no default.
    momentum : float or Schedule, default None
        The share of the velocity (optax: trace) that is kept in a step; in [0, 1).  None: there is
        no velocity.
    nesterov : bool, default False
        Whether the step is learning_rate (g + momentum velocity), Nesterov's look ahead.  Without
        momentum it changes nothing.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    optax.sgd; slides 18 and 20.
    """
    if momentum is None:
        return Translation(lecture.sgd, {"lr": learning_rate})
    rule = _sgd.trace_nesterov if nesterov else _sgd.trace_momentum
    return Translation(rule, {"lr": learning_rate, "momentum": momentum})


@dialect("optax.rmsprop")
def rmsprop(
    learning_rate: Value,
    decay: Value = 0.9,
    eps: Value = 1e-8,
    initial_scale: float = 0.0,
    eps_in_sqrt: bool = True,
    centered: bool = False,
    momentum: Value | None = None,
    nesterov: bool = False,
    bias_correction: bool = False,
) -> Translation:
    """RMSprop with eps inside the root, or outside if asked; lr is inside the velocity.

    .. warning::
       eps inside the root, as in Keras and TensorFlow 1, makes gradients below sqrt(eps), 0.0001,
       count as small; outside the root, as in PyTorch, the limit would be 1e-8.  With momentum
       the rate stands inside the velocity, in `sgd` outside.

    Parameters
    ----------
    learning_rate : float or Schedule
        Greater than 0; no default.
    decay : float or Schedule, default 0.9
        The decay of the mean square; in [0, 1).
    eps : float or Schedule, default 1e-8
        Added to the mean square, or to its root; greater than 0.
    initial_scale : float, default 0.0
        Where the mean square starts; at least 0 (TensorFlow 1: 1).
    eps_in_sqrt : bool, default True
        Whether eps is added inside the root.
    centered : bool, default False
        Whether the gradient is divided by its standard deviation: a mean of the gradients is kept,
        and its square taken off.
    momentum : float or Schedule, default None
        In [0, 1); the steps build up a velocity.  None: 0.
    nesterov : bool, default False
        Whether the velocity looks ahead, as in `sgd`; without momentum it changes nothing.
    bias_correction : bool, default False
        Whether the mean square (and the mean) is corrected for its start at 0, as in Adam.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    optax.rmsprop; slide 29.
    """
    name = "optax_rmsprop" + "_centered" * bool(centered) + "_corrected" * bool(bias_correction)
    name += "_inside" if eps_in_sqrt else "_outside"
    name += "_nesterov" if nesterov and momentum is not None else ""
    hyper: dict[str, Value] = {"lr": learning_rate, "decay": decay, "eps": eps}
    hyper |= {"initial_scale": initial_scale, "momentum": 0.0 if momentum is None else momentum}
    return Translation(getattr(_rmsprop, name), hyper, {"mean_square": "initial_scale"})


@dialect("optax.adagrad")
def adagrad(
    learning_rate: Value, initial_accumulator_value: float = 0.1, eps: Value = 1e-7
) -> Translation:
    """Adagrad with eps inside the root, and a sum of squares that starts at 0.1.

    .. warning::
       The start at 0.1 makes gradients below 0.3 hardly count in the first steps; the sum starts
       at 0 in PyTorch, and the first step is a whole learning rate there.

    Parameters
    ----------
    learning_rate : float or Schedule
        Greater than 0; no default.
    initial_accumulator_value : float, default 0.1
        Where the sum of squares starts; at least 0.
    eps : float or Schedule, default 1e-7
        Added to the sum of squares; greater than 0.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    optax.adagrad.
    """
    hyper: dict[str, Value] = {"lr": learning_rate, "eps": eps}
    hyper["initial_accumulator_value"] = initial_accumulator_value
    return Translation(_adagrad.optax_adagrad, hyper, {"sum_squares": "initial_accumulator_value"})


@dialect("optax.rprop")
def rprop(
    learning_rate: float,
    eta_minus: Value = 0.5,
    eta_plus: Value = 1.2,
    min_step_size: Value = 1e-6,
    max_step_size: Value = 50.0,
) -> Translation:
    """iRprop-, whose step sizes start at the learning rate; every move comes one step late.

    .. warning::
       The delay is a known mistake of optax 0.2.8 (its pull request 1725): the first step does not
       move, and a change of sign cancels the move of the step before.  PyTorch's iRprop- moves at
       once, and limits a step size at every step, not only when it changes.

    Parameters
    ----------
    learning_rate : float
        Where the step sizes start; greater than 0, no default.
    eta_minus : float or Schedule, default 0.5
        The factor that shrinks a step size; in (0, 1).
    eta_plus : float or Schedule, default 1.2
        The factor that enlarges a step size; greater than 1.
    min_step_size : float or Schedule, default 1e-6
        The smallest step size; greater than 0.
    max_step_size : float or Schedule, default 50.0
        The largest step size; at least the smallest.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range or out of order.

    References
    ----------
    optax.rprop; Igel & Huesken (2000), "Improving the Rprop learning algorithm".
    """
    hyper: dict[str, Value] = {"lr": learning_rate, "eta_minus": eta_minus, "eta_plus": eta_plus}
    hyper |= {"step_min": min_step_size, "step_max": max_step_size}
    return Translation(_rprop.optax_rprop, hyper, {"size": "lr"})


@dialect("optax.adam")
def adam(
    learning_rate: Value,
    b1: Value = 0.9,
    b2: Value = 0.999,
    eps: Value = 1e-8,
    eps_root: Value = 0.0,
    *,
    nesterov: bool = False,
) -> Translation:
    """Adam with eps beside the corrected root and eps_root inside it, and Nadam.

    .. warning::
       As in PyTorch, eps is added after the mean square was corrected for its start at 0; in Keras
       and TensorFlow 1 before, which is 32 times as large an eps at the first step.

    Parameters
    ----------
    learning_rate : float or Schedule
        Greater than 0; no default.
    b1 : float or Schedule, default 0.9
        The decay of the mean gradient; in [0, 1).
    b2 : float or Schedule, default 0.999
        The decay of the mean square; in [0, 1).
    eps : float or Schedule, default 1e-8
        Added to the root of the corrected mean square; greater than 0.
    eps_root : float or Schedule, default 0.0
        Added to the corrected mean square, inside the root; at least 0.
    nesterov : bool, default False
        Whether the mean gradient is that of the next step: Nadam.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    optax.adam; Kingma & Ba (2015); Dozat (2016) for Nadam.
    """
    hyper = {"lr": learning_rate, "beta1": b1, "beta2": b2, "eps": eps, "eps_root": eps_root}
    return Translation(_adam.optax_adam_nesterov if nesterov else _adam.optax_adam, hyper)


@dialect("optax.amsgrad")
def amsgrad(
    learning_rate: Value,
    b1: Value = 0.9,
    b2: Value = 0.999,
    eps: Value = 1e-8,
    eps_root: Value = 0.0,
) -> Translation:
    """Adam that divides by the root of the largest corrected mean square so far.

    .. warning::
       PyTorch and Keras keep the largest uncorrected mean square.  The correction is largest at
       first, so here the first gradients can hold the divisor up for long.

    Parameters
    ----------
    learning_rate : float or Schedule
        Greater than 0; no default.
    b1 : float or Schedule, default 0.9
        The decay of the mean gradient; in [0, 1).
    b2 : float or Schedule, default 0.999
        The decay of the mean square; in [0, 1).
    eps : float or Schedule, default 1e-8
        Added to the root of the largest mean square; greater than 0.
    eps_root : float or Schedule, default 0.0
        Added to the largest mean square, inside the root; at least 0.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    optax.amsgrad; Reddi et al. (2018), "On the convergence of Adam and beyond".
    """
    hyper = {"lr": learning_rate, "beta1": b1, "beta2": b2, "eps": eps, "eps_root": eps_root}
    return Translation(_adam.optax_amsgrad, hyper)


@dialect("optax.adadelta")
def adadelta(
    learning_rate: Value, rho: Value = 0.9, eps: Value = 1e-6, weight_decay: Value = 0.0
) -> Translation:
    """Adadelta; the learning rate must be given, 1 leaves the paper's step as it is.

    .. warning::
       optax's own default, learning_rate=None, also skips the minus sign: it climbs.

    Parameters
    ----------
    learning_rate : float or Schedule
        Multiplies the paper's move; greater than 0, no default here.
    rho : float or Schedule, default 0.9
        The decay of the mean squares of gradient and move, 0.95 in the paper; in [0, 1).
    eps : float or Schedule, default 1e-6
        Added to both mean squares, inside the roots; greater than 0.
    weight_decay : float or Schedule, default 0.0
        At least 0; weight_decay w joins the gradient, as in PyTorch.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    optax.adadelta; Zeiler (2012), "ADADELTA: an adaptive learning rate method".
    """
    hyper = {"lr": learning_rate, "decay": rho, "eps": eps, "weight_decay": weight_decay}
    return Translation(_adadelta.optax_adadelta, hyper)
