"""tf.compat.v1.train as it was in TensorFlow 1.15: its names, its defaults, its formulas.

Documented on the pages tf.compat.v1.train.GradientDescentOptimizer, ... of
https://www.tensorflow.org/api_docs; read in tensorflow/python/training/*.py and
tensorflow/core/kernels/training_ops.cc.  Left out is what changes no number: use_locking, name.
The ranges are minnet's.  There is no weight decay, and most learning rates have no default.
"""

from .. import rules as lecture
from ..rules import neighbours
from . import adagrad, adam, momentum as sgd, rmsprop_optax as rmsprop
from .dialect import Translation, Value, dialect


@dialect("tf1.sgd")
def GradientDescentOptimizer(learning_rate: Value) -> Translation:
    """Steepest descent.

    Parameters
    ----------
    learning_rate : float or Schedule
        Greater than 0; no default.

    Raises
    ------
    ValueError
        If the learning rate is out of range.

    References
    ----------
    tf.compat.v1.train.GradientDescentOptimizer; slide 7.
    """
    return Translation(lecture.sgd, {"lr": learning_rate})


@dialect("tf1.momentum")
def MomentumOptimizer(
    learning_rate: Value, momentum: Value, use_nesterov: bool = False
) -> Translation:
    """Momentum with the rate outside the velocity (in RMSPropOptimizer it is inside).

    .. warning::
       A rate that changes acts on the whole velocity at once; on slide 18, and in Keras, a
       velocity still holds the rates of the steps that it comes from.

    Parameters
    ----------
    learning_rate : float or Schedule
        Greater than 0; no default.
    momentum : float or Schedule
        The share of the velocity that is kept in a step; in [0, 1), no default.
    use_nesterov : bool, default False
        Whether the step is learning_rate (g + momentum velocity), Nesterov's look ahead.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    tf.compat.v1.train.MomentumOptimizer; slides 18 and 20.
    """
    rule = sgd.trace_nesterov if use_nesterov else sgd.trace_momentum
    return Translation(rule, {"lr": learning_rate, "momentum": momentum})


@dialect("tf1.rmsprop")
def RMSPropOptimizer(
    learning_rate: Value,
    decay: Value = 0.9,
    momentum: Value = 0.0,
    epsilon: Value = 1e-10,
    centered: bool = False,
) -> Translation:
    """RMSprop with epsilon inside the root; the learning rate is in the velocity.

    .. warning::
       The mean square starts at 1, in all other libraries at 0: with gradients far below 1 the
       first steps are far shorter than a learning rate, until the 1 has decayed.

    Parameters
    ----------
    learning_rate : float or Schedule
        Greater than 0; no default.
    decay : float or Schedule, default 0.9
        The decay of the mean square; in [0, 1).
    momentum : float or Schedule, default 0.0
        The share of the velocity that is kept in a step; in [0, 1).
    epsilon : float or Schedule, default 1e-10
        Added to the mean square; greater than 0.
    centered : bool, default False
        Whether the gradient is divided by its standard deviation: a mean of the gradients is kept,
        and its square taken off.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    tf.compat.v1.train.RMSPropOptimizer; slide 29.
    """
    hyper = {"lr": learning_rate, "decay": decay, "momentum": momentum, "eps": epsilon}
    rule = rmsprop.optax_rmsprop_centered_inside if centered else rmsprop.optax_rmsprop_inside
    return Translation(rule, hyper, {"mean_square": 1.0})


@dialect("tf1.adagrad")
def AdagradOptimizer(learning_rate: Value, initial_accumulator_value: float = 0.1) -> Translation:
    """Adagrad without an epsilon: the sum of squares starts above 0.

    .. warning::
       The start at 0.1 makes gradients below 0.3 hardly count in the first steps; the sum starts
       at 0 in PyTorch, which adds an eps.

    Parameters
    ----------
    learning_rate : float or Schedule
        Greater than 0; no default.
    initial_accumulator_value : float, default 0.1
        Where the sum of squares starts; greater than 0.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    tf.compat.v1.train.AdagradOptimizer.
    """
    if not initial_accumulator_value > 0:
        raise ValueError(
            "tf1.adagrad: initial_accumulator_value must be greater than 0, "
            f"got {initial_accumulator_value}"
        )
    hyper: dict[str, Value] = {"lr": learning_rate}
    hyper["initial_accumulator_value"] = initial_accumulator_value
    return Translation(adagrad.tf1_adagrad, hyper, {"sum_squares": "initial_accumulator_value"})


@dialect("tf1.adam")
def AdamOptimizer(
    learning_rate: Value = 0.001, beta1: Value = 0.9, beta2: Value = 0.999, epsilon: Value = 1e-8
) -> Translation:
    """Adam with epsilon beside the uncorrected root (the paper's "epsilon hat").

    .. warning::
       epsilon is added before the mean square is corrected for its start at 0: at the first step
       that is an epsilon 32 times as large as in PyTorch, which has the same default.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.001
        Greater than 0.
    beta1 : float or Schedule, default 0.9
        The decay of the mean gradient; in [0, 1).
    beta2 : float or Schedule, default 0.999
        The decay of the mean square; in [0, 1).
    epsilon : float or Schedule, default 1e-8
        Added to the root of the uncorrected mean square; greater than 0.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    tf.compat.v1.train.AdamOptimizer; Kingma & Ba (2015), section 2.1 for "epsilon hat".
    """
    hyper = {"lr": learning_rate, "beta1": beta1, "beta2": beta2, "eps": epsilon}
    return Translation(adam.tf1_adam, hyper)


@dialect("tf1.adadelta")
def AdadeltaOptimizer(
    learning_rate: Value = 0.001, rho: Value = 0.95, epsilon: Value = 1e-8
) -> Translation:
    """Adadelta, times a learning rate of 0.001.

    .. warning::
       The paper has no learning rate: its own step is learning_rate=1, as in PyTorch.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.001
        Multiplies the paper's move; greater than 0.
    rho : float or Schedule, default 0.95
        The decay of the mean squares of gradient and move; in [0, 1).
    epsilon : float or Schedule, default 1e-8
        Added to both mean squares, inside the roots; greater than 0.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    tf.compat.v1.train.AdadeltaOptimizer; Zeiler (2012).
    """
    return Translation(neighbours.adadelta, {"lr": learning_rate, "decay": rho, "eps": epsilon})
