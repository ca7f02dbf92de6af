"""keras.optimizers as it is in Keras 3.15: its names, its defaults, its formulas.

Documented on the pages keras.optimizers.SGD, keras.optimizers.RMSprop, ... of
https://keras.io/api/optimizers; read in keras/src/optimizers/*.py.  Left out is what every Keras
optimizer can do around its rule: clipping, averaging of weights, loss scaling, accumulation of
gradients.  The ranges are minnet's.

Weight decay shrinks the weight by lr weight_decay w before the step; in PyTorch it joins the
gradient, and is divided with it.
"""

from collections.abc import Callable

from . import adadelta, adagrad, adam, momentum as sgd, rmsprop
from .dialect import Translation, Value, dialect, is_on


@dialect("keras.sgd")
def SGD(
    learning_rate: Value = 0.01,
    momentum: Value = 0.0,
    nesterov: bool = False,
    weight_decay: Value | None = None,
) -> Translation:
    """Steepest descent, with momentum, or with Nesterov's: the learning rate is in the velocity.

    .. warning::
       A velocity holds the rates of the steps that it comes from, as on slide 18.  When the rate
       falls, it still moves the weight by the old one for a while; in PyTorch, TensorFlow 1 and
       optax the new rate acts on the whole velocity at once.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.01
        Greater than 0.
    momentum : float or Schedule, default 0.0
        The share of the velocity that is kept in a step; in [0, 1), 0: there is no velocity.
    nesterov : bool, default False
        Whether the step is momentum times the new velocity, minus the learning rate times the
        gradient: Nesterov's look ahead.  Without momentum it changes nothing.
    weight_decay : float or Schedule, default None
        At least 0; the weight shrinks by learning_rate weight_decay w.  None: 0.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    keras.optimizers.SGD; slide 18.
    """
    hyper: dict[str, Value] = {"lr": learning_rate, "weight_decay": weight_decay or 0.0}
    if not is_on(momentum):
        return Translation(sgd.keras_sgd, hyper)
    rule = sgd.keras_nesterov if nesterov else sgd.keras_momentum
    return Translation(rule, hyper | {"momentum": momentum})


@dialect("keras.rmsprop")
def RMSprop(
    learning_rate: Value = 0.001,
    rho: Value = 0.9,
    momentum: Value = 0.0,
    epsilon: Value = 1e-7,
    centered: bool = False,
    weight_decay: Value | None = None,
) -> Translation:
    """RMSprop with epsilon inside the root; the learning rate is in the velocity.

    .. warning::
       epsilon inside the root is large: gradients below sqrt(epsilon), 0.0003, count as small, and
       their steps shrink with them.  Outside the root, as in PyTorch, the limit would be 1e-7.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.001
        Greater than 0.
    rho : float or Schedule, default 0.9
        The decay of the mean square; in [0, 1).
    momentum : float or Schedule, default 0.0
        In [0, 1); above 0, the steps build up a velocity.
    epsilon : float or Schedule, default 1e-7
        Added to the mean square; greater than 0.
    centered : bool, default False
        Whether the gradient is divided by its standard deviation: a mean of the gradients is kept,
        and its square taken off.
    weight_decay : float or Schedule, default None
        At least 0; the weight shrinks by learning_rate weight_decay w.  None: 0.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    keras.optimizers.RMSprop; slide 29.
    """
    hyper: dict[str, Value] = {"lr": learning_rate, "decay": rho, "eps": epsilon}
    hyper["weight_decay"] = weight_decay or 0.0
    if is_on(momentum):
        hyper["momentum"] = momentum
    rules: dict[tuple[bool, bool], Callable] = {
        (False, False): rmsprop.keras_rmsprop,
        (False, True): rmsprop.keras_rmsprop_momentum,
        (True, False): rmsprop.keras_rmsprop_centered,
        (True, True): rmsprop.keras_rmsprop_centered_momentum,
    }
    return Translation(rules[bool(centered), is_on(momentum)], hyper)


@dialect("keras.adagrad")
def Adagrad(
    learning_rate: Value = 0.001,
    initial_accumulator_value: float = 0.1,
    epsilon: Value = 1e-7,
    weight_decay: Value | None = None,
) -> Translation:
    """Adagrad with epsilon inside the root, and a sum of squares that starts at 0.1.

    .. warning::
       The start at 0.1 makes gradients below 0.3 hardly count in the first steps; the sum starts
       at 0 in PyTorch, and the first step is a whole learning rate there.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.001
        Greater than 0; a tenth of PyTorch's.
    initial_accumulator_value : float, default 0.1
        Where the sum of squares starts; at least 0.
    epsilon : float or Schedule, default 1e-7
        Added to the sum of squares; greater than 0.
    weight_decay : float or Schedule, default None
        At least 0; the weight shrinks by learning_rate weight_decay w.  None: 0.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    keras.optimizers.Adagrad.
    """
    hyper: dict[str, Value] = {"lr": learning_rate, "eps": epsilon}
    hyper["weight_decay"] = weight_decay or 0.0
    hyper["initial_accumulator_value"] = initial_accumulator_value
    return Translation(adagrad.keras_adagrad, hyper, {"sum_squares": "initial_accumulator_value"})


@dialect("keras.adam")
def Adam(
    learning_rate: Value = 0.001,
    beta_1: Value = 0.9,
    beta_2: Value = 0.999,
    epsilon: Value = 1e-7,
    amsgrad: bool = False,
    weight_decay: Value | None = None,
) -> Translation:
    """Adam with epsilon beside the uncorrected root (the paper's "epsilon hat"), and AMSGrad.

    .. warning::
       epsilon is added before the mean square is corrected for its start at 0: at the first step
       that is an epsilon 32 times as large, and the default is ten times PyTorch's.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.001
        Greater than 0.
    beta_1 : float or Schedule, default 0.9
        The decay of the mean gradient; in [0, 1).
    beta_2 : float or Schedule, default 0.999
        The decay of the mean square; in [0, 1).
    epsilon : float or Schedule, default 1e-7
        Added to the root of the uncorrected mean square; greater than 0.
    amsgrad : bool, default False
        Whether to divide by the root of the largest mean square so far, before its correction.
    weight_decay : float or Schedule, default None
        At least 0; the weight shrinks by learning_rate weight_decay w, as in keras.optimizers.AdamW
        (whose default is 0.004).  None: 0.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    keras.optimizers.Adam; Kingma & Ba (2015), section 2.1 for "epsilon hat".
    """
    hyper: dict[str, Value] = {"lr": learning_rate, "beta1": beta_1, "beta2": beta_2}
    hyper |= {"eps": epsilon, "weight_decay": weight_decay or 0.0}
    return Translation(adam.keras_adam_amsgrad if amsgrad else adam.keras_adam, hyper)


@dialect("keras.adadelta")
def Adadelta(
    learning_rate: Value = 0.001,
    rho: Value = 0.95,
    epsilon: Value = 1e-7,
    weight_decay: Value | None = None,
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
    epsilon : float or Schedule, default 1e-7
        Added to both mean squares, inside the roots; greater than 0.
    weight_decay : float or Schedule, default None
        At least 0; the weight shrinks by learning_rate weight_decay w.  None: 0.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    keras.optimizers.Adadelta; Zeiler (2012).
    """
    hyper: dict[str, Value] = {"lr": learning_rate, "decay": rho, "eps": epsilon}
    return Translation(adadelta.keras_adadelta, hyper | {"weight_decay": weight_decay or 0.0})
