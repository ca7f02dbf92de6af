"""Paths of one weight under the one-page learner's rules.

T steps
"""

import numpy as np

from minnet import naive

ONE = np.zeros(1)  # the start of every one-weight experiment


def stream(*values):
    """The same few gradients over and over, whatever the weights are; E is 0."""
    return lambda t, w: (0.0, np.full_like(w, values[t % len(values)]))


def path(rule, gradient, steps, **numbers):
    """Trajectory (T+1,) of one weight that starts at 0."""
    return naive.RULES[rule](ONE, gradient, steps, **numbers)[:, 0]


SEQ = stream(*[0.1] * 9, -0.9)  # slide 28: +0.1 nine times, then -0.9
