"""Points on a plane to fit, a report's arrays, and a run that stops."""

from dataclasses import fields

import numpy as np
from small_races import LINE

import minnet as mn
from minnet import race
from minnet.report.report import Report

ARRAYS = [f.name for f in fields(Report) if f.name not in ("labels", "info")]


def lines(validation=0.2, test=0.2):
    """20 cases: 12 to train on unless said otherwise, two numbers from two."""
    x = np.random.default_rng(5).normal(size=(20, 2))
    t = x @ [[1.0, -1.0], [0.5, 2.0]]
    return mn.from_arrays(x, t, name="lines", validation=validation, test=test)


def stopped_at(step, **options):
    def interrupt(done, total):
        if done == step:
            raise KeyboardInterrupt

    return race(LINE, lines(), "sgd, adam", batch_size=4, epochs=3, progress=interrupt, **options)
