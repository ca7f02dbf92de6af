"""Stochastic gradient descent, with momentum, or with a gain for every weight (slides 7 to 25)."""

from __future__ import annotations  # so that help() shows Hyper, not what it stands for

from .. import rules
from .optimizer import Optimizer
from .schedules import Hyper

GAIN = {"gain": 1.0}  # a gain starts at 1 (slide 24)


def SGD(lr: Hyper = 0.1) -> Optimizer:
    """Stochastic gradient descent: a step down the gradient of each mini-batch (slide 7).

    The formula is that of `minnet.rules.sgd`.

    .. warning::
       The default rate is 0.001 in PyTorch and 0.01 in Keras; optax and TensorFlow 1 have none.

    Parameters
    ----------
    lr : float or Schedule, default 0.1
        The learning rate; greater than 0.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    Lecture 6a, slide 7.

    Examples
    --------
    >>> SGD(0.5)
    sgd(lr=0.5)
    """
    return Optimizer("sgd", rules.sgd, {"lr": lr})


def Momentum(lr: Hyper = 0.1, momentum: Hyper = 0.9) -> Optimizer:
    """Momentum: a ball on the error surface, whose velocity the gradient changes (slide 18).

    The formula is that of `minnet.rules.momentum`.

    .. warning::
       The rate is inside the velocity, as on the slide and in Keras; in PyTorch, optax and
       TensorFlow 1 it multiplies the velocity.  That is the same while the rate is constant; a new
       rate acts there on the whole velocity at once.

    Parameters
    ----------
    lr : float or Schedule, default 0.1
        The learning rate; greater than 0.
    momentum : float or Schedule, default 0.9
        The share of the velocity that is kept in a step, alpha on the slide; in [0, 1).  PyTorch
        and Keras have the default 0, which is `SGD`.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    Lecture 6c, slides 17 to 19; Polyak (1964), "Some methods of speeding up the convergence of
    iteration methods".

    Examples
    --------
    >>> from minnet.optimizers.schedules import ramp
    >>> Momentum(0.05, momentum=ramp(0.5, end=0.9))
    momentum(lr=0.05, momentum=ramp(0.5, end=0.9, steps=500))
    """
    return Optimizer("momentum", rules.momentum, {"lr": lr, "momentum": momentum})


def Nesterov(lr: Hyper = 0.1, momentum: Hyper = 0.9) -> Optimizer:
    """Nesterov momentum: jump along the velocity, measure the gradient there, correct (slide 20).

    The formulas are those of `minnet.rules.momentum` and, for the jump, `minnet.rules.jump`.

    .. warning::
       Libraries store the place after the jump as their weights; the path is the same while rate
       and momentum are constant.  The rate is inside the velocity, as of `Momentum`.

    Parameters
    ----------
    lr : float or Schedule, default 0.1
        The learning rate; greater than 0.
    momentum : float or Schedule, default 0.9
        The share of the velocity that is kept in a step, and jumped along first; in [0, 1).

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    Lecture 6c, slides 20 and 21; Nesterov (1983), in the form of Sutskever, Martens, Dahl & Hinton
    (2013), "On the importance of initialization and momentum in deep learning".

    Examples
    --------
    >>> Nesterov(0.05)
    nesterov(lr=0.05, momentum=0.9)
    """
    return Optimizer("nesterov", rules.momentum, {"lr": lr, "momentum": momentum}, jump=rules.jump)


def Gains(
    lr: Hyper = 0.1, up: Hyper = 0.05, down: Hyper = 0.95, low: Hyper = 0.1, high: Hyper = 10.0
) -> Optimizer:
    """A gain for every weight, which grows while its gradient keeps its sign (slides 24, 25).

    The formula is that of `minnet.rules.gains`.  No library has this rule.

    Parameters
    ----------
    lr : float or Schedule, default 0.1
        The learning rate, which the gain of a weight multiplies; greater than 0.
    up : float or Schedule, default 0.05
        Added to a gain when two gradients agree in sign; at least 0.
    down : float or Schedule, default 0.95
        Multiplies a gain when they do not; in (0, 1].
    low : float or Schedule, default 0.1
        The smallest gain; greater than 0.
    high : float or Schedule, default 10.0
        The largest gain; greater than 0, and at least `low`.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range or out of order.

    References
    ----------
    Lecture 6d, slides 24 and 25.

    Examples
    --------
    >>> Gains(0.1, high=100)
    gains(lr=0.1, up=0.05, down=0.95, low=0.1, high=100)
    """
    hyper = {"lr": lr, "up": up, "down": down, "low": low, "high": high}
    return Optimizer("gains", rules.gains, hyper, GAIN)


def GainsMomentum(lr: Hyper = 0.1, momentum: Hyper = 0.9, up: Hyper = 0.05, down: Hyper = 0.95,
                  low: Hyper = 0.1, high: Hyper = 10.0) -> Optimizer:  # fmt: skip
    """Momentum and a gain for every weight, by the agreement of gradient and velocity (slide 25).

    The formula is that of `minnet.rules.gains_momentum`.  No library has this rule.

    Parameters
    ----------
    lr : float or Schedule, default 0.1
        The learning rate, which the gain of a weight multiplies; greater than 0.
    momentum : float or Schedule, default 0.9
        The share of the velocity that is kept in a step; in [0, 1).
    up : float or Schedule, default 0.05
        Added to a gain when the gradient points down the velocity; at least 0.
    down : float or Schedule, default 0.95
        Multiplies a gain when it does not; in (0, 1].
    low : float or Schedule, default 0.1
        The smallest gain; greater than 0.
    high : float or Schedule, default 10.0
        The largest gain; greater than 0, and at least `low`.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range or out of order.

    References
    ----------
    Lecture 6d, slide 25; Jacobs (1988), "Increased rates of convergence through learning rate
    adaptation".

    Examples
    --------
    >>> GainsMomentum(0.1).slots
    ('gain', 'velocity')
    """
    hyper = {"lr": lr, "momentum": momentum, "up": up, "down": down, "low": low, "high": high}
    return Optimizer("gains_momentum", rules.gains_momentum, hyper, GAIN)
