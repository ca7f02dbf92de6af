"""From one weight to all of them on a GPU: the scalar rules of a race, one branch for each.

    n  weights      S  slots of the rule      H  its hyperparameters

The rules are the very functions that the CPU steps call; around each of them a line of text is
written that fetches what it asks for and puts back what it returns.  For RMSprop, that is

    w[at + i], slots[from_slot + 0 * n + i] = rule_0(w[at + i], g, slots[from_slot + 0 * n + i],
                                                     hyper[0], hyper[1], hyper[2])
"""

import inspect
import linecache
from collections.abc import Callable, Sequence
from functools import cache

from numba import cuda

from ..optimizers.optimizer import Optimizer
from ..rules.lift import slots_and_hyperparameters

WORSE, GOING, COUNT = range(3)  # places in `told`: 1 or 0, 1 or 0, steps taken
EVERY = "for i in range(cuda.grid(1), w.size, cuda.gridsize(1)):"


def check(optimizer: Optimizer, dtype) -> None:
    """Raise RuleError for a user's own rule that is not one; minnet's rules are tested."""
    if not optimizer.built_in:
        optimizer.compiled(dtype)


def kinds_of(optimizers: Sequence[Optimizer]) -> tuple[tuple, list[int]]:
    """The different (rule, jump) of some optimizers, and each one's place among them."""
    pairs = [(optimizer.rule, optimizer.jump) for optimizer in optimizers]
    place = {pair: k for k, pair in enumerate(dict.fromkeys(pairs))}
    return tuple(place), [place[pair] for pair in pairs]


def call(rule: Callable, scalar: Callable, name: str, places: dict[str, str]) -> str:
    """The text of a call: `scalar` (the rule, or its jump) gets what it asks for."""
    slots, hyper = slots_and_hyperparameters(rule)
    cells = {slot: places["slot"].format(k) for k, slot in enumerate(slots)}
    where = places | cells | {number: places["number"].format(k) for k, number in enumerate(hyper)}
    arguments = ", ".join(where[wanted] for wanted in inspect.signature(scalar).parameters)
    if scalar is not rule:
        return f"{name}({arguments})"
    return f"{', '.join([where['w'], *cells.values()])} = {name}({arguments})"


# ---------------------------------------------------------------------------- any rule of a race

OF_A_RACE = {
    "w": "w[at + i]", "g": "g", "t": "t", "worse": "worse",
    "slot": "slots[from_slot + {} * n + i]", "number": "hyper[{}]",
}  # fmt: skip


def advance_text(pairs: Sequence[tuple]) -> str:
    """The source of `advance`: move weight i by the rule of this kind."""
    lines = ["def advance(kind, w, at, i, n, g, slots, from_slot, hyper, t, worse):"]
    for k, (rule, _) in enumerate(pairs):
        lines += [f"    if kind == {k}:", f"        {call(rule, rule, f'rule_{k}', OF_A_RACE)}"]
    return "\n".join(lines) + "\n"


def look_text(pairs: Sequence[tuple]) -> str:
    """The source of `look`: where this kind wants the gradient of weight i measured."""
    lines = ["def look(kind, w, at, i, n, slots, from_slot, hyper, t):"]
    for k, (rule, jump) in enumerate(pairs):
        if jump is not None:
            text = call(rule, jump, f"jump_{k}", OF_A_RACE)
            lines += [f"    if kind == {k}:", f"        return {text}"]
    return "\n".join([*lines, "    return w[at + i]"]) + "\n"


@cache
def functions(pairs: tuple[tuple, ...]) -> tuple[Callable, Callable]:
    """(`advance`, `look`) for some (rule, jump) pairs, callable from kernels."""
    made = defined(advance_text(pairs), "advance", pairs), defined(look_text(pairs), "look", pairs)
    return tuple(cuda.jit(device=True)(function) for function in made)


# ---------------------------------------------------------------------------- one rule, all weights

OF_A_STEP = {
    "w": "w[i]", "g": "g[i]", "t": "t", "worse": "worse",
    "slot": "slots[{} * n + i]", "number": "number_{}",
}  # fmt: skip


def kernel_text(pair: tuple, *, jump: bool) -> str:
    """The source of a kernel: one pass over all weights, each thread every so many of them."""
    rule, ahead = pair
    _, hyper = slots_and_hyperparameters(rule)
    fetch = [f"    number_{k} = hyper[{k}]" for k in range(len(hyper))]
    if jump:
        head = ["def ahead(w, place, slots, hyper, t):"]
        body = f"place[i] = {call(rule, ahead, 'jump_0', OF_A_STEP)}"
    else:
        head = ["def step(w, g, slots, hyper, t, told):", f"    if told[{GOING}] == 0:"]
        head += ["        return", f"    worse = told[{WORSE}] != 0"]
        body = call(rule, rule, "rule_0", OF_A_STEP)
    return "\n".join([*head, "    n = w.size", *fetch, f"    {EVERY}", f"        {body}"]) + "\n"


@cache
def stepper(pair: tuple) -> Callable:
    """A kernel that moves all weights of one net by one (rule, jump).

    step(w (n,), g (n,), slots (S n,), hyper (H,), t, told (3,)) changes w and slots in place.
    """
    return cuda.jit(defined(kernel_text(pair, jump=False), "step", (pair,)))


@cache
def looker(pair: tuple) -> Callable:
    """A kernel ahead(w, place, slots, hyper, t) that writes where a gradient is wanted."""
    return cuda.jit(defined(kernel_text(pair, jump=True), "ahead", (pair,)))


# ---------------------------------------------------------------------------- from text to function


def defined(text: str, name: str, pairs: Sequence[tuple]) -> Callable:
    """The function of that name in a text that calls the rules and jumps of these pairs."""
    file = f"<gpu {name} {len(linecache.cache)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    scope = {"__name__": __name__, "cuda": cuda}
    for k, (rule, jump) in enumerate(pairs):
        scope[f"rule_{k}"] = on_device(rule)
        if jump is not None:
            scope[f"jump_{k}"] = on_device(jump)
    exec(compile(text, file, "exec"), scope)
    return scope[name]


@cache
def on_device(scalar: Callable) -> Callable:
    """A scalar function, callable from kernels; a compiled one is so already."""
    return scalar if hasattr(scalar, "py_func") else cuda.jit(device=True)(scalar)
