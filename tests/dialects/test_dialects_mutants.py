"""Would the parity tests notice?  Every operation of every rule is changed, and must be caught."""

import ast
import importlib
import inspect
import textwrap

import numpy as np
import pytest
from dialect_cases import OPTIONS, distance, is_delicate, rates, stream
from driven import made
from naive_dialects import TWINS

from minnet.rules.lift import slots_and_hyperparameters

pytestmark = pytest.mark.slow
TOLERANCE = 1e-10
SWAPPED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
}
HARMLESS = {"decay * mean + (ONE - decay) * g"}  # its sign: only the square of this mean is used
FAMILIES = ("rmsprop", "rmsprop_optax", "adagrad", "rprop", "momentum", "adam", "adadelta")


def own_rules():
    """All rules of the dialects' own files."""
    found = []
    for family in FAMILIES:
        module = importlib.import_module(f"minnet.dialects.{family}")
        found += [
            f
            for f in vars(module).values()
            if inspect.isfunction(f) and f.__module__ == module.__name__
        ]
    return [f for f in found if next(iter(inspect.signature(f).parameters)) == "w"]


def cases_of(rule):
    """The cases (name, options) whose optimizer follows this rule."""
    at = rates("constant")
    return [
        (name, options)
        for name, combinations in OPTIONS.items()
        for options in combinations
        if made(name, options, at).rule is rule
    ]


def in_python(rule, name, options, at):
    """The path (T + 1, n) of a rule that is not compiled, with the numbers of that case."""
    w0, gradients = stream(delicate=is_delicate(options))
    optimizer = made(name, options, at)
    function = getattr(rule, "py_func", rule)
    wanted = slots_and_hyperparameters(optimizer.rule)[1]
    # NumPy's float64, as the lifted step has it: ONE - 0.9 of a Python float would be a float32.
    numbers = {
        k: np.float64(v) for k, v in optimizer.hyperparameters.items() if k in wanted and k != "lr"
    }
    slots = dict(zip(optimizer.slots, optimizer.start(w0.size, "float64"), strict=True))
    wants_t = "t" in inspect.signature(function).parameters
    path, w = [w0], w0
    for k, g in enumerate(gradients):
        at_step = numbers | ({"lr": at[k]} if "lr" in wanted else {})
        time = {"t": np.float64(k + 1)} if wants_t else {}
        columns = []
        for i in range(w.size):
            own = {slot: values[i] for slot, values in slots.items()}
            result = function(w=w[i], g=g[i], **own, **time, **at_step)
            columns.append(result if isinstance(result, tuple) else (result,))
        w, *rest = np.array(columns, float).T
        slots = dict(zip(slots, rest, strict=True))
        path.append(w)
    return np.array(path)


class Swap(ast.NodeTransformer):
    """Turns the operator number `which` into another one; 0 * g, a typed zero, stays."""

    def __init__(self, which):
        self.which, self.seen, self.text = which, 0, None

    def visit_BinOp(self, node):
        if isinstance(node.left, ast.Name) and node.left.id == "ZERO":
            return node
        self.generic_visit(node)
        if self.seen == self.which:
            self.text = ast.unparse(node)
            node.op = SWAPPED[type(node.op)]()
        self.seen += 1
        return node


def mutants(rule):
    """(what was changed, the changed rule), for every operation in the rule's body."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(rule)))
    count = Swap(-1)
    count.visit(tree)
    for which in range(count.seen):
        tree = ast.parse(textwrap.dedent(inspect.getsource(rule)))
        swap = Swap(which)
        tree = ast.fix_missing_locations(swap.visit(tree))
        scope = dict(vars(inspect.getmodule(rule)))
        exec(compile(tree, "<mutant>", "exec"), scope)
        yield swap.text, scope[rule.__name__]


def test_every_rule_is_reached_by_a_case():
    for rule in own_rules():
        assert cases_of(rule), rule.__name__


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("rule", own_rules(), ids=lambda rule: rule.__name__)
def test_a_changed_formula_is_caught(rule):
    at = rates("changed")
    told = []  # cases with the most options on come last, and tell most
    for name, options in reversed(cases_of(rule)):
        w0, gradients = stream(delicate=is_delicate(options))
        told.append((name, options, TWINS[name](w0, gradients, at, **options)))
    changed = [(text, mutant) for text, mutant in mutants(rule) if text not in HARMLESS]
    assert changed
    for text, mutant in changed:
        assert any(differs(mutant, *case) for case in told), f"{text} in {rule.__name__}"


def differs(mutant, name, options, path):
    try:
        changed = in_python(mutant, name, options, rates("changed"))
    except (ArithmeticError, ValueError):
        return True
    return not distance(changed, path) <= TOLERANCE


def test_the_rules_themselves_are_not_caught():
    """Uncompiled and unchanged, the rules agree with the twins: the test above tests the change."""
    for rule in own_rules():
        name, options = cases_of(rule)[-1]
        assert not differs(rule, name, options, twin_path(name, options)), rule.__name__


def twin_path(name, options):
    w0, gradients = stream(delicate=is_delicate(options))
    return TWINS[name](w0, gradients, rates("changed"), **options)
