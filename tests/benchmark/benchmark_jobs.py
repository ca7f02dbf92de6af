"""Tiny jobs of the benchmark, and how close two ways to do the same step must come."""

import numpy as np

from minnet.benchmark import jobs

TINY = jobs.NetJob((64, 6, 5, 10), "tanh", batch=16, cases=64, epochs=2, lr=1e-3, cores=1)
RELU = jobs.NetJob((7, 6, 10), "relu", batch=16, cases=64, epochs=2, lr=1e-3, cores=2)
SWEEP = jobs.SweepJob(TINY, seeds=2, rates=3)
ROLL = jobs.SurfaceJob(steps=20)
STEP = jobs.StepJob(n=1000, steps=3)
# A step is at most lr / sqrt(1 - decay), some 3 lr, and has about four roundings of float32: that
# is the error which is left of a weight that three steps bring close to zero.
STEP_CLOSE = {
    "rtol": 1e-6,
    "atol": 4 * float(np.finfo(np.float32).eps) * STEP.steps * 3.2 * STEP.lr,
}
