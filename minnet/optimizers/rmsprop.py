"""RMSprop, and with momentum, Nesterov momentum or gains (slides 29 and 30).

.. warning::
   RMSprop is not one rule: libraries differ in where eps stands, in where the mean square starts,
   in the place of the rate when there is momentum, and in their defaults.  `minnet.dialects` has
   each of them exactly, and `minnet dialects` compares them.
"""

from __future__ import annotations  # so that help() shows Hyper, not what it stands for

from .. import rules
from .optimizer import Optimizer
from .schedules import Hyper
from .sgd import GAIN


def RMSprop(lr: Hyper = 0.001, decay: Hyper = 0.9, eps: Hyper = 1e-8) -> Optimizer:
    """RMSprop: divide the gradient by the root of a running mean of its square (slide 29).

    The formula is that of `minnet.rules.rmsprop`; the mean square starts at 0.

    .. warning::
       PyTorch's defaults are lr 0.01 and decay 0.99.  Keras, optax and TensorFlow 1 add eps inside
       the root, where it acts as its own root: gradients below sqrt(eps), 0.0003 in Keras, count as
       small.  TensorFlow 1 starts the mean square at 1, so that its first steps are short.

    Parameters
    ----------
    lr : float or Schedule, default 0.001
        The learning rate; greater than 0.
    decay : float or Schedule, default 0.9
        The share of the mean square that is kept in a step (alpha in PyTorch, rho in Keras); in
        [0, 1).  The first step is lr / sqrt(1 - decay) long.
    eps : float or Schedule, default 1e-8
        Added to the root, as in PyTorch; greater than 0.  The slide has none.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    Lecture 6e, slide 29: Tieleman & Hinton (2012), "Lecture 6.5 - rmsprop: Divide the gradient by
    a running average of its recent magnitude", COURSERA: Neural Networks for Machine Learning.

    Examples
    --------
    >>> RMSprop(0.002)
    rmsprop(lr=0.002, decay=0.9, eps=1e-08)
    """
    return Optimizer("rmsprop", rules.rmsprop, {"lr": lr, "decay": decay, "eps": eps})


def RMSpropMomentum(
    lr: Hyper = 0.001, decay: Hyper = 0.9, momentum: Hyper = 0.9, eps: Hyper = 1e-8
) -> Optimizer:
    """RMSprop with momentum: the divided gradients build up a velocity (slide 30).

    The formula is that of `minnet.rules.rmsprop_momentum`.

    .. warning::
       The rate is inside the velocity, as in Keras, optax and TensorFlow 1; in PyTorch it
       multiplies the velocity, so that a new rate acts on all of it at once.  Otherwise the
       libraries differ as of `RMSprop`.

    Parameters
    ----------
    lr : float or Schedule, default 0.001
        The learning rate; greater than 0.
    decay : float or Schedule, default 0.9
        The share of the mean square that is kept in a step; in [0, 1).
    momentum : float or Schedule, default 0.9
        The share of the velocity that is kept in a step; in [0, 1).  It is 0 by default in the
        libraries.
    eps : float or Schedule, default 1e-8
        Added to the root; greater than 0.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    Lecture 6e, slide 30.

    Examples
    --------
    >>> RMSpropMomentum(0.0005).slots
    ('mean_square', 'velocity')
    """
    hyper = {"lr": lr, "decay": decay, "momentum": momentum, "eps": eps}
    return Optimizer("rmsprop_momentum", rules.rmsprop_momentum, hyper)


def RMSpropNesterov(
    lr: Hyper = 0.001, decay: Hyper = 0.9, momentum: Hyper = 0.9, eps: Hyper = 1e-8
) -> Optimizer:
    """RMSprop with Nesterov momentum: the root mean square divides the correction (slide 30).

    The formulas are those of `minnet.rules.rmsprop_momentum` and, for the jump,
    `minnet.rules.jump`.

    .. warning::
       Of the libraries in `minnet.dialects` only optax has it (``nesterov=True``); it stores the
       place after the jump as its weights, and its eps is inside the root.

    Parameters
    ----------
    lr : float or Schedule, default 0.001
        The learning rate; greater than 0.
    decay : float or Schedule, default 0.9
        The share of the mean square that is kept in a step; in [0, 1).
    momentum : float or Schedule, default 0.9
        The share of the velocity that is kept in a step, and jumped along first; in [0, 1).
    eps : float or Schedule, default 1e-8
        Added to the root; greater than 0.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    Lecture 6e, slide 30, after Sutskever.

    Examples
    --------
    >>> RMSpropNesterov(0.0005)
    rmsprop_nesterov(lr=0.0005, decay=0.9, momentum=0.9, eps=1e-08)
    """
    hyper = {"lr": lr, "decay": decay, "momentum": momentum, "eps": eps}
    return Optimizer("rmsprop_nesterov", rules.rmsprop_momentum, hyper, jump=rules.jump)


def RMSpropNesterovJump(
    lr: Hyper = 0.001, decay: Hyper = 0.9, momentum: Hyper = 0.9, eps: Hyper = 1e-8
) -> Optimizer:
    """RMSprop with Nesterov momentum whose jump is divided too: the other way of slide 30.

    It is here to be compared with `RMSpropNesterov`, which the slide prefers; no library has it.
    The formulas are those of `minnet.rules.rmsprop_divided_jump` and `minnet.rules.rmsprop_jump`.

    Parameters
    ----------
    lr : float or Schedule, default 0.001
        The learning rate; greater than 0.
    decay : float or Schedule, default 0.9
        The share of the mean square that is kept in a step; in [0, 1).
    momentum : float or Schedule, default 0.9
        The share of the velocity that is kept in a step, and jumped along first; in [0, 1).
    eps : float or Schedule, default 1e-8
        Added to the root; greater than 0.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    Lecture 6e, slide 30.

    Examples
    --------
    >>> RMSpropNesterovJump(0.0005).short
    'rmsprop_nesterov_jump(lr=0.0005)'
    """
    hyper = {"lr": lr, "decay": decay, "momentum": momentum, "eps": eps}
    rule, jump = rules.rmsprop_divided_jump, rules.rmsprop_jump
    return Optimizer("rmsprop_nesterov_jump", rule, hyper, jump=jump)


def RMSpropGains(lr: Hyper = 0.001, decay: Hyper = 0.9, eps: Hyper = 1e-8, up: Hyper = 0.05,
                 down: Hyper = 0.95, low: Hyper = 0.1, high: Hyper = 10.0) -> Optimizer:  # fmt:skip
    """RMSprop with an adaptive gain for every weight (slide 30).

    The formula is that of `minnet.rules.rmsprop_gains`.  No library has this rule.

    Parameters
    ----------
    lr : float or Schedule, default 0.001
        The learning rate, which the gain of a weight multiplies; greater than 0.
    decay : float or Schedule, default 0.9
        The share of the mean square that is kept in a step; in [0, 1).
    eps : float or Schedule, default 1e-8
        Added to the root; greater than 0.
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
    Lecture 6e, slide 30; the gains are those of slides 24 and 25.

    Examples
    --------
    >>> RMSpropGains(0.001, high=2).short
    'rmsprop_gains(lr=0.001, high=2)'
    """
    hyper = {"lr": lr, "decay": decay, "eps": eps, "up": up, "down": down, "low": low}
    return Optimizer("rmsprop_gains", rules.rmsprop_gains, hyper | {"high": high}, GAIN)
