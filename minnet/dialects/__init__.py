"""The optimizers of other libraries, step for step: PyTorch, Keras, TensorFlow 1, optax, the slide.

Libraries disagree on where eps stands, where the mean square starts, whether the learning rate is
inside the velocity, and on the decay.  Here each one has its own few lines, with its own names and
defaults for the arguments:

>>> from minnet import dialects
>>> dialects.torch.RMSprop(lr=0.01, momentum=0.9, centered=True).short
'torch.rmsprop(lr=0.01, momentum=0.9, centered=True)'
>>> dialects.keras.RMSprop()
keras.rmsprop(learning_rate=0.001, rho=0.9, epsilon=1e-07)

- `torch`, `keras`, `tf1`, `optax`, `slide`: a function for each optimizer of a library
- `momentum`, `rmsprop`, `rmsprop_optax`, `adagrad`, `rprop`, `adam`, `adadelta`: the formulas
- `dialect`: the class `Dialect`
- `compare`: what the libraries' rules make of the same gradients, as text and as a figure
"""

from . import keras, optax, slide, tf1, torch
from .dialect import BY_NAME, Dialect

__all__ = ["BY_NAME", "Dialect", "keras", "optax", "slide", "tf1", "torch"]
