"""Take a dialect down a stream of gradients, with a learning rate of its own at every step."""

import numpy as np

from minnet import replay
from minnet.dialects import BY_NAME
from minnet.optimizers.schedules import given

STARTS_ONLY = ("torch.rprop", "optax.rprop")  # their rate is where the step sizes start


def made(name, options, at):
    """The optimizer of that name with the library's own arguments; `at` (T,) are its rates."""
    constant = name in STARTS_ONLY or np.ptp(at) == 0
    rate = "lr" if name.startswith(("torch.", "slide.")) else "learning_rate"
    return BY_NAME[name](**{rate: at[0] if constant else given(at)}, **options)


def driven(name, options, w0, gradients, at):
    """The path (T + 1, n) of the compiled rule."""
    return replay(made(name, options, at), w0, gradients)
