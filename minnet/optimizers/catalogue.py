"""The optimizers by name, in the lecture's order; their rules stand in `rules` and `neighbours`."""

from collections.abc import Callable

from .. import rules
from ..rules import neighbours
from .optimizer import Optimizer

GAIN = {"gain": 1.0}  # a gain starts at 1 (slide 24)
SIZE = {"size": "step"}  # Rprop's step sizes start at `step`


def SGD(lr=0.1) -> Optimizer:
    """Steepest descent on each mini-batch (slide 7)."""
    return Optimizer("sgd", rules.sgd, {"lr": lr})


def Momentum(lr=0.1, momentum=0.9) -> Optimizer:
    """The ball on the error surface; `lr` is inside the velocity (slide 18).

    PyTorch multiplies the velocity by the rate instead: the same while the rate is constant.
    """
    return Optimizer("momentum", rules.momentum, {"lr": lr, "momentum": momentum})


def Nesterov(lr=0.1, momentum=0.9) -> Optimizer:
    """Jump along the velocity, measure the gradient there, correct (slide 20, Sutskever's form).

    PyTorch and Keras store the place after the jump as their weights; the path is the same.
    """
    return Optimizer("nesterov", rules.momentum, {"lr": lr, "momentum": momentum}, jump=rules.jump)


def Gains(lr=0.1, up=0.05, down=0.95, low=0.1, high=10.0) -> Optimizer:
    """A gain for every weight, from the agreement of two gradients (slides 24, 25)."""
    hyper = {"lr": lr, "up": up, "down": down, "low": low, "high": high}
    return Optimizer("gains", rules.gains, hyper, GAIN)


def GainsMomentum(lr=0.1, momentum=0.9, up=0.05, down=0.95, low=0.1, high=10.0) -> Optimizer:
    """Gains from the agreement of gradient and velocity, with momentum (slide 25, Jacobs)."""
    hyper = {"lr": lr, "momentum": momentum, "up": up, "down": down, "low": low, "high": high}
    return Optimizer("gains_momentum", rules.gains_momentum, hyper, GAIN)


def _rprop(name: str, rule: Callable, step, eta_plus, eta_minus, step_min, step_max) -> Optimizer:
    hyper = {"eta_plus": eta_plus, "eta_minus": eta_minus, "step_min": step_min}
    return Optimizer(name, rule, hyper | {"step_max": step_max, "step": step}, SIZE)


def Rprop(step=0.1, eta_plus=1.2, eta_minus=0.5, step_min=1e-6, step_max=50.0) -> Optimizer:
    """Rprop-, as on the slide: only the gradient's sign, and a step size per weight (slide 27).

    `step` is where the step sizes start.  PyTorch's Rprop is `IRpropMinus`, from 0.01 on.
    """
    return _rprop("rprop", rules.rprop_minus, step, eta_plus, eta_minus, step_min, step_max)


def RpropPlus(step=0.1, eta_plus=1.2, eta_minus=0.5, step_min=1e-6, step_max=50.0) -> Optimizer:
    """Rprop+: a change of sign takes the last move back (Riedmiller & Braun 1993)."""
    return _rprop("rprop_plus", rules.rprop_plus, step, eta_plus, eta_minus, step_min, step_max)


def IRpropMinus(step=0.1, eta_plus=1.2, eta_minus=0.5, step_min=1e-6, step_max=50.0) -> Optimizer:
    """iRprop-: a change of sign makes no move (Igel & Huesken 2000)."""
    return _rprop("irprop_minus", rules.irprop_minus, step, eta_plus, eta_minus, step_min, step_max)


def IRpropPlus(step=0.1, eta_plus=1.2, eta_minus=0.5, step_min=1e-6, step_max=50.0) -> Optimizer:
    """iRprop+: the last move is taken back only if the error grew (Igel & Huesken 2000)."""
    return _rprop("irprop_plus", rules.irprop_plus, step, eta_plus, eta_minus, step_min, step_max)


def RMSprop(lr=0.001, decay=0.9, eps=1e-8) -> Optimizer:
    """Divide the gradient by a running root of its mean square (slide 29).

    The mean square starts at 0; `eps` is outside the root.  PyTorch's default decay is 0.99.
    """
    return Optimizer("rmsprop", rules.rmsprop, {"lr": lr, "decay": decay, "eps": eps})


def RMSpropMomentum(lr=0.001, decay=0.9, momentum=0.9, eps=1e-8) -> Optimizer:
    """rmsprop with standard momentum (slide 30)."""
    hyper = {"lr": lr, "decay": decay, "momentum": momentum, "eps": eps}
    return Optimizer("rmsprop_momentum", rules.rmsprop_momentum, hyper)


def RMSpropNesterov(lr=0.001, decay=0.9, momentum=0.9, eps=1e-8) -> Optimizer:
    """rmsprop with Nesterov momentum; the root mean square divides the correction (slide 30)."""
    hyper = {"lr": lr, "decay": decay, "momentum": momentum, "eps": eps}
    return Optimizer("rmsprop_nesterov", rules.rmsprop_momentum, hyper, jump=rules.jump)


def RMSpropNesterovJump(lr=0.001, decay=0.9, momentum=0.9, eps=1e-8) -> Optimizer:
    """As RMSpropNesterov, but the root mean square divides the jump (slide 30, to compare)."""
    hyper = {"lr": lr, "decay": decay, "momentum": momentum, "eps": eps}
    return Optimizer(
        "rmsprop_nesterov_jump", rules.rmsprop_divided_jump, hyper, jump=rules.rmsprop_jump
    )


def RMSpropGains(
    lr=0.001, decay=0.9, eps=1e-8, up=0.05, down=0.95, low=0.1, high=10.0
) -> Optimizer:
    """rmsprop with an adaptive gain for every weight (slide 30)."""
    hyper = {"lr": lr, "decay": decay, "eps": eps, "up": up, "down": down, "low": low}
    return Optimizer("rmsprop_gains", rules.rmsprop_gains, hyper | {"high": high}, GAIN)


def Adagrad(lr=0.01, eps=1e-10) -> Optimizer:
    """Divide by the root of the sum of all squared gradients (Duchi, Hazan & Singer 2011).

    The sum starts at 0, `eps` is outside the root, as in PyTorch; Keras starts the sum at 0.1.
    """
    return Optimizer("adagrad", neighbours.adagrad, {"lr": lr, "eps": eps})


def RMSpropCentered(lr=1e-4, decay=0.95, momentum=0.9, eps=1e-4) -> Optimizer:
    """rmsprop that divides by the standard deviation, with momentum (Graves 2013).

    `eps` is inside the root; PyTorch's centered=True has it outside.
    """
    hyper = {"lr": lr, "decay": decay, "momentum": momentum, "eps": eps}
    return Optimizer("rmsprop_centered", neighbours.rmsprop_centered, hyper)


def Adadelta(lr=1.0, decay=0.95, eps=1e-6) -> Optimizer:
    """Moves in the units of the weight: no rate to choose (Zeiler 2012)."""
    return Optimizer("adadelta", neighbours.adadelta, {"lr": lr, "decay": decay, "eps": eps})


def Adam(lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8) -> Optimizer:
    """Running means of gradient and square, both freed of their start at 0 (Kingma & Ba 2015)."""
    hyper = {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps}
    return Optimizer("adam", neighbours.adam, hyper)


OPTIMIZERS: tuple[Callable[..., Optimizer], ...] = (
    SGD, Momentum, Nesterov, Gains, GainsMomentum, Rprop, RpropPlus, IRpropMinus, IRpropPlus,
    RMSprop, RMSpropMomentum, RMSpropNesterov, RMSpropNesterovJump, RMSpropGains,
    Adagrad, RMSpropCentered, Adadelta, Adam,
)  # fmt: skip
