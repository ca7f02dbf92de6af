"""tf.compat.v1.train as it was in TensorFlow 1.15: its names, its defaults, its formulas.

Documented at https://www.tensorflow.org/api_docs/python/tf/compat/v1/train; read in
tensorflow/python/training/*.py and tensorflow/core/kernels/training_ops.cc.
"""

from .. import rules as lecture
from ..rules import neighbours
from . import adagrad, adam
from . import momentum as sgd
from . import rmsprop_optax as rmsprop
from .dialect import dialect


@dialect("tf1.sgd")
def GradientDescentOptimizer(learning_rate):
    """Steepest descent."""
    return lecture.sgd, {"lr": learning_rate}


@dialect("tf1.momentum")
def MomentumOptimizer(learning_rate, momentum, use_nesterov=False):
    """The learning rate is outside the velocity (in RMSPropOptimizer it is inside)."""
    rule = sgd.trace_nesterov if use_nesterov else sgd.trace_momentum
    return rule, {"lr": learning_rate, "momentum": momentum}


@dialect("tf1.rmsprop")
def RMSPropOptimizer(learning_rate, decay=0.9, momentum=0.0, epsilon=1e-10, centered=False):
    """epsilon inside the root, the mean square from 1 on, the learning rate in the velocity."""
    hyper = {"lr": learning_rate, "decay": decay, "momentum": momentum, "eps": epsilon}
    rule = rmsprop.optax_rmsprop_centered_inside if centered else rmsprop.optax_rmsprop_inside
    return rule, hyper, {"mean_square": 1.0}


@dialect("tf1.adagrad")
def AdagradOptimizer(learning_rate, initial_accumulator_value=0.1):
    """No epsilon: the sum of squares starts above 0."""
    if not initial_accumulator_value > 0:
        raise ValueError(
            "tf1.adagrad: initial_accumulator_value must be greater than 0, "
            f"got {initial_accumulator_value}"
        )
    hyper = {"lr": learning_rate, "initial_accumulator_value": initial_accumulator_value}
    return adagrad.tf1_adagrad, hyper, {"sum_squares": "initial_accumulator_value"}


@dialect("tf1.adam")
def AdamOptimizer(learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """epsilon beside the uncorrected root (the paper's "epsilon hat")."""
    return adam.tf1_adam, {"lr": learning_rate, "beta1": beta1, "beta2": beta2, "eps": epsilon}


@dialect("tf1.adadelta")
def AdadeltaOptimizer(learning_rate=0.001, rho=0.95, epsilon=1e-8):
    """Zeiler's rule, times a learning rate of 0.001."""
    return neighbours.adadelta, {"lr": learning_rate, "decay": rho, "eps": epsilon}
