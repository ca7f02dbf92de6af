"""The report of a small race."""

import pytest
from report_cases import lines
from small_races import LINE

from minnet import race


@pytest.fixture(scope="module")
def report():
    """Three runs, the second diverges; 5 epochs of 3 mini-batches, evaluated after 0, 2, 4, 5."""
    return race(
        LINE, lines(), "sgd(0.05), sgd(1e9), rmsprop(0.01)", batch_size=4, epochs=5, seed=6,
        evaluate_every=2, keep=[0, 7],
    )  # fmt: skip
