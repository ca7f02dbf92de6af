"""Are the dialects what the libraries document?  Every option, against independent NumPy twins."""

import numpy as np
import pytest
from dialect_cases import OPTIONS, RATES, distance, is_delicate, label, rates, stream
from driven import driven
from naive_dialects import TWINS

from minnet.dialects import BY_NAME

TOLERANCE = 1e-10  # relative to where the weight has been, in float64


def paths(name, options, kind):
    """The path of the dialect and that of its twin."""
    w0, gradients = stream(delicate=is_delicate(options))
    at = rates(kind)
    mine = driven(name, options, w0, gradients, at)
    return mine, TWINS[name](w0, gradients, at, **options)


def test_every_dialect_has_cases_and_a_twin():
    assert set(OPTIONS) == set(TWINS) == set(BY_NAME)


@pytest.mark.parametrize("kind", RATES)
@pytest.mark.parametrize("name", OPTIONS)
def test_parity_with_the_naive_twin(name, kind):
    for options in OPTIONS[name]:
        mine, theirs = paths(name, options, kind)
        assert np.isfinite(theirs).all()
        assert distance(mine, theirs) <= TOLERANCE, label(name, options)
