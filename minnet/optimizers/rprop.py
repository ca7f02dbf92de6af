"""Four forms of Rprop, full-batch learning from the signs of the gradients (slide 27).

Where a step size grows and shrinks stands in `minnet.rules.lecture`, function `resized`.
"""

from __future__ import annotations  # so that help() shows Hyper, not what it stands for

from collections.abc import Callable

from .. import rules
from .optimizer import Optimizer
from .schedules import Hyper

SIZE = {"size": "step"}  # step sizes start at the hyperparameter `step`


def Rprop(step: float = 0.1, eta_plus: Hyper = 1.2, eta_minus: Hyper = 0.5,
          step_min: Hyper = 1e-6, step_max: Hyper = 50.0) -> Optimizer:  # fmt: skip
    """Rprop-: only the sign of the gradient, and a step size for every weight (slide 27).

    For full batches: slide 28 says why.  The formula is that of `minnet.rules.rprop_minus`.

    .. warning::
       What PyTorch and optax call Rprop is iRprop-, here `IRpropMinus`.  PyTorch's step sizes start
       at 0.01 by default; optax has no default, and its moves come one step late.

    Parameters
    ----------
    step : float, default 0.1
        Where the step sizes start; greater than 0, from `step_min` to `step_max`.
    eta_plus : float or Schedule, default 1.2
        Multiplies a step size when two gradients agree in sign; greater than 1.
    eta_minus : float or Schedule, default 0.5
        Multiplies it when they disagree; in (0, 1).
    step_min : float or Schedule, default 1e-6
        The smallest step size; greater than 0.
    step_max : float or Schedule, default 50.0
        The largest step size; greater than 0.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range or out of order.

    References
    ----------
    Lecture 6e, slides 27 and 28; Igel & Huesken (2000), "Improving the Rprop learning algorithm",
    who call it Rprop-.

    Examples
    --------
    >>> Rprop(0.01)
    rprop(step=0.01, eta_plus=1.2, eta_minus=0.5, step_min=1e-06, step_max=50)
    """
    return _rprop("rprop", rules.rprop_minus, step, eta_plus, eta_minus, step_min, step_max)


def RpropPlus(step: float = 0.1, eta_plus: Hyper = 1.2, eta_minus: Hyper = 0.5,
              step_min: Hyper = 1e-6, step_max: Hyper = 50.0) -> Optimizer:  # fmt: skip
    """Rprop+: a gradient that has changed its sign takes the last move back.

    This is the Rprop of the paper of 1993; its formula is that of `minnet.rules.rprop_plus`.
    Neither PyTorch nor optax has it.

    Parameters
    ----------
    step : float, default 0.1
        Where the step sizes start; greater than 0, from `step_min` to `step_max`.
    eta_plus : float or Schedule, default 1.2
        Multiplies a step size when two gradients agree in sign; greater than 1.
    eta_minus : float or Schedule, default 0.5
        Multiplies it when they disagree; in (0, 1).
    step_min : float or Schedule, default 1e-6
        The smallest step size; greater than 0.
    step_max : float or Schedule, default 50.0
        The largest step size; greater than 0.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range or out of order.

    References
    ----------
    Riedmiller & Braun (1993), "A direct adaptive method for faster backpropagation learning: the
    RPROP algorithm".

    Examples
    --------
    >>> RpropPlus().slots
    ('size', 'g_before', 'move')
    """
    return _rprop("rprop_plus", rules.rprop_plus, step, eta_plus, eta_minus, step_min, step_max)


def IRpropMinus(step: float = 0.1, eta_plus: Hyper = 1.2, eta_minus: Hyper = 0.5,
                step_min: Hyper = 1e-6, step_max: Hyper = 50.0) -> Optimizer:  # fmt: skip
    """iRprop-: a weight whose gradient has changed its sign does not move in that step.

    The formula is that of `minnet.rules.irprop_minus`.

    .. warning::
       PyTorch's Rprop is this rule, but its step sizes start at 0.01 by default, and it applies the
       limits at every step, not only when a size changes.  In optax every move comes one step late.

    Parameters
    ----------
    step : float, default 0.1
        Where the step sizes start; greater than 0, from `step_min` to `step_max`.
    eta_plus : float or Schedule, default 1.2
        Multiplies a step size when two gradients agree in sign; greater than 1.
    eta_minus : float or Schedule, default 0.5
        Multiplies it when they disagree; in (0, 1).
    step_min : float or Schedule, default 1e-6
        The smallest step size; greater than 0.
    step_max : float or Schedule, default 50.0
        The largest step size; greater than 0.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range or out of order.

    References
    ----------
    Igel & Huesken (2000), "Improving the Rprop learning algorithm".

    Examples
    --------
    >>> IRpropMinus(0.01).name  # starts as torch.optim.Rprop does
    'irprop_minus'
    """
    return _rprop("irprop_minus", rules.irprop_minus, step, eta_plus, eta_minus, step_min, step_max)


def IRpropPlus(step: float = 0.1, eta_plus: Hyper = 1.2, eta_minus: Hyper = 0.5,
               step_min: Hyper = 1e-6, step_max: Hyper = 50.0) -> Optimizer:  # fmt: skip
    """iRprop+: a change of sign takes the last move back, but only if the error grew.

    The formula is that of `minnet.rules.irprop_plus`.  Neither PyTorch nor optax has it.

    Parameters
    ----------
    step : float, default 0.1
        Where the step sizes start; greater than 0, from `step_min` to `step_max`.
    eta_plus : float or Schedule, default 1.2
        Multiplies a step size when two gradients agree in sign; greater than 1.
    eta_minus : float or Schedule, default 0.5
        Multiplies it when they disagree; in (0, 1).
    step_min : float or Schedule, default 1e-6
        The smallest step size; greater than 0.
    step_max : float or Schedule, default 50.0
        The largest step size; greater than 0.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range or out of order.

    References
    ----------
    Igel & Huesken (2000), "Improving the Rprop learning algorithm".

    Examples
    --------
    >>> IRpropPlus().asks_worse  # is the error greater than at the step before?
    True
    """
    return _rprop("irprop_plus", rules.irprop_plus, step, eta_plus, eta_minus, step_min, step_max)


def _rprop(name: str, rule: Callable, step: float, *others: Hyper) -> Optimizer:
    names = ("eta_plus", "eta_minus", "step_min", "step_max")
    return Optimizer(name, rule, dict(zip(names, others, strict=True)) | {"step": step}, SIZE)
