"""What the parity tests try: for every dialect, its options in all combinations, and the streams.

T steps, n weights.  One place, so that the naive twins and the real libraries see the same cases.
"""

import itertools
from functools import cache

import numpy as np

STEPS = 50
OFF_ON = (False, True)


def every(**options):
    """All combinations of the options' values."""
    values = [v if isinstance(v, (list, tuple)) else [v] for v in options.values()]
    return [dict(zip(options, chosen, strict=True)) for chosen in itertools.product(*values)]


TORCH = {"weight_decay": (0, 0.1), "maximize": OFF_ON}
KERAS = {"weight_decay": (None, 0.1)}

# name: the combinations of arguments; the learning rate is a case of its own (RATES)
OPTIONS = {
    "slide.rmsprop": every(decay=(0.9, 0.99)),
    "torch.sgd": [
        *every(**TORCH),
        *every(momentum=(0.5, 0.9), dampening=(0, 0.3), **TORCH),
        *every(momentum=0.9, nesterov=True, **TORCH),
    ],
    "torch.rmsprop": every(
        alpha=(0.99, 0.9), eps=(1e-8, 1e-3), momentum=(0, 0.9), centered=OFF_ON, **TORCH
    ),
    "torch.adagrad": every(
        lr_decay=(0, 0.2), initial_accumulator_value=(0, 0.1), eps=(1e-10, 1e-3), **TORCH
    ),
    "torch.rprop": every(
        etas=[(0.5, 1.2), (0.8, 1.05)], step_sizes=[(1e-6, 50), (0.02, 0.05)], maximize=OFF_ON
    ),
    "torch.adam": every(
        betas=[(0.9, 0.999), (0.5, 0.9)], eps=(1e-8, 1e-3), amsgrad=OFF_ON,
        decoupled_weight_decay=OFF_ON, **TORCH,
    ),
    "torch.adadelta": every(rho=(0.9, 0.95), eps=(1e-6, 1e-3), **TORCH),
    "keras.sgd": every(momentum=(0.0, 0.5, 0.9), nesterov=OFF_ON, **KERAS),
    "keras.rmsprop": every(
        rho=(0.9, 0.99), epsilon=(1e-7, 1e-3), momentum=(0.0, 0.9), centered=OFF_ON, **KERAS
    ),
    "keras.adagrad": every(
        initial_accumulator_value=(0.1, 0.0, 1.0), epsilon=(1e-7, 1e-3), **KERAS
    ),
    "keras.adam": every(
        beta_1=(0.9, 0.5), beta_2=(0.999, 0.9), epsilon=(1e-7, 1e-3), amsgrad=OFF_ON, **KERAS
    ),
    "keras.adadelta": every(rho=(0.95, 0.9), epsilon=(1e-7, 1e-3), **KERAS),
    "tf1.sgd": [{}],
    "tf1.momentum": every(momentum=(0.5, 0.9), use_nesterov=OFF_ON),
    "tf1.rmsprop": every(
        decay=(0.9, 0.99), momentum=(0.0, 0.9), epsilon=(1e-10, 1e-3), centered=OFF_ON
    ),
    "tf1.adagrad": every(initial_accumulator_value=(0.1, 1.0)),
    "tf1.adam": every(beta1=(0.9, 0.5), beta2=(0.999, 0.9), epsilon=(1e-8, 1e-3)),
    "tf1.adadelta": every(rho=(0.95, 0.9), epsilon=(1e-8, 1e-3)),
    "optax.sgd": every(momentum=(None, 0.5, 0.9), nesterov=OFF_ON),
    "optax.rmsprop": [
        *every(
            decay=(0.9, 0.99), eps=(1e-8, 1e-3), initial_scale=(0.0, 1.0), eps_in_sqrt=OFF_ON,
            momentum=(None, 0.9), nesterov=OFF_ON, bias_correction=OFF_ON,
        ),
        *every(
            eps=(1e-8, 1e-3), initial_scale=(0.0, 1.0), eps_in_sqrt=OFF_ON, centered=True,
            momentum=(None, 0.9), nesterov=OFF_ON,
        ),
        # The first corrected variance is 0: without a large eps, rounding would be compared.
        *every(
            eps=10.0, initial_scale=(0.0, 1.0), eps_in_sqrt=True, centered=True,
            momentum=(None, 0.9), nesterov=OFF_ON, bias_correction=True,
        ),
        *every(
            eps=10.0, initial_scale=10.0, eps_in_sqrt=False, centered=True,
            momentum=(None, 0.9), nesterov=OFF_ON, bias_correction=True,
        ),
    ],
    "optax.adagrad": every(initial_accumulator_value=(0.1, 0.0, 1.0), eps=(1e-7, 1e-3)),
    "optax.rprop": every(
        eta_minus=(0.5, 0.8), eta_plus=(1.2, 1.05), min_step_size=(1e-6, 0.02),
        max_step_size=(50.0, 0.05),
    ),
    "optax.adam": every(
        b1=(0.9, 0.5), b2=(0.999, 0.9), eps=(1e-8, 1e-3), eps_root=(0.0, 1e-6), nesterov=OFF_ON
    ),
    "optax.amsgrad": every(b1=(0.9, 0.5), b2=(0.999, 0.9), eps=(1e-8, 1e-3), eps_root=(0.0, 1e-6)),
    "optax.adadelta": every(rho=(0.9, 0.95), eps=(1e-6, 1e-3), weight_decay=(0.0, 0.1)),
}  # fmt: skip


def label(name, options):
    return f"{name}({', '.join(f'{k}={v}' for k, v in options.items())})"


def of_library(library):
    """(name, options) of all cases of one library."""
    return [
        (name, options)
        for name, combinations in OPTIONS.items()
        if name.startswith(f"{library}.")
        for options in combinations
    ]


def is_delicate(options):
    """Centered and corrected: g^2 - g^2 at first; huge gradients would compare rounding errors."""
    return bool(options.get("centered") and options.get("bias_correction"))


@cache
def stream(*, delicate=False):
    """Start weights (n,) and gradients (T, n): ordinary, tiny, huge, mixed, with zeros.

    Weights that are to move a little start at 0, so that every digit of a tiny move is compared.
    """
    rng = np.random.default_rng(50)
    columns = [
        rng.standard_normal(STEPS),
        rng.standard_normal(STEPS) + 0.5,
        1e-12 * rng.standard_normal(STEPS),
        (1.0 if delicate else 1e6) * rng.standard_normal(STEPS),
        10.0 ** rng.uniform(-12, 0 if delicate else 6, STEPS) * rng.choice([-1, 1], STEPS),
        rng.standard_normal(STEPS) * (rng.random(STEPS) < 0.5),
        np.zeros(STEPS),
        0.01 * (1 + 0.1 * rng.standard_normal(STEPS)),
    ]
    gradients = np.stack(columns, axis=1)
    gradients[:2, 5], gradients[20:30, 0] = 0.0, 0.0
    return np.array([1.0, -2.0, 0.0, 0.5, 0.0, 1.0, 3.0, 0.0]), gradients


@cache
def rates(kind):
    """The learning rate at each step (T,): constant, or changed by hand now and then."""
    changed = np.repeat([0.1, 0.01, 0.05, 0.02, 0.002], STEPS // 5)
    return {"constant": np.full(STEPS, 0.01), "changed": changed}[kind]


RATES = ("constant", "changed")


def distance(path, other):
    """The largest difference of two paths (T + 1, n), relative to the way that a weight has been.

    The scale at each step is the largest value the weight had so far: with weights near 0 after
    steps of 1e6, no digits of the difference are left.
    """
    scale = np.maximum.accumulate(np.maximum(np.abs(path), np.abs(other)), axis=0)
    gap = np.abs(path - other)
    return float(np.max(np.divide(gap, scale, out=np.zeros_like(gap), where=gap != 0)))
