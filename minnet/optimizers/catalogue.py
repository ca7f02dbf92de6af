"""All optimizers in the lecture's order: `OPTIMIZERS`.

A learning rate that is a schedule may reach 0, which stops the descent; all other values of a
schedule stay in the range that the hyperparameter has, as its optimizer documents it.
"""

from collections.abc import Callable

from .neighbours import Adadelta, Adagrad, Adam, RMSpropCentered
from .optimizer import Optimizer
from .rmsprop import RMSprop, RMSpropGains, RMSpropMomentum, RMSpropNesterov, RMSpropNesterovJump
from .rprop import IRpropMinus, IRpropPlus, Rprop, RpropPlus
from .sgd import SGD, Gains, GainsMomentum, Momentum, Nesterov

OPTIMIZERS: tuple[Callable[..., Optimizer], ...] = (
    SGD, Momentum, Nesterov, Gains, GainsMomentum, Rprop, RpropPlus, IRpropMinus, IRpropPlus,
    RMSprop, RMSpropMomentum, RMSpropNesterov, RMSpropNesterovJump, RMSpropGains,
    Adagrad, RMSpropCentered, Adadelta, Adam,
)  # fmt: skip
