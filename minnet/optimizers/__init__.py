"""Optimizers: a rule with its hyperparameters, by name and in the notation ``rmsprop(lr=0.01)``.

- `optimizer`: the class `Optimizer`, and `custom` for a user's own rule
- `sgd`: SGD, momentum, Nesterov momentum, gains
- `rprop`: Rprop, in four forms
- `rmsprop`: RMSprop, and with momentum, Nesterov momentum or gains
- `neighbours`: Adagrad, centered RMSprop, Adadelta, Adam
- `catalogue`: all of these, in the lecture's order
- `schedules`: hyperparameters that change from step to step
- `notation`: optimizers from text, ``"sgd(lr=0.5), rprop"``
- `ranges`: which values a hyperparameter may have
"""
