"""Optimizers: a rule with its hyperparameters, by name and in the notation ``rmsprop(lr=0.01)``.

- `optimizer`: the class `Optimizer`, and `custom` for a user's own rule
- `catalogue`: SGD, Rprop, RMSprop and all others by name
- `schedules`: hyperparameters that change from step to step
- `notation`: optimizers from text, ``"sgd(lr=0.5), rprop"``
"""
