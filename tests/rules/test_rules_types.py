"""The types of the compiled rules: float32 stays float32, float64 stays float64."""

import inspect

import numba
import pytest

from minnet import rules
from minnet.kernels import jit
from minnet.optimizers.catalogue import OPTIMIZERS as MAKERS

RULES = {optimizer().rule: optimizer().name for optimizer in MAKERS}

compiled_only = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="asks what Numba compiled, and nothing is compiled"
)


def compiled_types(function, kind: str) -> tuple[set, set]:
    """The types that a rule returns, and those of everything in it, for arguments of one kind."""
    named = {"worse": numba.types.boolean}
    arguments = tuple(
        named.get(name, getattr(numba.types, kind))
        for name in inspect.signature(function).parameters
    )
    dispatcher = numba.njit(arguments, **jit.FLAGS)(function)
    overload = dispatcher.overloads[arguments]
    returned = overload.signature.return_type
    inside = set(overload.type_annotation.typemap.values())
    return set(getattr(returned, "types", [returned])), inside


@compiled_only
@pytest.mark.parametrize(
    "rule", [*RULES, rules.jump, rules.rmsprop_jump], ids=lambda rule: rule.__name__
)
def test_float32_stays_float32(rule):
    """One float64 constant would make the whole step twice as slow."""
    returned, inside = compiled_types(rule, "float32")
    assert returned == {numba.types.float32}
    assert numba.types.float64 not in inside


@compiled_only
@pytest.mark.parametrize(
    "rule", [*RULES, rules.jump, rules.rmsprop_jump], ids=lambda rule: rule.__name__
)
def test_float64_stays_float64(rule):
    returned, _ = compiled_types(rule, "float64")
    assert returned == {numba.types.float64}
