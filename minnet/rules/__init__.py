"""The update rules, as functions of one weight, and the step that applies them to all weights.

- `lecture`: the rules of Lecture 6, slides 7 to 30
- `neighbours`: Adagrad, Graves' centred RMSprop, Adadelta, Adam
- `lift`: from one weight to all of them
"""

from .lecture import (
    adapted,
    gains,
    gains_momentum,
    irprop_minus,
    irprop_plus,
    jump,
    momentum,
    resized,
    rmsprop,
    rmsprop_divided_jump,
    rmsprop_gains,
    rmsprop_jump,
    rmsprop_momentum,
    rprop_minus,
    rprop_plus,
    sgd,
    sign,
)
from .neighbours import adadelta, adagrad, adam, rmsprop_centered

__all__ = [
    "adadelta", "adagrad", "adam", "adapted", "gains", "gains_momentum", "irprop_minus",
    "irprop_plus", "jump", "momentum", "resized", "rmsprop", "rmsprop_centered",
    "rmsprop_divided_jump", "rmsprop_gains", "rmsprop_jump", "rmsprop_momentum", "rprop_minus",
    "rprop_plus", "sgd", "sign",
]  # fmt: skip
