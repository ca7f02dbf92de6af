"""Optimizers around RMSprop that are on no slide: Adagrad, centered RMSprop, Adadelta, Adam."""

from __future__ import annotations  # so that help() shows Hyper, not what it stands for

from ..rules import neighbours
from .optimizer import Optimizer
from .schedules import Hyper


def Adagrad(lr: Hyper = 0.01, eps: Hyper = 1e-10) -> Optimizer:
    """Adagrad: divide the gradient by the root of the sum of all its squares so far.

    The formula is that of `minnet.rules.adagrad`; the sum starts at 0.

    .. warning::
       Keras, optax and TensorFlow 1 start the sum at 0.1, so that gradients below 0.3 hardly count
       in the first steps.  Keras and optax add an eps of 1e-7 inside the root, TensorFlow 1 none.
       The default rate of Keras is 0.001; PyTorch has all defaults as here.

    Parameters
    ----------
    lr : float or Schedule, default 0.01
        The learning rate, which is the first step's length; greater than 0.
    eps : float or Schedule, default 1e-10
        Added to the root, as in PyTorch; greater than 0.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    Duchi, Hazan & Singer (2011), "Adaptive subgradient methods for online learning and stochastic
    optimization".

    Examples
    --------
    >>> Adagrad(0.05)
    adagrad(lr=0.05, eps=1e-10)
    """
    return Optimizer("adagrad", neighbours.adagrad, {"lr": lr, "eps": eps})


def RMSpropCentered(
    lr: Hyper = 1e-4, decay: Hyper = 0.95, momentum: Hyper = 0.9, eps: Hyper = 1e-4
) -> Optimizer:
    """Centered RMSprop: divide the gradient by its standard deviation, with momentum.

    The formula is that of `minnet.rules.rmsprop_centered`; both means start at 0.

    .. warning::
       eps is inside the root, as in the paper, Keras, optax and TensorFlow 1; in PyTorch it is
       outside, and the rate is outside the velocity.  The libraries' defaults are those of their
       plain RMSprop: larger rates, no momentum, and an eps at least a thousand times smaller.

    Parameters
    ----------
    lr : float or Schedule, default 1e-4
        The learning rate; greater than 0.
    decay : float or Schedule, default 0.95
        The share of both running means that is kept in a step; in [0, 1).
    momentum : float or Schedule, default 0.9
        The share of the velocity that is kept in a step; in [0, 1).
    eps : float or Schedule, default 1e-4
        Added to the variance, inside the root; greater than 0.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    Graves (2013), "Generating sequences with recurrent neural networks", equations 38 to 41.

    Examples
    --------
    >>> RMSpropCentered().slots
    ('mean_square', 'mean', 'velocity')
    """
    hyper = {"lr": lr, "decay": decay, "momentum": momentum, "eps": eps}
    return Optimizer("rmsprop_centered", neighbours.rmsprop_centered, hyper)


def Adadelta(lr: Hyper = 1.0, decay: Hyper = 0.95, eps: Hyper = 1e-6) -> Optimizer:
    """Adadelta: steps in the units of the weight, so that no learning rate need be chosen.

    The formula is that of `minnet.rules.adadelta`; both mean squares start at 0.

    .. warning::
       The decay is 0.9 by default in PyTorch and optax.  The rate is 0.001 by default in Keras and
       TensorFlow 1: a thousandth of the paper's step.  Their eps is 1e-7 and 1e-8.

    Parameters
    ----------
    lr : float or Schedule, default 1.0
        Multiplies the move, which the paper leaves as it is; greater than 0.
    decay : float or Schedule, default 0.95
        The share of the mean squares of gradient and move that is kept in a step; in [0, 1).
    eps : float or Schedule, default 1e-6
        Added to both mean squares, inside the roots; greater than 0.  The first moves depend on it.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    Zeiler (2012), "ADADELTA: an adaptive learning rate method", algorithm 1.

    Examples
    --------
    >>> Adadelta()
    adadelta(lr=1, decay=0.95, eps=1e-06)
    """
    return Optimizer("adadelta", neighbours.adadelta, {"lr": lr, "decay": decay, "eps": eps})


def Adam(
    lr: Hyper = 0.001, beta1: Hyper = 0.9, beta2: Hyper = 0.999, eps: Hyper = 1e-8
) -> Optimizer:
    """Adam: RMSprop on a running mean of the gradients, with both means corrected for their start.

    The formula is that of `minnet.rules.adam`; both means start at 0.

    .. warning::
       PyTorch and optax have the same rule and (optax but for the rate) the same defaults.  Keras
       and TensorFlow 1 add eps before the correction of the mean square: at the first step that is
       an eps 32 times as large.  Keras' default eps is 1e-7.

    Parameters
    ----------
    lr : float or Schedule, default 0.001
        The learning rate, which is the first step's length; greater than 0.
    beta1 : float or Schedule, default 0.9
        The share of the mean gradient that is kept in a step; in [0, 1).
    beta2 : float or Schedule, default 0.999
        The share of the mean square that is kept in a step; in [0, 1).
    eps : float or Schedule, default 1e-8
        Added to the root of the corrected mean square; greater than 0.

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    Kingma & Ba (2015), "Adam: a method for stochastic optimization", algorithm 1.

    Examples
    --------
    >>> Adam(0.01).short
    'adam(lr=0.01)'
    """
    hyper = {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps}
    return Optimizer("adam", neighbours.adam, hyper)
