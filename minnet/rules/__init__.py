"""The update rules, as functions of one weight, and the step that applies them to all weights.

- `lecture`: the rules of Lecture 6, slides 7 to 30
- `neighbours`: Adagrad, Graves' centred RMSprop, Adadelta, Adam
- `lift`: from one weight to all of them
- `checking`: what is wrong with a rule
"""

from .lecture import *  # noqa: F403  the lecture's rules, as `minnet.rules.rmsprop`
from .neighbours import adadelta, adagrad, adam, rmsprop_centered  # noqa: F401
