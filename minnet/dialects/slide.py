"""The slide's own RMSprop: no eps, so the size of the gradients does not matter at all."""

from . import rmsprop as rules
from .dialect import dialect


@dialect("slide.rmsprop")
def RMSprop(lr=0.001, decay=0.9):
    """Slide 29 to the letter; where all gradients so far were 0, the step 0/0 counts as 0.

    The slide gives no rate; 0.001 is minnet's and Keras's.
    """
    return rules.slide_rmsprop, {"lr": lr, "decay": decay}
