"""torch.optim as it is in PyTorch 2.13: its names, its defaults, its formulas.

Documented on the pages torch.optim.SGD, torch.optim.RMSprop, ... of https://docs.pytorch.org;
read in torch/optim/*.py.  Left out is what changes no number: foreach, fused, capturable,
differentiable.  The ranges are minnet's; PyTorch also takes a rate of 0 and a momentum of 1 or
more.

Weight decay adds weight_decay w to the gradient, so that rules which divide by the gradient's size
divide the decay as well; Keras shrinks the weight instead.
"""

from collections.abc import Callable

from . import adadelta, adagrad, adam, momentum as sgd, rmsprop, rprop
from .dialect import Translation, Value, dialect, is_on


def _uphill(maximize: bool) -> float:
    return -1.0 if maximize else 1.0


@dialect("torch.sgd")
def SGD(
    lr: Value = 1e-3,
    momentum: Value = 0,
    dampening: Value = 0,
    weight_decay: Value = 0,
    nesterov: bool = False,
    *,
    maximize: bool = False,
) -> Translation:
    """Steepest descent, with momentum, or with Nesterov's: lr is outside the velocity.

    .. warning::
       A rate that changes acts on the whole velocity at once; on slide 18, and in Keras, a
       velocity still holds the rates of the steps that it comes from.  The first velocity is the
       gradient itself, not dampened.

    Parameters
    ----------
    lr : float or Schedule, default 0.001
        The learning rate; greater than 0.
    momentum : float or Schedule, default 0
        The share of the velocity that is kept in a step; in [0, 1), 0: there is no velocity.
    dampening : float or Schedule, default 0
        The gradient enters the velocity times 1 - dampening, from the second step on.
    weight_decay : float or Schedule, default 0
        At least 0; weight_decay w joins the gradient.
    nesterov : bool, default False
        Whether the step is lr (g + momentum velocity), Nesterov's look ahead.
    maximize : bool, default False
        Whether to climb: the gradient changes its sign.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range, or nesterov has no momentum, or a dampening.

    References
    ----------
    torch.optim.SGD.
    """
    hyper = {"lr": lr, "weight_decay": weight_decay, "direction": _uphill(maximize)}
    if nesterov and (not is_on(momentum) or is_on(dampening)):
        raise ValueError(
            f"torch.sgd: nesterov needs a momentum and no dampening, got momentum={momentum}, "
            f"dampening={dampening}"
        )
    if nesterov:
        return Translation(sgd.torch_nesterov, hyper | {"momentum": momentum})
    if is_on(momentum):
        hyper |= {"momentum": momentum, "dampening": dampening}
        return Translation(sgd.torch_momentum, hyper)
    return Translation(sgd.torch_sgd, hyper)


@dialect("torch.rmsprop")
def RMSprop(
    lr: Value = 1e-2,
    alpha: Value = 0.99,
    eps: Value = 1e-8,
    weight_decay: Value = 0,
    momentum: Value = 0,
    centered: bool = False,
    *,
    maximize: bool = False,
) -> Translation:
    """RMSprop with decay 0.99 and eps outside the root; lr is outside the velocity.

    .. warning::
       Two defaults are ten times those of Keras and minnet: the rate is 0.01, and the mean square
       is taken over a hundred steps.  So the first step is 10 learning rates long.

    Parameters
    ----------
    lr : float or Schedule, default 0.01
        The learning rate; greater than 0.
    alpha : float or Schedule, default 0.99
        The decay of the mean square, 0.9 on slide 29; in [0, 1).
    eps : float or Schedule, default 1e-8
        Added to the root of the mean square; greater than 0.
    weight_decay : float or Schedule, default 0
        At least 0; weight_decay w joins the gradient, and the division.
    momentum : float or Schedule, default 0
        In [0, 1); above 0, the divided gradients build up a velocity, and the step is lr times it.
    centered : bool, default False
        Whether the gradient is divided by its standard deviation: a mean of the gradients is kept,
        and its square taken off.
    maximize : bool, default False
        Whether to climb: the gradient changes its sign.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    torch.optim.RMSprop; slide 29.
    """
    hyper = {"lr": lr, "decay": alpha, "eps": eps, "weight_decay": weight_decay}
    hyper |= {"direction": _uphill(maximize)}
    if is_on(momentum):
        hyper["momentum"] = momentum
    rules: dict[tuple[bool, bool], Callable] = {
        (False, False): rmsprop.torch_rmsprop,
        (False, True): rmsprop.torch_rmsprop_momentum,
        (True, False): rmsprop.torch_rmsprop_centered,
        (True, True): rmsprop.torch_rmsprop_centered_momentum,
    }
    return Translation(rules[bool(centered), is_on(momentum)], hyper)


@dialect("torch.adagrad")
def Adagrad(
    lr: Value = 1e-2,
    lr_decay: Value = 0,
    weight_decay: Value = 0,
    initial_accumulator_value: float = 0,
    eps: Value = 1e-10,
    *,
    maximize: bool = False,
) -> Translation:
    """Adagrad with eps outside the root; lr_decay divides lr by 1 + (t - 1) lr_decay.

    .. warning::
       The sum starts at 0, so the first step is lr whatever the gradient; it starts at 0.1 in
       Keras, TensorFlow 1 and optax.

    Parameters
    ----------
    lr : float or Schedule, default 0.01
        The learning rate; greater than 0.
    lr_decay : float or Schedule, default 0
        How fast the rate falls with the number t of the step, besides the rule itself; at least 0.
    weight_decay : float or Schedule, default 0
        At least 0; weight_decay w joins the gradient, and the sum.
    initial_accumulator_value : float, default 0
        Where the sum of squares starts; at least 0.
    eps : float or Schedule, default 1e-10
        Added to the root of the sum; greater than 0.
    maximize : bool, default False
        Whether to climb: the gradient changes its sign.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    torch.optim.Adagrad.
    """
    hyper = {"lr": lr, "lr_decay": lr_decay, "weight_decay": weight_decay, "eps": eps}
    hyper |= {"initial_accumulator_value": initial_accumulator_value}
    hyper |= {"direction": _uphill(maximize)}
    return Translation(adagrad.torch_adagrad, hyper, {"sum_squares": "initial_accumulator_value"})


@dialect("torch.rprop")
def Rprop(
    lr: float = 1e-2,
    etas: tuple[float, float] = (0.5, 1.2),
    step_sizes: tuple[float, float] = (1e-6, 50),
    *,
    maximize: bool = False,
) -> Translation:
    """iRprop-, whose step sizes start at lr (a changed lr changes nothing later).

    .. warning::
       This is not the Rprop- of slide 27: where the gradient changes its sign, the weight does not
       move in that step, and the next gradient counts as the first.  The limits hold at every
       step, not only when a size changes.

    Parameters
    ----------
    lr : float, default 0.01
        Where the step sizes start, 0.1 in the paper and in minnet; greater than 0.
    etas : (float, float), default (0.5, 1.2)
        The factor that shrinks a step size, in (0, 1), and the one that enlarges it, above 1.
    step_sizes : (float, float), default (1e-6, 50)
        The smallest and the largest step size; greater than 0, in this order.
    maximize : bool, default False
        Whether to climb: the gradient changes its sign.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range or out of order.

    References
    ----------
    torch.optim.Rprop; Igel & Huesken (2000), "Improving the Rprop learning algorithm".
    """
    hyper = {"lr": lr, "eta_minus": etas[0], "eta_plus": etas[1], "step_min": step_sizes[0]}
    hyper |= {"step_max": step_sizes[1], "direction": _uphill(maximize)}
    return Translation(rprop.torch_rprop, hyper, {"size": "lr"})


@dialect("torch.adam")
def Adam(
    lr: Value = 1e-3,
    betas: tuple[Value, Value] = (0.9, 0.999),
    eps: Value = 1e-8,
    weight_decay: Value = 0,
    amsgrad: bool = False,
    *,
    maximize: bool = False,
    decoupled_weight_decay: bool = False,
) -> Translation:
    """Adam with eps beside the corrected root, and its variants AMSGrad and AdamW.

    .. warning::
       eps is added after the mean square was corrected for its start at 0.  In Keras and
       TensorFlow 1 it is added before: that is 32 times as large an eps at the first step.

    Parameters
    ----------
    lr : float or Schedule, default 0.001
        The learning rate; greater than 0.
    betas : (float, float) or Schedules, default (0.9, 0.999)
        The decays of the mean gradient and of the mean square; each in [0, 1).
    eps : float or Schedule, default 1e-8
        Added to the root of the corrected mean square; greater than 0.
    weight_decay : float or Schedule, default 0
        At least 0; see decoupled_weight_decay.  (torch.optim.AdamW has 0.01.)
    amsgrad : bool, default False
        Whether to divide by the root of the largest mean square so far.
    maximize : bool, default False
        Whether to climb: the gradient changes its sign.
    decoupled_weight_decay : bool, default False
        Whether the weight shrinks by lr weight_decay w before the step, as in torch.optim.AdamW,
        instead of weight_decay w joining the gradient.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    torch.optim.Adam, torch.optim.AdamW; Kingma & Ba (2015), "Adam: a method for stochastic
    optimization"; Reddi et al. (2018) for AMSGrad; Loshchilov & Hutter (2019) for AdamW.
    """
    hyper = {"lr": lr, "beta1": betas[0], "beta2": betas[1], "eps": eps}
    hyper |= {"weight_decay": weight_decay, "direction": _uphill(maximize)}
    rules: dict[tuple[bool, bool], Callable] = {
        (False, False): adam.torch_adam,
        (False, True): adam.torch_adam_amsgrad,
        (True, False): adam.torch_adam_decoupled,
        (True, True): adam.torch_adam_decoupled_amsgrad,
    }
    return Translation(rules[bool(decoupled_weight_decay), bool(amsgrad)], hyper)


@dialect("torch.adadelta")
def Adadelta(
    lr: Value = 1.0,
    rho: Value = 0.9,
    eps: Value = 1e-6,
    weight_decay: Value = 0,
    *,
    maximize: bool = False,
) -> Translation:
    """Adadelta with decay 0.9; lr 1 leaves the paper's step as it is.

    .. warning::
       Keras and TensorFlow 1 have a rate of 0.001: a thousandth of this step.

    Parameters
    ----------
    lr : float or Schedule, default 1.0
        Multiplies the move, which the paper leaves as it is; greater than 0.
    rho : float or Schedule, default 0.9
        The decay of the mean squares of gradient and move, 0.95 in the paper; in [0, 1).
    eps : float or Schedule, default 1e-6
        Added to both mean squares, inside the roots; greater than 0.
    weight_decay : float or Schedule, default 0
        At least 0; weight_decay w joins the gradient.
    maximize : bool, default False
        Whether to climb: the gradient changes its sign.

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    torch.optim.Adadelta; Zeiler (2012), "ADADELTA: an adaptive learning rate method".
    """
    hyper = {"lr": lr, "decay": rho, "eps": eps, "weight_decay": weight_decay}
    return Translation(adadelta.torch_adadelta, hyper | {"direction": _uphill(maximize)})
