"""keras.optimizers as it is in Keras 3.15: its names, its defaults, its formulas.

Documented at https://keras.io/api/optimizers/; read in keras/src/optimizers/*.py.  Left out is
what every Keras optimizer can do around its rule: clipping, averaging of weights, loss scaling,
accumulation of gradients.  Weight decay shrinks the weight by lr weight_decay w, before the step.
"""

from . import adadelta, adagrad, adam, rmsprop
from . import momentum as sgd
from .dialect import dialect, is_on


@dialect("keras.sgd")
def SGD(learning_rate=0.01, momentum=0.0, nesterov=False, weight_decay=None):
    """Steepest descent, with momentum, or with Nesterov's: the learning rate is in the velocity."""
    hyper = {"lr": learning_rate, "weight_decay": weight_decay or 0.0}
    if not is_on(momentum):
        return sgd.keras_sgd, hyper
    rule = sgd.keras_nesterov if nesterov else sgd.keras_momentum
    return rule, hyper | {"momentum": momentum}


@dialect("keras.rmsprop")
def RMSprop(
    learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, weight_decay=None
):
    """epsilon inside the root, the mean square from 0 on, the learning rate in the velocity."""
    hyper = {"lr": learning_rate, "decay": rho, "eps": epsilon}
    hyper |= {"weight_decay": weight_decay or 0.0}
    if is_on(momentum):
        hyper["momentum"] = momentum
    rules = {
        (False, False): rmsprop.keras_rmsprop,
        (False, True): rmsprop.keras_rmsprop_momentum,
        (True, False): rmsprop.keras_rmsprop_centered,
        (True, True): rmsprop.keras_rmsprop_centered_momentum,
    }
    return rules[bool(centered), is_on(momentum)], hyper


@dialect("keras.adagrad")
def Adagrad(learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7, weight_decay=None):
    """epsilon inside the root, the sum of squares from 0.1 on."""
    hyper = {"lr": learning_rate, "eps": epsilon, "weight_decay": weight_decay or 0.0}
    hyper |= {"initial_accumulator_value": initial_accumulator_value}
    return adagrad.keras_adagrad, hyper, {"sum_squares": "initial_accumulator_value"}


@dialect("keras.adam")
def Adam(
    learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, weight_decay=None
):
    """epsilon beside the uncorrected root (the paper's "epsilon hat")."""
    hyper = {"lr": learning_rate, "beta1": beta_1, "beta2": beta_2, "eps": epsilon}
    rule = adam.keras_adam_amsgrad if amsgrad else adam.keras_adam
    return rule, hyper | {"weight_decay": weight_decay or 0.0}


@dialect("keras.adadelta")
def Adadelta(learning_rate=0.001, rho=0.95, epsilon=1e-7, weight_decay=None):
    """Zeiler's rule, times a learning rate of 0.001."""
    hyper = {"lr": learning_rate, "decay": rho, "eps": epsilon}
    return adadelta.keras_adadelta, hyper | {"weight_decay": weight_decay or 0.0}
