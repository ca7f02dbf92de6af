"""The slide's own RMSprop: no eps, so the size of the gradients does not matter at all."""

from . import rmsprop as rules
from .dialect import Translation, Value, dialect


@dialect("slide.rmsprop")
def RMSprop(lr: Value = 0.001, decay: Value = 0.9) -> Translation:
    """RMSprop as on slide 29; where all gradients so far were 0, the step 0/0 counts as 0.

    .. warning::
       Every library adds an eps, so that tiny gradients make tiny steps; here a gradient of 1e-30
       moves a weight as far as one of 1.  `minnet.RMSprop` adds 1e-8 outside the root.

    Parameters
    ----------
    lr : float or Schedule, default 0.001
        The learning rate, for which the slide has no value; 0.001 is minnet's and Keras's.
        Greater than 0.
    decay : float or Schedule, default 0.9
        The decay of the mean square, the slide's own; in [0, 1).

    Raises
    ------
    ValueError
        If a hyperparameter is out of range.

    References
    ----------
    Lecture 6e, slide 29: MeanSquare(w, t) = 0.9 MeanSquare(w, t-1) + 0.1 (dE/dw(t))^2.
    """
    return Translation(rules.slide_rmsprop, {"lr": lr, "decay": decay})
