"""Named presets that are each library's rule, step for step.

Libraries disagree on where eps stands, where the mean square starts, whether the learning rate is
inside the velocity, and on the decay.  Here each one has its own few lines, with its own names and
defaults for the arguments:

>>> from minnet import dialects
>>> dialects.torch.RMSprop(lr=0.01, momentum=0.9, centered=True).short
'torch.rmsprop(lr=0.01, momentum=0.9, centered=True)'
>>> dialects.keras.RMSprop()
keras.rmsprop(learning_rate=0.001, rho=0.9, epsilon=1e-07)

The formulas stand one under the other in `rmsprop`, `rmsprop_optax`, `adagrad`, `rprop`,
`momentum`, `adam` and `adadelta`; `compare` prints and draws what they make of one stream.
"""

from . import keras, optax, slide, tf1, torch
from .dialect import BY_NAME, Dialect

__all__ = ["BY_NAME", "Dialect", "keras", "optax", "slide", "tf1", "torch"]
