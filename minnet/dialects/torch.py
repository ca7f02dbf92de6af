"""torch.optim as it is in PyTorch 2.13: its names, its defaults, its formulas.

Documented at https://docs.pytorch.org/docs/stable/optim.html; read in torch/optim/*.py.  Left out
is what changes no number: foreach, fused, capturable, differentiable.
"""

from . import adadelta, adagrad, adam, rmsprop, rprop
from . import momentum as sgd
from .dialect import dialect, is_on


def _uphill(maximize: bool) -> float:
    return -1.0 if maximize else 1.0


@dialect("torch.sgd")
def SGD(lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, *, maximize=False):
    """Steepest descent, with momentum, or with Nesterov's: lr is outside the velocity.

    The first velocity is the gradient itself, not dampened.
    """
    hyper = {"lr": lr, "weight_decay": weight_decay, "direction": _uphill(maximize)}
    if nesterov and (not is_on(momentum) or is_on(dampening)):
        raise ValueError(
            f"torch.sgd: nesterov needs a momentum and no dampening, got momentum={momentum}, "
            f"dampening={dampening}"
        )
    if nesterov:
        return sgd.torch_nesterov, hyper | {"momentum": momentum}
    if is_on(momentum):
        return sgd.torch_momentum, hyper | {"momentum": momentum, "dampening": dampening}
    return sgd.torch_sgd, hyper


@dialect("torch.rmsprop")
def RMSprop(
    lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False, *, maximize=False
):
    """eps outside the root, the mean square from 0 on, decay 0.99, lr outside the velocity."""
    hyper = {"lr": lr, "decay": alpha, "eps": eps, "weight_decay": weight_decay}
    hyper |= {"direction": _uphill(maximize)}
    if is_on(momentum):
        hyper["momentum"] = momentum
    rules = {
        (False, False): rmsprop.torch_rmsprop,
        (False, True): rmsprop.torch_rmsprop_momentum,
        (True, False): rmsprop.torch_rmsprop_centered,
        (True, True): rmsprop.torch_rmsprop_centered_momentum,
    }
    return rules[bool(centered), is_on(momentum)], hyper


@dialect("torch.adagrad")
def Adagrad(
    lr=1e-2, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10, *, maximize=False
):
    """eps outside the root, the sum from 0 on; lr_decay divides lr by 1 + (t - 1) lr_decay."""
    hyper = {"lr": lr, "lr_decay": lr_decay, "weight_decay": weight_decay, "eps": eps}
    hyper |= {"initial_accumulator_value": initial_accumulator_value}
    hyper |= {"direction": _uphill(maximize)}
    return adagrad.torch_adagrad, hyper, {"sum_squares": "initial_accumulator_value"}


@dialect("torch.rprop")
def Rprop(lr=1e-2, etas=(0.5, 1.2), step_sizes=(1e-6, 50), *, maximize=False):
    """iRprop- whose step sizes start at lr (a changed lr changes nothing later)."""
    hyper = {"lr": lr, "eta_minus": etas[0], "eta_plus": etas[1], "step_min": step_sizes[0]}
    hyper |= {"step_max": step_sizes[1], "direction": _uphill(maximize)}
    return rprop.torch_rprop, hyper, {"size": "lr"}


@dialect("torch.adam")
def Adam(
    lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False,
    *, maximize=False, decoupled_weight_decay=False,
):  # fmt: skip
    """eps beside the corrected root; AMSGrad corrects the largest mean square."""
    hyper = {"lr": lr, "beta1": betas[0], "beta2": betas[1], "eps": eps}
    hyper |= {"weight_decay": weight_decay, "direction": _uphill(maximize)}
    rules = {
        (False, False): adam.torch_adam,
        (False, True): adam.torch_adam_amsgrad,
        (True, False): adam.torch_adam_decoupled,
        (True, True): adam.torch_adam_decoupled_amsgrad,
    }
    return rules[bool(decoupled_weight_decay), bool(amsgrad)], hyper


@dialect("torch.adadelta")
def Adadelta(lr=1.0, rho=0.9, eps=1e-6, weight_decay=0, *, maximize=False):
    """Zeiler's rule with decay 0.9; lr 1 is no rate at all."""
    hyper = {"lr": lr, "decay": rho, "eps": eps, "weight_decay": weight_decay}
    return adadelta.torch_adadelta, hyper | {"direction": _uphill(maximize)}
