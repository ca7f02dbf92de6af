"""Is every optimizer in the catalogue, once, with the numbers that its rule and its paper have?"""

import ast
import inspect
import re

import pytest

import minnet
from minnet import naive
from minnet.optimizers.catalogue import OPTIMIZERS
from minnet.optimizers.ranges import RANGES
from minnet.optimizers.schedules import SCHEDULES
from minnet.rules import lift

MAKERS = {make.__name__: make for make in OPTIMIZERS}


def defaults(function) -> dict[str, float]:
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def test_every_rule_of_the_answer_book_is_here_once():
    names = [{"rprop": "rprop_minus"}.get(make().name, make().name) for make in OPTIMIZERS]
    assert sorted(names) == sorted(naive.RULES)
    assert len(MAKERS) == len(OPTIMIZERS) == 18


@pytest.mark.parametrize("name", MAKERS)
def test_the_constructors_defaults_are_the_rules(name):
    make = MAKERS[name]
    given = defaults(make)
    assert make().hyperparameters == given
    extra = {"step"} if "prop" in name and "MS" not in name else set()  # where step sizes start
    assert set(given) - set(defaults(make().rule)) == extra
    assert {k: v for k, v in given.items() if k not in extra} == defaults(make().rule)


@pytest.mark.parametrize("name", MAKERS)
def test_a_jumps_defaults_are_its_rules(name):
    optimizer = MAKERS[name]()
    assert (optimizer.jump is not None) == ("Nesterov" in name)
    if optimizer.jump is not None:
        assert defaults(optimizer.jump).items() <= defaults(optimizer.rule).items()
        slots, _ = lift.slots_and_hyperparameters(optimizer.rule)
        known = {"w", *slots, *defaults(optimizer.rule)}
        assert set(inspect.signature(optimizer.jump).parameters) <= known


@pytest.mark.parametrize("name", MAKERS)
def test_every_argument_reaches_its_number(name):
    """Each number in turn gets a value of its own, and nothing else changes."""
    make, plain = MAKERS[name], MAKERS[name]().hyperparameters
    for key, value in plain.items():
        other = value * 1.01 if key not in ("momentum", "decay", "beta1", "beta2") else value / 2
        assert make(**{key: other}).hyperparameters == dict(plain) | {key: other}


@pytest.mark.parametrize("name", MAKERS)
def test_positional_arguments_are_in_the_order_of_the_numbers(name):
    make = MAKERS[name]
    assert make(*make().hyperparameters.values()).hyperparameters == make().hyperparameters
    assert next(iter(make().hyperparameters)) == ("step" if "step" in defaults(make) else "lr")


@pytest.mark.parametrize("name", MAKERS)
def test_every_optimizer_is_public(name):
    assert getattr(minnet, name) is MAKERS[name]
    assert name in minnet.__all__


@pytest.mark.parametrize("name", MAKERS)
def test_gains_start_at_one_and_step_sizes_at_step(name):
    optimizer = MAKERS[name]()
    starts = {"gain": 1.0, "size": optimizer.hyperparameters.get("step")}
    slots = optimizer.start(1, "float64")[:, 0]
    assert dict(zip(optimizer.slots, slots, strict=True)) == {
        slot: starts.get(slot, 0.0) for slot in optimizer.slots
    }


# ---------------------------------------------------------------------------- documentation


def documented(make) -> dict[str, tuple[str, str]]:
    """{parameter: (its type and default, its description)} of the section "Parameters"."""
    section = inspect.getdoc(make).split("Parameters\n----------\n")[1].split("\n\n")[0]
    entries = re.findall(r"^(\w+) : (.+)\n((?: +.+\n?)+)", section, re.MULTILINE)
    return {name: (kind, " ".join(words.split())) for name, kind, words in entries}


@pytest.mark.parametrize("make", [*OPTIMIZERS, *SCHEDULES.values()], ids=lambda make: make.__name__)
def test_every_parameter_is_documented_with_its_type_and_default(make):
    parameters, texts = inspect.signature(make).parameters, documented(make)
    assert list(texts) == list(parameters)
    for name, (kind, _) in texts.items():
        kind, _, default = kind.partition(", default ")
        annotation = parameters[name].annotation
        assert kind == {"float": "float", "int": "int"}.get(
            getattr(annotation, "__name__", annotation), "float or Schedule"
        )
        if parameters[name].default is inspect.Parameter.empty:
            assert not default
        else:
            assert ast.literal_eval(default) == parameters[name].default


@pytest.mark.parametrize("name", MAKERS)
def test_every_hyperparameter_is_documented_with_its_range(name):
    for key, (_, words) in documented(MAKERS[name]).items():
        assert RANGES[key][1].split(":")[0] in words, key


@pytest.mark.parametrize("name", MAKERS)
def test_every_optimizer_names_its_rule_and_its_source(name):
    text, rule = inspect.getdoc(MAKERS[name]), MAKERS[name]().rule
    assert re.search(rf"`minnet\.rules\.{rule.__name__}`", text) and hasattr(
        minnet.rules, rule.__name__
    )
    sources = text.split("References\n----------\n")[1].split("\n\n")[0]
    assert re.search(r"Lecture 6[a-e], slide|\(\d{4}\), \"", sources)
