"""From one weight to all of them: a scalar rule becomes a compiled step over flat vectors.

    n  weights      S  slots of the rule      H  its hyperparameters

The step of every rule has one and the same signature, so a race can hold any mix of rules, a user's
own among them, and only the new step has to be compiled:

    step(w (n,), g (n,), slots (S, n), hyper (H,), t, worse)        changes w and slots in place
    jump(w (n,), ahead (n,), slots (S, n), hyper (H,), t, worse)    writes where to measure g
"""

import inspect
import sys
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

import numba
from numba import types
from numba.core.typing import Signature

from ..checks import check_name
from ..kernels.jit import first_class, from_text, kernel
from .checking import RuleError, rule_errors, try_in_python

PASSED = ("w", "g", "t", "worse")  # what the descent passes to a rule that asks for it
# Names that the generated loop uses itself.
RESERVED = ("i", "step_number", "slots", "hyper", "scalar", "lifted", "range")


@cache
def slots_and_hyperparameters(rule: Callable) -> tuple[tuple[str, ...], Mapping[str, float]]:
    """The names of a rule's slots, and its hyperparameters with their default values.

    Slots are the parameters without a default, hyperparameters those with one.

    Raises
    ------
    RuleError
        If the rule does not begin with `w, g`, or has parameters that are neither slot nor
        hyperparameter.
    """
    parameters = list(inspect.signature(rule).parameters.values())
    name = rule.__name__
    if [p.name for p in parameters[:2]] != ["w", "g"]:
        given = ", ".join(p.name for p in parameters) or "nothing"
        raise RuleError(
            f"a rule takes w, g, then its slots and its hyperparameters; {name} takes {given}"
        )
    slots, hyper = [], {}
    for parameter in parameters[2:]:
        if parameter.name in RESERVED:
            raise RuleError(f"rule {name}: the loop around it uses the name {parameter.name!r}")
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
            raise RuleError(f"rule {name}: parameter {parameter} must be an ordinary one")
        if parameter.default is not parameter.empty:
            hyper[parameter.name] = parameter.default
        elif parameter.name not in PASSED:
            slots.append(parameter.name)
    return tuple(slots), MappingProxyType(hyper)


def source(
    rule: Callable, scalar: Callable, *, jump: bool = False, size: str | int = "w.size"
) -> str:
    """The text of the loop that lifts `scalar` (the rule, or its jump) to flat vectors."""
    slots, hyper = slots_and_hyperparameters(rule)
    cells = {name: f"slots[{k}, i]" for k, name in enumerate(slots)}
    places = {"w": "w[i]", "g": "g[i]", "t": "t", "worse": "worse"} | cells
    parameters = list(inspect.signature(scalar).parameters)
    lines = ["def lifted(w, g, slots, hyper, step_number, worse):"]
    lines += [f"    {name} = hyper[{k}]" for k, name in enumerate(hyper) if name in parameters]
    lines += ["    t = w.dtype.type(step_number)"] if "t" in parameters else []
    results = ", ".join(["g[i]"] if jump else ["w[i]", *cells.values()])
    arguments = ", ".join(places.get(name, name) for name in parameters)
    lines += [f"    for i in range({size}):", f"        {results} = scalar({arguments})"]
    return "\n".join(lines) + "\n"


@cache
def signature(dtype: str) -> Signature:
    """The one signature of all steps and jumps, for "float32" or "float64"."""
    f = getattr(types, dtype)
    return types.void(f[::1], f[::1], f[:, ::1], f[::1], types.int64, types.boolean)


def looped(text: str, label: str, scalar: Callable) -> Callable:
    """A generated function, which calls `scalar`, as a kernel for other kernels to call.

    With NUMBA_DISABLE_JIT it stays plain Python, and the debugger steps through its text.
    """
    is_compiled = isinstance(scalar, numba.core.dispatcher.Dispatcher)
    inner = scalar if is_compiled else kernel(scalar)
    loop = from_text(text, label, scalar=inner, __name__=scalar.__module__)
    return kernel(loop, name=label)


def generated(text: str, label: str, scalar: Callable, signature: Signature) -> Callable:
    """Compile a generated function, which calls `scalar`, for one signature."""
    with rule_errors(scalar):
        return first_class(looped(text, label, scalar), signature)


@cache
def lift(rule: Callable, scalar: Callable, dtype: str, *, jump: bool = False) -> Callable:
    """Compile the step of `rule`, or the jump `scalar` that goes with it, for one dtype.

    Raises
    ------
    RuleError
        If the rule does not compile, or returns another number of values than it has slots plus 1.
    """
    try_in_python(rule, scalar, *slots_and_hyperparameters(rule), jump=jump)
    text = source(rule, scalar, jump=jump)
    return generated(text, _label("step", rule, scalar), scalar, signature(dtype))


@cache
def pair(rule: Callable, scalar: Callable, *, jump: bool = False) -> Callable:
    """The step of `rule`, or its jump, for two weights: a kernel for kernels that inline it."""
    try_in_python(rule, scalar, *slots_and_hyperparameters(rule), jump=jump)
    text = source(rule, scalar, jump=jump, size=2)
    return looped(text, _label("pair", rule, scalar), scalar)


def _label(what: str, rule: Callable, scalar: Callable) -> str:
    name = f"{what}.{rule.__module__}.{rule.__name__}"
    return name if scalar is rule else f"{name}.{scalar.__name__}"


def main(names: list[str]) -> None:
    """`python -m minnet.rules.lift rmsprop`: print the generated loop around some rules."""
    from .. import rules

    functions = filter(inspect.isfunction, vars(rules).values())
    known = {f.__name__: f for f in functions if f.__code__.co_varnames[:2] == ("w", "g")}
    for name in names or ["rmsprop"]:
        check_name("rule", name, known)
        print(source(known[name], known[name]))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ValueError as error:
        sys.exit(f"minnet.rules.lift: {error}")
