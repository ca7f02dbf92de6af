"""The update steps in CUDA: any rule of a race as a device function, one rule as a kernel.

    n  weights      S  slots of the rule      H  its hyperparameters

The scalar rules are the very functions that the CPU steps call; around each of them a line of text
is written that fetches what it asks for and puts back what it returns.  For RMSprop, that is

    w[at + i], slots[from_slot + 0 * n + i] = rule_0(w[at + i], g, slots[from_slot + 0 * n + i],
                                                     hyper[0], hyper[1], hyper[2])
"""

import inspect
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from numba import cuda
from numpy.typing import DTypeLike

from ..kernels.jit import from_text
from ..optimizers.optimizer import Optimizer
from ..rules.lift import slots_and_hyperparameters

if TYPE_CHECKING:
    from numba.cuda.dispatcher import CUDADispatcher

# Places in `status` (3,): whether the error grew (1 or 0); whether the run goes on (1 or 0), which
# ends when its error is not finite; the number of steps taken.
WORSE, GOING, COUNT = range(3)
EVERY = "for i in range(cuda.grid(1), w.size, cuda.gridsize(1)):"

Pair = tuple[Callable, Callable | None]  # a rule and its jump, if it has one


def check(optimizer: Optimizer, dtype: DTypeLike) -> None:
    """Check a user's own rule by compiling it for the CPU; minnet's rules are tested.

    Parameters
    ----------
    optimizer : Optimizer
    dtype : dtype
        float32 or float64.

    Raises
    ------
    RuleError
        If it is not written like a rule, or does not compile.
    """
    if not optimizer.built_in:
        optimizer.compiled(dtype)


def kinds_of(optimizers: Sequence[Optimizer]) -> tuple[tuple[Pair, ...], list[int]]:
    """The different kinds of runs, and the kind of each run.

    Parameters
    ----------
    optimizers : sequence of Optimizer
        One for each run.

    Returns
    -------
    tuple of (rule, jump), list of int
        Every pair once, and for each optimizer the place of its pair.
    """
    pairs = [(optimizer.rule, optimizer.jump) for optimizer in optimizers]
    place = {pair: k for k, pair in enumerate(dict.fromkeys(pairs))}
    return tuple(place), [place[pair] for pair in pairs]


def call(rule: Callable, scalar: Callable, name: str, places: dict[str, str]) -> str:
    """The text of a call of a scalar function, which gets what it asks for.

    Parameters
    ----------
    rule : callable
        The rule, whose parameters say which slots and hyperparameters there are.
    scalar : callable
        The rule itself, whose results are put back, or its jump.
    name : str
        The function's name in the text.
    places : dict of str to str
        Where each argument stands in the text; "slot" and "hyperparameter" have a gap for their
        number.
    """
    slots, hyper = slots_and_hyperparameters(rule)
    cells = {slot: places["slot"].format(k) for k, slot in enumerate(slots)}
    values = {key: places["hyperparameter"].format(k) for k, key in enumerate(hyper)}
    where = places | cells | values
    arguments = ", ".join(where[parameter] for parameter in inspect.signature(scalar).parameters)
    if scalar is not rule:
        return f"{name}({arguments})"
    return f"{', '.join([where['w'], *cells.values()])} = {name}({arguments})"


# ---------------------------------------------------------------------------- any rule of a race

OF_A_RACE = {
    "w": "w[at + i]", "g": "g", "t": "step_number", "worse": "worse",
    "slot": "slots[from_slot + {} * n + i]", "hyperparameter": "hyper[{}]",
}  # fmt: skip


def advance_text(pairs: Sequence[Pair]) -> str:
    """The source of `advance`, which moves weight i by the rule of a run's kind.

    Parameters
    ----------
    pairs : sequence of (rule, jump)
        The kinds of the race.
    """
    head = "def advance(kind, w, at, i, n, g, slots, from_slot, hyper, step_number, worse):"
    lines = [head]
    for k, (rule, _) in enumerate(pairs):
        lines += [f"    if kind == {k}:", f"        {call(rule, rule, f'rule_{k}', OF_A_RACE)}"]
    return "\n".join(lines) + "\n"


def look_text(pairs: Sequence[Pair]) -> str:
    """The source of `look`, which returns where a run's kind has the gradient of weight i measured.

    Parameters
    ----------
    pairs : sequence of (rule, jump)
        The kinds of the race.
    """
    lines = ["def look(kind, w, at, i, n, slots, from_slot, hyper, step_number):"]
    for k, (rule, jump) in enumerate(pairs):
        if jump is not None:
            text = call(rule, jump, f"jump_{k}", OF_A_RACE)
            lines += [f"    if kind == {k}:", f"        return {text}"]
    return "\n".join([*lines, "    return w[at + i]"]) + "\n"


@cache
def functions(pairs: tuple[Pair, ...]) -> tuple[Callable, Callable]:
    """The device functions of a race's rules.

    Parameters
    ----------
    pairs : tuple of (rule, jump)
        The kinds of the race; `kind` is a place among them.

    Returns
    -------
    advance : advance(kind, w, at, i, n, g, slots, from_slot, hyper (H,), step_number, worse)
        Moves weight i of a run, w[at + i], and its slots, slots[from_slot:from_slot + S n] (S, n),
        by its gradient g, a number.
    look : look(kind, w, at, i, n, slots, from_slot, hyper (H,), step_number)
        Returns the place, a number, where weight i's gradient is to be measured.
    """
    names = ", ".join(rule.__name__ for rule, _ in pairs)
    scope = scope_of(pairs)
    advance = from_text(advance_text(pairs), f"gpu advance {names}", **scope)
    look = from_text(look_text(pairs), f"gpu look {names}", **scope)
    return cuda.jit(device=True)(advance), cuda.jit(device=True)(look)


# ---------------------------------------------------------------------------- one rule, all weights

OF_A_STEP = {
    "w": "w[i]", "g": "g[i]", "t": "step_number", "worse": "worse",
    "slot": "slots[{} * n + i]", "hyperparameter": "hyper_{}",
}  # fmt: skip


def step_text(rule: Callable) -> str:
    """The source of the kernel `step`, which moves all weights by a rule.

    Parameters
    ----------
    rule : callable
    """
    head = ["def step(w, g, slots, hyper, step_number, status):"]
    head += [f"    if status[{GOING}] == 0:", "        return"]
    head += [f"    worse = status[{WORSE}] != 0"]
    return one_pass(head, rule, call(rule, rule, "rule_0", OF_A_STEP))


def ahead_text(rule: Callable, jump: Callable) -> str:
    """The source of the kernel `ahead`, which applies a rule's jump to all weights.

    Parameters
    ----------
    rule, jump : callable
    """
    head = ["def ahead(w, place, slots, hyper, step_number):"]
    return one_pass(head, rule, f"place[i] = {call(rule, jump, 'jump_0', OF_A_STEP)}")


def one_pass(head: Sequence[str], rule: Callable, body: str) -> str:
    """The source of a kernel that passes over all weights, each thread every so many of them.

    Parameters
    ----------
    head : sequence of str
        The lines before.
    rule : callable
        Whose hyperparameters each thread reads once, not once for each weight.
    body : str
        The line for weight i.
    """
    _, hyper = slots_and_hyperparameters(rule)
    fetch = [f"    hyper_{k} = hyper[{k}]" for k in range(len(hyper))]
    return "\n".join([*head, "    n = w.size", *fetch, f"    {EVERY}", f"        {body}"]) + "\n"


@cache
def stepper(pair: Pair) -> "CUDADispatcher":
    """The kernel that moves all weights of one net by a rule.

    Parameters
    ----------
    pair : (rule, jump)

    Returns
    -------
    kernel
        step(w (n,), g (n,), slots (S n,), hyper (H,), step_number, status (3,)) changes w and slots
        in place, if status[GOING] is 1; step_number is a number of the dtype of w.
    """
    rule, _ = pair
    label = f"gpu step {rule.__name__}"
    return cuda.jit(from_text(step_text(rule), label, **scope_of((pair,))))


@cache
def looker(pair: Pair) -> "CUDADispatcher | None":
    """The kernel that applies the jump of a rule that looks ahead; None for other rules.

    Parameters
    ----------
    pair : (rule, jump)

    Returns
    -------
    kernel
        ahead(w (n,), place (n,), slots (S n,), hyper (H,), step_number) writes into `place` where
        the gradient is to be measured.
    """
    rule, jump = pair
    if jump is None:
        return None
    label = f"gpu ahead {rule.__name__}"
    return cuda.jit(from_text(ahead_text(rule, jump), label, **scope_of((pair,))))


# ---------------------------------------------------------------------------- what a text may call


def scope_of(pairs: Sequence[Pair]) -> dict[str, object]:
    """The globals of a generated text: cuda, and the scalar functions rule_0, jump_0, rule_1, ...

    Parameters
    ----------
    pairs : sequence of (rule, jump)
    """
    scope: dict[str, object] = {"__name__": __name__, "cuda": cuda}
    for k, (rule, jump) in enumerate(pairs):
        scope[f"rule_{k}"] = on_device(rule)
        if jump is not None:
            scope[f"jump_{k}"] = on_device(jump)
    return scope


@cache
def on_device(scalar: Callable) -> Callable:
    """A scalar function as kernels may call it.

    Parameters
    ----------
    scalar : callable
        A rule or jump; one that Numba has compiled for the CPU can be called as it is.
    """
    return scalar if hasattr(scalar, "py_func") else cuda.jit(device=True)(scalar)
