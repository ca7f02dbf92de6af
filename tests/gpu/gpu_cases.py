"""The races that every way to train must agree on: CPU, blocks, whole device, and a slow twin.

R  runs    N  cases    K  mini-batches    n  weights
"""

from dataclasses import dataclass, field

import numba
import numpy as np

import minnet as mn
from minnet.optimizers.catalogue import OPTIMIZERS

DEVICE = "cuda-sim" if numba.config.ENABLE_CUDASIM else "cuda"
FEW = bool(numba.config.DISABLE_JIT)  # the simulator's Python is the same then: fewer cases will do
# Sums are taken in another order, and a card fuses a product and a sum into one rounding; rules
# divide by small numbers and take signs, so errors grow from step to step (a dozen here).
CLOSE = {"float64": {"rtol": 1e-9, "atol": 1e-12}, "float32": {"rtol": 2e-3, "atol": 2e-5}}
SAME = ("diverged_at", "stopped_at", "evaluated_at", "best_at", "kept_at")
NEAR = ("scores", "weights", "best_weights", "kept")


def heavy(w, g, velocity, t, worse, lr=0.1, drag=0.5):
    """A user's own rule, in which everything is asked for that a rule may ask for."""
    velocity = drag * velocity - lr * g / t
    if worse:
        velocity = -velocity
    return w + velocity, velocity


@dataclass(frozen=True)
class Case:
    """One race: `net` holds the MLP's options, `race` those of `minnet.race`."""

    name: str
    optimizers: object
    sizes: tuple = (2, 3, 2)
    net: dict = field(default_factory=dict)
    race: dict = field(default_factory=dict)
    wide: bool = True

    def __str__(self) -> str:
        return self.name

    def data(self, dtype: str) -> mn.Data:
        """12 cases to train on, 4 to validate: classes, or targets for other losses."""
        rng = np.random.default_rng(4)
        labels = np.arange(16) % 2
        x = rng.normal(size=(16, self.sizes[0])) + labels[:, None]
        if self.net.get("loss", "cross-entropy") != "cross-entropy":
            labels = x @ rng.normal(size=(self.sizes[0], self.sizes[-1]))
        return mn.from_arrays(x, labels, validation=0.25, test=0, dtype=dtype)

    def run(self, dtype: str = "float64", **options) -> mn.Report:
        """The race, on the CPU unless told otherwise."""
        chosen = self.optimizers() if callable(self.optimizers) else self.optimizers
        options = {"batch_size": 5, "epochs": 2, "seed": 3} | self.race | options
        return mn.race(self.mlp, self.data(dtype), chosen, dtype=dtype, **options)

    @property
    def mlp(self) -> mn.MLP:
        return mn.MLP(self.sizes, **self.net)


GIVEN = mn.GivenPlan([[0, 3, 1], [4], [5, 2, 7, 6, 8, 9]], cases=12, epochs=2)
CASES = [
    Case("every rule", lambda: [make() for make in OPTIMIZERS], wide=False),
    Case("L2", "nesterov(0.1), rmsprop(0.01)", net={"l2": 0.1, "hidden": "logistic"}),
    Case("L2 of biases", "irprop_plus", net={"l2": 0.1, "l2_biases": True, "hidden": "relu"}),
    Case(
        "no biases", "rmsprop_nesterov_jump", (2, 4, 3, 2),
        net={"biases": False, "hidden": ("leaky_relu", "softplus"), "l2": 0.01, "l2_biases": True},
    ),
    Case("no hidden layer", "adam(0.1)", (2, 3), net={"loss": "squared"}),
    Case("squares", "momentum(0.1)", (3, 4, 2), net={"loss": "squared", "output": "softplus"}),
    Case("mean squares", "adagrad(0.1)", net={"loss": "mean-squared", "output": "tanh"}),
    Case("one output", "adadelta", (2, 3, 1), net={"output": "logistic", "hidden": "linear"}),
    Case("schedules", "rmsprop(lr=cosine(0.1), decay=ramp(0.5, end=0.9, steps=4)), sgd(0.5)"),
    Case("schedules that look", "sgd(lr=automatic(2)), sgd(lr=plateau(1, patience=1))",
         race={"epochs": 4, "batch_size": 12}),
    Case("early stopping", "sgd(3), sgd(0.001)", race={"epochs": 4, "stop": "patience(1)"}),
    Case("kept weights", "gains(0.1)", race={"keep": (0, 2, 6), "evaluate_every": 0}),
    Case("a user's own rule", lambda: [mn.custom(heavy, lr=0.2), mn.SGD(0.1)]),
    Case("dropped short batch", "rprop", race={"keep_short": False}),
    Case("full batch", "rprop_plus(0.05)", race={"plan": "full", "epochs": 4}),
    Case("balanced", "gains_momentum(0.1)", race={"plan": "balanced"}),
    Case("with replacement", "rmsprop_centered(0.01)", race={"plan": "replacement"}),
    Case("given mini-batches", "sgd(0.5)", race={"plan": GIVEN}),
    Case("a library's dialect", lambda: [mn.dialects.torch.RMSprop(0.01), mn.RMSprop(0.01)]),
]  # fmt: skip
DIVERGING = Case(
    "divergence", "sgd(1e30), sgd(0.1)", net={"loss": "squared"}, race={"epochs": 3}
)  # fmt: skip


def assert_agree(report: mn.Report, expected: mn.Report, dtype: str) -> None:
    """Two reports on the same race, computed in different ways."""
    for name in SAME:
        np.testing.assert_array_equal(getattr(report, name), getattr(expected, name), name)
    for name in NEAR:
        left, right = getattr(report, name), getattr(expected, name)
        assert left.dtype == right.dtype, name
        np.testing.assert_allclose(left, right, err_msg=name, **CLOSE[dtype])
    finite = np.isfinite(expected.losses)
    np.testing.assert_array_equal(np.isfinite(report.losses), finite)
    np.testing.assert_allclose(
        report.losses[finite], expected.losses[finite], err_msg="losses", **CLOSE[dtype]
    )
    mine, theirs = (
        {k: v for k, v in r.info.items() if k not in ("device", "seconds", "threads")}
        for r in (report, expected)
    )
    assert mine == theirs


def naive_name(optimizer) -> str:
    """The rule's name in naive.py."""
    return {"rprop": "rprop_minus"}.get(optimizer.name, optimizer.name)
