"""Optimizers as a reader writes them: "sgd(lr=0.5), rprop, rmsprop(lr=[0.001, 0.01])"."""

import ast
import importlib
import inspect
import itertools
import re
from collections.abc import Callable, Iterable, Mapping

from ..checks import check_name
from ..descent.stopping import CRITERIA, Criterion
from .catalogue import OPTIMIZERS
from .optimizer import Optimizer, custom
from .schedules import SCHEDULES

MOST = 10_000  # characters: Python's parser has its own limits beyond
DOTTED = re.compile(r"\b[a-z]\w*\.[a-z]", re.IGNORECASE)
BY_NAME: dict[str, Callable[..., Optimizer]] = {make().name: make for make in OPTIMIZERS}
BY_NAME["rprop_minus"] = BY_NAME["rprop"]


def parse(text: str, rules: Mapping[str, Callable] | None = None) -> list[Optimizer]:
    """The optimizers that `text` names, in its order.

    Parameters
    ----------
    text : str
        Names with their hyperparameters, separated by commas: ``sgd(lr=0.5), rprop``.  A name
        alone has its defaults, a first number without a name is the first parameter, `rprop+` is
        `rprop_plus`, and a list of values makes one optimizer each: ``sgd(lr=[0.1, 0.2])``.
    rules : mapping of str to callable, optional
        A user's own rules, by the names that the text may use for them.

    Raises
    ------
    ValueError
        If the text cannot be read, a name or hyperparameter is unknown (with the nearest known
        one), or a hyperparameter is out of range.

    Examples
    --------
    >>> parse("sgd(0.5), rprop+")[0]
    sgd(lr=0.5)
    """
    known = BY_NAME | {name.lower(): _own(rule) for name, rule in (rules or {}).items()}
    if DOTTED.search(text):  # a library's dialect, "torch.rmsprop"
        known |= importlib.import_module("minnet.dialects").BY_NAME
    plain = re.sub(r"\b(i?rprop)([+-])(?=\s*[,(]|\s*$)", _spelled, text.strip(), flags=re.I)
    nodes = _listed(plain, text, "sgd(lr=0.5), rprop")
    if not nodes:
        raise ValueError("no optimizers given; write e.g. 'sgd(lr=0.5), rprop, rmsprop(lr=0.002)'")
    return [optimizer for node in nodes for optimizer in _made(node, known, text)]


def as_optimizer(thing) -> Optimizer:
    """An Optimizer as it is, a plain function as a user's own rule, text by the notation."""
    if isinstance(thing, Optimizer):
        return thing
    if isinstance(thing, str):
        found = parse(thing)
        if len(found) != 1:
            raise ValueError(f"expected one optimizer, got {len(found)} in {thing!r}")
        return found[0]
    if inspect.isfunction(thing) or hasattr(thing, "py_func"):
        return custom(thing)
    raise TypeError(f"an optimizer is RMSprop(0.002), 'rmsprop' or a rule, got {thing!r}")


def as_optimizers(given) -> list[Optimizer]:
    """Optimizers from text, from one thing, or from a sequence of things."""
    things = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    if not things:
        raise ValueError("a race needs at least one optimizer, got none")
    return [
        optimizer
        for thing in things
        for optimizer in (parse(thing) if isinstance(thing, str) else [as_optimizer(thing)])
    ]


def as_criteria(given) -> list[Criterion]:
    """Criteria to stop at, from text like "patience(5), target(0.02)" or a sequence of them."""
    if isinstance(given, Criterion):
        return [given]
    if not isinstance(given, str):
        return [criterion for part in given for criterion in as_criteria(part)]
    criteria = []
    for node in _listed(given, given, "patience(5), target(0.02)"):
        call = node if isinstance(node, ast.Call) else ast.Call(node, [], [])
        criteria.append(_built(call, "criterion", CRITERIA))
    return criteria


def _listed(plain: str, text: str, example: str) -> list[ast.expr]:
    """The parts of a comma-separated text."""
    try:
        if len(plain) > MOST:
            raise ValueError
        parts = ast.parse(f"[{plain}]", mode="eval").body.elts
        ast.unparse(parts)  # what Python cannot write down again is too deep to report on
        return parts
    except (SyntaxError, AttributeError, ValueError, RecursionError, MemoryError):
        told = text if len(text) < 80 else f"{text[:77]}..."
        raise ValueError(f"cannot read {told!r}; write e.g. {example!r}") from None


def _spelled(match: re.Match) -> str:
    return f"{match[1]}_{'plus' if match[2] == '+' else 'minus'}"


def _own(rule: Callable) -> Callable[..., Optimizer]:
    return lambda **hyper: custom(rule, **hyper)


def _made(node: ast.expr, known: Mapping[str, Callable], text: str) -> list[Optimizer]:
    call = node if isinstance(node, ast.Call) else ast.Call(node, [], [])
    if not isinstance(call.func, (ast.Name, ast.Attribute)):
        raise ValueError(f"cannot read {ast.unparse(node)!r} in {text!r}; write e.g. 'sgd(lr=0.5)'")
    name = ast.unparse(call.func).lower()
    check_name("optimizer", name, known)
    given: dict[str | None, ast.expr] = {}
    if call.args:
        given[None] = call.args[0]
    if len(call.args) > 1:
        raise ValueError(
            f"name the hyperparameters of {name} after the first one: {ast.unparse(node)!r}"
        )
    for keyword in call.keywords:
        if keyword.arg in given:
            raise ValueError(f"{keyword.arg} of {name} is given twice: {ast.unparse(node)!r}")
        given[keyword.arg] = keyword.value
    pairs = {  # betas=(0.9, 0.999) is one value, not two runs
        parameter.name
        for parameter in inspect.signature(known[name]).parameters.values()
        if isinstance(parameter.default, tuple)
    }
    values = {
        key: [_value(value, name)]
        if key in pairs and isinstance(value, ast.Tuple)
        else _values(value, name)
        for key, value in given.items()
    }
    return [
        _one(known[name], name, dict(zip(values, chosen, strict=True)))
        for chosen in itertools.product(*values.values())
    ]


def _values(node: ast.expr, name: str) -> list:
    several = isinstance(node, (ast.List, ast.Tuple))
    if several and not node.elts:
        raise ValueError(f"a list of {name} is empty: it names no optimizer")
    return [_value(element, name) for element in (node.elts if several else [node])]


def _value(node: ast.expr, name: str):
    """A plain number, or a schedule: `cosine(0.01)`, `warmup(cosine(0.1), steps=50)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _built(node, "schedule", SCHEDULES)
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError):
        raise ValueError(
            f"hyperparameters of {name} must be plain numbers or lists of them: "
            f"{ast.unparse(node)!r}"
        ) from None


def _built(node: ast.Call, what: str, makers: Mapping[str, Callable]):
    """A schedule or criterion from `name(first, other=...)`."""
    word = ast.unparse(node.func)
    check_name(what, word, makers)
    known = inspect.signature(makers[word]).parameters
    for keyword in node.keywords:
        check_name(f"hyperparameter of {word}", keyword.arg, known)
    if len(node.args) > 1:
        raise ValueError(
            f"name the hyperparameters of {word} after the first one: {ast.unparse(node)!r}"
        )
    given = {keyword.arg: _value(keyword.value, word) for keyword in node.keywords}
    if len(given) < len(node.keywords):
        raise ValueError(f"a hyperparameter of {word} is given twice: {ast.unparse(node)!r}")
    try:
        return makers[word](*(_value(argument, word) for argument in node.args), **given)
    except TypeError:
        raise ValueError(f"{ast.unparse(node)!r} must be {word}({', '.join(known)})") from None


def _one(make: Callable[..., Optimizer], name: str, hyper: dict) -> Optimizer:
    words = inspect.signature(make).parameters.values()
    own = any(word.kind is word.VAR_KEYWORD for word in words)  # a user's own rule
    known = list(make().hyperparameters) if own else [word.name for word in words]
    if None in hyper:
        first = known[0] if known else ""
        if first in hyper:
            raise ValueError(f"{first} of {name} is given twice")
        hyper = {first: hyper.pop(None)} | hyper
    for key in hyper:
        check_name(f"hyperparameter of {name}", key, known)
    return make(**hyper)
